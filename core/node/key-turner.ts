import type { KeyRing } from '#core/crypto/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import type { Micros } from '../base/time.ts';
import type { WallClock } from '../base/wall-clock.ts';
import type { Timed } from './switchboard.ts';

/** Turns a node's keys when an epoch begins and when the last one's are to be forgotten. */
export class KeyTurner implements Timed {
  readonly #keys: KeyRing;
  readonly #wall: WallClock;
  readonly #publish: (nowUs: Micros, statement: Statement) => void;
  readonly #spent: () => void;
  /** What was published last. A clock that is set can bring an earlier one back. */
  #told: Statement | undefined;

  /** `spent` hears that the clock has left this epoch without keys: only another count of starts brings new ones. */
  constructor(
    keys: KeyRing,
    wall: WallClock,
    publish: (nowUs: Micros, statement: Statement) => void,
    spent: () => void,
  ) {
    this.#keys = keys;
    this.#wall = wall;
    this.#publish = publish;
    this.#spent = spent;
  }

  get deadlineUs(): Micros {
    return this.#wall.whenUs(this.#keys.nextMs);
  }

  /** Also right after the wall clock was told or moved. */
  handleTimeout(nowUs: Micros): void {
    this.#keys.turn(this.#wall.at(nowUs));
    if (this.#keys.isSpent) this.#spent();
    const statement = this.#keys.newest?.statement;
    if (statement === undefined || statement === this.#told) return;
    this.#told = statement;
    this.#publish(nowUs, statement);
  }
}
