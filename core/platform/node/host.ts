import type { Id } from '#core/base/slab.ts';
import { type Micros, US_PER_MS } from '#core/base/time.ts';
import {
  DatagramBatch,
  Driver,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type HostIo,
  type HostStream,
  type Random,
  type Root,
  type StoreSnapshot,
} from '#core/host/mod.ts';
import { type Clock, systemClock, WALL_UNCERTAINTY_MS, WallWatch } from './clock.ts';
import { systemRandom } from './random.ts';
import { ReadBuffer } from './reused-reads.ts';
import { SendBuffers } from './send-buffers.ts';
import { FileStore } from './store.ts';
import { TcpListener, type TcpShared, TcpStream } from './tcp.ts';
import { TlsContexts, TlsFilter, type TlsShared } from './tls.ts';
import { UdpSocket } from './udp.ts';

/** Makes the root of a host from what the machine gives it. */
export type RootMaker = (env: { readonly random: Random; readonly store: StoreSnapshot }) => Root;

export type NodeHostOptions = {
  /** The folder of values and logs, made if it is not there. Absent: nothing is kept, and a root that asks is told. */
  readonly storeFolder?: string;
  readonly clock?: Clock;
  /** Milliseconds in which every stream that is not read is looked at once. */
  readonly checkMs?: number;
};

const CHECK_MS = 1_000;
/** Looks in that time, at a part of the streams each: one takes 5 to 9 us, and all at once would be a long pause. */
const LOOKS = 16;
/** The longest a timer of Node waits. Longer waits are cut into pieces. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A root on this machine. It runs from construction until `stop`. */
export class NodeHost implements HostIo {
  readonly #clock: Clock;
  readonly #startUs: Micros;
  readonly #wall: WallWatch;
  readonly #store: FileStore | undefined;
  readonly #driver: Driver;
  readonly #tcp: TcpShared;
  readonly #tls: TlsShared;
  readonly #bound = new Map<Id, TcpListener | UdpSocket>();
  readonly #check: NodeJS.Timeout;
  /** Made when a socket first has something to say: most roots never have one. */
  #batch: DatagramBatch | undefined;
  /** Goes round the streams, those that come meanwhile included. */
  #round: Iterator<TcpStream> | undefined;
  #lastUs: Micros = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer rings, and when the root wants it to: it may ring early for a wish that has moved. */
  #ringsUs: Micros = Number.POSITIVE_INFINITY;
  #wishUs: Micros = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #stopping: Promise<void> | undefined;

