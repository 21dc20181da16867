import type { Suite } from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { RelayNode } from '#core/node/mod.ts';
import { parseIp } from '#core/wire/mod.ts';
import { drawSwarm, FaultPlayer } from '../faults/mod.ts';
import type { SimRoot } from '../host-options.ts';
import type { Pipe } from '../network/mod.ts';
import { dnsName, Ears, type Heard, sharedOctets, Timeline, WireView } from '../observer/mod.ts';
import {
  browserName,
  Overlay,
  OverlayGround,
  type OverlayPlan,
  type Visit,
  WEB_PORT,
  withTraffic,
} from '../overlay/mod.ts';
import { AmbientTrap } from '../traps.ts';
import { CANARY } from '../workload/mod.ts';
import { World, type WorldHashes } from '../world.ts';
import { CanaryWatch } from './canary-watch.ts';
import { Eyes, type Sight } from './eyes.ts';
import { overlayScope } from './fault-scope.ts';
import { HearingRoot } from './hearing-root.ts';
import { LifecycleWatch } from './lifecycle-watch.ts';
import type { Onlookers, Played, RunOutcome } from './outcome.ts';
import { judgeOverlay, type OverlayEvidence } from './overlay-oracles.ts';
import {
  AS_DNS,
  coalitionsOf,
  type Listening,
  namesSeen,
  partiesOf,
  whyDeaf,
} from './overlay-parties.ts';
import { draw, type Sample } from './overlay-pictures.ts';
import {
  CreditLeaker,
  clearQuestion,
  isForgotten,
  LoggingRoot,
  SkippedLayer,
  sendPast,
  spoilClientSuite,
  spoilOverlay,
} from './overlay-plants.ts';
import {
  askersOf,
  crossingsOf,
  firstRefusal,
  notBack,
  overfull,
  programsOf,
  tasksOf,
  uploaded,
} from './overlay-sight.ts';
import { spoilNetwork, spoilRoot } from './plants.ts';
import type { Recipe } from './token.ts';

const NS_PER_MS = 1_000_000;
/** Virtual time for circuits to be made before browsers start, and after the last visit for what must not happen. */
const WARM_MS = 1_500;
const QUIET_MS = 500;
const SAMPLE_MS = 50;
/** Which packet of a link: behind the handshakes. */
const FLIPPED = 60;

/** A multi-hop network, run to its end. */
export class OverlayRun implements Played {
  readonly hashes: WorldHashes;
  readonly #recipe: Recipe;
  readonly #plan: OverlayPlan;
  readonly #world: World;
  readonly #overlay: Overlay;
  readonly #ground: OverlayGround;
  readonly #suite: Suite = createSeededSuite();
  readonly #ears = new Map<string, Ears>();
  readonly #heard = new Map<string, Heard[]>();
  readonly #wires = new Map<string, WireView>();
  readonly #watches = new Map<string, LifecycleWatch>();
  readonly #canary: CanaryWatch;
  readonly #eyes: Eyes;
  readonly #skipped = new SkippedLayer();
  readonly #samples: Sample[] = [];
  readonly #timeline = new Timeline();
  readonly #listens: boolean;
  #startNs = 0;
  #faults: FaultPlayer | undefined;
  #lastFaultNs = 0;
  #poolMax = { octets: 0, host: 'nobody' };
  #trap: string | undefined;

