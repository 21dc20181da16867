import type { Network, Pipe } from '../network/mod.ts';
import type { Always } from './vigil.ts';

const EVERY = 128;
const OCTET_BITS_NS = 8e9;

/** What somebody at both ends of every pipe counts, and when each packet on its way may arrive at the earliest. */
export class PacketWatch {
  readonly #network: Network;
  readonly #entered: number[] = [];
  readonly #arrived: number[] = [];
  /** By number of a packet: the pipe it is in, and the earliest time it can leave it. */
  readonly #pipeOf: number[] = [];
  readonly #earliestNs: number[] = [];
  /** Arrivals that nobody saw enter: the copies that a wire makes. */
  readonly #causeless: number[] = [];
  /** The shortest delay a packet has found on each pipe, in nanoseconds. */
  readonly delaysNs: number[] = [];
  #early: string | undefined;

  constructor(network: Network) {
    this.#network = network;
    this.#tapNew();
  }

  /** A packet that arrived before it could, in words. */
  get early(): string | undefined {
    this.#tapNew();
    for (const [i, pipe] of this.#network.pipes.entries())
      if ((this.#causeless[i] as number) > pipe.duplicated)
        return `${pipe.name}: ${this.#causeless[i]} packets arrived that never entered`;
    return this.#early;
  }

  /** The claim that packets are conserved on every pipe. */
  claim(): Always {
    return {
      kind: 'always',
      name: 'conserved',
      every: EVERY,
      look: () => this.#unbalanced(),
      close: () => this.#leaked(),
      said: () => {
        const { pipes } = this.#network;
        return `${pipes.length} pipes, ${pipes.reduce((sum, { sent }) => sum + sent, 0)} packets`;
      },
    };
  }

  /** What entered a pipe was lost, was dropped, has arrived or is on its way. */
  #unbalanced(): string | undefined {
    this.#tapNew();
    const { pipes, packets } = this.#network;
    let inFlight = 0;
    for (const [i, pipe] of pipes.entries()) {
      const [entered, arrived] = [this.#entered[i] as number, this.#arrived[i] as number];
      if (pipe.sent !== entered)
        return `${pipe.name}: ${entered} packets entered, ${pipe.sent} counted`;
      if (pipe.delivered !== arrived)
        return `${pipe.name}: ${arrived} packets arrived, ${pipe.delivered} counted`;
      if (pipe.inFlight < 0) return `${pipe.name}: ${pipe.inFlight} packets are on their way`;
      inFlight += pipe.inFlight;
    }
    if (inFlight > packets.used) return `${inFlight} packets on their way, ${packets.used} exist`;
    return undefined;
  }

  /** When a run is over, every packet that exists is on its way. */
  #leaked(): string | undefined {
    const { pipes, packets } = this.#network;
    const inFlight = pipes.reduce((sum, pipe) => sum + pipe.inFlight, 0);
    return packets.used > inFlight
      ? `${packets.used} packets live, ${inFlight} in flight`
      : undefined;
  }

  /** Taps pipes that were added since. */
  #tapNew(): void {
    const { pipes } = this.#network;
    for (let i = this.#entered.length; i < pipes.length; i++) this.#tap(pipes[i] as Pipe, i);
  }

  #tap(pipe: Pipe, i: number): void {
    this.#entered[i] = pipe.sent;
    this.#arrived[i] = pipe.delivered;
    this.#causeless[i] = -pipe.inFlight;
    this.delaysNs[i] = pipe.delayNs;
    this.#network.tapPipe(pipe, ({ timeNs, packet, wireOctets }) => {
      const { delayNs, rateBps } = pipe;
      const takesNs = rateBps === 0 ? 0 : Math.floor((wireOctets * OCTET_BITS_NS) / rateBps);
      this.#entered[i] = (this.#entered[i] as number) + 1;
      this.#pipeOf[packet] = i;
      this.#earliestNs[packet] = timeNs + takesNs + delayNs;
      if (delayNs < (this.delaysNs[i] as number)) this.delaysNs[i] = delayNs;
    });
    this.#network.tapArrivals(pipe, ({ timeNs, packet }) => {
      this.#arrived[i] = (this.#arrived[i] as number) + 1;
      if (this.#pipeOf[packet] !== i) this.#causeless[i] = (this.#causeless[i] as number) + 1;
      else if (timeNs < (this.#earliestNs[packet] as number)) {
        const when = `at ${timeNs} ns, not before ${this.#earliestNs[packet]} ns`;
        this.#early ??= `${pipe.name}: packet ${packet} arrived ${when}`;
      }
      this.#pipeOf[packet] = -1;
    });
  }
}
