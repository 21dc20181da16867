import { assert } from '#core/base/assert.ts';

/** What kinds of events come first within one nanosecond: packets, timers, turns of a host, the rest. */
export const CLASS: {
  readonly packet: 0;
  readonly timer: 1;
  readonly turn: 2;
  readonly control: 3;
} = Object.freeze({ packet: 0, timer: 1, turn: 2, control: 3 });

/** Actors are numbered below this, so that class, destination and source share one exact double. */
export const ACTORS_MAX: number = 1 << 24;
const SOURCE_SPAN = ACTORS_MAX;
const CLASS_SPAN: number = ACTORS_MAX * ACTORS_MAX;

/**
 * Events in the total order (time, class, destination, source, sequence of that source). A binary heap of
 * (time, slot) beside a slab of the other fields: no object per event, O(log n), grows by doubling.
 *
 * `pop` answers a slot whose fields stay readable until the next `push`.
 */
export class EventQueue {
  #time: Float64Array;
  #slot: Int32Array;
  #rank: Float64Array;
  #dest: Int32Array;
  #source: Int32Array;
  #sequence: Float64Array;
  #kind: Uint16Array;
  #a: Float64Array;
  #b: Float64Array;
  #free: Int32Array;
  #count = 0;
  #poppedNs = 0;

  constructor(capacity: number = 1024) {
    this.#time = new Float64Array(capacity);
    this.#slot = new Int32Array(capacity);
    this.#rank = new Float64Array(capacity);
    this.#dest = new Int32Array(capacity);
    this.#source = new Int32Array(capacity);
    this.#sequence = new Float64Array(capacity);
    this.#kind = new Uint16Array(capacity);
    this.#a = new Float64Array(capacity);
    this.#b = new Float64Array(capacity);
    this.#free = new Int32Array(capacity);
    for (let i = 0; i < capacity; i++) this.#free[i] = i;
  }

  get size(): number {
    return this.#count;
  }

  /** Time of the next event in nanoseconds; Infinity when there is none. */
  get nextNs(): number {
    return this.#count === 0 ? Infinity : (this.#time[0] as number);
  }

