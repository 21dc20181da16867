import { makeIdentity, nodeIdOf, type Suite } from '#core/crypto/mod.ts';
import { encodeSnapshot, type NodeDraft, type Trust } from '#core/directory/mod.ts';
import { ClientNode, RelayNode, SNAPSHOT_DOCUMENT } from '#core/node/mod.ts';
import type { Trace } from '#core/observe/mod.ts';
import { parseIp } from '#core/wire/mod.ts';
import { SimHost } from '../host.ts';
import type { SimRoot } from '../host-options.ts';
import { Network, type Pipe } from '../network/mod.ts';
import type { World } from '../world.ts';
import { Browser } from './browser.ts';
import { TEST_NETWORK_ANCHOR } from './certificates.ts';
import {
  type Attachment,
  type ClientPlan,
  DOT_PORT,
  NODE_PORT,
  type NodePlan,
  type OverlayPlan,
  PROXY_PORT,
  RESOLVER_NAME,
  WEB_PORT,
} from './plan.ts';
import { ResolverSession, zoneOf } from './resolver.ts';
import { TlsService } from './tls-service.ts';
import { type Fault, Website } from './website.ts';

const NS_PER_MS = 1_000_000;
const SOUND: Fault = Object.freeze({ forgets: 0, hangs: false });
const START_LIMIT_MS = 5_000;
const LAST_EPOCH = 0xffff_fffe;
const QUEUE_OCTETS = 512 * 1024;
/** From a machine to its own network card, and from a room to the provider. */
const DESK_NS = 1_000;
const WIFI_NS = 2 * NS_PER_MS;

/** What a run may put in the place of the honest thing: plants, and ears. */
export type OverlayHooks = {
  /** The suite of a host, by its name. */
  readonly suiteOf: (host: string) => Suite;
  /** The root a host runs instead of this one. */
  readonly rootOf: (host: string, root: SimRoot) => SimRoot;
  /** Who is told of the steps cells make on a host; absent: nobody. */
  readonly traceOf?: (host: string) => Trace;
  /** What is wrong with every website, if anything is. */
  readonly websites?: Fault;
};

/** Which link of whom a pipe is: `near` towards the machine's own side. */
export type NamedPipe = { readonly pipe: Pipe; readonly place: string };

/** A multi-hop network in a world: nodes, clients, browsers, websites, a resolver, and the production core in all. */
export class Overlay {
  readonly network: Network;
  readonly nodes: Map<string, RelayNode> = new Map<string, RelayNode>();
  readonly clients: Map<string, ClientNode> = new Map<string, ClientNode>();
  readonly browsers: Map<string, Browser> = new Map<string, Browser>();
  readonly websites: Map<string, TlsService> = new Map<string, TlsService>();
  readonly hosts: Map<string, SimHost> = new Map<string, SimHost>();
  /** Every link by a name of its own: `wifi:anna`, `isp:anna`, `net:node-1`. */
  readonly pipes: NamedPipe[] = [];
  /** Names the resolver was asked for. */
  readonly asked: string[] = [];
  /** Who serves or has served a page, by its number. */
  readonly served: Map<number, Website> = new Map<number, Website>();
  /** Octets that websites received altered. */
  wrong = 0;
  readonly plan: OverlayPlan;
  readonly #world: World;
  readonly #hooks: OverlayHooks;
  readonly #core: number;
  readonly #steward: ReturnType<Suite['signer']>;
  readonly #suite: Suite;
  /** The snapshot as it was last given out: what everybody knows. */
  snapshotFile: Uint8Array = new Uint8Array(0);
  readonly #identitySeeds = new Map<string, Uint8Array>();
  #serial = 1;
  #resolver: TlsService | undefined;

  constructor(world: World, plan: OverlayPlan, hooks: OverlayHooks) {
    this.plan = plan;
    this.#world = world;
    this.#hooks = hooks;
    this.network = new Network(world);
    this.#core = this.network.addNode('internet');
    this.#suite = hooks.suiteOf('steward');
    const seed = new Uint8Array(32);
    world.random('steward').fill(seed);
    this.#steward = this.#suite.signer(seed);
    for (const node of plan.nodes) this.#attach(node);
    for (const site of plan.websites) this.#attach(site);
    this.#attach(plan.resolver);
    for (const client of plan.clients) this.#attachClient(client);
  }