  constructor(recipe: Recipe, plan: OverlayPlan, { logger, recorder }: Onlookers) {
    this.#recipe = recipe;
    this.#listens = recipe.scenario.mustHold.includes('who-sees-what');
    this.#canary = new CanaryWatch(Uint8Array.from(CANARY));
    // A log is looked through whether or not anybody keeps it.
    const log = (line: string): void => {
      this.#canary.line(line);
      logger?.(line);
    };
    this.#world = new World(recipe.seed, { logger: log, recorder });
    const drawn = withTraffic(plan, (name) => this.#world.random(name));
    this.#plan = spoilOverlay(drawn, recipe.plant);
    this.#overlay = new Overlay(this.#world, this.#plan, {
      suiteOf: (host) => this.#suiteOf(host),
      rootOf: (host, root) => this.#rootOf(host, root),
      websites: {
        forgets: recipe.plant === 'short-page' || recipe.plant === 'endless-page' ? 1 : 0,
        hangs: recipe.plant === 'endless-page',
      },
    });
    this.#ground = new OverlayGround(this.#overlay);
    spoilNetwork(this.#overlay.network, recipe.plant);
    this.#eyes = new Eyes(recipe.scenario.mustHold, this.#sight());
    for (const { pipe, place } of this.#overlay.pipes) this.#watch(pipe, place);
    try {
      this.#play();
    } catch (error) {
      if (!(error instanceof AmbientTrap)) throw error;
      this.#trap = error.trap;
    }
    if (recipe.plant === 'miscount') (this.#overlay.network.pipes[0] as Pipe).sent += 1;
    this.hashes = this.#world.hashes();
  }

  outcome(differs: readonly string[] | undefined): RunOutcome {
    this.#eyes.vigil.end();
    const listening: Listening = { ears: this.#ears, heard: this.#heard, wires: this.#wires };
    const path = this.#ground.path();
    const parties = partiesOf(this.#plan, path, listening);
    const judged = this.#listens ? coalitionsOf(this.#plan, parties) : undefined;
    const evidence: OverlayEvidence = {
      plan: this.#plan,
      visits: this.#visits,
      wrong: this.#overlay.wrong,
      rejects: this.#rejects(),
      watches: this.#watches,
      pipes: this.#overlay.network.pipes,
      faults: this.#faults,
      vigil: this.#eyes.vigil,
      endNs: this.#world.nowNs,
      poolMax: this.#poolMax,
      coalitions: judged,
      shared: this.#listens ? sharedOctets(parties, [this.#overlay.snapshotFile]) : undefined,
      deaf: whyDeaf(this.#overlay, listening, parties),
      namesSeen: namesSeen(path, this.#wires),
      canary: this.#canaryFound(),
      trap: this.#trap,
      differs,
    };
    const assertions = this.#recipe.scenario.mustHold.map((name) => judgeOverlay(name, evidence));
    const { metrics, pictures } = draw({
      plan: this.#plan,
      visits: this.#visits,
      path: this.#ground.path(),
      samples: this.#samples,
      pipes: this.#overlay.pipes,
      startMs: this.#startNs / NS_PER_MS,
      coalitions: judged,
      timeline: this.#timeline,
      circuits: [...this.#overlay.clients.values()].reduce(
        (n, { circuits }) => n + circuits.created,
        0,
      ),
    });
    return {
      hashes: this.hashes,
      assertions,
      metrics,
      virtualSeconds: this.#world.nowNs / 1e9,
      events: this.#world.events,
      pictures: this.#faults === undefined ? pictures : { ...pictures, faults: this.#faults.story },
    };
  }

  get #visits(): readonly Visit[] {
    return [...this.#overlay.browsers.values()].flatMap(({ visits }) => visits);
  }

  // ---- playing -------------------------------------------------------------------------------------------

  #play(): void {
    const { plant } = this.#recipe;
    this.#overlay.start();
    this.#world.run(this.#world.nowNs + WARM_MS * NS_PER_MS);
    this.#startNs = this.#world.nowNs;
    this.#overlay.startBrowsers();
    this.#layFaults();
    if (plant === 'plain-dns' || plant === 'direct-ping') this.#sendPast(plant);
    const limitNs = this.#startNs + this.#plan.limitMs * NS_PER_MS;
    this.#runUntil(limitNs, () => this.#isDone());
    this.#world.run(this.#world.nowNs + QUIET_MS * NS_PER_MS);
    this.#faults?.inspect();
    for (const { plan, outcome, received } of this.#visits)
      this.#world.verdict(`page ${plan.page}: ${outcome} ${received}`);
  }

  #runUntil(limitNs: number, isDone: () => boolean): void {
    let nextNs = this.#world.nowNs;
    this.#world.runUntil(() => {
      if (this.#world.nowNs >= nextNs) {
        nextNs = this.#world.nowNs + SAMPLE_MS * NS_PER_MS;
        this.#sample();
      }
      return isDone();
    }, limitNs);
  }

  /** Those of the plan and those of the seed. Without any the world is as if there were no such thing. */
  #layFaults(): void {
    const { faults, phases, swarm, limitMs } = this.#plan;
    const drawn =
      swarm === undefined || phases === undefined
        ? []
        : drawSwarm(this.#world, swarm, overlayScope(this.#plan), phases, faults);
    const all = [...faults, ...drawn];
    if (all.length === 0 && phases === undefined) return;
    this.#faults = new FaultPlayer(this.#world, this.#ground, {
      faults: all,
      startNs: this.#startNs,
      began: (phase) => this.#eyes.vigil.began(phase),
      ...(phases === undefined ? {} : { phases }),
      forgets: (fault) => isForgotten(fault, this.#recipe.plant),
    });
    const lastMs = Math.max(0, ...all.map(({ atMs }) => atMs), phases?.quietMs ?? 0);
    this.#lastFaultNs = this.#startNs + Math.min(lastMs, limitMs) * NS_PER_MS;
  }

  #isDone(): boolean {
    if (this.#world.nowNs < this.#lastFaultNs) return false;
    for (const browser of this.#overlay.browsers.values()) if (!browser.isDone) return false;
    return true;
  }

  #sample(): void {
    let pool = 0;
    for (const [host, { pool: own }] of [...this.#overlay.nodes, ...this.#overlay.clients]) {
      if (this.#overlay.nodes.has(host)) pool += own.used;
      if (own.used > this.#poolMax.octets) this.#poolMax = { octets: own.used, host };
    }
    const received = this.#visits.reduce((sum, visit) => sum + visit.received, 0);
    this.#samples.push({ timeMs: this.#world.nowNs / NS_PER_MS, received, pool });
  }

  #sendPast(plant: 'plain-dns' | 'direct-ping'): void {
    const [visit] = this.#plan.visits;
    const client = this.#plan.clients.find(({ name }) => name === visit?.client);
    const site = this.#plan.websites.find(({ hosts }) => hosts.includes(visit?.host ?? ''));
    const exit = this.#plan.nodes.find(({ isExit }) => isExit) ?? this.#plan.nodes[0];
    if (client === undefined || site === undefined || visit === undefined || exit === undefined)
      return;
    const from = plant === 'plain-dns' ? exit : client;
    const host = this.#overlay.hosts.get(from.name);
    const to = plant === 'plain-dns' ? this.#plan.resolver.ip : site.ip;
    const port = plant === 'plain-dns' ? 53 : WEB_PORT;
    if (host !== undefined)
      sendPast(host, ip(from.ip), { ip: ip(to), port }, clearQuestion(visit.host));
  }

  // ---- ears and plants -----------------------------------------------------------------------------------

  #suiteOf(host: string): Suite {
    const { plant } = this.#recipe;
    const isClient = this.#plan.clients.some(({ name }) => name === host);
    let suite = isClient ? spoilClientSuite(this.#suite, plant) : this.#suite;
    if (plant === 'skip-layer' && (isClient || this.#isRelay(host)))
      suite = this.#skipped.spoil(suite, !isClient);
    if (!this.#listens || isClient || host === 'steward') return suite;
    const ears = this.#ears.get(host) ?? new Ears(() => this.#world.nowNs);
    this.#ears.set(host, ears);
    return ears.listen(suite);
  }

  #isRelay(host: string): boolean {
    return this.#plan.nodes.some(({ name, isExit }) => name === host && !isExit);
  }

  #rootOf(host: string, root: SimRoot): SimRoot {
    const { plant } = this.#recipe;
    const nowNs = (): number => this.#world.nowNs;
    let wrapped: SimRoot = root;
    const isEnd =
      host === this.#plan.resolver.name || this.#plan.websites.some(({ name }) => name === host);
    if (this.#listens && isEnd) {
      const heard: Heard[] = this.#heard.get(host) ?? [];
      this.#heard.set(host, heard);
      wrapped = new HearingRoot(wrapped, nowNs, (said) => heard.push(said));
    }
    if (plant === 'canary-in-log' && host === browserName(this.#plan.clients[0]?.name ?? ''))
      wrapped = new LoggingRoot(wrapped, (line) => this.#world.log(() => `${host}: ${line}`));
    const watch = new LifecycleWatch(wrapped, (line) =>
      this.#world.log(() => `${host}: ${line()}`),
    );
    this.#watches.set(`${host} ${this.#watches.size}`, watch);
    const kept = this.#eyes.keep(host, watch);
    const isNode = this.#plan.nodes.some(({ name }) => name === host);
    if (isNode && plant === 'credit-leak' && root instanceof RelayNode)
      return new CreditLeaker(kept, root.relay.carrier);
    return isNode ? spoilRoot(kept, this.#world.random(`plant ${host}`), plant) : kept;
  }

  #sight(): Sight {
    const overlay = this.#overlay;
    return {
      network: overlay.network,
      hosts: overlay.hosts,
      watches: this.#watches,
      rejected: () => firstRefusal(this.#rejects()),
      overfull: () => overfull(overlay),
      programs: () => programsOf(overlay),
      speakers: () => [],
      tasks: () => tasksOf(this.#visits),
      crossings: () => crossingsOf(overlay, this.#visits),
      notBack: () => notBack(this.#plan, this.#visits),
      uploaded: () => uploaded(this.#visits),
      askers: (delaysNs) => askersOf(overlay, delaysNs),
    };
  }

  #watch(pipe: Pipe, place: string): void {
    const marks = new Map<string, Uint8Array>();
    for (const { host } of this.#plan.visits) {
      marks.set(host, Buffer.from(host));
      marks.set(`${host}${AS_DNS}`, dnsName(host));
    }
    // Inside the person's own computer everything is in clear.
    if (place.startsWith('desk:')) return;
    const view = this.#wires.get(place) ?? new WireView(marks);
    this.#wires.set(place, view);
    view.watch(this.#overlay.network, pipe);
    // A packet is timed where it leaves its sender.
    if (place.startsWith('net:') || place.startsWith('wifi:'))
      this.#timeline.watch(this.#overlay.network, pipe);
    if (this.#recipe.plant === 'flip-bit') this.#flip(pipe, place);
    this.#canary.watch(this.#overlay.network, pipe);
  }

  /** Somebody on the wire between two relays flips one bit, once. */
  #flip(pipe: Pipe, place: string): void {
    const isRelays = this.#plan.nodes.some(({ name }) => place === `net:${name}`);
    if (!isRelays) return;
    let packets = 0;
    this.#overlay.network.tapPipe(pipe, ({ bytes, start, end }) => {
      if (end - start < 500 || packets++ !== FLIPPED) return;
      bytes[end - 1] = (bytes[end - 1] as number) ^ 1;
    });
  }

  // ---- evidence ------------------------------------------------------------------------------------------

  /** On no link, in no relay's view and in no log: TLS ends at its ends. */
  #canaryFound(): OverlayEvidence['canary'] {
    for (const [host, { heard }] of this.#ears)
      for (const said of heard) this.#canary.view(host, said);
    return { found: this.#canary.found, looked: this.#canary.looked };
  }

  #rejects(): ReadonlyMap<string, number> {
    const all = new Map<string, number>();
    const add = (
      host: string,
      counters: { toJSON(): { readonly [name: string]: number } },
    ): void => {
      for (const [name, count] of Object.entries(counters.toJSON()))
        all.set(`${host} ${name}`, count);
    };
    for (const [host, node] of this.#overlay.nodes) {
      add(host, node.relay.rejects);
      add(host, node.links.rejects);
      if (node.exit !== undefined) add(host, node.exit.rejects);
      if (node.resolver !== undefined) add(host, node.resolver.rejects);
    }
    for (const [host, client] of this.#overlay.clients) {
      add(host, client.rejects);
      add(host, client.links.rejects);
      add(host, client.proxy.counts);
    }
    return all;
  }
}

function ip(text: string): Uint8Array {
  return parseIp(text) ?? new Uint8Array(4);
}