  /** `eventClass` is one of CLASS; `sequence` grows with every event of one source. Answers the event's slot. */
  push(
    timeNs: number,
    eventClass: number,
    dest: number,
    source: number,
    sequence: number,
    kind: number,
    a: number,
    b: number,
  ): number {
    if (this.#count === this.#time.length) this.#grow();
    const slot = this.#free[this.#count] as number;
    this.#rank[slot] = eventClass * CLASS_SPAN + dest * SOURCE_SPAN + source;
    this.#dest[slot] = dest;
    this.#source[slot] = source;
    this.#sequence[slot] = sequence;
    this.#kind[slot] = kind;
    this.#a[slot] = a;
    this.#b[slot] = b;
    this.#rise(this.#count++, timeNs, slot);
    return slot;
  }

  /** Takes the first event off; answers its slot. */
  pop(): number {
    assert(this.#count > 0, 'pop from a queue that holds an event');
    const top = this.#slot[0] as number;
    this.#poppedNs = this.#time[0] as number;
    this.#count -= 1;
    this.#free[this.#count] = top;
    if (this.#count > 0)
      this.#sink(this.#time[this.#count] as number, this.#slot[this.#count] as number);
    return top;
  }

  /** Takes out the events `isMeant` says, asked about each; answers time and `a` of each, in order of sequence. */
  takeOut(
    isMeant: (slot: number, timeNs: number) => boolean,
  ): (readonly [timeNs: number, a: number])[] {
    const out: { readonly timeNs: number; readonly slot: number }[] = [];
    const count = this.#count;
    this.#count = 0;
    for (let i = 0; i < count; i++) {
      const timeNs = this.#time[i] as number;
      const slot = this.#slot[i] as number;
      if (isMeant(slot, timeNs)) out.push({ timeNs, slot });
      else this.#rise(this.#count++, timeNs, slot);
    }
    for (const [i, { slot }] of out.entries()) this.#free[this.#count + i] = slot;
    const at = ({ slot }: { readonly slot: number }): number => this.#sequence[slot] as number;
    out.sort((left, right) => at(left) - at(right));
    return out.map(({ timeNs, slot }) => [timeNs, this.aAt(slot)] as const);
  }

  /** Time of the event popped last, in nanoseconds. */
  get poppedNs(): number {
    return this.#poppedNs;
  }
  /** Its slot. */
  get poppedSlot(): number {
    return this.#free[this.#count] as number;
  }
  /** Class, destination and source as one number below 2^50: the middle part of the order. */
  rankAt(slot: number): number {
    return this.#rank[slot] as number;
  }
  classAt(slot: number): number {
    return Math.floor((this.#rank[slot] as number) / CLASS_SPAN);
  }
  destAt(slot: number): number {
    return this.#dest[slot] as number;
  }
  sourceAt(slot: number): number {
    return this.#source[slot] as number;
  }
  kindAt(slot: number): number {
    return this.#kind[slot] as number;
  }
  aAt(slot: number): number {
    return this.#a[slot] as number;
  }
  bAt(slot: number): number {
    return this.#b[slot] as number;
  }

  /** Moves a hole up from `at` until (timeNs, slot) fits in. */
  #rise(from: number, timeNs: number, slot: number): void {
    const time = this.#time;
    const slots = this.#slot;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const aboveNs = time[above] as number;
      if (aboveNs < timeNs) break;
      const aboveSlot = slots[above] as number;
      if (aboveNs === timeNs && this.#before(aboveSlot, slot)) break;
      time[at] = aboveNs;
      slots[at] = aboveSlot;
      at = above;
    }
    time[at] = timeNs;
    slots[at] = slot;
  }

  /** Moves the hole at the top down along the smaller children, then lets the last entry rise into it. */
  #sink(timeNs: number, slot: number): void {
    const time = this.#time;
    const slots = this.#slot;
    const count = this.#count;
    let at = 0;
    let child = 1;
    while (child < count) {
      let childNs = time[child] as number;
      const right = child + 1;
      if (right < count) {
        const rightNs = time[right] as number;
        if (
          rightNs < childNs ||
          (rightNs === childNs && this.#before(slots[right] as number, slots[child] as number))
        ) {
          child = right;
          childNs = rightNs;
        }
      }
      time[at] = childNs;
      slots[at] = slots[child] as number;
      at = child;
      child = 2 * at + 1;
    }
    this.#rise(at, timeNs, slot);
  }

  /** Order of two events of the same time. */
  #before(left: number, right: number): boolean {
    const leftRank = this.#rank[left] as number;
    const rightRank = this.#rank[right] as number;
    if (leftRank !== rightRank) return leftRank < rightRank;
    return (this.#sequence[left] as number) < (this.#sequence[right] as number);
  }

  #grow(): void {
    const before = this.#time.length;
    const capacity = before * 2;
    this.#time = enlarged(new Float64Array(capacity), this.#time);
    this.#slot = enlarged(new Int32Array(capacity), this.#slot);
    this.#rank = enlarged(new Float64Array(capacity), this.#rank);
    this.#dest = enlarged(new Int32Array(capacity), this.#dest);
    this.#source = enlarged(new Int32Array(capacity), this.#source);
    this.#sequence = enlarged(new Float64Array(capacity), this.#sequence);
    this.#kind = enlarged(new Uint16Array(capacity), this.#kind);
    this.#a = enlarged(new Float64Array(capacity), this.#a);
    this.#b = enlarged(new Float64Array(capacity), this.#b);
    this.#free = enlarged(new Int32Array(capacity), this.#free);
    for (let i = before; i < capacity; i++) this.#free[i] = i;
  }
}

/** `larger` with the contents of `smaller` at its start. */
export function enlarged<T extends { set(from: T): void }>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}