  /** Starts everything up to the browsers; each is there before the next needs it. */
  start(): void {
    this.#startServices();
    for (const plan of this.plan.nodes) this.startNode(plan);
    this.#until(() =>
      this.plan.nodes.every(({ name }) => this.nodes.get(name)?.statement !== undefined),
    );
    for (const plan of this.plan.clients) this.#startClient(plan);
    this.#until(() => this.clients.size === this.plan.clients.length);
    this.publish();
  }

  /** The id of a node that runs, 32 octets. */
  nodeId(name: string): Uint8Array | undefined {
    const key = this.nodes.get(name)?.statement?.certificate.identityKey;
    return key && nodeIdOf(this.#suite, key);
  }

  startBrowsers(): void {
    for (const { name, ip } of this.plan.clients) {
      const visits = this.plan.visits.filter(({ client }) => client === name);
      const host = this.#host(browserName(name));
      host.start(() => {
        const browser = new Browser({ ip: octets(ip), port: PROXY_PORT }, visits);
        this.browsers.set(name, browser);
        return this.#hooks.rootOf(browserName(name), browser);
      });
    }
    this.#until(() => this.browsers.size === this.plan.clients.length);
  }

  /** Signs a snapshot of the nodes as they are now, and gives it to everybody. */
  publish(): void {
    const nowMs = this.#world.epochMs + this.#world.nowNs / NS_PER_MS;
    const file = encodeSnapshot(
      this.#suite,
      {
        isTest: true,
        serial: this.#serial++,
        validFromMs: Math.floor(nowMs) - 3_600_000,
        validUntilMs: Math.floor(nowMs) + 86_400_000,
        nodes: this.plan.nodes.flatMap((plan) => this.#draft(plan)),
      },
      [this.#steward],
    );
    this.snapshotFile = file;
    for (const { name } of [...this.plan.nodes, ...this.plan.clients]) {
      const host = this.#host(name);
      if (host.isRunning) host.document(SNAPSHOT_DOCUMENT, file);
    }
  }

  /** Starts a node, again if it ran before: its disk is as it was left. */
  startNode(plan: NodePlan): void {
    this.nodes.delete(plan.name);
    const suite = this.#hooks.suiteOf(plan.name);
    this.#host(plan.name).start(({ random, store }) => {
      const node = new RelayNode({
        suite,
        random,
        store,
        identity: makeIdentity(suite, random, this.#identitySeed(plan.name), LAST_EPOCH),
        listen: { ip: octets(plan.ip), port: NODE_PORT },
        trust: this.#trust,
        trace: this.#hooks.traceOf?.(plan.name),
        ...(plan.isExit ? { exit: { upstream: this.#upstream } } : {}),
        user: {
          listening: () => undefined,
          notListening: () => undefined,
          stated: () => undefined,
          mapped: () => undefined,
        },
      });
      this.nodes.set(plan.name, node);
      return this.#hooks.rootOf(plan.name, node);
    });
  }

  /** A machine's program is gone, with all it held in memory. */
  crash(name: string): void {
    this.nodes.delete(name);
    this.#host(name).stop('killed');
  }

  /** Starts a crashed node again, and has it in the snapshot once it says what it offers. */
  restart(name: string): void {
    const plan = this.plan.nodes.find((node) => node.name === name);
    if (plan === undefined) throw new Error(`no node is called ${name}`);
    this.startNode(plan);
    this.#until(() => this.nodes.get(name)?.statement !== undefined);
    this.publish();
  }

  /** The node with this address. */
  nameOf(ip: Uint8Array): string {
    return this.plan.nodes.find((node) => octets(node.ip).join() === ip.join())?.name ?? '';
  }

  /** A node stays who it is, however often it starts. */
  #identitySeed(name: string): Uint8Array {
    const known = this.#identitySeeds.get(name) ?? new Uint8Array(32);
    if (!this.#identitySeeds.has(name)) this.#world.random(`identity ${name}`).fill(known);
    this.#identitySeeds.set(name, known);
    return known.slice();
  }

  get #trust(): Trust {
    return { keys: [this.#steward.publicKey], threshold: 1 };
  }

  get #upstream(): { at: { ip: Uint8Array; port: number }; name: string; anchorsPem: string } {
    return {
      at: { ip: octets(this.plan.resolver.ip), port: DOT_PORT },
      name: RESOLVER_NAME,
      anchorsPem: TEST_NETWORK_ANCHOR,
    };
  }

  #startServices(): void {
    const { websites, resolver } = this.plan;
    const zone = zoneOf(
      new Map(
        websites.flatMap(({ hosts, ip }) => hosts.map((host) => [host, octets(ip)] as const)),
      ),
    );
    this.#host(resolver.name).start(() => {
      const at = { ip: octets(resolver.ip), port: DOT_PORT };
      this.#resolver = new TlsService(
        at,
        () => new ResolverSession(zone, (name) => this.asked.push(name)),
      );
      return this.#hooks.rootOf(resolver.name, this.#resolver);
    });
    for (const { name, ip } of websites)
      this.#host(name).start(() => {
        const site = new TlsService({ ip: octets(ip), port: WEB_PORT }, () => this.#session());
        this.websites.set(name, site);
        return this.#hooks.rootOf(name, site);
      });
  }

  #session(): Website {
    const session: Website = new Website(
      this.#hooks.websites ?? SOUND,
      (wrong) => {
        this.wrong += wrong;
      },
      (page) => this.served.set(page, session),
    );
    return session;
  }

  #startClient(plan: ClientPlan): void {
    const suite = this.#hooks.suiteOf(plan.name);
    this.#host(plan.name).start(({ random }) => {
      const client = new ClientNode({
        suite,
        random,
        listen: { ip: octets(plan.ip), port: PROXY_PORT },
        trust: this.#trust,
        hops: plan.hops,
        trace: this.#hooks.traceOf?.(plan.name),
        user: {
          listening: () => undefined,
          notListening: () => undefined,
          mapped: () => undefined,
          changed: () => undefined,
        },
      });
      this.clients.set(plan.name, client);
      return this.#hooks.rootOf(plan.name, client);
    });
  }

  #draft(plan: NodePlan): readonly NodeDraft[] {
    const statement = this.nodes.get(plan.name)?.statement;
    if (statement === undefined) return [];
    const { owner, asNumber, country, isExit, weight } = plan;
    const at = { ip: octets(plan.ip), port: NODE_PORT };
    return [{ statement, ...at, owner, asNumber, country, isExit, weight }];
  }

  // ---- the ground ----------------------------------------------------------------------------------------

  #attach({ name, ip, delayUs, mbps }: Attachment): void {
    const host = new SimHost(this.network, { name, ips: [octets(ip)] });
    this.hosts.set(name, host);
    this.#link(host.node, this.#core, delayUs * 1_000, mbps, `net:${name}`);
  }

  /** browser -- desk -- client -- Wi-Fi -- provider -- internet. */
  #attachClient({ name, ip, delayUs, mbps }: ClientPlan): void {
    const client = new SimHost(this.network, { name, ips: [octets(ip)] });
    const deskIp = octets(ip);
    deskIp[3] = (deskIp[3] as number) + 100;
    const browser = new SimHost(this.network, { name: browserName(name), ips: [deskIp] });
    this.hosts.set(name, client);
    this.hosts.set(browserName(name), browser);
    const room = this.network.addNode(`wifi of ${name}`);
    const provider = this.network.addNode(`provider of ${name}`);
    this.#link(browser.node, client.node, DESK_NS, 0, `desk:${name}`);
    this.#link(client.node, room, WIFI_NS, 0, `wifi:${name}`);
    this.#link(room, provider, (delayUs * 1_000) / 2, mbps, `isp:${name}`);
    this.#link(provider, this.#core, (delayUs * 1_000) / 2, 0, `transit:${name}`);
  }

  #link(a: number, b: number, delayNs: number, mbps: number, place: string): void {
    const { there, back } = this.network.addLink(a, b, {
      delayNs,
      rateBps: mbps * 1_000_000,
      lossPpm: 0,
      queueBytes: QUEUE_OCTETS,
    });
    this.pipes.push({ pipe: there, place }, { pipe: back, place });
  }

  #host(name: string): SimHost {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no host is called ${name}`);
    return host;
  }

  #until(condition: () => boolean): void {
    this.#world.runUntil(condition, this.#world.nowNs + START_LIMIT_MS * NS_PER_MS);
    if (!condition()) throw new Error('the network did not start');
  }
}

/** The host that a client's browser runs on. */
export function browserName(client: string): string {
  return `${client}-browser`;
}

function octets(text: string): Uint8Array {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`"${text}" is no address`);
  return ip;
}
