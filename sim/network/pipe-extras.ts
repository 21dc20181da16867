import type { Backlog } from './backlog.ts';
import type { Clog } from './clog.ts';
import type { Impairments } from './impairments.ts';
import type { PipeChange } from './pipe-options.ts';
import type { Queue } from './queue.ts';
import type { TokenBucket } from './token-bucket.ts';

const NO_CHANGES: readonly PipeChange[] = Object.freeze([]);

/** What few pipes have. Made when the first of it is needed: the many others of a large network stay small. */
export class PipeExtras {
  /** Packets lost on the wire, sent twice by it, dropped at the queue, and too long to enter. */
  lost = 0;
  duplicated = 0;
  dropped = 0;
  tooBig = 0;
  /** What rules say of a packet that enters: see Rule. Absent: nothing. */
  judge: ((packet: number) => number) | undefined;
  /** What rules change, the last one on top. */
  changes: readonly PipeChange[] = NO_CHANGES;
  impairments: Impairments | undefined;
  bucket: TokenBucket | undefined;
  clog: Clog | undefined;
  /** Absent for drop-tail. */
  queue: Queue | undefined;
  /** Drop-tail: what waited when the rate became another, and came since. */
  backlog: Backlog | undefined;
  isSerialising = false;
  isUp = true;
  /** The pipe's own actor, where it needs one. */
  own = -1;
}
