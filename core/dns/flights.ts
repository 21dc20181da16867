import type { Random } from '#core/host/mod.ts';
import { assert } from '../base/assert.ts';
import type { Half } from './lookup.ts';
import { type Head, isSameQuestion } from './message.ts';

/** Random ids that were taken before the next free one is: any source comes to an end. */
const DRAWS_MAX = 8;

/** The questions under way on one connection, by id. An id belongs to one of them (RFC 7766 section 6.2.1). */
export class Flights {
  readonly #random: Random;
  readonly #byId = new Map<number, Half>();
  readonly #draw = new Uint8Array(2);

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Gives the question a free id that nobody can guess. */
  board(half: Half): number {
    assert(half.id < 0 && this.#byId.size < 0x1_0000, 'a question travels once, and ids are left');
    let id = this.#drawId();
    for (let draws = 1; this.#byId.has(id); draws++) {
      id = draws < DRAWS_MAX ? this.#drawId() : (id + 1) & 0xffff;
    }
    this.#byId.set(id, half);
    half.id = id;
    return id;
  }

  /** The question that a response answers: the same id and the same question. */
  match(head: Head): Half | 'id-mismatch' | 'question-mismatch' {
    const half = this.#byId.get(head.id);
    if (half === undefined) return 'id-mismatch';
    return isSameQuestion(half.question, head.question) ? half : 'question-mismatch';
  }

  leave(half: Half): void {
    if (half.id < 0) return;
    this.#byId.delete(half.id);
    half.id = -1;
  }

  #drawId(): number {
    this.#random.fill(this.#draw);
    return (this.#draw[0] as number) * 0x100 + (this.#draw[1] as number);
  }
}
