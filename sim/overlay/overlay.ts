import { makeIdentity, nodeIdOf, type Suite } from '#core/crypto/mod.ts';
import { encodeSnapshot, type NodeDraft, type Trust } from '#core/directory/mod.ts';
import { ClientNode, RelayNode, SNAPSHOT_DOCUMENT } from '#core/node/mod.ts';
import type { Trace } from '#core/observe/mod.ts';
import type { CertificateTrouble, DnsTrouble } from '../faults/mod.ts';
import type { SimHost } from '../host.ts';
import type { SimRoot } from '../host-options.ts';
import type { Link, Nat, Network } from '../network/mod.ts';
import type { World } from '../world.ts';
import { Browser } from './browser.ts';
import { TEST_NETWORK_ANCHOR } from './certificates.ts';
import { browserName, deskIp, Ground, type NamedPipe, octets } from './ground.ts';
import {
  type ClientPlan,
  DOT_PORT,
  NODE_PORT,
  type NodePlan,
  type OverlayPlan,
  PROXY_PORT,
  RESOLVER_NAME,
  WEB_PORT,
  type WebsitePlan,
} from './plan.ts';
import { ResolverSession, zoneOf } from './resolver.ts';
import { TlsService } from './tls-service.ts';
import { type Fault, Website } from './website.ts';
import { credentialsOf } from './wrong-certificates.ts';

const NS_PER_MS = 1_000_000;
const SOUND: Fault = Object.freeze({ forgets: 0, hangs: false });
const START_LIMIT_MS = 5_000;
const LAST_EPOCH = 0xffff_fffe;
const ANY_IP: readonly number[] = Object.freeze([0, 0, 0, 0]);

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

/** A multi-hop network in a world: nodes, clients, browsers, websites, a resolver, and the production core in all. */
export class Overlay {
  readonly network: Network;
  readonly nodes: Map<string, RelayNode> = new Map<string, RelayNode>();
  readonly clients: Map<string, ClientNode> = new Map<string, ClientNode>();
  readonly browsers: Map<string, Browser> = new Map<string, Browser>();
  readonly websites: Map<string, TlsService> = new Map<string, TlsService>();
  /** Machines, boxes by name of the client behind them, and links by their names: see Ground. */
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly nats: ReadonlyMap<string, Nat>;
  readonly pipes: readonly NamedPipe[];
  readonly links: ReadonlyMap<string, Link>;
  /** What is wrong with certificates, by host, and with the resolver. */
  readonly certificates: Map<string, CertificateTrouble> = new Map<string, CertificateTrouble>();
  dnsTrouble: DnsTrouble | undefined;
  /** Names the resolver was asked for. */
  readonly asked: string[] = [];
  /** Who serves or has served a page, by its number. */
  readonly served: Map<number, Website> = new Map<number, Website>();
  /** Octets that websites received altered. */
  wrong = 0;
  readonly plan: OverlayPlan;
  readonly #world: World;
  readonly #hooks: OverlayHooks;
  readonly #steward: ReturnType<Suite['signer']>;
  readonly #suite: Suite;
  /** The snapshot as it was last given out: what everybody knows. */
  snapshotFile: Uint8Array = new Uint8Array(0);
  readonly #identitySeeds = new Map<string, Uint8Array>();
  #serial = 1;
  #resolver: TlsService | undefined;
  /** All have started: from now on whoever offers something new is in a new snapshot. */
  #isUp = false;

  constructor(world: World, plan: OverlayPlan, hooks: OverlayHooks) {
    this.plan = plan;
    this.#world = world;
    this.#hooks = hooks;
    const { network, hosts, nats, pipes, links } = new Ground(world, plan);
    this.network = network;
    this.hosts = hosts;
    this.nats = nats;
    this.pipes = pipes;
    this.links = links;
    this.#suite = hooks.suiteOf('steward');
    const seed = new Uint8Array(32);
    world.random('steward').fill(seed);
    this.#steward = this.#suite.signer(seed);
  }

