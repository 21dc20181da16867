import { EventQueue } from '../event-queue.ts';

export type Edge = { readonly to: number; readonly pipe: number; readonly costNs: number };

const NONE = -1;
/** Whose packets a node does not pass on: a router passes all, a host none. */
export const NOBODY = -1;
export const EVERYBODY = -2;

/**
 * Shortest paths by delay, then by hops, then by number. Nodes with a single link share the table of the
 * node behind it, so tables grow with routers and not with hosts. A table is made when first asked for.
 */
export class Routes {
  readonly #edges: readonly (readonly Edge[])[];
  readonly #tables: (Int32Array | undefined)[] = [];
  /** The pipe from its only neighbour to a node that has one. */
  readonly #lasts: (number | undefined)[] = [];
  readonly #barred: (node: number) => number;

  /**
   * `edges[n]` lists the links that leave node `n`. `barred` answers whose packets a node does not pass on: nobody's,
   * everybody's, or those of one neighbour.
   */
  constructor(edges: readonly (readonly Edge[])[], barred: (node: number) => number) {
    this.#edges = edges;
    this.#barred = barred;
  }

  /** The pipe that leads from `at` towards another node, or -1. */
  next(at: number, dest: number): number {
    const table = this.#tables[dest];
    if (table !== undefined) return table[at] as number;
    const links = this.#edges[dest] as readonly Edge[];
    if (links.length !== 1) return this.#table(dest)[at] as number;
    const gate = (links[0] as Edge).to;
    if (gate === at) return this.#lasts[dest] ?? this.#last(at, dest);
    const barred = this.#barred(gate);
    if (barred === EVERYBODY) return NONE;
    if (barred !== NOBODY) return this.#table(dest)[at] as number;
    const behind = this.#tables[gate] ?? this.#table(gate);
    return behind[at] as number;
  }

  #last(at: number, dest: number): number {
    const edge = this.#edges[at]?.find(({ to }) => to === dest);
    this.#lasts[dest] = edge?.pipe ?? NONE;
    return edge?.pipe ?? NONE;
  }

  /** Dijkstra from the destination over reversed links; links always come in pairs. */
  #table(dest: number): Int32Array {
    const nodes = this.#edges.length;
    const table = new Int32Array(nodes).fill(NONE);
    const costNs = new Float64Array(nodes).fill(Infinity);
    const isDone = new Uint8Array(nodes);
    const queue = new EventQueue(64);
    costNs[dest] = 0;
    queue.push(0, 0, dest, 0, 0, 0, 0, 0);
    while (queue.size > 0) {
      const node = queue.destAt(queue.pop());
      if (isDone[node] === 1) continue;
      isDone[node] = 1;
      const barred = node === dest ? NOBODY : this.#barred(node);
      if (barred === EVERYBODY) continue;
      for (const { to } of this.#edges[node] as readonly Edge[]) {
        if (to === barred) continue;
        for (const back of this.#edges[to] as readonly Edge[]) {
          // A nanosecond a hop keeps paths of free links short.
          const cost = (costNs[node] as number) + back.costNs + 1;
          if (back.to !== node || cost >= (costNs[to] as number)) continue;
          costNs[to] = cost;
          table[to] = back.pipe;
          queue.push(cost, 0, to, 0, 0, 0, 0, 0);
        }
      }
    }
    this.#tables[dest] = table;
    return table;
  }
}
