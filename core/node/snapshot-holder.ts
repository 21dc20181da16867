import type { Suite } from '#core/crypto/mod.ts';
import { decodeSnapshot, Snapshot, type SnapshotReject, type Trust } from '#core/directory/mod.ts';
import { EPOCH_MS, KEY_OVERLAP_MS, SNAPSHOT_AGAIN_MS } from '../base/limits.ts';
import type { Micros, WallMillis } from '../base/time.ts';
import type { WallClock } from '../base/wall-clock.ts';
import type { Timed } from './switchboard.ts';

/** Why a snapshot was not taken. */
export type MapReject = SnapshotReject | 'older';

/** The snapshot a root goes by: the newest it was given, judged again when time has changed what it says. */
export class SnapshotHolder implements Timed {
  /** Undefined before the first good one, and after it has expired. */
  current: Snapshot | undefined;
  /** Why the last one offered was not taken. */
  reject: MapReject | undefined;
  deadlineUs: Micros = Number.POSITIVE_INFINITY;
  readonly #suite: Suite;
  readonly #trust: Trust;
  readonly #wall: WallClock;
  readonly #changed: (nowUs: Micros) => void;
  /** The file we go by, and one that is of another time: the clock may be wrong, or the file early. */
  #bytes: Uint8Array | undefined;
  #untimely: Uint8Array | undefined;
  #serial = -1;

  /** `changed`: `current` or `reject` is another. */
  constructor(suite: Suite, trust: Trust, wall: WallClock, changed: (nowUs: Micros) => void) {
    this.#suite = suite;
    this.#trust = trust;
    this.#wall = wall;
    this.#changed = changed;
  }

  /** A snapshot file. Kept for later where the time is not known yet, or is not the file's. */
  offer(nowUs: Micros, bytes: Uint8Array): void {
    this.#untimely = undefined;
    if (!this.#wall.isKnown) this.#untimely = bytes;
    else this.#judge(nowUs, [bytes]);
  }

  /** The epoch has turned, the snapshot has expired, or the clock was told. */
  handleTimeout(nowUs: Micros): void {
    const files = [this.#bytes, this.#untimely].filter((bytes) => bytes !== undefined);
    this.#untimely = undefined;
    if (files.length > 0) this.#judge(nowUs, files);
  }

  #judge(nowUs: Micros, files: readonly Uint8Array[]): void {
    const nowMs = this.#wall.at(nowUs);
    for (const bytes of files) this.#take(bytes, nowMs);
    const turnsMs = this.current === undefined ? Infinity : nextMs(nowMs, this.current);
    const againMs = this.#untimely === undefined ? Infinity : nowMs + SNAPSHOT_AGAIN_MS;
    this.deadlineUs = this.#wall.whenUs(Math.min(turnsMs, againMs));
    this.#changed(nowUs);
  }

  #take(bytes: Uint8Array, nowMs: WallMillis): void {
    const decoded = decodeSnapshot(this.#suite, bytes, this.#trust, nowMs);
    if (!(decoded instanceof Snapshot)) {
      this.reject = decoded.reject;
      // What we go by stays until it ends itself.
      if (bytes === this.#bytes) this.current = undefined;
      else if (decoded.reject === 'not-yet-valid' || decoded.reject === 'expired')
        this.#untimely = bytes;
    } else if (decoded.serial < this.#serial) this.reject = 'older';
    else {
      this.#bytes = bytes;
      this.#serial = decoded.serial;
      this.current = decoded;
      this.reject = undefined;
    }
  }
}

/** When a node of the snapshot may have become usable or ceased to be, or the snapshot ends. */
function nextMs(nowMs: WallMillis, snapshot: Snapshot): WallMillis {
  const turnsMs = [-KEY_OVERLAP_MS, 0, KEY_OVERLAP_MS].map(
    (offsetMs) => (Math.floor((nowMs - offsetMs) / EPOCH_MS) + 1) * EPOCH_MS + offsetMs,
  );
  return Math.max(Math.min(snapshot.validUntilMs, ...turnsMs), nowMs + 1);
}
