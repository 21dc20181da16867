import { assert } from '#core/base/assert.ts';
import { TIMER_GRANULARITY_US, WALL_STEP_MS } from '#core/base/limits.ts';
import type { Id } from '#core/base/slab.ts';
import { type Micros, NS_PER_US } from '#core/base/time.ts';
import {
  type DatagramBatch,
  Driver,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type HostIo,
  type HostStream,
} from '#core/host/mod.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { CLASS } from './event-queue.ts';
import { eventInWords, isForProgram, KIND } from './host-events.ts';
import type { RootMaker, SimHostOptions, SimRoot } from './host-options.ts';
import { Kernel } from './kernel.ts';
import { MachineClock, type MachineReading } from './machine-clock.ts';
import { type DiskTrouble, MachineDisk, SOUND_DISK, type WriteFate } from './machine-disk.ts';
import {
  type Exit,
  type HostClock,
  type Network,
  RECEIVE_BUFFER,
  type Receiver,
} from './network/mod.ts';
import { LateStream } from './random.ts';
import { SimStore, type StoreCommand } from './store.ts';
import { TlsFilter } from './tls.ts';
import type { Actor, World } from './world.ts';

const NS_PER_MS = 1_000_000;
const STORE_NS: number = 5 * NS_PER_MS;
const WALL_UNCERTAINTY_MS = 1000;

/**
 * A machine of the world: the host's side of the contract over simulated network, clock and disk. Runs one
 * root at a time; its kernel and its disk outlive the root.
 */
export class SimHost implements HostIo, HostClock, Receiver, Actor {
  readonly name: string;
  /** Its number in the network. */
  readonly node: number;
  readonly #world: World;
  readonly #network: Network;
  readonly #actor: number;
  readonly #storeNs: number;
  readonly #clock: MachineClock;
  readonly #timer: DeadlineTimer;
  readonly kernel: Kernel;
  /** Made when first asked for: most of many hosts never write a file. */
  #disk: MachineDisk | undefined;
  /** What waits; absent while there is none. */
  #laters: (() => void)[] | undefined;
  /** Events that came while it slept; absent while there is none. */
  #missed: (readonly [kind: number, a: number, b: number])[] | undefined;
  #sleeps = 0;
  #makeRoot: RootMaker | undefined;
  #root: SimRoot | undefined;
  #driver: Driver | undefined;
  /** Counts programs, so that events for an earlier one are recognised. */
  #program = 0;
  /** The host's own time at which the program started. */
  #startNs = 0;

  constructor(network: Network, options: SimHostOptions) {
    const { name, ips } = options;
    this.name = name;
    if (options.disk !== undefined) this.#disk = new MachineDisk(options.disk);
    this.#world = network.world;
    this.#network = network;
    this.#actor = network.world.enter(this);
    this.node = network.addNode(name, ips, this);
    this.#clock = new MachineClock(network.world, options.wallUncertaintyMs ?? WALL_UNCERTAINTY_MS);
    const grainNs = (options.timerGranularityUs ?? TIMER_GRANULARITY_US) * NS_PER_US;
    this.#timer = new DeadlineTimer(this.#clock, grainNs, this);
    const { congestion = 'reno', receiveBuffer = RECEIVE_BUFFER } = options;
    this.kernel = new Kernel(network, this.node, this, congestion, receiveBuffer);
    this.#storeNs = options.storeNs ?? STORE_NS;
    network.world.contribute(this);
  }

  // ---- what a scenario does with it ----------------------------------------------------------------------

  /** Packets whose checksum did not hold. */
  get damaged(): number {
    return this.kernel.damaged;
  }

  get disk(): SimStore {
    return this.#machineDisk.store;
  }

  get diskTrouble(): DiskTrouble {
    return this.#disk?.trouble ?? SOUND_DISK;
  }

  /** What it is reached by, without loopback. */
  get ips(): readonly Uint8Array[] {
    return this.#network.ipsOf(this.node);
  }

  get isRunning(): boolean {
    return this.#root !== undefined || this.#makeRoot !== undefined;
  }

  get isAsleep(): boolean {
    return this.#clock.isAsleep;
  }

  get clock(): MachineReading {
    return this.#clock;
  }

  /** Streams the program has, and -1 when none runs. */
  get streams(): number {
    return this.#driver?.streams ?? -1;
  }

  /** Starts a program, as the next thing that happens at this time. */
  start(makeRoot: RootMaker): void {
    assert(!this.isRunning, 'a host runs one root at a time');
    this.#makeRoot = makeRoot;
    this.#program += 1;
    this.#schedule(this.#world.nowNs, CLASS.control, KIND.start);
  }

  /** Serves the root after something outside steered it. Not from within a call. */
  turn(): void {
    if (!this.isAsleep) this.#driver?.turn();
  }

