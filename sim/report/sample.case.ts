// Runs as they might have been: one that held, the same with a defect, one with nothing in it. Used by the tests
// and for looking at the page. Addresses are of RFC 5737 and RFC 3849.
import type {
  CoalitionRow,
  Message,
  ReportData,
  Series,
  Topology,
  TopologyHost,
  WhoSeesWhat,
} from './data.ts';

const RELAYS = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'heron', 'inlet'];
const CIRCUIT = ['laptop', 'cafe', 'isp-north', 'amber', 'delta', 'grove', 'shop.example'];

/** A small generator of its own, so that the samples never change. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

function topology(): Topology {
  const roles = [
    'entry',
    'entry',
    'entry',
    'middle',
    'middle',
    'middle',
    'exit',
    'exit',
    'exit',
  ] as const;
  const relays = RELAYS.map(
    (name, i): TopologyHost => ({
      name,
      role: roles[i] ?? 'relay',
      ip: `203.0.113.${10 + i}`,
    }),
  );
  return {
    hosts: [
      { name: 'laptop', role: 'client', ip: '192.0.2.10' },
      { name: 'phone', role: 'client', ip: '192.0.2.11' },
      { name: 'cafe', role: 'wifi', ip: '192.0.2.1' },
      { name: 'isp-north', role: 'isp', ip: '198.51.100.1' },
      ...relays,
      { name: 'resolver', role: 'resolver', ip: '2001:db8::53' },
      { name: 'shop.example', role: 'server', ip: '198.51.100.80' },
      { name: 'news.example', role: 'server', ip: '198.51.100.81' },
      { name: 'internet', role: 'router', ip: '' },
    ],
    links: [
      { a: 'laptop', b: 'cafe', delayMs: 2, mbps: 54 },
      { a: 'phone', b: 'cafe', delayMs: 3, mbps: 54 },
      { a: 'cafe', b: 'isp-north', delayMs: 6, mbps: 100 },
      { a: 'isp-north', b: 'internet', delayMs: 4, mbps: 1000 },
      ...RELAYS.map((name, i) => ({ a: name, b: 'internet', delayMs: 4 + 3 * i, mbps: 250 })),
      { a: 'resolver', b: 'internet', delayMs: 5, mbps: 1000 },
      { a: 'shop.example', b: 'internet', delayMs: 12, mbps: 0 },
      { a: 'news.example', b: 'internet', delayMs: 14, mbps: 1000 },
    ],
    path: CIRCUIT,
  };
}

// biome-ignore format: a table
const MESSAGES: readonly (readonly [number, string, string, string, string, number])[] = [
  [100, 'laptop', 'amber', 'link handshake', 'pqNK, X-Wing', 0],
  [131.2, 'amber', 'laptop', 'link open', 'both signed', 0],
  [131.4, 'laptop', 'amber', 'CREATE', '2,048 octets for three hops', 3],
  [148.9, 'amber', 'delta', 'CREATE', 'one layer off', 2],
  [170.3, 'delta', 'grove', 'CREATE', 'OPEN shop.example:443 inside', 1],
  [170.4, 'grove', 'grove', 'exit policy: allowed', 'port 443', 0],
  [196.1, 'grove', 'resolver', 'DoT query', 'A, AAAA shop.example', 0],
  [222.8, 'resolver', 'grove', 'DoT answer', '198.51.100.80', 0],
  [223, 'grove', 'shop.example', 'TCP SYN', 'after the second policy check', 0],
  [262.7, 'shop.example', 'grove', 'TCP SYN ACK', '', 0],
  [262.8, 'grove', 'delta', 'CREATED, OPENED', '', 1],
  [291.2, 'delta', 'amber', 'CREATED, OPENED', '', 2],
  [308.4, 'amber', 'laptop', 'CREATED, OPENED', '', 3],
  [308.6, 'laptop', 'amber', 'DATA', 'TLS ClientHello inside', 3],
  [326, 'amber', 'delta', 'DATA', '', 2],
  [347.5, 'delta', 'grove', 'DATA', '', 1],
  [347.6, 'grove', 'shop.example', 'TLS ClientHello', 'encrypted client hello', 0],
  [2347.6, 'shop.example', 'grove', 'TLS application data', '16 KiB', 0],
  [2347.8, 'grove', 'delta', 'DATA', '', 1],
  [2375.9, 'delta', 'amber', 'DATA', '', 2],
  [2393.1, 'amber', 'laptop', 'DATA', '', 3],
];

const SEQUENCE: readonly Message[] = MESSAGES.map(([timeMs, from, to, label, detail, sealed]) => ({
  timeMs,
  from,
  to,
  label,
  ...(detail === '' ? {} : { detail }),
  sealed,
}));

const PARTIES = ['wifi', 'isp', 'entry', 'middle', 'exit', 'resolver', 'destination'];
const FACTS = [
  'client address',
  'destination address',
  'destination name',
  'content',
  'DNS question',
  'timing, volume',
  'client linked to destination',
];

/** What one party sees, by index of fact. All of it is allowed. */
const KNOWN: { readonly [party: string]: readonly [facts: readonly number[], how: string] } = {
  wifi: [[0, 5], 'relays the frames of the laptop'],
  isp: [[0, 5], 'carries the packets of the cafe'],
  entry: [[0, 5], 'the link comes from there'],
  middle: [[5], 'cells pass through it'],
  exit: [[1, 2, 4, 5], 'dials the destination and asks the resolver'],
  resolver: [[1, 2, 4], 'answers the question'],
  destination: [[1, 2, 3, 5], 'ends the TLS connection'],
};

