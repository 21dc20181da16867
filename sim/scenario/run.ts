import { assert } from '#core/base/assert.ts';
import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { parseIp } from '#core/wire/mod.ts';
import { FaultPlayer } from '../faults/mod.ts';
import { SimHost } from '../host.ts';
import { streamOptions } from '../host-options.ts';
import { type Link, linkOptions, Network, type Pipe } from '../network/mod.ts';
import type { Recorder } from '../recorder.ts';
import { AmbientTrap } from '../traps.ts';
import { CANARY, type Contact, type Inhabitant, inhabit, trafficFlows } from '../workload/mod.ts';
import { World, type WorldHashes } from '../world.ts';
import { planFault } from './check-plan.ts';
import { Eyes, type Sight } from './eyes.ts';
import { FlowGround } from './flow-ground.ts';
import {
  crossingsOf,
  firstRefusal,
  HELD_BOUND,
  heldInWords,
  speakersOf,
  tasksOf,
} from './flow-sight.ts';
import { LifecycleWatch } from './lifecycle-watch.ts';
import { type Evidence, judge } from './oracles.ts';
import type { Onlookers, Played, RunOutcome } from './outcome.ts';
import { OverlayRun } from './overlay-run.ts';
import { spoilDialled, spoilNetwork, spoilPlan, spoilRoot, spoilSuite } from './plants.ts';
import { ReplayRun } from './replay-run.ts';
import { type FlowPlan, type HostPlan, isOverlay, isReplay, type LinkPlan } from './scenario.ts';
import type { Recipe } from './token.ts';

const NS_PER_MS = 1_000_000;
const LISTEN_PORT = 9001;
/** Virtual time after the last stream closed, for what must not happen any more. */
const QUIET_MS = 500;

/**
 * Runs a recipe from nothing; twice when it must be repeatable, the second time unseen. Reads no clock and touches no
 * machine.
 */
export function runRecipe(recipe: Recipe, onlookers: Onlookers = {}): RunOutcome {
  const first = play(recipe, onlookers);
  if (!recipe.scenario.mustHold.includes('repeatable')) return first.outcome(undefined);
  const second = play(recipe, {});
  return first.outcome(HASHES.filter((name) => first.hashes[name] !== second.hashes[name]));
}

/** Runs a recipe once, and judges nothing. */
export function playRecipe(recipe: Recipe, recorder: Recorder): WorldHashes {
  return play(recipe, { recorder }).hashes;
}

function play(recipe: Recipe, onlookers: Onlookers): Played {
  const plan = recipe.scenario.plan(recipe.params);
  const fault = planFault(plan);
  assert(fault === undefined, `a plan can be built: ${fault}`);
  if (isReplay(plan)) return new ReplayRun(recipe, plan, onlookers);
  if (isOverlay(plan)) return new OverlayRun(recipe, plan, onlookers);
  return new Run(recipe, plan, onlookers);
}

const HASHES: readonly (keyof WorldHashes)[] = Object.freeze<(keyof WorldHashes)[]>([
  'trace',
  'state',
  'draws',
]);

/** One world with everything in it, run to its end. */
class Run implements Played {
  readonly #recipe: Recipe;
  readonly #plan: FlowPlan;
  readonly #world: World;
  readonly #network: Network;
  readonly #suite: Suite;
  readonly #hosts = new Map<string, { readonly host: SimHost; readonly plan: HostPlan }>();
  readonly #inhabitants = new Map<string, Inhabitant>();
  readonly #eyes: Eyes;
  readonly #watches = new Map<string, LifecycleWatch>();
  readonly #links = new Map<string, Link>();
  #faults: FaultPlayer | undefined;
  readonly #contacts = new Map<string, Contact>();
  readonly #canary = { packets: 0, first: '', payloads: 0 };
  #heldMax = 0;
  #doneMs = 0;
  #trap: string | undefined;
  readonly hashes: WorldHashes;

