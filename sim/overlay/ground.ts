import { parseIp } from '#core/wire/mod.ts';
import { addMesh } from '../geography/mod.ts';
import { SimHost } from '../host.ts';
import { streamOptions } from '../host-options.ts';
import {
  type Link,
  type LinkOptions,
  linkOptions,
  Nat,
  Network,
  type Pipe,
} from '../network/mod.ts';
import type { World } from '../world.ts';
import type { Attachment, ClientPlan, NatPlan, OverlayPlan } from './plan.ts';

const NS_PER_MS = 1_000_000;
const QUEUE_OCTETS = 512 * 1024;
/** From a machine to its own network card, and from a room to the provider. */
const DESK_NS = 1_000;
const WIFI_NS = 2 * NS_PER_MS;

/** Which link of whom a pipe is: `near` towards the machine's own side. */
export type NamedPipe = { readonly pipe: Pipe; readonly place: string };

/** The machines of a plan and what lies between them, before any program runs. */
export class Ground {
  readonly network: Network;
  readonly hosts: Map<string, SimHost> = new Map<string, SimHost>();
  /** The boxes clients are behind, by name of the client. */
  readonly nats: Map<string, Nat> = new Map<string, Nat>();
  /** Every link by a name of its own: `wifi:anna`, `isp:anna`, `net:node-1`, `sea:Lagos-Tokyo`. */
  readonly pipes: NamedPipe[] = [];
  /** The same links by that name, `there` away from the machine. */
  readonly links: Map<string, Link> = new Map<string, Link>();
  /** Routers of the internet: by site, or one for all. */
  readonly #sites: ReadonlyMap<string | undefined, number>;

  constructor(world: World, plan: OverlayPlan) {
    this.network = new Network(world);
    this.#sites = this.#internet(plan);
    for (const node of plan.nodes) this.#attach(node);
    for (const site of plan.websites) this.#attach(site);
    this.#attach(plan.resolver);
    for (const client of plan.clients) this.#attachClient(client);
  }

  #internet({ backbone }: OverlayPlan): ReadonlyMap<string | undefined, number> {
    if (backbone === undefined) return new Map([[undefined, this.network.addNode('internet')]]);
    const { nodes, links } = addMesh(this.network, backbone);
    for (const { from, to, link } of links) this.#name(link, `sea:${from}-${to}`);
    return nodes;
  }

  #attach(plan: Attachment): void {
    const host = this.#machine(plan);
    this.hosts.set(plan.name, host);
    this.#link(host.node, this.#core(plan), wireOf(plan), `net:${plan.name}`);
  }

  #machine(plan: Attachment, more: readonly Uint8Array[] = []): SimHost {
    const { name, ip } = plan;
    const ips = [octets(ip), ...more];
    return new SimHost(this.network, { name, ips, ...streamOptions(plan) });
  }

  /** browser -- desk -- client -- Wi-Fi -- provider -- internet. What the plan says is the provider's line. */
  #attachClient(plan: ClientPlan): void {
    const { name, ip, nat } = plan;
    // Applications find their client where it always is, whatever its address outside.
    const client = this.#machine(plan, [deskIp(ip)]);
    const browser = new SimHost(this.network, { name: browserName(name), ips: [browserIp(ip)] });
    this.hosts.set(name, client);
    this.hosts.set(browserName(name), browser);
    const box = nat && this.#box(name, nat);
    const room = box?.node ?? this.network.addNode(`wifi of ${name}`);
    const provider = this.network.addNode(`provider of ${name}`);
    const wire = wireOf(plan);
    const { back = wire } = wire;
    const [delayNs, backNs] = [wire.delayNs / 2, back.delayNs / 2];
    const line = { ...wire, delayNs, back: { ...back, delayNs: backNs } };
    const rest = { ...free(delayNs), back: free(backNs) };
    this.#link(browser.node, client.node, free(DESK_NS), `desk:${name}`);
    this.#link(client.node, room, free(WIFI_NS), `wifi:${name}`);
    const link = box?.attach(provider, line) ?? this.network.addLink(room, provider, line);
    this.#name(link, `isp:${name}`);
    this.#link(provider, this.#core(plan), rest, `transit:${name}`);
  }

  #box(client: string, { ip, ...kinds }: NatPlan): Nat {
    const nat = new Nat(this.network, { ...kinds, name: `wifi of ${client}`, ips: [octets(ip)] });
    this.nats.set(client, nat);
    return nat;
  }

  #core({ name, site }: Attachment): number {
    const core = this.#sites.get(site);
    if (core === undefined) throw new Error(`${name} is at ${site ?? 'no site'}, which is not one`);
    return core;
  }

  #link(a: number, b: number, options: LinkOptions, place: string): void {
    this.#name(this.network.addLink(a, b, options), place);
  }

  #name(link: Link, place: string): void {
    const { there, back } = link;
    this.links.set(place, link);
    this.pipes.push({ pipe: there, place }, { pipe: back, place });
  }
}

/** The host that a client's browser runs on. */
export function browserName(client: string): string {
  return `${client}-browser`;
}

/** The address of that browser, for its client's outside. */
export function browserIp(client: string): Uint8Array {
  return seatAt(client, 100);
}

/** The address of a client inside the person's computer, for the one outside. */
export function deskIp(client: string): Uint8Array {
  return seatAt(client, 101);
}

function seatAt(client: string, seat: number): Uint8Array {
  const ip = octets(client);
  ip[3] = (ip[3] as number) + seat;
  return ip;
}

export function octets(text: string): Uint8Array {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`"${text}" is no address`);
  return ip;
}

/** The last stretch of a machine, from the machine outwards and back. */
function wireOf(plan: Attachment): LinkOptions {
  const queueKiB = QUEUE_OCTETS / 1024;
  const { back } = plan;
  return linkOptions({ queueKiB, ...plan, ...(back && { back: { queueKiB, ...back } }) });
}

/** As fast as may be. */
function free(delayNs: number): LinkOptions {
  return { delayNs, queueBytes: QUEUE_OCTETS };
}
