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
    const isNew = this.#keys.turn(this.#wall.at(nowUs));
    if (this.#keys.isSpent) this.#spent();
    if (!isNew) return;
    const statement = this.#keys.live[0]?.statement;
    if (statement !== undefined) this.#publish(nowUs, statement);
  }
}
