import { CREDIT_MIN } from '../base/limits.ts';
import { type Id, NO_ID, Slab } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { WakeSet } from '../base/wake-set.ts';
import {
  type Cause,
  type DatagramBatch,
  END,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type Root,
} from './mod.ts';

const SLOTS = 128;
/** Streams it has open at once, and listeners and sockets. */
const STREAMS = 24;
const BINDINGS = 6;

type Life = { isOpen: boolean; isEnded: boolean; weEnded: boolean };
type Binding = { at: Endpoint | undefined; isUnbinding: boolean; readonly isUdp: boolean };

/** Other tests dial it too, and count on being refused. */
const NOBODYS_PORT = 9;

/** A root that asks for anything at any time, of ids old and new, and complains when its host breaks its word. */
export class ChaosRoot implements Root {
  readonly complaints: string[] = [];
  deadlineUs: Micros = Infinity;
  calls = 0;
  readonly #ip: Uint8Array;
  /** Where somebody listened once: shared by all who play. */
  readonly #places: Endpoint[];
  readonly #ids = new Slab(SLOTS);
  readonly #wakes = new WakeSet(SLOTS);
  readonly #commands: HostCommand[] = [];
  readonly #streams = new Map<Id, Life>();
  readonly #bindings = new Map<Id, Binding>();
  /** Every id there ever was. */
  readonly #known: Id[] = [];
  #state: number;
  #isOver = false;

  constructor(seed: number, ip: Uint8Array, places: Endpoint[]) {
    this.#state = seed;
    this.#ip = ip;
    this.#places = places;
    // One that never was anything.
    const id = this.#ids.take();
    this.#ids.release(id);
    this.#known.push(id);
  }

  get alive(): number {
    return this.#streams.size + this.#bindings.size;
  }

