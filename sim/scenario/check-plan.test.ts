import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { BUCKET_RANGES, BURST_RANGES, EXCESSES, PIPE_RANGES, QUEUE_KINDS } from '../network/mod.ts';
import { Overlay, type OverlayPlan } from '../overlay/mod.ts';
import { World } from '../world.ts';
import { planFault, resolveSettings, runRecipe, type Scenario } from './mod.ts';
import type { FlowPlan, LinkPlan } from './scenario.ts';

const DOING = Object.freeze({ startMs: 1, count: 1, gapMs: 5 });
const FLOWS: FlowPlan = {
  hosts: [
    { name: 'node', ip: '192.0.2.1', role: 'answers' },
    { name: 'router', role: 'routes' },
    { name: 'anna', ip: '198.51.100.1', role: 'dials' },
  ],
  links: [
    {
      between: ['anna', 'router'],
      delayUs: 100,
      mbps: 50,
      bucket: { kbps: 9_000, burst: 9_000, excess: 'waits' },
      bursts: { beginPpm: 1, endPpm: 1, lossPpm: 0 },
    },
    { between: ['router', 'node'], delayUs: 100, mbps: 0, back: { delayUs: 1, mbps: 1 } },
  ],
  flows: [
    { id: 1, from: 'anna', to: 'node', startMs: 1, upLen: 10, downLen: 9, ending: 'each-alone' },
  ],
  traffic: [
    {
      ...DOING,
      kind: 'bulk',
      user: 'anna',
      hosts: ['node'],
      file: { least: 9, span: 2 },
      upPpm: 5,
    },
  ],
  limitMs: 150,
};
const AT = Object.freeze({ delayUs: 5_000, mbps: 100, back: { delayUs: 5_000, mbps: 90 } });
const OVERLAY: OverlayPlan = {
  nodes: ['10.1.0.1', '10.2.0.1'].map((ip, i) => ({
    ...AT,
    name: `node-${i}`,
    ip,
    owner: `owner ${i}`,
    asNumber: 64_500 + i,
    country: 'DE',
    isExit: i > 0,
    weight: 1,
  })),
  clients: [{ ...AT, name: 'anna', ip: '10.9.0.1', hops: 3 }],
  websites: [{ ...AT, name: 'shop', ip: '203.0.113.1', hosts: ['shop.spn.test'] }],
  resolver: { ...AT, name: 'resolver', ip: '192.0.2.53' },
  visits: [
    {
      client: 'anna',
      page: 1,
      startMs: 0,
      host: 'shop.spn.test',
      port: 443,
      isolation: '',
      upLen: 1,
      downLen: 1,
    },
  ],
  traffic: [
    {
      ...DOING,
      kind: 'web',
      user: 'anna',
      hosts: ['shop.spn.test'],
      object: { least: 9, span: 2 },
    },
    { ...DOING, kind: 'call', user: 'anna', hosts: ['shop.spn.test'], forMs: 5 },
    { ...DOING, kind: 'dns', user: 'anna', hosts: ['shop.spn.test'] },
  ],
  faults: [{ kind: 'crash', host: '@middle', atMs: 1 }],
  limitMs: 2,
};
const WAY = Object.freeze({ delayUs: 5, jitterUs: 0 });
/** The same on two sites. */
const APART: OverlayPlan = {
  ...OVERLAY,
  nodes: OVERLAY.nodes.map((node) => ({ ...node, site: 'Oslo' })),
  clients: OVERLAY.clients.map((client) => ({ ...client, site: 'Lagos' })),
  websites: OVERLAY.websites.map((site) => ({ ...site, site: 'Oslo' })),
  resolver: { ...OVERLAY.resolver, site: 'Oslo' },
  backbone: [
    { ...WAY, from: 'Oslo', to: 'Lagos' },
    { ...WAY, from: 'Lagos', to: 'Oslo' },
  ],
};

/** The plan with another value at a path: `links[0].back.mbps`. */
function changed<T extends object>(plan: T, path: string, value: unknown): T {
  const copy = JSON.parse(JSON.stringify(plan)) as T;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  const last = keys.pop() as string;
  let at: { [key: string]: unknown } = copy as never;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as never;
  }
  at[last] = value;
  return copy;
}