  constructor(recipe: Recipe, plan: FlowPlan, onlookers: Onlookers) {
    this.#recipe = recipe;
    this.#suite = spoilSuite(createSeededSuite(), recipe.plant);
    this.#world = new World(recipe.seed, onlookers);
    this.#plan = spoilPlan(withFlows(plan, this.#world), recipe.plant);
    this.#network = new Network(this.#world);
    this.#build();
    spoilNetwork(this.#network, recipe.plant);
    this.#eyes = new Eyes(recipe.scenario.mustHold, this.#sight());
    try {
      this.#play();
    } catch (error) {
      if (!(error instanceof AmbientTrap)) throw error;
      this.#trap = error.trap;
    }
    if (recipe.plant === 'miscount') (this.#network.pipes[0] as Pipe).sent += 1;
    this.hashes = this.#world.hashes();
  }

  outcome(differs: readonly string[] | undefined): RunOutcome {
    this.#eyes.vigil.end();
    const evidence: Evidence = {
      plan: this.#plan,
      inhabitants: this.#inhabitants,
      watches: this.#watches,
      pipes: this.#network.pipes,
      faults: this.#faults,
      vigil: this.#eyes.vigil,
      endNs: this.#world.nowNs,
      canary: this.#canary,
      heldMax: this.#heldMax,
      trap: this.#trap,
      differs,
    };
    const assertions = this.#recipe.scenario.mustHold.map((name) => judge(name, evidence));
    return {
      hashes: this.hashes,
      assertions,
      metrics: this.#metrics(),
      virtualSeconds: this.#world.nowNs / 1e9,
      events: this.#world.events,
    };
  }

  // ---- building ------------------------------------------------------------------------------------------

  #build(): void {
    const nodes = new Map<string, number>();
    for (const plan of this.#plan.hosts) {
      if (plan.role === 'routes') nodes.set(plan.name, this.#network.addNode(plan.name));
      else {
        const ip = parseIp(plan.ip ?? '');
        if (ip === undefined) throw new Error(`host ${plan.name} needs an address`);
        const options = { name: plan.name, ips: [ip], ...streamOptions(plan) };
        const host = new SimHost(this.#network, options);
        nodes.set(plan.name, host.node);
        this.#hosts.set(plan.name, { host, plan });
      }
    }
    for (const link of this.#plan.links) this.#link(nodes, link);
  }

  #link(nodes: ReadonlyMap<string, number>, plan: LinkPlan): void {
    const [a, b] = plan.between.map((name) => nodes.get(name));
    if (a === undefined || b === undefined)
      throw new Error(`a link joins two hosts: ${plan.between}`);
    const { between: _, ...wire } = plan;
    const link = this.#network.addLink(a, b, linkOptions(wire));
    this.#links.set(plan.between.join('-'), link);
    for (const pipe of [link.there, link.back]) this.#tap(pipe);
  }

  #tap(pipe: Pipe): void {
    const canary = Buffer.from(CANARY);
    this.#network.tapPipe(pipe, ({ timeNs, bytes, start, end }) => {
      // A handshake's first octets are random and long; only packets that could hold a canary count.
      if (end - start < 128) return;
      this.#canary.payloads += 1;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      if (payload.includes(canary)) {
        if (this.#canary.packets++ === 0)
          this.#canary.first = `on ${pipe.name} at ${timeNs / NS_PER_MS} ms`;
      }
      if (this.#recipe.plant === 'flip-bit' && this.#canary.payloads === 20)
        bytes[end - 1] = (bytes[end - 1] ?? 0) ^ 1;
    });
  }

  // ---- playing -------------------------------------------------------------------------------------------

  #play(): void {
    const limitNs = this.#plan.limitMs * NS_PER_MS;
    this.#startAll('answers');
    this.#world.runUntil(() => this.#allListen(), 100 * NS_PER_MS);
    this.#startAll('dials');
    this.#layFaults();
    this.#world.runUntil(() => this.#watchAndAskIfDone(), limitNs);
    const { phases, faults = [] } = this.#plan;
    const lastMs = Math.max(0, phases?.quietMs ?? 0, ...faults.map(({ atMs }) => atMs));
    this.#world.run(Math.max(this.#world.nowNs, Math.min(lastMs * NS_PER_MS, limitNs)));
    this.#doneMs = this.#world.nowNs / NS_PER_MS;
    this.#world.run(this.#world.nowNs + QUIET_MS * NS_PER_MS);
    this.#faults?.inspect();
    for (const flow of this.#plan.flows) {
      const dialler = this.#inhabitants.get(flow.from)?.app.transcriptOf(flow).dialler;
      const answerer = this.#inhabitants.get(flow.to)?.app.transcriptOf(flow).answerer;
      this.#world.verdict(`flow ${flow.id}: ${dialler?.join(', ')} / ${answerer?.join(', ')}`);
    }
  }

  #startAll(role: HostPlan['role']): void {
    for (const [name, { plan }] of this.#hosts) if (plan.role === role) this.#start(name);
  }

