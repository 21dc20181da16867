import type { NodeEntry } from '#core/directory/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { toHex } from '../base/bytes.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';

/** Told once: over which link the node is reached, or NO_ID. */
export type LinkWaiter = (nowUs: Micros, link: Id) => void;

type NodeLink = { readonly link: Id; isOpen: boolean; readonly waiters: Set<LinkWaiter> };

/** One link to each node we have to do with, dialled when it is first wanted, whoever dialled it. */
export class NodeLinks {
  readonly #links: LinkPort;
  readonly #dialled: (link: Id) => void;
  readonly #byNode = new Map<string, NodeLink>();
  readonly #nodeOf = new Map<Id, string>();
  readonly #waiting = new Map<LinkWaiter, NodeLink>();

  /** `dialled` hears of every link before it opens. */
  constructor(links: LinkPort, dialled: (link: Id) => void) {
    this.#links = links;
    this.#dialled = dialled;
  }

  /** How many wait for this node; -1 when there is a link, so that nobody has to wait. */
  waitingFor(node: NodeEntry): number {
    const known = this.#byNode.get(toHex(node.id));
    return known?.isOpen === true ? -1 : (known?.waiters.size ?? 0);
  }

  /** Reaches a node of the snapshot at its announced address; the waiter may be told at once. */
  reach(nowUs: Micros, node: NodeEntry, waiter: LinkWaiter): void {
    const name = toHex(node.id);
    const known = this.#byNode.get(name);
    if (known?.isOpen === true) return waiter(nowUs, known.link);
    if (known !== undefined) return this.#wait(known, waiter);
    const link = this.#links.dial(nowUs, node, node.id, node.statement);
    if (link === NO_ID) return waiter(nowUs, NO_ID);
    this.#dialled(link);
    const dialled: NodeLink = { link, isOpen: false, waiters: new Set() };
    this.#byNode.set(name, dialled);
    this.#nodeOf.set(link, name);
    this.#wait(dialled, waiter);
  }

  /** A waiter that is told nothing any more. */
  cancel(waiter: LinkWaiter): void {
    this.#waiting.get(waiter)?.waiters.delete(waiter);
    this.#waiting.delete(waiter);
  }

  /** A link opened; one that a node opened to us serves both ways. */
  opened(nowUs: Micros, link: Id): void {
    const peer = this.#links.peerId(link);
    if (peer === undefined) return;
    const name = toHex(peer);
    const known = this.#byNode.get(name);
    if (known === undefined) {
      this.#byNode.set(name, { link, isOpen: true, waiters: new Set() });
      this.#nodeOf.set(link, name);
    } else if (known.link === link) {
      known.isOpen = true;
      this.#tell(nowUs, known, link);
    }
  }

  closed(nowUs: Micros, link: Id): void {
    const name = this.#nodeOf.get(link);
    this.#nodeOf.delete(link);
    const known = name === undefined ? undefined : this.#byNode.get(name);
    if (name === undefined || known?.link !== link) return;
    this.#byNode.delete(name);
    this.#tell(nowUs, known, NO_ID);
  }

  #wait(known: NodeLink, waiter: LinkWaiter): void {
    known.waiters.add(waiter);
    this.#waiting.set(waiter, known);
  }

  #tell(nowUs: Micros, { waiters }: NodeLink, link: Id): void {
    for (const waiter of waiters) {
      this.cancel(waiter);
      waiter(nowUs, link);
    }
  }
}