  /** Hands the root a file it is to follow, as the next thing that happens at this time. */
  document(name: string, bytes: Uint8Array): void {
    this.#report(() => ({ kind: 'document', name, bytes }));
  }

  /**
   * The program is over. Of the writes that were not answered the disk keeps what `fate` says: by default some of the
   * first, and after a power cut perhaps part of the next.
   */
  stop(exit: Exit = 'stopped', fate?: WriteFate): void {
    this.#makeRoot = undefined;
    this.#root = undefined;
    this.#driver = undefined;
    this.#program += 1;
    this.#disk?.settle(exit, fate, () => this.#world.random(`disk ${this.name}`));
    this.#timer.clear();
    this.kernel.detach(exit);
  }

  /** Suspends the whole machine: its clock stands still, and packets pass it by. Milliseconds, or until `wake`. */
  sleep(ms: number = Number.POSITIVE_INFINITY): void {
    this.#clock.sleep(ms);
    this.#sleeps += 1;
    const { awakeAtNs } = this.#clock;
    if (awakeAtNs < Number.POSITIVE_INFINITY)
      this.#event(awakeAtNs, CLASS.packet, KIND.wake, this.#sleeps, 0);
  }

  /** Ends a sleep before its time. */
  wake(): void {
    this.#clock.wake();
    this.#sleeps += 1;
    this.#wake();
  }

  /** Its own clock runs faster by so many millionths, or slower, from now on. The wall clock is kept right. */
  drift(ppm: number): void {
    this.#clock.drift(ppm);
    this.#timer.rearm();
    this.kernel.rearm();
  }

  /** What is wrong with its disk from the next write on; without an argument, nothing. */
  troubleDisk(trouble: DiskTrouble = SOUND_DISK): void {
    this.#machineDisk.trouble = trouble;
  }

  /**
   * It has another address in place of one: connections of the old one fall silent, sockets bound to it hear nothing
   * more, and those bound to any hear the new one.
   */
  changeAddress(from: Uint8Array, to: Uint8Array): void {
    this.#network.readdress(this.node, from, to);
  }

  /** Moves the wall clock by milliseconds. Unnoticed, it goes wrong and no program is told. */
  stepWall(ms: number, isNoticed: boolean = true): void {
    this.#clock.stepWall(ms);
    if (isNoticed && Math.abs(ms) > WALL_STEP_MS) this.#report(() => this.#clock.wallEvent(false));
  }

  // ---- the driver's side ---------------------------------------------------------------------------------