  #start(name: string): void {
    const entry = this.#hosts.get(name);
    if (entry === undefined) throw new Error(`no host is called ${name}`);
    entry.host.start(({ random }) => {
      const isDialler = entry.plan.role === 'dials';
      const inhabitant = inhabit({
        arrangement: 'links',
        name,
        flows: isDialler ? spoilDialled(this.#plan.flows, this.#recipe.plant) : this.#plan.flows,
        suite: this.#suite,
        random,
        ...(isDialler ? {} : { listen: { ip: new Uint8Array(4), port: LISTEN_PORT } }),
        contacts: this.#contacts,
      });
      const watch = new LifecycleWatch(inhabitant.root, (line) =>
        this.#world.log(() => `${name}: ${line()}`),
      );
      this.#inhabitants.set(name, inhabitant);
      // One for each program a host ran.
      this.#watches.set(`${name} ${this.#watches.size}`, watch);
      return spoilRoot(this.#eyes.keep(name, watch), random, this.#recipe.plant);
    });
  }

  #layFaults(): void {
    const { faults = [], phases } = this.#plan;
    if (faults.length === 0 && phases === undefined) return;
    const hosts = new Map([...this.#hosts].map(([name, { host }]) => [name, host]));
    const ground = new FlowGround(this.#network, hosts, this.#links, (name) => this.#start(name));
    this.#faults = new FaultPlayer(this.#world, ground, {
      faults,
      startNs: 0,
      began: (phase) => this.#eyes.vigil.began(phase),
      ...(phases === undefined ? {} : { phases }),
    });
  }

  #allListen(): boolean {
    for (const [name, { plan }] of this.#hosts) {
      if (plan.role !== 'answers' || this.#contacts.has(name)) continue;
      const ip = parseIp(plan.ip ?? '') ?? new Uint8Array(4);
      const inhabitant = this.#inhabitants.get(name);
      if (inhabitant?.app.fault !== undefined) throw new Error(inhabitant.app.fault);
      const contact = inhabitant?.contact(ip);
      if (contact === undefined) return false;
      this.#contacts.set(name, contact);
    }
    return true;
  }

  #watchAndAskIfDone(): boolean {
    for (const flow of this.#plan.flows) {
      if (flow.readPerTick === undefined) continue;
      const sent = this.#inhabitants.get(flow.from)?.app.endOf(flow, true)?.sent ?? 0;
      const read = this.#inhabitants.get(flow.to)?.app.endOf(flow, false)?.received ?? 0;
      this.#heldMax = Math.max(this.#heldMax, sent - read);
    }
    for (const [name, { plan }] of this.#hosts) {
      if (plan.role !== 'routes' && this.#inhabitants.get(name)?.app.isDone !== true) return false;
    }
    return true;
  }

  #sight(): Sight {
    return {
      network: this.#network,
      hosts: new Map([...this.#hosts].map(([name, { host }]) => [name, host] as const)),
      watches: this.#watches,
      rejected: () => firstRefusal(this.#inhabitants),
      overfull: () => (this.#heldMax > HELD_BOUND ? heldInWords(this.#heldMax) : undefined),
      programs: () => [],
      speakers: () => speakersOf(this.#inhabitants),
      crossings: () => crossingsOf(this.#plan.flows, this.#inhabitants),
      tasks: () => tasksOf(this.#inhabitants),
      notBack: () => 'nothing breaks here',
      uploaded: () => undefined,
      askers: () => [],
    };
  }

  #metrics(): RunOutcome['metrics'] {
    const content = [...this.#inhabitants.values()]
      .flatMap(({ app }) => app.ends)
      .reduce((sum, end) => sum + end.received, 0);
    const { pipes } = this.#network;
    const total = (pick: (pipe: Pipe) => number): number =>
      pipes.reduce((sum, pipe) => sum + pick(pipe), 0);
    return {
      contentDelivered: { value: content, unit: 'octets' },
      wireOctets: { value: total((pipe) => pipe.octets), unit: 'octets' },
      packetHops: { value: total((pipe) => pipe.sent), unit: 'packets' },
      packetsLost: { value: total((pipe) => pipe.lost), unit: 'packets' },
      packetsDropped: { value: total((pipe) => pipe.dropped), unit: 'packets' },
      packetsTooBig: { value: total((pipe) => pipe.tooBig), unit: 'packets' },
      lastStreamClosed: { value: this.#doneMs, unit: 'ms' },
      heldMax: { value: this.#heldMax, unit: 'octets' },
    };
  }
}

/** The plan with what its traffic comes to in this world behind its flows. */
function withFlows(plan: FlowPlan, world: World): FlowPlan {
  if (plan.traffic === undefined) return plan;
  const firstId = 1 + Math.max(0, ...plan.flows.map(({ id }) => id));
  const drawn = trafficFlows(plan.traffic, firstId, (name) => world.random(name));
  return { ...plan, flows: [...plan.flows, ...drawn] };
}
