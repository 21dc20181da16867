import { assert } from '../base/assert.ts';
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
  type Random,
  type Root,
  type StoreSnapshot,
  type TlsRole,
} from './mod.ts';
import { ProbeStream } from './probe-stream.case.ts';

const SLOTS = 64;

/**
 * A root that a test steers and that writes down what its host does to it, one line a call. Streams have
 * names; accepted ones are called after their listener, `l.1`, `l.2`. Lines hold nothing that may differ
 * between two right hosts: neither ids, addresses, times nor how octets were cut into pieces.
 */
export class ProbeRoot implements Root {
  deadlineUs: Micros = Number.POSITIVE_INFINITY;
  readonly random: Random;
  readonly store: StoreSnapshot;
  readonly lines: string[] = [];
  /** Calls for ids that are not alive: there must be none. */
  readonly strays: string[] = [];
  readonly walls: (HostEvent & { kind: 'wall' })[] = [];
  readonly verdicts: (HostEvent & { kind: 'verified' })[] = [];
  readonly datagrams: { readonly from: Endpoint; readonly bytes: Uint8Array }[] = [];
  /** Whether `accept` says no. */
  refuses = false;
  /** What a new stream takes of each offer. */
  appetite: number = Number.POSITIVE_INFINITY;
  /** Whether `transmit` and wakes are logged too. */
  tracing = false;
  /** Called within the host's call that made a line: what it steers, the host looks at on its own. */
  onLine: (line: string) => void = () => undefined;
  /** Makes the host look at what was steered. */
  onSteered: () => void = () => undefined;
  readonly #ids = new Slab(SLOTS);
  readonly #wakes = new WakeSet(SLOTS);
  readonly #commands: HostCommand[] = [];
  readonly #names = new Map<Id, string>();
  readonly #streams = new Map<string, ProbeStream>();
  readonly #bound = new Map<string, Endpoint>();
  readonly #outgoing: { readonly to: Endpoint; readonly bytes: Uint8Array }[] = [];
  #accepted = 0;
  #isTogether = false;

  constructor(random: Random, store: StoreSnapshot) {
    this.random = random;
    this.store = store;
  }

  // ---- what a test asks ----------------------------------------------------------------------------------

  /** The lines about these names, in their order. */
  about(...names: readonly string[]): readonly string[] {
    return this.lines.filter((line) => names.includes(line.split(' ')[1] ?? ''));
  }

  stream(name: string): ProbeStream {
    const stream = this.#streams.get(name);
    assert(stream !== undefined, `the test knows a stream called ${name}`);
    return stream;
  }

  isOpen(name: string): boolean {
    return this.#streams.get(name)?.isOpen ?? false;
  }

  addressOf(name: string): Endpoint | undefined {
    return this.#bound.get(name);
  }

  /** Datagrams that the host has not asked for. */
  get waitingDatagrams(): number {
    return this.#outgoing.length;
  }

  // ---- what a test steers --------------------------------------------------------------------------------

  /** Steers several things before the host looks. */
  together(steps: () => void): void {
    this.#isTogether = true;
    steps();
    this.#isTogether = false;
    this.onSteered();
  }