  /** Throws UserFault when the storage folder cannot be used. */
  constructor(makeRoot: RootMaker, options: NodeHostOptions) {
    this.#clock = options.clock ?? systemClock();
    this.#startUs = this.#clock.monotonicUs();
    this.#wall = new WallWatch(this.#clock);
    const { storeFolder } = options;
    this.#store =
      storeFolder === undefined
        ? undefined
        : new FileStore(storeFolder, (event) => this.#report(event));
    const store = this.#store?.snapshot ?? { values: new Map(), logs: new Map() };
    const root = makeRoot({ random: systemRandom(), store });
    this.#driver = new Driver(root, this);
    const sends = new SendBuffers();
    const driver = this.#driver;
    this.#tcp = { driver, sends, reads: new ReadBuffer(), sockets: new Set() };
    this.#tls = { driver, sends, contexts: new TlsContexts(), filters: new Set() };
    this.#check = setInterval(() => this.#look(), (options.checkMs ?? CHECK_MS) / LOOKS).unref();
    this.#tellWall(this.#wall.wallMs, false);
  }

  /** Serves what the root has to say, when it was steered from outside. */
  turn(): void {
    if (!this.#isStopped) this.#driver.turn();
  }

  /** Hands the root a file it is to follow. */
  document(name: string, bytes: Uint8Array): void {
    if (!this.#isStopped) this.#driver.event({ kind: 'document', name, bytes });
  }

  /** Ends everything without a word to the root; done when every handle is gone and storage is written. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  // ---- HostIo --------------------------------------------------------------------------------------------

  nowUs(): Micros {
    const nowUs = Math.floor(this.#clock.monotonicUs() - this.#startUs);
    if (nowUs > this.#lastUs) this.#lastUs = nowUs;
    return this.#lastUs;
  }

  connect(id: Id, to: Endpoint): HostStream {
    return TcpStream.dial(id, to, this.#tcp);
  }

  listen(id: Id, at: Endpoint): void {
    this.#bound.set(id, new TcpListener(id, at, this.#tcp, () => this.#bound.delete(id)));
  }

  bind(id: Id, at: Endpoint): void {
    this.#bound.set(id, new UdpSocket(id, at, this.#driver, () => this.#bound.delete(id)));
  }

  unbind(id: Id): void {
    this.#bound.get(id)?.unbind();
  }

  tls(command: HostCommand & { kind: 'tls' }): TlsFilter {
    return new TlsFilter(command, this.#tls);
  }

  store(command: HostCommand & { kind: 'put' | 'append' }): void {
    if (this.#store !== undefined) return this.#store.perform(command);
    const name = command.kind === 'put' ? command.key : command.log;
    const failed = { kind: 'storage-failed', name, reason: 'this host keeps nothing' } as const;
    setImmediate(() => this.#report(failed));
  }

  lendBatch(): DatagramBatch {
    this.#batch ??= new DatagramBatch();
    return this.#batch;
  }

  sendDatagrams(id: Id, batch: DatagramBatch): void {
    const socket = this.#bound.get(id);
    if (socket instanceof UdpSocket) socket.send(batch);
  }

  /** A wish for later than the timer rings leaves the timer alone: deadlines move at every packet. */
  arm(deadlineUs: Micros): void {
    this.#wishUs = deadlineUs;
    if (deadlineUs < this.#ringsUs && !this.#isStopped) this.#setTimer(deadlineUs);
  }

  again(): void {
    setImmediate(() => {
      if (!this.#isStopped) this.#driver.again();
    });
  }

  // ---- within --------------------------------------------------------------------------------------------

  async #stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#check);
    clearTimeout(this.#timer);
    for (const filter of [...this.#tls.filters]) filter.destroy();
    await Promise.all([
      ...[...this.#bound.values()].map((socket) => socket.destroy()),
      ...[...this.#tcp.sockets].map((stream) => stream.destroy()),
      this.#store?.stop(),
    ]);
  }

  #setTimer(atUs: Micros): void {
    clearTimeout(this.#timer);
    this.#ringsUs = atUs;
    const delayMs = Math.ceil((atUs - this.nowUs()) / US_PER_MS);
    this.#timer = setTimeout(() => this.#rang(), Math.min(Math.max(delayMs, 1), TIMER_MAX_MS));
  }

  #rang(): void {
    this.#ringsUs = Number.POSITIVE_INFINITY;
    this.#checkClocks();
    if (this.#isStopped || this.#wishUs === Number.POSITIVE_INFINITY) return;
    if (this.nowUs() >= this.#wishUs) this.#driver.timeout();
    // The root may have asked for another time, or for the same: `arm` has set a timer then.
    else this.#setTimer(this.#wishUs);
  }

  #look(): void {
    this.#checkClocks();
    const { sockets } = this.#tcp;
    for (let left = Math.ceil(sockets.size / LOOKS); left > 0; left--) {
      this.#round ??= sockets.values();
      const next = this.#round.next();
      if (next.done === true) this.#round = undefined;
      else next.value.look();
    }
  }

  #checkClocks(): void {
    const change = this.#isStopped ? undefined : this.#wall.check();
    if (change !== undefined) this.#tellWall(change.wallMs, change.slept);
  }

  #tellWall(wallMs: number, slept: boolean): void {
    this.#report({ kind: 'wall', wallMs, uncertaintyMs: WALL_UNCERTAINTY_MS, slept });
  }

  #report(event: HostEvent): void {
    if (!this.#isStopped) this.#driver.event(event);
  }
}
