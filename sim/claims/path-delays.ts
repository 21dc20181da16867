import type { Network } from '../network/mod.ts';
import type { PacketWatch } from './packets.ts';

/** The shortest time octets can take from host to host, from the shortest delays that any packet found. */
export class PathDelays {
  readonly #network: Network;
  readonly #packets: PacketWatch;
  /** From one actor to every other, in nanoseconds. */
  readonly #from = new Map<number, ReadonlyMap<number, number>>();
  #sum = -1;

  constructor(network: Network, packets: PacketWatch) {
    this.#network = network;
    this.#packets = packets;
  }

  /** Nanoseconds from node to node; Infinity where there is no way. */
  between(from: number, to: number): number {
    if (from === to) return 0;
    // Delays only fall, and pipes are only added: while their sum is the same, so are they.
    const { delaysNs } = this.#packets;
    const sum = delaysNs.reduce((all, delayNs) => all + delayNs, delaysNs.length);
    if (sum !== this.#sum) this.#from.clear();
    this.#sum = sum;
    const [start, end] = [this.#network.actorOf(from), this.#network.actorOf(to)];
    const ways = this.#from.get(start) ?? this.#search(start);
    this.#from.set(start, ways);
    return ways.get(end) ?? Infinity;
  }

  /** Shortest ways from one actor by trying every pipe until nothing gets shorter: networks here are small. */
  #search(start: number): ReadonlyMap<number, number> {
    const ways = new Map([[start, 0]]);
    for (let isDone = false; !isDone; ) {
      isDone = true;
      for (const [i, { from, to }] of this.#network.pipes.entries()) {
        const reached = (ways.get(from) ?? Infinity) + (this.#packets.delaysNs[i] ?? 0);
        if (reached >= (ways.get(to) ?? Infinity)) continue;
        ways.set(to, reached);
        isDone = false;
      }
    }
    return ways;
  }
}