function coalition(members: readonly string[]): CoalitionRow {
  const facts = new Set(members.flatMap((party) => KNOWN[party]?.[0] ?? []));
  const hasClientSide = members.some((party) => ['wifi', 'isp', 'entry'].includes(party));
  const hasFarSide = members.some((party) => ['exit', 'destination'].includes(party));
  if (hasClientSide && hasFarSide) facts.add(6);
  const row = FACTS.map((_, i) => facts.has(i));
  const how = members.map((party) => `${party}: ${KNOWN[party]?.[1]}`).join('; ');
  return { coalition: members, sees: row, allowed: row, how };
}

function whoSeesWhat(): WhoSeesWhat {
  const pairs = PARTIES.flatMap((a, i) => PARTIES.slice(i + 1).map((b) => [a, b]));
  const alone = PARTIES.map((party) => [party]);
  return { parties: PARTIES, facts: FACTS, rows: [...alone, ...pairs].map(coalition) };
}

function throughput(name: string, seed: number, level: number): Series {
  const next = noise(seed);
  let value = 0;
  const points = Array.from({ length: 240 }, (_, i) => {
    const goal = i > 110 && i < 126 ? level * 0.72 : level;
    value += (goal - value) * 0.18 + (next() - 0.5) * level * 0.07;
    return [i * 50, Math.max(0, Math.round(value * 100) / 100)] as const;
  });
  return { name, unit: 'Mbit/s', points };
}

function roundTrips(): Series {
  const next = noise(5);
  const points = Array.from({ length: 120 }, (_, i) => {
    const queue = i > 54 && i < 64 ? 70 : 0;
    return [i * 100, 118 + queue + next() * 26] as const;
  });
  return {
    name: 'Round trip through the circuit',
    unit: 'ms',
    points,
    threshold: { value: 250, label: 'at most 250 ms', bad: 'above' },
  };
}

function pageLoads(): readonly number[] {
  const next = noise(11);
  return Array.from({ length: 400 }, () => 240 + next() * 160 + next() * next() * next() * 620);
}

