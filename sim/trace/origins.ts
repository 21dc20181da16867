/** From which event something came: of events that wait in the queue, by slot, and of packets under way. */
export class Origins {
  #events: Uint32Array = new Uint32Array(1024);
  #packets: Uint32Array = new Uint32Array(1024);

  /** An event was put into the slot by event number `by`; 0 is nobody. */
  scheduled(slot: number, by: number): void {
    this.#events = withRoom(this.#events, slot);
    this.#events[slot] = by;
  }

  /** Who put the event into the slot. */
  ofEvent(slot: number): number {
    return this.#events[slot] ?? 0;
  }

  /** A packet entered a pipe, or became another there, in event number `by`. */
  entered(packet: number, by: number): void {
    this.#packets = withRoom(this.#packets, packet);
    this.#packets[packet] = by;
  }

  /** In which event it entered the pipe it is in. */
  ofPacket(packet: number): number {
    return this.#packets[packet] ?? 0;
  }
}

/** The same numbers with room for one at `index`. */
export function withRoom(numbers: Uint32Array, index: number): Uint32Array {
  if (index < numbers.length) return numbers;
  const larger = new Uint32Array(Math.max(2 * numbers.length, index + 1));
  larger.set(numbers);
  return larger;
}
