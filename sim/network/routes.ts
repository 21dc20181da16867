import { EventQueue } from '../event-queue.ts';

export type Edge = { readonly to: number; readonly pipe: number; readonly costNs: number };

const NONE = -1;
/** Whose packets a node does not pass on: a router passes all, a host none. */
export const NOBODY = -1;
export const EVERYBODY = -2;

/**
 * Shortest paths by delay, then by hops, then by number. Nodes with a single link have no place in tables, and share
 * the table of the node behind it: tables grow with routers and not with hosts. One is made when first asked for.
 */
export class Routes {
  readonly #edges: readonly (readonly Edge[])[];
  readonly #tables: (Int32Array | undefined)[] = [];
  /** The pipe from its only neighbour to a node that has one. */
  readonly #lasts: (number | undefined)[] = [];
  readonly #barred: (node: number) => number;
  /** Where in tables a node is; NONE for those with a single link. */
  readonly #places: Int32Array;
  #placed = 0;

  /**
   * `edges[n]` lists the links that leave node `n`. `barred` answers whose packets a node does not pass on: nobody's,
   * everybody's, or those of one neighbour.
   */
  constructor(edges: readonly (readonly Edge[])[], barred: (node: number) => number) {
    this.#edges = edges;
    this.#barred = barred;
    this.#places = Int32Array.from(edges, ({ length }) => (length === 1 ? NONE : this.#placed++));
  }

  /** The pipe that leads from `at` towards another node, or -1. */
  next(at: number, dest: number): number {
    const table = this.#tables[dest];
    if (table !== undefined) return this.#entry(table, at, dest);
    const links = this.#edges[dest] as readonly Edge[];
    if (links.length !== 1) return this.#entry(this.#table(dest), at, dest);
    const gate = (links[0] as Edge).to;
    if (gate === at) return this.#lasts[dest] ?? this.#last(at, dest);
    const barred = this.#barred(gate);
    if (barred === EVERYBODY) return NONE;
    if (barred !== NOBODY) return this.#entry(this.#table(dest), at, dest);
    return this.#entry(this.#tables[gate] ?? this.#table(gate), at, gate);
  }

  /** Of a table for `dest`. A node with a single link goes by it, if whoever is there goes on. */
  #entry(table: Int32Array, at: number, dest: number): number {
    const place = this.#places[at] as number;
    if (place !== NONE) return table[place] as number;
    const { to, pipe } = (this.#edges[at] as readonly Edge[])[0] as Edge;
    if (to === dest) return pipe;
    const barred = this.#barred(to);
    const next = this.#places[to] as number;
    const isPassed = next !== NONE && barred !== EVERYBODY && barred !== at;
    return isPassed && table[next] !== NONE ? pipe : NONE;
  }

  #last(at: number, dest: number): number {
    const edge = this.#edges[at]?.find(({ to }) => to === dest);
    this.#lasts[dest] = edge?.pipe ?? NONE;
    return edge?.pipe ?? NONE;
  }

  /** Dijkstra from the destination over reversed links; links always come in pairs. */
  #table(dest: number): Int32Array {
    const places = this.#places;
    const table = new Int32Array(this.#placed).fill(NONE);
    const costNs = new Float64Array(this.#placed).fill(Infinity);
    const isDone = new Uint8Array(this.#placed);
    const queue = new EventQueue(64);
    queue.push(0, 0, dest, 0, 0, 0, 0, 0);
    while (queue.size > 0) {
      const node = queue.destAt(queue.pop());
      const nodeNs = queue.poppedNs;
      const own = places[node] as number;
      if (node !== dest) {
        if (isDone[own] === 1) continue;
        isDone[own] = 1;
      }
      const barred = node === dest ? NOBODY : this.#barred(node);
      if (barred === EVERYBODY) continue;
      for (const { to } of this.#edges[node] as readonly Edge[]) {
        const place = places[to] as number;
        if (to === barred || to === dest || place === NONE) continue;
        for (const back of this.#edges[to] as readonly Edge[]) {
          // A nanosecond a hop keeps paths of free links short.
          const cost = nodeNs + back.costNs + 1;
          if (back.to !== node || cost >= (costNs[place] as number)) continue;
          costNs[place] = cost;
          table[place] = back.pipe;
          queue.push(cost, 0, to, 0, 0, 0, 0, 0);
        }
      }
    }
    this.#tables[dest] = table;
    return table;
  }
}