  connect(name: string, to: Endpoint): void {
    this.command({ kind: 'connect', id: this.#newStream(name).id, to });
  }

  listen(name: string, at: Endpoint): void {
    this.command({ kind: 'listen', id: this.#newId(name), at });
  }

  bind(name: string, at: Endpoint): void {
    this.command({ kind: 'bind', id: this.#newId(name), at });
  }

  unbind(name: string): void {
    this.command({ kind: 'unbind', id: this.idOf(name) });
  }

  abort(name: string): void {
    this.command({ kind: 'abort', id: this.idOf(name) });
  }

  /** A filter with the sides `name` and `name~`; the second is spliced to the stream `over`. */
  tls(name: string, over: string, as: TlsRole): void {
    const plain = this.#newStream(name);
    const cipher = this.#newStream(`${name}~`);
    this.splice(over, cipher.name);
    this.command({ kind: 'tls', plain: plain.id, cipher: cipher.id, as });
  }

  /** What either receives the other one sends. The host looks later. */
  splice(one: string, other: string): void {
    const [a, b] = [this.stream(one), this.stream(other)];
    a.splice = b;
    b.splice = a;
    this.#wakes.add(a.id);
    this.#wakes.add(b.id);
  }

  command(command: HostCommand): void {
    this.#commands.push(command);
    this.#steered();
  }

  /** So many more octets of the test pattern. */
  send(name: string, octets: number): void {
    this.stream(name).toSend += octets;
    this.wake(name);
  }

  /** Ends our direction behind what is to be sent. */
  end(name: string): void {
    this.stream(name).isEnding = true;
    this.wake(name);
  }

  /** Takes at most so many octets of each offer from now on, beginning with what is held. */
  take(name: string, octets: number): void {
    this.stream(name).appetite = octets;
    this.wake(name);
  }

  sendDatagram(name: string, to: Endpoint, bytes: Uint8Array): void {
    this.#outgoing.push({ to, bytes });
    this.wake(name);
  }

  wake(name: string): void {
    this.wakeId(this.idOf(name));
  }

  wakeId(id: Id): void {
    this.#wakes.add(id);
    this.#steered();
  }

  setDeadline(atUs: Micros): void {
    this.deadlineUs = atUs;
    this.#steered();
  }

  /** The id of something alive, or of a stream that was. */
  idOf(name: string): Id {
    for (const [id, other] of this.#names) if (other === name) return id;
    return this.stream(name).id;
  }

  // ---- Root ----------------------------------------------------------------------------------------------

  handleTimeout(nowUs: Micros): void {
    this.#say(nowUs < this.deadlineUs ? 'timeout early' : 'timeout');
    this.deadlineUs = Number.POSITIVE_INFINITY;
  }

  handle(_nowUs: Micros, event: HostEvent): void {
    switch (event.kind) {
      case 'wall':
        this.walls.push(event);
        this.#say(event.slept ? 'wall slept' : 'wall');
        return;
      case 'bound':
        this.#bound.set(this.#nameOf(event.id, 'bound'), event.at);
        this.#say(`bound ${this.#nameOf(event.id, 'bound')}`);
        return;
      case 'unbound':
        this.#say(`unbound ${this.#nameOf(event.id, 'unbound')} ${event.cause}`);
        this.#release(event.id);
        return;
      case 'verified':
        this.verdicts.push(event);
        this.#say(`verified ${this.#nameOf(event.id, 'verified')} ${event.verdict}`);
        return;
      case 'stored':
        this.#say(`stored ${event.key}`);
        return;
      case 'appended':
        this.#say(`appended ${event.log} ${event.position}`);
        return;
      case 'storage-failed':
        this.#say(`storage-failed ${event.name}`);
    }
  }

  accept(_nowUs: Micros, listener: Id, from: Endpoint): Id {
    const name = this.#nameOf(listener, 'accept');
    if (this.refuses) {
      this.#say(`refuse ${name}`);
      return NO_ID;
    }
    this.#accepted += 1;
    const stream = this.#newStream(`${name}.${this.#accepted}`);
    stream.from = { ip: from.ip.slice(), port: from.port };
    this.#say(`accept ${stream.name}`);
    return stream.id;
  }

  opened(_nowUs: Micros, id: Id): void {
    this.#say(`opened ${this.#nameOf(id, 'opened')}`);
    const stream = this.#streamOf(id);
    if (stream !== undefined) stream.isOpen = true;
  }

  receive(_nowUs: Micros, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const name = this.#nameOf(id, 'receive');
    const stream = this.#streamOf(id);
    if (stream === undefined) return end - start;
    const taken = stream.receive(bytes, start, end);
    if (stream.splice !== undefined) this.#wakes.add(stream.splice.id);
    else if (taken < end - start) this.#say(`receive ${name} ${taken} of ${end - start}`);
    else this.#received(name, taken);
    return taken;
  }

  ended(_nowUs: Micros, id: Id): void {
    this.#say(`ended ${this.#nameOf(id, 'ended')}`);
    const splice = this.#streamOf(id)?.splice;
    if (splice === undefined) return;
    splice.isEnding = true;
    this.#wakes.add(splice.id);
  }

  transmit(_nowUs: Micros, id: Id, out: Uint8Array, start: number, end: number): number {
    const name = this.#nameOf(id, 'transmit');
    const stream = this.#streamOf(id);
    if (stream === undefined) return 0;
    const written = stream.transmit(out, start, end);
    if (written === END) this.#say(`end ${name}`);
    else if (this.tracing) this.#say(`transmit ${name} ${written}`);
    if (written > 0 && stream.splice?.isHolding === true) this.#wakes.add(stream.splice.id);
    return written;
  }

  closed(_nowUs: Micros, id: Id, cause: Cause): void {
    this.#say(`closed ${this.#nameOf(id, 'closed')} ${cause}`);
    const stream = this.#streamOf(id);
    this.#release(id);
    if (stream === undefined) return;
    stream.isOpen = false;
    stream.isClosed = true;
    if (cause !== 'ended' && stream.splice?.isClosed === false)
      this.#commands.push({ kind: 'abort', id: stream.splice.id });
  }

  pollWake(): Id {
    const id = this.#wakes.take();
    if (id !== NO_ID && this.tracing) this.#say(`wake ${this.#names.get(id) ?? 'nobody'}`);
    return id;
  }

  pollCommand(): HostCommand | undefined {
    const command = this.#commands.shift();
    if (command?.kind === 'tls') this.#say(`tls ${this.#names.get(command.plain)}`);
    else if (command !== undefined && 'id' in command)
      this.#say(`${command.kind} ${this.#names.get(command.id) ?? 'nobody'}`);
    return command;
  }

  receiveDatagrams(_nowUs: Micros, id: Id, batch: DatagramBatch): void {
    const name = this.#nameOf(id, 'receiveDatagrams');
    for (let i = 0; i < batch.count; i++) {
      const start = batch.startOf(i);
      const bytes = batch.bytes.slice(start, start + batch.lengthOf(i));
      this.datagrams.push({ from: { ip: batch.ipOf(i), port: batch.portOf(i) }, bytes });
      this.#say(`datagram ${name} ${bytes.length}`);
    }
  }

  transmitDatagrams(_nowUs: Micros, id: Id, batch: DatagramBatch): void {
    this.#nameOf(id, 'transmitDatagrams');
    for (let next = this.#outgoing[0]; next !== undefined; next = this.#outgoing[0]) {
      if (!batch.push(next.to.ip, next.to.port, next.bytes, 0, next.bytes.length)) return;
      this.#outgoing.shift();
    }
  }

  // ---- within --------------------------------------------------------------------------------------------

  #say(line: string): void {
    this.lines.push(line);
    const wasTogether = this.#isTogether;
    this.#isTogether = true;
    this.onLine(line);
    this.#isTogether = wasTogether;
  }

  #steered(): void {
    if (!this.#isTogether) this.onSteered();
  }

  #newId(name: string): Id {
    const id = this.#ids.take();
    assert(id !== NO_ID, 'a test has few streams');
    this.#names.set(id, name);
    return id;
  }

  #newStream(name: string): ProbeStream {
    const stream = new ProbeStream(this.#newId(name), name, this.appetite);
    this.#streams.set(name, stream);
    return stream;
  }

  #streamOf(id: Id): ProbeStream | undefined {
    const name = this.#names.get(id);
    return name === undefined ? undefined : this.#streams.get(name);
  }

  #nameOf(id: Id, call: string): string {
    const name = this.#names.get(id);
    if (name === undefined) this.strays.push(`${call} for an id that is not alive`);
    return name ?? 'nobody';
  }

  #release(id: Id): void {
    if (!this.#names.delete(id)) return;
    this.#ids.release(id);
  }

  /** One line however the octets were cut, as long as nothing else happened to the stream. */
  #received(name: string, octets: number): void {
    const last = this.lines.findLastIndex((line) => line.split(' ')[1] === name);
    const words = this.lines[last]?.split(' ') ?? [];
    if (words[0] === 'receive' && words.length === 3)
      this.lines[last] = `receive ${name} ${Number(words[2]) + octets}`;
    else this.#say(`receive ${name} ${octets}`);
  }
}