  /** A few wishes. The host is to look afterwards. */
  stir(): void {
    for (let i = this.#below(6); i >= 0; i--) this.#wish();
  }

  /** Gives everything up: whatever is alive must end. */
  finish(): void {
    this.#isOver = true;
    for (const id of this.#streams.keys()) this.#commands.push({ kind: 'abort', id });
    for (const id of this.#bindings.keys()) this.#commands.push({ kind: 'unbind', id });
  }

  // ---- Root ----------------------------------------------------------------------------------------------

  pollCommand(): HostCommand | undefined {
    const command = this.#commands.shift();
    const binding = command?.kind === 'unbind' ? this.#bindings.get(command.id) : undefined;
    if (binding !== undefined) binding.isUnbinding = true;
    return command;
  }

  pollWake(): Id {
    return this.#wakes.take();
  }

  accept(_nowUs: Micros, listener: Id, from: Endpoint): Id {
    const binding = this.#bindings.get(listener);
    this.#check(binding?.at !== undefined && !binding.isUnbinding, 'accept of no listener');
    this.#check(from.ip.length === 4, 'from nowhere');
    this.#stirWithin();
    if (this.#streams.size >= STREAMS || this.#isOver || this.#below(4) === 0) return NO_ID;
    return this.#newStream();
  }

  opened(_nowUs: Micros, id: Id): void {
    const life = this.#life(id, 'opened');
    this.#check(!life.isOpen, 'opened twice');
    life.isOpen = true;
    this.#stirWithin();
  }

  receive(_nowUs: Micros, id: Id, _bytes: Uint8Array, start: number, end: number): number {
    const life = this.#life(id, 'receive');
    this.#check(life.isOpen && !life.isEnded && end > start, 'receive out of place');
    this.#stirWithin();
    return this.#below(3) === 0 ? this.#below(end - start + 1) : end - start;
  }

  ended(_nowUs: Micros, id: Id): void {
    const life = this.#life(id, 'ended');
    this.#check(life.isOpen && !life.isEnded, 'ended out of place');
    life.isEnded = true;
    this.#stirWithin();
  }

  transmit(_nowUs: Micros, id: Id, _out: Uint8Array, start: number, end: number): number {
    const life = this.#life(id, 'transmit');
    this.#check(life.isOpen && !life.weEnded && end - start >= CREDIT_MIN, 'transmit out of place');
    this.#stirWithin();
    const choice = this.#below(8);
    life.weEnded = choice === 0;
    return choice === 0 ? END : choice < 4 ? this.#below(end - start + 1) : 0;
  }

  closed(_nowUs: Micros, id: Id, cause: Cause): void {
    const life = this.#life(id, 'closed');
    this.#check(cause !== 'ended' || (life.isEnded && life.weEnded), 'an end of one side only');
    if (this.#streams.delete(id)) this.#ids.release(id);
    this.#stirWithin();
  }

  handle(_nowUs: Micros, event: HostEvent): void {
    if (event.kind !== 'bound' && event.kind !== 'unbound') return;
    const binding = this.#bindings.get(event.id);
    this.#check(binding !== undefined, `${event.kind} of nothing`);
    if (binding === undefined) return;
    if (event.kind === 'bound') {
      this.#check(binding.at === undefined && !binding.isUnbinding, 'bound out of place');
      binding.at = event.at;
      this.#places.push(event.at);
    } else {
      this.#check(binding.isUnbinding === (event.cause === 'local'), 'unbound for another reason');
      this.#bindings.delete(event.id);
      this.#ids.release(event.id);
    }
    this.#stirWithin();
  }

  handleTimeout(nowUs: Micros): void {
    this.#check(nowUs >= this.deadlineUs, 'early');
    this.deadlineUs = Infinity;
    this.#stirWithin();
  }

  receiveDatagrams(_nowUs: Micros, id: Id): void {
    const binding = this.#bindings.get(id);
    this.#check(binding?.isUdp === true && !binding.isUnbinding, 'datagrams out of place');
    this.#stirWithin();
  }

  transmitDatagrams(_nowUs: Micros, id: Id, batch: DatagramBatch): void {
    const binding = this.#bindings.get(id);
    this.#check(binding?.at !== undefined && binding.isUdp, 'a question out of place');
    this.#stirWithin();
    for (let i = this.#below(40); i > 0; i--) {
      const to = this.#place();
      batch.push(to.ip, to.port, new Uint8Array(9), 0, this.#below(10));
    }
  }

  // ---- within --------------------------------------------------------------------------------------------

  #stirWithin(): void {
    this.calls += 1;
    if (this.#below(4) === 0) this.#wish();
  }

  #wish(): void {
    if (this.#isOver) return;
    const id = this.#known[this.#below(this.#known.length)] as Id;
    switch (this.#below(9)) {
      case 0:
      case 1:
        if (this.#streams.size < STREAMS)
          this.#commands.push({ kind: 'connect', id: this.#newStream(), to: this.#place() });
        return;
      case 2:
        return this.#bind(this.#below(2) === 0);
      case 3:
        this.#commands.push({ kind: this.#below(3) === 0 ? 'unbind' : 'abort', id });
        return;
      case 4:
        this.deadlineUs = this.#below(20_000);
        return;
      case 5:
        this.#commands.push({ kind: 'append', log: 'log', bytes: new Uint8Array(3) });
        return;
      default:
        this.#wakes.add(id);
    }
  }

  #bind(isUdp: boolean): void {
    if (this.#bindings.size >= BINDINGS) return;
    const id = this.#ids.take();
    this.#known.push(id);
    this.#bindings.set(id, { at: undefined, isUnbinding: false, isUdp });
    const port = this.#below(3) === 0 ? (this.#someone()?.port ?? 0) : 0;
    this.#commands.push({ kind: isUdp ? 'bind' : 'listen', id, at: { ip: this.#ip, port } });
  }

  #newStream(): Id {
    const id = this.#ids.take();
    this.#known.push(id);
    this.#streams.set(id, { isOpen: false, isEnded: false, weEnded: false });
    return id;
  }

  /** Where somebody may listen, or where nobody does. */
  #place(): Endpoint {
    return this.#someone() ?? { ip: this.#ip, port: NOBODYS_PORT };
  }

  #someone(): Endpoint | undefined {
    return this.#places[this.#below(this.#places.length + 1)];
  }

  #life(id: Id, call: string): Life {
    const life = this.#streams.get(id);
    this.#check(life !== undefined, `${call} of an id that is not alive`);
    return life ?? { isOpen: true, isEnded: false, weEnded: false };
  }

  #check(isRight: boolean, complaint: string): void {
    if (!isRight) this.complaints.push(complaint);
  }

  /** A number from 0 to n - 1, the same ones for a seed (Numerical Recipes' generator). */
  #below(n: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#state >>> 8) % n;
  }
}
