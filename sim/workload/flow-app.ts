import { type Id, NO_ID } from '#core/base/slab.ts';
import { type Micros, US_PER_MS } from '#core/base/time.ts';
import type { Cause, Endpoint } from '#core/host/mod.ts';
import type { LinkUser } from '#core/node/mod.ts';
import type { Flow, Transcript } from './flow.ts';
import { FlowEnd, HEADER_LEN } from './flow-end.ts';

/** Where and as whom a flow's answerer is dialled; the arrangement knows. NO_ID: not possible. */
export type FlowPort = {
  dial(nowUs: Micros, flow: Flow): Id;
  wake(id: Id): void;
  abort(id: Id): void;
};

/** Runs one host's ends of a set of flows, over links or over plain streams alike. */
export class FlowApp implements LinkUser {
  /** Where this host listens, once it does. */
  listening: Endpoint | undefined;
  /** Why it cannot, or no longer can: one line. A world that waits for this host asks for it. */
  fault: string | undefined;
  readonly #name: string;
  readonly #flows: ReadonlyMap<number, Flow>;
  readonly #port: FlowPort;
  readonly #diallers = new Map<number, FlowEnd>();
  readonly #answerers = new Map<number, FlowEnd>();
  readonly #byId = new Map<Id, FlowEnd>();
  /** Accepted streams whose header is not complete, and what came of it. */
  readonly #nameless = new Map<Id, number[]>();
  #toDial: Flow[];
  #isStarted = false;

  constructor(name: string, flows: readonly Flow[], port: FlowPort) {
    this.#name = name;
    this.#flows = new Map(flows.map((flow) => [flow.id, flow]));
    this.#port = port;
    this.#toDial = flows.filter((flow) => flow.from === name);
    this.#toDial.sort((a, b) => a.startMs - b.startMs || a.id - b.id);
  }

  /** What this host's ends of a flow saw. */
  transcriptOf(flow: Flow): Transcript {
    return {
      dialler: this.#diallers.get(flow.id)?.log ?? [],
      answerer: this.#answerers.get(flow.id)?.log ?? [],
    };
  }

  endOf(flow: Flow, isDialler: boolean): FlowEnd | undefined {
    return (isDialler ? this.#diallers : this.#answerers).get(flow.id);
  }

  /** Every end this host has had, for oracles that count octets. */
  get ends(): readonly FlowEnd[] {
    return [...this.#diallers.values(), ...this.#answerers.values()];
  }

  /** Every flow this host dials is over, and no stream is left. */
  get isDone(): boolean {
    const dialled = [...this.#diallers.values()].every((end) => end.isClosed);
    return this.#isStarted && this.#toDial.length === 0 && dialled && this.#byId.size === 0;
  }

  // ---- LinkUser ------------------------------------------------------------------------------------------

  get deadlineUs(): Micros {
    const first = this.#toDial[0];
    let earliest = this.#isStarted && first !== undefined ? first.startMs * US_PER_MS : Infinity;
    for (const end of this.#byId.values()) earliest = Math.min(earliest, end.nextReadUs);
    return earliest;
  }

  handleTimeout(nowUs: Micros): void {
    for (let flow = this.#toDial[0]; flow !== undefined; flow = this.#toDial[0]) {
      if (!this.#isStarted || flow.startMs * US_PER_MS > nowUs) break;
      this.#toDial.shift();
      const id = this.#port.dial(nowUs, flow);
      const end = this.#join(id, flow, true);
      if (id === NO_ID) end.closed('limit');
    }
    for (const end of this.#byId.values()) if (end.nextReadUs <= nowUs) end.tick(nowUs);
  }

  started(_nowUs: Micros, listening: Endpoint | undefined): void {
    this.listening = listening;
    this.#isStarted = true;
  }

  notListening(_nowUs: Micros, cause: string): void {
    this.listening = undefined;
    this.fault = `${this.#name} cannot listen: ${cause}`;
  }

  opened(nowUs: Micros, id: Id): void {
    const end = this.#byId.get(id);
    if (end !== undefined) end.opened(nowUs);
    else this.#nameless.set(id, []);
  }

  receive(nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const named = this.#byId.get(id);
    if (named !== undefined) return named.receive(bytes, start, end);
    const header = this.#nameless.get(id) ?? [];
    let at = start;
    while (at < end && header.length < HEADER_LEN) header.push(bytes[at++] as number);
    if (header.length < HEADER_LEN) return at - start;
    const flow = this.#flows.get(header.reduce((value, octet) => value * 256 + octet, 0));
    if (flow === undefined || flow.to !== this.#name || this.#answerers.has(flow.id)) {
      this.#port.abort(id);
      return end - start;
    }
    this.#nameless.delete(id);
    const answerer = this.#join(id, flow, false);
    answerer.opened(nowUs);
    return at - start + (at < end ? answerer.receive(bytes, at, end) : 0);
  }

  ended(_nowUs: Micros, id: Id): void {
    this.#byId.get(id)?.ended();
  }

  transmit(_nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    return this.#byId.get(id)?.transmit(out, start, end) ?? 0;
  }

  closed(_nowUs: Micros, id: Id, cause: Cause): void {
    this.#byId.get(id)?.closed(cause);
    this.#byId.delete(id);
    this.#nameless.delete(id);
  }

  #join(id: Id, flow: Flow, isDialler: boolean): FlowEnd {
    const end = new FlowEnd(id, flow, isDialler, this.#port);
    (isDialler ? this.#diallers : this.#answerers).set(flow.id, end);
    if (id !== NO_ID) this.#byId.set(id, end);
    return end;
  }
}
