import { assert } from '#core/base/assert.ts';
import type { Recorder } from '../recorder.ts';
import type { WorldHashes } from '../world.ts';
import { type Play, playUntilHalt } from './halt.ts';
import type { Told } from './telling.ts';
import { TraceReader } from './trace-reader.ts';

/** Digests of a trace that are kept at most; between two of them lie ever more records. */
const MARKS = 2_048;
/** Records that are shown before the one in which traces part. */
const CONTEXT = 5;

/** A stream of randomness in two runs: how often each has drawn, and whether that gave the same. */
export type Drawn = {
  readonly name: string;
  readonly left: number;
  readonly right: number;
};

/** What two runs have in common. */
export type Difference = {
  /** The hashes in which they differ, `trace` alone where it is among them; none: they are the same run. */
  readonly hashes: readonly (keyof WorldHashes)[];
  /** Records and events of the trace that they share, from its start. */
  readonly records: number;
  readonly events: number;
  /** The last of them. */
  readonly common: readonly Told[];
  /** The next of each; undefined where a run has no more, or traces are the same. */
  readonly left: Told | undefined;
  readonly right: Told | undefined;
  /** Streams that differ in draws then, by name. */
  readonly draws: readonly Drawn[];
};

/**
 * Where two runs part. Each is played up to three times: for digests every so many records, for each record of the
 * stretch in which they part, and for words. What is kept does not grow with a run.
 */
export function difference(left: Play<Recorder>, right: Play<Recorder>): Difference {
  const marks = new Marks();
  const leftHashes = playUntilHalt(left, marks) as WorldHashes;
  const against = new Against(marks);
  const rightHashes = playUntilHalt(right, against);
  const isSame = rightHashes !== undefined && leftHashes.trace === rightHashes.trace;
  assert(against.isSame === isSame, 'digest and hash of a trace agree');
  const hashes = isSame
    ? HASHES.filter((name) => leftHashes[name] !== rightHashes[name])
    : HASHES.slice(0, 1);
  let parts = marks.records;
  if (!isSame) {
    const stretch = new Stretch(against.from, Math.min(against.from + marks.stride, marks.records));
    playUntilHalt(left, stretch);
    const search = new Search(stretch);
    playUntilHalt(right, search);
    parts = search.found ?? search.records;
  }
  const [one, other] = [left, right].map((play) => {
    const reader = new Reader(parts);
    playUntilHalt(play, reader);
    return reader;
  }) as [Reader, Reader];
  return {
    hashes,
    records: parts,
    events: one.eventsBefore,
    common: one.context,
    left: one.next,
    right: other.next,
    draws: differing(one.drawn, other.drawn),
  };
}

const HASHES: readonly (keyof WorldHashes)[] = Object.freeze<(keyof WorldHashes)[]>([
  'trace',
  'state',
  'draws',
]);

/** Digests of a trace at every `stride`-th record. */
class Marks extends TraceReader {
  stride = 1;
  readonly firsts: Int32Array = new Int32Array(MARKS);
  readonly seconds: Int32Array = new Int32Array(MARKS);
  count = 0;

  protected override added(): void {
    if (this.records % this.stride !== 0) return;
    if (this.count === MARKS) this.#thin();
    if (this.records % this.stride !== 0) return;
    this.firsts[this.count] = this.first;
    this.seconds[this.count] = this.second;
    this.count += 1;
  }

  /** Leaves every second one out. */
  #thin(): void {
    for (let i = 0; i < MARKS / 2; i++) {
      this.firsts[i] = this.firsts[2 * i + 1] as number;
      this.seconds[i] = this.seconds[2 * i + 1] as number;
    }
    this.count = MARKS / 2;
    this.stride *= 2;
  }
}

/** Another trace beside those marks. */
class Against extends TraceReader {
  readonly #marks: Marks;
  #agreed = 0;
  #hasParted = false;

  constructor(marks: Marks) {
    super();
    this.#marks = marks;
  }

  /** The first record that may differ. */
  get from(): number {
    return this.#agreed * this.#marks.stride;
  }

  /** To ask at the end. */
  get isSame(): boolean {
    const { records, first, second } = this.#marks;
    return this.records === records && this.first === first && this.second === second;
  }

  protected override added(): void {
    const { stride, firsts, seconds, count } = this.#marks;
    if (this.#hasParted || this.records % stride !== 0) return;
    const mark = this.records / stride - 1;
    if (mark < count && firsts[mark] === this.first && seconds[mark] === this.second) {
      this.#agreed += 1;
    } else {
      this.#hasParted = true;
      this.enough();
    }
  }
}

/** The digest behind each record from `from` up to, not including, `to`. */
class Stretch extends TraceReader {
  readonly from: number;
  readonly length: number;
  readonly firsts: Int32Array;
  readonly seconds: Int32Array;

  constructor(from: number, to: number) {
    super();
    this.from = from;
    this.length = to - from;
    this.firsts = new Int32Array(this.length);
    this.seconds = new Int32Array(this.length);
  }

  protected override added(): void {
    const at = this.records - 1 - this.from;
    if (at >= 0 && at < this.length) {
      this.firsts[at] = this.first;
      this.seconds[at] = this.second;
    }
    if (at >= this.length - 1) this.enough();
  }
}

/** Finds the first record that is not as in the stretch. */
class Search extends TraceReader {
  /** Its number, from 0; undefined when this trace ends first. */
  found: number | undefined;
  readonly #stretch: Stretch;

  constructor(stretch: Stretch) {
    super();
    this.#stretch = stretch;
  }

  protected override added(): void {
    const { from, length, firsts, seconds } = this.#stretch;
    const at = this.records - 1 - from;
    if (this.found !== undefined || at < 0) return;
    if (at < length && firsts[at] === this.first && seconds[at] === this.second) return;
    this.found = from + at;
    this.enough();
  }
}

/** Reads a record, those before it, and what was drawn until then. */
class Reader extends TraceReader {
  readonly context: Told[] = [];
  next: Told | undefined;
  eventsBefore = 0;
  readonly #at: number;
  #drawn: ReadonlyMap<string, Draws> | undefined;

  constructor(at: number) {
    super();
    this.#at = at;
  }

  get drawn(): ReadonlyMap<string, Draws> {
    return this.#drawn ?? this.#draws();
  }

  protected override added(words: () => Told): void {
    const at = this.records - 1;
    if (at < this.#at) {
      this.eventsBefore = this.events;
      if (at >= this.#at - CONTEXT) this.context.push(words());
    } else if (at === this.#at) {
      this.next = words();
      this.#drawn = this.#draws();
      this.enough();
    }
  }

  #draws(): ReadonlyMap<string, Draws> {
    return new Map(
      (this.world?.drawn() ?? []).map(({ name, count, mix }) => [name, { count, mix }]),
    );
  }
}

type Draws = { readonly count: number; readonly mix: number };

function differing(
  left: ReadonlyMap<string, Draws>,
  right: ReadonlyMap<string, Draws>,
): readonly Drawn[] {
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names
    .filter((name) => {
      const [one, other] = [left.get(name), right.get(name)];
      return one?.count !== other?.count || one?.mix !== other?.mix;
    })
    .map((name) => ({
      name,
      left: left.get(name)?.count ?? 0,
      right: right.get(name)?.count ?? 0,
    }));
}