  /** Starts everything up to the browsers; each is there before the next needs it. */
  start(): void {
    this.#startServices();
    for (const plan of this.plan.nodes) this.startNode(plan);
    this.#until(() =>
      this.plan.nodes.every(({ name }) => this.nodes.get(name)?.statement !== undefined),
    );
    for (const plan of this.plan.clients) this.startClient(plan);
    this.#until(() => this.clients.size === this.plan.clients.length);
    this.publish();
    this.#isUp = true;
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
        const browser = new Browser({ ip: deskIp(ip), port: PROXY_PORT }, visits);
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
        listen: { ip: Uint8Array.from(ANY_IP), port: NODE_PORT },
        ownNetworks: () => this.#host(plan.name).ips.map((ip) => ({ ip, bits: 8 * ip.length })),
        trust: this.#trust,
        trace: this.#hooks.traceOf?.(plan.name),
        ...(plan.isExit ? { exit: { upstream: this.#upstream } } : {}),
        user: {
          listening: () => undefined,
          notListening: () => undefined,
          notCounted: () => undefined,
          stated: () => {
            if (this.#isUp) this.publish();
          },
          mapped: () => undefined,
        },
      });
      this.nodes.set(plan.name, node);
      this.#remind(plan.name);
      return this.#hooks.rootOf(plan.name, node);
    });
  }

  /** The node with this address. */
  nameOf(ip: Uint8Array): string {
    const isIts = (name: string): boolean =>
      this.#host(name).ips.some((own) => own.join() === ip.join());
    return this.plan.nodes.find(({ name }) => isIts(name))?.name ?? '';
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
    this.startResolver();
    for (const plan of this.plan.websites) this.startWebsite(plan);
  }

  startResolver(): void {
    const { websites, resolver } = this.plan;
    const zone = zoneOf(
      new Map(
        websites.flatMap(({ hosts, ip }) => hosts.map((host) => [host, octets(ip)] as const)),
      ),
    );
    const asked = (name: string): number => this.asked.push(name);
    this.#host(resolver.name).start(() => {
      this.#resolver = new TlsService(
        { ip: Uint8Array.from(ANY_IP), port: DOT_PORT },
        ({ wakeAt }) => new ResolverSession(zone, asked, { now: () => this.dnsTrouble, wakeAt }),
        () => credentialsOf(this.certificates.get(resolver.name)),
      );
      return this.#hooks.rootOf(resolver.name, this.#resolver);
    });
  }

  /** Starts a website, or the resolver, again if it ran before. */
  startWebsite({ name }: WebsitePlan): void {
    this.#host(name).start(() => {
      const site = new TlsService(
        { ip: Uint8Array.from(ANY_IP), port: WEB_PORT },
        () => this.#session(),
        () => credentialsOf(this.certificates.get(name)),
      );
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

  /** Starts a person's client, again if it ran before. */
  startClient(plan: ClientPlan): void {
    const suite = this.#hooks.suiteOf(plan.name);
    this.#host(plan.name).start(({ random }) => {
      const client = new ClientNode({
        suite,
        random,
        listen: { ip: deskIp(plan.ip), port: PROXY_PORT },
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
      this.#remind(plan.name);
      return this.#hooks.rootOf(plan.name, client);
    });
  }

  /** A program that starts again finds the snapshot where the last one left it. */
  #remind(name: string): void {
    if (this.#isUp) this.#host(name).document(SNAPSHOT_DOCUMENT, this.snapshotFile);
  }

  #draft(plan: NodePlan): readonly NodeDraft[] {
    const statement = this.nodes.get(plan.name)?.statement;
    if (statement === undefined) return [];
    const { owner, asNumber, country, isExit, weight } = plan;
    const [ip = octets(plan.ip)] = this.#host(plan.name).ips;
    const at = { ip, port: NODE_PORT };
    return [{ statement, ...at, owner, asNumber, country, isExit, weight }];
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
