// Where hosts stand in the picture: columns by role in the order a circuit passes them, the highlighted circuit
// in the top row, routers as bars below everything they join.
import type { HostRole, Topology, TopologyHost } from './data.ts';
import { CARDS_PER_COLUMN, COLUMNS_MAX, LAYERS_MAX, ROUTERS_MAX } from './limits.ts';

/** A host, or several that are drawn as one. (x, y) is the upper left corner. */
export type Card = {
  readonly hosts: readonly TopologyHost[];
  readonly x: number;
  readonly y: number;
  /** Layer of the circuit that it takes off, 1 the innermost; 0 when it takes none. */
  readonly peels: number;
  readonly onPath: boolean;
};

/** A router (or the last few), drawn as a bar from `x` to `end`. */
export type Bar = {
  readonly hosts: readonly TopologyHost[];
  readonly x: number;
  readonly end: number;
  readonly y: number;
};

export type Placement = {
  readonly width: number;
  readonly height: number;
  readonly columns: readonly { readonly label: string; readonly x: number }[];
  readonly cards: readonly Card[];
  readonly bars: readonly Bar[];
  readonly cardOf: ReadonlyMap<string, Card>;
  readonly barOf: ReadonlyMap<string, Bar>;
  /** The circuit as cards; hosts that are not drawn as cards are left out. */
  readonly path: readonly Card[];
};

/** Size of a card, in user units. */
export const CARD: { readonly width: number; readonly height: number } = Object.freeze({
  width: 104,
  height: 50,
});
export const BAR_HEIGHT = 26;
const STEP = Object.freeze({ x: CARD.width + 24, y: CARD.height + 12 });
const MARGIN = 10;
const TOP = 30;

const LABELS: { readonly [role in HostRole]: string } = Object.freeze({
  client: 'client',
  wifi: 'Wi-Fi',
  isp: 'ISP',
  entry: 'entry',
  middle: 'middle',
  relay: 'relay',
  exit: 'exit',
  resolver: 'resolver',
  server: 'server',
  router: 'router',
});

const ORDER: { readonly [role in HostRole]: number } = Object.freeze({
  client: 0,
  wifi: 1,
  isp: 2,
  entry: 3,
  middle: 4,
  relay: 4,
  exit: 6,
  resolver: 7,
  server: 7,
  router: 8,
});

/** The word for a role. */
export function roleText(role: HostRole): string {
  return LABELS[role];
}

/** The circuit's hosts, first to last, each once; names of no host and routers are left out. */
export function pathOf({ hosts, path = [] }: Topology): readonly TopologyHost[] {
  const named = new Map(hosts.map((host) => [host.name, host]));
  const found = [...new Set(path)].flatMap((name) => named.get(name) ?? []);
  return found.filter(({ role }) => role !== 'router').slice(0, COLUMNS_MAX);
}

/** The circuit's nodes, entry first: each takes one layer off. */
export function peelersOf(topology: Topology): readonly TopologyHost[] {
  const nodes = pathOf(topology).filter(({ role }) => /^(?:entry|middle|relay|exit)$/.test(role));
  return nodes.slice(0, LAYERS_MAX);
}