describe('a plan that cannot be built is refused with the path and what is allowed', () => {
  test.each<readonly [string, unknown, string]>([
    ['links[1].back.lossPpm', -1, 'is a whole number from 0 to 1000000, not -1'],
    ['links[0].lossPpm', 1_000_001, 'is a whole number from 0 to 1000000, not 1000001'],
    ['links[0].mbps', -5, 'is a whole number from 0 to 1000000, not -5'],
    ['links[0].delayUs', 0.5, 'is a whole number from 0 to 60000000, not 0.5'],
    ['links[0].delayUs', undefined, 'is a whole number from 0 to 60000000, not undefined'],
    ['links[0].queue', 'red', 'is one of drop-tail, codel, fq-codel, not "red"'],
    ['links[0].mtu', 1501, 'is a whole number from 576 to 1500, not 1501'],
    ['links[0].bucket.kbps', 0, 'is a whole number from 1 to 1000000000, not 0'],
    ['hosts[0].receiveKiB', 3, 'is a whole number from 4 to 1048576, not 3'],
    ['hosts[2].congestion', 'bbr', 'is one of reno, cubic, not "bbr"'],
    ['links[0].keepsOrder', 1, 'is true or false, not 1'],
    ['links[0].bursts.endPpm', 2e6, 'is a whole number from 0 to 1000000, not 2000000'],
    [
      'links[0].between[1]',
      'rooter',
      'is the name of a host, not "rooter"; did you mean "router"?',
    ],
    ['links[0].between[1]', 'anna', 'is another host than the first, not "anna"'],
    ['hosts[2].ip', '192.0.2.1', 'is the same as hosts[0].ip'],
    ['hosts[2].ip', '127.0.0.1', 'is an IPv4 or IPv6 address of one host, not "127.0.0.1"'],
    ['hosts[2].ip', '224.0.0.1', 'is an IPv4 or IPv6 address of one host, not "224.0.0.1"'],
    ['hosts[0].ip', undefined, 'is an IPv4 or IPv6 address of one host, not undefined'],
    ['hosts[2].name', 'node', 'is the same as hosts[0].name'],
    ['hosts[2].role', 'waits', 'is one of answers, dials, routes, not "waits"'],
    ['flows[0].to', 'anna', 'is the name of a host that answers, not "anna"; there is node'],
    ['flows[0].upLen', Number.NaN, 'is a whole number from 0 to 4000000000, not NaN'],
    ['limitMs', 0, 'is a whole number from 1 to 1000000000, not 0'],
    ['traffic[0].user', 'node', 'is the name of a host that dials, not "node"; there is anna'],
    ['traffic[0].hosts[0]', 'anna', 'is the name of a host that answers, not "anna"'],
    ['traffic[0].kind', 'call', 'is one of web, bulk, not "call"'],
    ['traffic[0].upPpm', 1_000_001, 'is a whole number from 0 to 1000000, not 1000001'],
    ['traffic[0].file', { least: 1_000_000, span: 100 }, 'is of at most 4000000000 octets'],
  ])('%s = %s', (path, value, said) => {
    expect(planFault(FLOWS)).toBe(undefined);
    const fault = planFault(changed(FLOWS, path, value));
    expect(fault?.startsWith(`${path} ${said}`), fault).toBe(true);
  });

  test.each<readonly [string, unknown, string]>([
    ['nodes[1].back.mbps', -1, ' is a whole number'],
    ['nodes[1].ip', '10.9.0.101', ' (its browser'],
    ['nodes[1].ip', '10.1.0.1', ' is the same as nodes[0].ip'],
    ['nodes[0].receiveKiB', 0.5, ' is a whole number from 4 to 1048576, not 0.5'],
    ['clients[0].congestion', 'bbr', ' is one of reno, cubic, not "bbr"'],
    ['nodes[0].weight', 0, ' is a whole number from 1 to 2147483648, not 0'],
    ['nodes[0].country', 'de', ' is two letters A to Z, not "de"'],
    ['nodes[0].name', 'internet', ' is the same as the name of a part of every network'],
    ['websites[0].ip', '2001:db8::1', ' is an IPv4 address'],
    ['websites[0].hosts[0]', 'a b', ' is a host name, not "a b"'],
    ['visits[0].client', 'ben', ' is the name of a client, not "ben"'],
    ['visits[0].port', 0, ' is a whole number from 1 to 65535, not 0'],
    ['faults[0].host', 'nobody', ' is the name of a host'],
    ['clients[0].nat.ip', '1.2.3', ' is an IPv4 or IPv6 address of one host'],
    ['clients[0].site', 'Oslo', ' is absent, not "Oslo"'],
    ['clients[0].hops', 6, ' is a whole number from 1 to 5, not 6'],
    ['traffic[0].user', 'nobody', ' is the name of a client, not "nobody"'],
    ['traffic[0].kind', 'voip', ' is one of web, bulk, dns, call, game, not "voip"'],
    ['traffic[0].kind', 'dns', ' is the same as'],
    ['traffic[0].hosts', [], ' is at least one host, not ""'],
    ['traffic[0].hosts[0]', 'nowhere.test', ' is the name of a host of a website, not "nowhere'],
    ['traffic[0].startMs', -100, ' is a whole number from 0 to 1000000000, not -100'],
    ['traffic[0].count', -1, ' is a whole number from 0 to 99999, not -1'],
    ['traffic[0].gapMs', -5, ' is a whole number from 0 to 1000000000, not -5'],
    ['traffic[0].object', undefined, '.least is a whole number from 1 to 1000000, not undefined'],
    ['traffic[0].object.span', 0, ' is a whole number from 2 to 100, not 0'],
    ['traffic[0].object', { least: 1_000_000, span: 50 }, ' is of at most 4000000000 octets'],
    ['traffic[1].forMs', Number.NaN, ' is a whole number from 0 to 3600000, not NaN'],
  ])('%s = %s', (path, value, said) => {
    expect(planFault(OVERLAY)).toBe(undefined);
    const fault = planFault(changed(OVERLAY, path, value)) ?? '';
    const where = said.startsWith(' (its')
      ? 'clients[0].ip'
      : said === ' is the same as'
        ? 'traffic[2].kind'
        : path;
    expect(fault.startsWith(`${where}${said}`), fault).toBe(true);
  });

  const NAT = { mapping: 'endpoint-independent', filtering: 'endpoint-independent' } as const;
  test.each([
    ["a client's", '10.9.0.1'],
    ["its browser's", '10.9.0.101'],
    ["its desk's", '10.9.0.102'],
    ["its translator's", '203.0.113.77'],
    ["the resolver's", '192.0.2.53'],
  ])('nobody moves to an address that is %s', (_, ip) => {
    const [client] = OVERLAY.clients;
    const fault = { kind: 'address', host: 'shop', ip, atMs: 1 } as const;
    const clients = [{ ...client, nat: { ...NAT, ip: '203.0.113.77' } }];
    const plan = { ...OVERLAY, clients, faults: [fault] } as OverlayPlan;
    const said = `faults[0].ip is an address that no host has, not "${ip}"`;
    expect(planFault(plan)).toBe(said);
  });

  test.each<readonly [string, unknown, string]>([
    ['backbone[1].delayUs', -5, ' is a whole number from 0 to 60000000, not -5'],
    ['backbone[0].jitterUs', undefined, ' is a whole number from 0 to 4000000, not undefined'],
    ['backbone[0].from', '', ' is 1 to 64 letters'],
    ['backbone[0].to', 'Oslo', ' is another site than the first, not "Oslo"'],
    ['backbone[1]', { ...WAY, from: 'Oslo', to: 'Lagos' }, ' is the same as backbone[0]'],
    [
      'backbone[2]',
      { ...WAY, from: 'Lima', to: 'Quito' },
      '.from is reached from "Oslo", not "Lima"',
    ],
    ['clients[0].site', 'Lago', ' is the name of a site of the backbone, not "Lago"; did you mean'],
  ])('%s = %j', (path, value, said) => {
    expect(planFault(APART)).toBe(undefined);
    const fault = planFault(changed(APART, path, value)) ?? '';
    expect(fault.startsWith(`${path}${said}`), fault).toBe(true);
  });
});