/** A run with everything in it, in which everything held. */
export const HELD: ReportData = {
  title: 'Who sees what over three hops',
  about:
    'Two clients behind a cafe load pages over circuits of three nodes. Every party taps what it carries and ' +
    'decrypts what it has keys for, alone and with one other.',
  token: 'v1:1c5c5055d1cc:7:who-sees-what:clients=2',
  seed: '7',
  scenario: 'who-sees-what',
  params: { clients: 2, nodes: 9, hops: 3, loss: 1000, rate: 100 },
  commit: '0b0bbf7',
  command: 'npm run --silent lab -- replay v1:1c5c5055d1cc:7:who-sees-what:clients=2',
  verdict: {
    ok: true,
    text: 'No party, and no two that are not both ends, link a client to a page.',
  },
  assertions: [
    {
      name: 'delivered',
      kind: 'eventually',
      ok: true,
      detail: '400 pages, 52,428,800 octets, as sent',
    },
    { name: 'closed-once', kind: 'always', ok: true, detail: '1,204 streams, each closed once' },
    {
      name: 'sealed',
      kind: 'always',
      ok: true,
      detail: 'no 8 octets of content in 61,204 packets',
    },
    { name: 'coalitions', kind: 'always', ok: true, detail: '28 coalitions, 7 facts each' },
    { name: 'canary', kind: 'always', ok: true, detail: 'seen at its two ends and nowhere else' },
    { name: 'no-clear-dns', kind: 'always', ok: true, detail: '0 datagrams to port 53' },
    {
      name: 'bounded',
      kind: 'always',
      ok: true,
      detail: 'at most 612 KB held by one host of 754 KB',
    },
    { name: 'loss-seen', kind: 'sometimes', ok: true, detail: '66 packets lost and sent again' },
    { name: 'repeatable', kind: 'always', ok: true, detail: 'second run, same three digests' },
  ],
  metrics: {
    'goodput, all clients': { value: 35.184372, unit: 'Mbit/s' },
    'page load, p50': { value: 371.25, unit: 'ms' },
    'page load, p99': { value: 741.9, unit: 'ms' },
    'circuits built': { value: 12, unit: '' },
    'CREATE, per hop': { value: 0.4127, unit: 'ms' },
    'cells forwarded': { value: 184_320, unit: 'cells' },
    'most held by one host': { value: 612_352, unit: 'octets' },
  },
  hashes: {
    trace: '5f2d0c1b8e7a4936d1c0ffb2a9e4476310b8d9ae5c77f01243a1be90cd6e8f12',
    state: 'a90b77c3e1d24f5f8c6b3a0918273645ffeeddccbbaa99887766554433221100',
    draws: '0d1c2b3a495867768594a3b2c1d0efee1f2e3d4c5b6a79880716253443526170',
  },
  virtualSeconds: 12.004,
  wallSeconds: 0.87,
  events: 1_482_113,
  topology: topology(),
  sequence: SEQUENCE,
  series: [
    {
      ...throughput('Goodput of laptop', 3, 21),
      threshold: { value: 5, label: 'at least 5 Mbit/s once started' },
    },
    throughput('Goodput of phone', 4, 14),
    roundTrips(),
  ],
  latencies: [
    {
      name: 'Page load',
      valuesMs: pageLoads(),
      threshold: { value: 1000, label: 'at most 1 s', bad: 'above' },
    },
  ],
  whoSeesWhat: whoSeesWhat(),
};

/** The same run with questions to the resolver in clear: three cells and two assertions fail. */
export function broken(): ReportData {
  const who = whoSeesWhat();
  const question = FACTS.indexOf('DNS question');
  const rows = who.rows.map((row) => {
    const leaks = row.coalition.length === 1 && ['wifi', 'isp'].includes(row.coalition[0] ?? '');
    const pair = row.coalition.join() === 'wifi,isp';
    if (!leaks && !pair) return row;
    return {
      ...row,
      sees: row.sees.with(question, true),
      how: 'datagram to port 53 at 196.100 ms reads "shop.example"',
    };
  });
  return {
    ...HELD,
    plant: 'plain-dns',
    verdict: { ok: false, text: 'Names are asked for in clear, before the circuit.' },
    assertions: HELD.assertions.map((one) =>
      one.name === 'no-clear-dns' || one.name === 'coalitions'
        ? { ...one, ok: false, detail: 'cafe, event 88,204: port 53, "shop.example"' }
        : one,
    ),
    whoSeesWhat: { ...who, rows },
  };
}

/** A run that left nothing. */
export const EMPTY: ReportData = {
  title: 'Nothing',
  about: '',
  token: '',
  seed: '0',
  scenario: 'none',
  params: {},
  commit: '',
  command: 'npm run lab',
  verdict: { ok: true, text: 'Nothing happened.' },
  assertions: [],
  metrics: {},
  hashes: {},
  virtualSeconds: 0,
  wallSeconds: 0,
  events: 0,
  topology: { hosts: [], links: [] },
  sequence: [],
  series: [],
  latencies: [],
};
