import { CLASS } from '../event-queue.ts';
import type { World } from '../world.ts';
import type { PacketSlab } from './packet.ts';

const BITS_PER_OCTET_NS = 8e9;

/** What keeps a pipe from taking packets: they wait in front of it, and go on one by one at a crawl, or not at all. */
export class Clog {
  readonly #world: World;
  readonly #packets: PacketSlab;
  /** Octets that may wait, headers included. */
  limit: number;
  readonly #crawlBps: number;
  readonly #pass: (packet: number) => void;
  readonly #actor: number;
  #waiting: number[] = [];
  #octets = 0;
  #isCrawling = false;

  /** `crawlBps` of 0 lets nothing pass. `pass` is given each packet whose turn it is. */
  constructor(
    world: World,
    packets: PacketSlab,
    crawlBps: number,
    limit: number,
    pass: (packet: number) => void,
  ) {
    this.#world = world;
    this.#packets = packets;
    this.#crawlBps = crawlBps;
    this.limit = limit;
    this.#pass = pass;
    this.#actor = world.enter({ act: () => this.#passOne() });
  }

  /** Octets that wait, headers included. */
  get octets(): number {
    return this.#octets;
  }

  /** False: there is no room for it. */
  push(packet: number): boolean {
    const octets = this.#packets.wireOctets(packet);
    if (this.#octets + octets > this.limit) return false;
    this.#waiting.push(packet);
    this.#octets += octets;
    this.#crawl();
    return true;
  }

  /** It is over: all that waits goes on at once, in order. */
  clear(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#octets = 0;
    for (const packet of waiting) this.#pass(packet);
  }

  #crawl(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#isCrawling || this.#crawlBps === 0) return;
    this.#isCrawling = true;
    const takesNs = (this.#packets.wireOctets(first) * BITS_PER_OCTET_NS) / this.#crawlBps;
    const { nowNs } = this.#world;
    const own = this.#actor;
    this.#world.schedule(nowNs + Math.ceil(takesNs), CLASS.packet, own, own, 0, 0, 0);
  }

  #passOne(): void {
    this.#isCrawling = false;
    const packet = this.#waiting.shift();
    if (packet === undefined) return;
    this.#octets -= this.#packets.wireOctets(packet);
    this.#pass(packet);
    this.#crawl();
  }
}