const near = ([least, most]: readonly [number, number]) =>
  fc.oneof(
    { weight: 150, arbitrary: fc.integer({ min: least, max: most }) },
    fc.constantFrom(
      least,
      most,
      least - 1,
      most + 1,
      -1,
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ),
  );
const ranged = (
  ranges: { readonly [field: string]: readonly [number, number] },
  requiredKeys: string[] = [],
) =>
  fc.record(
    Object.fromEntries(Object.entries(ranges).map(([field, range]) => [field, near(range)])),
    { requiredKeys },
  );
const pipe = fc
  .tuple(
    ranged(PIPE_RANGES),
    fc.record(
      {
        bursts: ranged(BURST_RANGES, Object.keys(BURST_RANGES)),
        bucket: fc
          .tuple(
            ranged(BUCKET_RANGES, Object.keys(BUCKET_RANGES)),
            fc.constantFrom(...EXCESSES, ...EXCESSES, 'kept'),
          )
          .map(([numbers, excess]) => ({ ...numbers, excess })),
        keepsOrder: fc.boolean(),
        queue: fc.constantFrom(...QUEUE_KINDS, ...QUEUE_KINDS, ...QUEUE_KINDS, 'red'),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([numbers, rest]) => ({ delayUs: 1, mbps: 1, ...numbers, ...rest }));
const wire = fc
  .tuple(pipe, fc.option(pipe, { nil: undefined }))
  .map(([there, back]) => ({ ...there, ...(back && { back }) }) as unknown as LinkPlan);
const usual = fc.constantFrom('node', 'router', 'anna');
const odd = fc.constantFrom('anna-browser', '', 'a>b', 'internet', 'node-0');
const name = fc.oneof({ weight: 20, arbitrary: usual }, odd);
const ip = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('198.51.100.1', '2001:db8::2') },
  fc.constantFrom('192.0.2.1', '::1', '0.0.0.156', '1.2.3', '::ffff:1.2.3.4'),
);
const between = fc.oneof(
  { weight: 5, arbitrary: fc.constant(['router', 'node'] as const) },
  fc.tuple(name, name),
);
const PATH = /^[a-z]+(\[\d+\])?(\.[a-zA-Z]+(\[\d+\])?)*( \(its \w+'s\))? is /;

test('whatever passes can be built, whatever does not is told which field', () => {
  const plan = fc.record({
    links: fc.array(
      fc.tuple(wire, between).map(([one, between]) => ({ ...one, between })),
      { minLength: 1, maxLength: 2 },
    ),
    other: fc.record({
      name: fc.oneof({ weight: 5, arbitrary: fc.constant('anna') }, name),
      ip,
    }),
  });
  let built = 0;
  fc.assert(
    fc.property(plan, ({ links, other }) => {
      const anna = { ...other, role: 'dials' as const };
      const made: FlowPlan = {
        ...FLOWS,
        hosts: [...FLOWS.hosts.slice(0, 2), anna],
        links: links as LinkPlan[],
        flows: FLOWS.flows.map((flow) => ({ ...flow, from: anna.name })),
        limitMs: 20,
      };
      const fault = planFault(made);
      if (fault !== undefined) {
        expect(fault).toMatch(PATH);
        return;
      }
      built += 1;
      const scenario = { name: 'any', about: '', params: {}, plan: () => made, mustHold: [] };
      runRecipe({ scenario, seed: '1', params: {}, plant: undefined });
    }),
    { numRuns: 150 },
  );
  expect(built).toBeGreaterThan(5);
});

test('whatever passes of a multi-hop network can be built', () => {
  let built = 0;
  fc.assert(
    fc.property(wire, wire, fc.record({ name, ip }), (one, other, called) => {
      const plan: OverlayPlan = {
        ...OVERLAY,
        nodes: OVERLAY.nodes.map((node) => ({ ...node, ...one })),
        clients: OVERLAY.clients.map((client) => ({ ...client, ...other })),
        resolver: { ...OVERLAY.resolver, ...called },
      };
      const fault = planFault(plan);
      if (fault !== undefined) {
        expect(fault).toMatch(PATH);
        return;
      }
      built += 1;
      const suite = createSeededSuite();
      const hooks = { suiteOf: () => suite, rootOf: (_host: string, root: never) => root };
      new Overlay(new World('1'), plan, hooks as never);
    }),
    { numRuns: 150 },
  );
  expect(built).toBeGreaterThan(5);
});

test('a scenario whose plan cannot be built is refused by its settings, and never run', () => {
  const scenario: Scenario = {
    name: 'negative',
    about: '',
    params: { rate: { default: 1, min: -9, max: 9, unit: 'Mbit/s', about: '' } },
    plan: ({ rate }) => changed(FLOWS, 'links[0].mbps', rate),
    mustHold: [],
  };
  const fault = 'negative: links[0].mbps is a whole number from 0 to 1000000, not -3';
  expect(resolveSettings(scenario, ['rate=-3'])).toEqual({ fault });
  const recipe = { scenario, seed: '1', params: { rate: -3 }, plant: undefined };
  expect(() => runRecipe(recipe)).toThrow('links[0].mbps');
});