  nowUs(): Micros {
    return Math.floor((this.nowNs - this.#startNs) / NS_PER_US);
  }

  connect(id: Id, to: Endpoint): HostStream {
    return this.kernel.transport.connect(id, to);
  }

  listen(id: Id, at: Endpoint): void {
    this.#bound(id, this.kernel.transport.listen(id, at));
  }

  bind(id: Id, at: Endpoint): void {
    this.#bound(id, this.kernel.sockets.bind(id, at));
  }

  unbind(id: Id): void {
    if (this.kernel.unbind(id)) this.#report(() => ({ kind: 'unbound', id, cause: 'local' }));
  }

  tls(command: HostCommand & { kind: 'tls' }): {
    readonly plain: HostStream;
    readonly cipher: HostStream;
  } {
    assert(this.#driver !== undefined, 'a root runs');
    const filter = new TlsFilter(command, this.#driver, {
      random: this.#world.random(`tls ${this.name}`),
      suite: this.#network.suite,
      secret: this.#world.seed,
      scratch: this.kernel.transport.scratch,
      wallMs: () => this.#clock.wallMs,
      later: (action: () => void) => this.#later(action),
    });
    return { plain: filter.plain, cipher: filter.cipher };
  }

  store(command: StoreCommand): void {
    const bytes = command.bytes.slice();
    const write = command.kind === 'put' ? { ...command, bytes } : { ...command, bytes };
    const atNs = this.#machineDisk.ask(write, this.#world.nowNs, this.#storeNs);
    this.#schedule(atNs, CLASS.control, KIND.stored);
  }

  lendBatch(): DatagramBatch {
    return this.#network.outgoing;
  }

  sendDatagrams(id: Id, batch: DatagramBatch): void {
    this.kernel.sockets.send(id, batch);
  }

  arm(deadlineUs: Micros): void {
    this.#timer.ask(Math.ceil(deadlineUs) * NS_PER_US + this.#startNs);
  }

  again(): void {
    this.#schedule(this.#world.nowNs, CLASS.turn, KIND.again);
  }

  /** Of the timer: an event for a deadline, at a time of the world. */
  wakeAt(worldNs: number): void {
    this.#schedule(worldNs, CLASS.timer, KIND.timer);
  }

  // ---- the kernel's side ---------------------------------------------------------------------------------

  /** The machine's own time in nanoseconds: it stands still during sleep. */
  get nowNs(): number {
    return this.#clock.nowNs;
  }

  timer(atNs: number, slot: number, serial: number): void {
    // Whoever sleeps arms all anew when it wakes.
    if (this.isAsleep) return;
    const worldNs = Math.max(this.#clock.toWorldNs(atNs), this.#world.nowNs);
    this.#event(worldNs, CLASS.timer, KIND.transport, slot, serial);
  }

  later(action: () => void): void {
    if (this.#laters === undefined) this.#laters = [action];
    else this.#laters.push(action);
    this.#schedule(this.#world.nowNs, CLASS.turn, KIND.later);
  }

  deliver(packet: number): void {
    this.kernel.deliver(packet, this.isAsleep);
  }

  act(kind: number, a: number, b: number): void {
    if (this.isAsleep) {
      // Timers are armed anew when it wakes; everything else is kept for then.
      if (kind === KIND.timer || kind === KIND.transport || kind === KIND.wake) return;
      this.#missed ??= [];
      this.#missed.push([kind, a, b]);
      return;
    }
    switch (kind) {
      case KIND.transport:
        return this.kernel.timer(a, b);
      case KIND.later:
        return this.#actLater();
      case KIND.wake:
        return a === this.#sleeps ? this.#wake() : undefined;
      default:
        if (b === this.#program) this.#actForProgram(kind);
    }
  }

  #actLater(): void {
    const action = this.#laters?.shift();
    if (this.#laters?.length === 0) this.#laters = undefined;
    action?.();
  }

  inWords(kind: number, _slot: number, program: number): string {
    const words = eventInWords(kind);
    return isForProgram(kind) && program !== this.#program ? `${words}, but is over` : words;
  }

  #actForProgram(kind: number): void {
    if (kind === KIND.start) this.#begin();
    else if (kind === KIND.again) this.#driver?.again();
    else if (kind === KIND.timer) {
      if (this.#timer.isDue()) this.#driver?.timeout();
    } else if (kind === KIND.stored) {
      const answer = this.#disk?.answer();
      if (answer !== undefined) this.#driver?.event(answer);
    }
  }

  #begin(): void {
    const makeRoot = this.#makeRoot;
    this.#makeRoot = undefined;
    assert(makeRoot !== undefined, 'a start has a root to start');
    this.#startNs = this.nowNs;
    const root = makeRoot({
      random: new LateStream(() => this.#world.random(`host ${this.name}`)),
      store: (this.#disk?.store ?? new SimStore()).snapshot(),
    });
    this.#root = root;
    const driver = new Driver(root, this);
    this.#driver = driver;
    this.kernel.attach(driver);
    driver.event(this.#clock.wallEvent(false));
  }

  #wake(): void {
    const { nowNs } = this.#world;
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const [kind, a, b] of missed) this.#event(nowNs, CLASS.turn, kind, a, b);
    this.#timer.rearm();
    this.kernel.rearm();
    this.#driver?.event(this.#clock.wallEvent(true));
  }

  get #machineDisk(): MachineDisk {
    this.#disk ??= new MachineDisk();
    return this.#disk;
  }

  #bound(id: Id, at: Endpoint | 'in-use' | 'denied' | 'limit'): void {
    this.#report(() =>
      typeof at === 'string' ? { kind: 'unbound', id, cause: at } : { kind: 'bound', id, at },
    );
  }

  /** An event for the program that runs now, soon. */
  #report(event: () => HostEvent): void {
    this.#later(() => this.#driver?.event(event()));
  }

  /** `later`, unless the program has changed by then. */
  #later(action: () => void): void {
    const program = this.#program;
    this.later(() => {
      if (program === this.#program) action();
    });
  }

  #schedule(atNs: number, eventClass: number, kind: number): void {
    this.#event(atNs, eventClass, kind, 0, this.#program);
  }

  #event(atNs: number, eventClass: number, kind: number, a: number, b: number): void {
    this.#world.schedule(atNs, eventClass, this.#actor, this.#actor, kind, a, b);
  }

  get stateName(): string {
    return `host ${this.name}`;
  }

  /** For the state hash: all that is left of it. */
  state(): string {
    const { wallMs, nowNs, driftPpm } = this.#clock;
    const root = this.#root?.state?.() ?? '';
    const parts = [this.kernel.state(), this.#disk?.store.state() ?? '', root];
    const missed = this.#missed?.length ?? 0;
    const clocks = `${nowNs} ${wallMs} ${driftPpm} ${missed}`;
    return [`${clocks} ${this.streams} ${this.damaged}`, ...parts].join('\n');
  }
}
