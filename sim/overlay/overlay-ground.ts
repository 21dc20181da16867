import { frozen } from '#core/base/frozen.ts';
import type { CertificateTrouble, DnsTrouble, Ground } from '../faults/mod.ts';
import type { SimHost } from '../host.ts';
import type { WriteFate } from '../machine-disk.ts';
import type { Exit, Link, Network } from '../network/mod.ts';
import type { Overlay } from './overlay.ts';

/** Names that stand for whoever plays a part in the circuit in use, by its place in the path. */
export const PARTS: readonly string[] = frozen<readonly string[]>(['@entry', '@middle', '@exit']);

/** A multi-hop network as what faults happen to. */
export class OverlayGround implements Ground {
  readonly network: Network;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly links: ReadonlyMap<string, Link>;
  readonly nats: ReadonlyMap<string, { rebind(): void }>;
  readonly certificates: Map<string, CertificateTrouble>;
  readonly #overlay: Overlay;
  #path: readonly string[] = [];

  constructor(overlay: Overlay) {
    this.network = overlay.network;
    this.hosts = overlay.hosts;
    this.links = overlay.links;
    this.nats = overlay.nats;
    this.certificates = overlay.certificates;
    this.#overlay = overlay;
  }

  get dnsTrouble(): DnsTrouble | undefined {
    return this.#overlay.dnsTrouble;
  }

  set dnsTrouble(trouble: DnsTrouble | undefined) {
    this.#overlay.dnsTrouble = trouble;
  }

  whoIs(name: string): string {
    const part = PARTS.indexOf(name);
    return part < 0 ? name : (this.path()[part] ?? name);
  }

  /** Nodes of the first circuit that serves anybody, or of the last one that did. */
  path(): readonly string[] {
    for (const { circuits } of this.#overlay.clients.values()) {
      const used = [...circuits.ready].find(({ isolation }) => isolation !== undefined);
      if (used !== undefined) this.#path = used.path.map(({ ip }) => this.#overlay.nameOf(ip));
    }
    return this.#path;
  }

  crash(name: string, exit: Exit, fate: WriteFate | undefined): void {
    this.#overlay.nodes.delete(name);
    this.#overlay.clients.delete(name);
    this.hosts.get(name)?.stop(exit, fate);
  }

  /** A node is in the snapshot again once it says what it offers. */
  restart(name: string): void {
    const overlay = this.#overlay;
    const { nodes, clients, websites, resolver } = overlay.plan;
    const node = nodes.find((plan) => plan.name === name);
    const client = clients.find((plan) => plan.name === name);
    const website = websites.find((plan) => plan.name === name);
    if (node !== undefined) overlay.startNode(node);
    if (client !== undefined) overlay.startClient(client);
    if (website !== undefined) overlay.startWebsite(website);
    if (resolver.name === name) overlay.startResolver();
  }

  /** Everybody is told where a node is. */
  moved(name: string): void {
    if (this.#overlay.nodes.has(name)) this.#overlay.publish();
  }
}