/** Places every host. The same topology gives the same picture. */
export function place(topology: Topology): Placement {
  const path = pathOf(topology);
  const groups = columnsOf(topology, path);
  const peelers = peelersOf(topology);
  const first = groups.findIndex((group) => group.some((host) => path.includes(host)));
  const last = groups.findLastIndex((group) => group.some((host) => path.includes(host)));
  const cards: Card[] = [];
  const columns = groups.map((group, column) => {
    const x = MARGIN + column * STEP.x;
    const sorted = group.toSorted((a, b) => rank(path, a) - rank(path, b));
    const isPassed = column > first && column < last && rank(path, sorted[0]) === Infinity;
    for (const [row, hosts] of stacks(sorted).entries()) {
      const peeler = peelers.indexOf(hosts[0] as TopologyHost);
      cards.push({
        hosts,
        x,
        y: TOP + (row + (isPassed ? 1 : 0)) * STEP.y,
        peels: peeler < 0 ? 0 : peelers.length - peeler,
        onPath: path.includes(hosts[0] as TopologyHost),
      });
    }
    return { label: columnLabel(group), x: x + CARD.width / 2 };
  });
  const bottom = cards.reduce((low, card) => Math.max(low, card.y + CARD.height), TOP);
  const right = Math.max(MARGIN + groups.length * STEP.x, 3 * STEP.x);
  const cardOf = new Map(cards.flatMap((card) => card.hosts.map(({ name }) => [name, card])));
  const bars = placeBars(topology, cardOf, bottom + 22, right);
  return {
    width: right,
    height: (bars.length === 0 ? bottom : bottom + 22 + bars.length * (BAR_HEIGHT + 12)) + 4,
    columns,
    cards,
    bars,
    cardOf,
    barOf: new Map(bars.flatMap((bar) => bar.hosts.map(({ name }) => [name, bar]))),
    path: path.flatMap(({ name }) => cardOf.get(name) ?? []),
  };
}

/** Hosts by column, empty columns gone. Nodes of the circuit stand in its order, whatever their role. */
function columnsOf(
  topology: Topology,
  path: readonly TopologyHost[],
): readonly (readonly TopologyHost[])[] {
  const nodes = peelersOf(topology);
  const columns = new Map<number, TopologyHost[]>();
  const unique = new Map(topology.hosts.map((host) => [host.name, host])).values();
  for (const host of unique) {
    if (host.role === 'router') continue;
    const at = nodes.indexOf(host);
    let order = ORDER[host.role];
    if (at === 0 && nodes.length > 1) order = ORDER.entry;
    else if (at > 0 && at === nodes.length - 1) order = ORDER.exit;
    else if (at > 0) order = ORDER.middle + (at - 1) / LAYERS_MAX;
    const column = columns.get(order);
    if (column === undefined) columns.set(order, [host]);
    else if (path.includes(host)) column.unshift(host);
    else column.push(host);
  }
  return [...columns].sort(([a], [b]) => a - b).map(([, hosts]) => hosts);
}

function rank(path: readonly TopologyHost[], host: TopologyHost | undefined): number {
  const at = host === undefined ? -1 : path.indexOf(host);
  return at < 0 ? Infinity : at;
}

/** One card per host while there is room, the rest on one. */
function stacks(hosts: readonly TopologyHost[]): readonly (readonly TopologyHost[])[] {
  if (hosts.length <= CARDS_PER_COLUMN) return hosts.map((host) => [host]);
  const alone = hosts.slice(0, CARDS_PER_COLUMN - 1).map((host) => [host]);
  return [...alone, hosts.slice(CARDS_PER_COLUMN - 1)];
}

function columnLabel(hosts: readonly TopologyHost[]): string {
  return [...new Set(hosts.map(({ role }) => LABELS[role]))].join(', ');
}

function placeBars(
  { hosts, links }: Topology,
  cardOf: ReadonlyMap<string, Card>,
  top: number,
  right: number,
): readonly Bar[] {
  const routers = hosts.filter(({ role }) => role === 'router');
  const alone = routers.slice(0, routers.length > ROUTERS_MAX ? ROUTERS_MAX - 1 : ROUTERS_MAX);
  const groups = alone.map((router) => [router]);
  if (routers.length > alone.length) groups.push(routers.slice(alone.length));
  return groups.map((group, row) => {
    const names = new Set(group.map(({ name }) => name));
    const near = links.flatMap(({ a, b }) => {
      const card = names.has(a) ? cardOf.get(b) : names.has(b) ? cardOf.get(a) : undefined;
      return card === undefined ? [] : [card.x];
    });
    const x = near.reduce((low, at) => Math.min(low, at), right - STEP.x);
    const end = near.reduce((high, at) => Math.max(high, at + STEP.x - 8), x + STEP.x - 8);
    return { hosts: group, x, end, y: top + row * (BAR_HEIGHT + 12) };
  });
}
