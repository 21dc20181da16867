import { expect, test } from 'vitest';
import { FLAG } from './flags.ts';
import { ADDRESSES, type End, endOf, scene } from './nat.case.ts';
import type { Dependence } from './nat-table.ts';
import { PROTOCOL } from './packet.ts';

const { icmp, tcp, udp } = PROTOCOL;
const { syn, fin, rst, ack } = FLAG;
const KINDS: readonly Dependence[] = [
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
];
const P: End = ['p', 5000];
const address = (name: string): Uint8Array => ADDRESSES[name] as Uint8Array;

/** What the classic tests find out (RFC 3489 section 10.1, RFC 5780 section 4), by kind of each behaviour. */
const SAME_END = { a2: [true, true, false], b1: [true, false, false] };
const COMES_IN = { a1: [true, true, true], a2: [true, true, false], b1: [true, false, false] };

test.each(
  KINDS.flatMap((mapping, m) => KINDS.map((filtering, f) => ({ mapping, m, filtering, f }))),
)('mapping $mapping, filtering $filtering: probes find out', ({ mapping, m, filtering, f }) => {
  const { send } = scene({ mapping, filtering });
  const first = send(P, ['a', 1]);
  expect(first).toMatchObject({ at: 'a', to: 'a:1', protocol: udp });
  const own = endOf(first?.from ?? '');
  expect(own[0]).toBe('x');
  // Who may send in, before anything else is said to them. Test I, III and II of old.
  const comesIn = (from: End): boolean => {
    const got = send(from, own);
    if (got !== undefined) expect(got).toMatchObject({ at: 'p', to: 'p:5000' });
    return got !== undefined;
  };
  expect([comesIn(['a', 1]), comesIn(['a', 2]), comesIn(['b', 1])]).toEqual([
    COMES_IN.a1[f],
    COMES_IN.a2[f],
    COMES_IN.b1[f],
  ]);
  // Where a second and a third far end see it.
  const seenAt = (to: End): boolean => send(P, to)?.from === first?.from;
  expect([seenAt(['a', 1]), seenAt(['a', 2]), seenAt(['b', 1])]).toEqual([
    true,
    SAME_END.a2[m],
    SAME_END.b1[m],
  ]);
});

test('a UDP session lives five minutes from the last word from inside, whatever comes from outside', () => {
  const { send, wait, nat } = scene();
  const own = endOf(send(P, ['a', 1])?.from ?? '');
  wait(299);
  send(P, ['a', 1]);
  wait(299);
  expect(send(['a', 1], own)).toMatchObject({ at: 'p' });
  expect(nat.mappings).toBe(1);
  wait(1);
  expect(send(['a', 1], own)).toBeUndefined();
  expect([nat.mappings, nat.rejects.get('no-mapping')]).toEqual([0, 1]);
});

test.each(['address-dependent', 'address-and-port-dependent'] as const)(
  'each session has its own time, and the mapping that of the last (filtering %s)',
  (filtering) => {
    const { send, wait } = scene({ filtering });
    const own = endOf(send(P, ['a', 1])?.from ?? '');
    wait(200);
    send(P, ['b', 1]);
    wait(100);
    expect(send(['a', 1], own)).toBeUndefined();
    expect(send(['b', 1], own)).toMatchObject({ at: 'p' });
    expect(send(P, ['a', 1])?.from).toBe(own.join(':'));
    wait(299);
    expect(send(['a', 1], own)).toMatchObject({ at: 'p' });
  },
);

test.each([
  ['opens', [['out', syn]], 240],
  [
    'is answered',
    [
      ['out', syn],
      ['in', syn | ack],
    ],
    240,
  ],
  [
    'is open',
    [
      ['out', syn],
      ['in', syn | ack],
      ['out', ack],
    ],
    7440,
  ],
  [
    'is half closed',
    [
      ['out', syn],
      ['in', syn | ack],
      ['out', ack],
      ['in', fin | ack],
    ],
    7440,
  ],
  [
    'is closed',
    [
      ['out', syn],
      ['in', syn | ack],
      ['out', ack],
      ['in', fin | ack],
      ['out', fin | ack],
    ],
    240,
  ],
  [
    'is broken',
    [
      ['out', syn],
      ['in', syn | ack],
      ['out', ack],
      ['in', rst],
    ],
    240,
  ],
  [
    'begins anew after it was closed',
    [
      ['out', syn],
      ['in', syn | ack],
      ['out', ack],
      ['in', rst],
      ['out', syn],
      ['in', syn | ack],
      ['in', ack],
    ],
    7440,
  ],
] as const)('a connection that %s is kept as long as RFC 5382 asks', (_, segments, seconds) => {
  const isKept = (afterS: number): boolean => {
    // Whoever sends is let in as long as there is a mapping.
    const { send, wait } = scene({ filtering: 'endpoint-independent' });
    let own: End = ['x', 0];
    for (const [way, flags] of segments) {
      wait(1);
      if (way === 'out') own = endOf(send(P, ['a', 80], tcp, flags)?.from ?? '');
      else expect(send(['a', 80], own, tcp, flags)).toMatchObject({ at: 'p' });
    }
    wait(afterS);
    return send(['a', 80], own, tcp, ack) !== undefined;
  };
  expect([isKept(seconds - 1), isKept(seconds)]).toEqual([true, false]);
});

test('a connection after its time is a new one, though the mapping lived on', () => {
  const { send, wait } = scene();
  const open = (to: string): End => {
    const own = endOf(send(P, [to, 80], tcp, syn)?.from ?? '');
    send([to, 80], own, tcp, syn | ack);
    send(P, [to, 80], tcp, ack);
    return own;
  };
  const own = open('a');
  wait(7000);
  open('b');
  wait(440);
  expect(send(['a', 80], own, tcp, ack)).toBeUndefined();
  send(P, ['a', 80], tcp, syn);
  wait(240);
  expect(send(['a', 80], own, tcp, ack)).toBeUndefined();
  expect(send(['b', 80], own, tcp, ack)).toMatchObject({ at: 'p' });
});

test('a segment of a connection that is not known is dropped; a SYN begins one', () => {
  const { send, nat } = scene();
  expect(send(P, ['a', 80], tcp, ack)).toBeUndefined();
  expect(nat.rejects.get('no-mapping')).toBe(1);
  expect(send(P, ['a', 80], tcp, syn)).toMatchObject({ at: 'a' });
  expect(send(P, ['a', 80], tcp, ack)).toMatchObject({ at: 'a' });
});

test('UDP and TCP have ports of their own, and no port has two owners', () => {
  const { send } = scene({ ports: [7000, 7001] });
  const ends = [send(P, ['a', 1]), send(['q', 5000], ['a', 1])].map((got) => got?.from);
  expect([...ends].sort()).toEqual(['x:7000', 'x:7001']);
  expect(send(P, ['a', 1], tcp, syn)).toMatchObject({ at: 'a' });
});

test('when ports are used up new ends are refused and told so; live ones are not thrown out', () => {
  const { send, wait, nat } = scene({ ports: [7000, 7001] });
  const first = send(P, ['a', 80], tcp, syn)?.from;
  send(['p', 5001], ['a', 80], tcp, syn);
  expect(send(['q', 1], ['a', 80], tcp, syn)).toMatchObject({ at: 'q', protocol: icmp });
  expect(nat.rejects.get('exhausted')).toBe(1);
  expect(send(P, ['a', 80], tcp, syn)?.from).toBe(first);
  expect(send(['q', 1], ['a', 80], udp)).toMatchObject({ at: 'a' });
  wait(240);
  expect(send(['q', 1], ['a', 80], tcp, syn)).toMatchObject({ at: 'a' });
});

test('ports are kept where they are free and in range', () => {
  const { send } = scene({ preservesPorts: true });
  expect(send(P, ['a', 1])?.from).toBe('x:5000');
  const other = send(['q', 5000], ['a', 1])?.from ?? '';
  expect(other).toMatch(/^x:/);
  expect(other).not.toBe('x:5000');
  expect(endOf(send(['p', 80], ['a', 1])?.from ?? '')[1]).toBeGreaterThanOrEqual(1024);
});

test('an inside address keeps to one of several outside addresses', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const { send } = scene({ ips: [address('x'), address('y')] }, `pool ${seed}`);
    const own = [1, 2, 3].map((port) => endOf(send(['p', port], ['a', port])?.from ?? '')[0]);
    expect(new Set(own).size).toBe(1);
    seen.add(own[0] ?? '');
  }
  expect([...seen].sort()).toEqual(['x', 'y']);
});

test('two inside meet by their outside ends, and see each other there', () => {
  const { send } = scene({ filtering: 'address-dependent' });
  const [p, q] = [send(P, ['a', 1])?.from ?? '', send(['q', 6000], ['a', 1])?.from ?? ''];
  // Not before q has spoken to p's outside address: what goes back in is filtered as all else.
  expect(send(P, endOf(q))).toBeUndefined();
  expect(send(['q', 6000], endOf(p))).toEqual({ at: 'p', from: q, to: 'p:5000', protocol: udp });
  expect(send(P, endOf(q))).toEqual({ at: 'q', from: p, to: 'q:6000', protocol: udp });
});

test('those inside reach each other directly; from outside nobody reaches an inside address', () => {
  const { send, nat } = scene();
  expect(send(P, ['q', 7])).toMatchObject({ at: 'q', from: 'p:5000' });
  expect(send(['a', 1], ['p', 5000])).toMatchObject({ at: 'a', protocol: icmp });
  expect(nat.mappings).toBe(0);
});

test('notices find the inside end they are about, and prolong nothing', () => {
  const { send, wait, nat, network } = scene();
  expect(send(P, ['nobody', 9])).toMatchObject({ at: 'p', protocol: icmp });
  const own = endOf(send(P, ['b', 9])?.from ?? '');
  network.addresses.assign(address('b'), network.addNode('far away'));
  wait(299);
  expect(send(['a', 1], own)).toBeUndefined();
  expect(nat.rejects.get('filtered')).toBe(1);
  wait(1);
  expect(nat.mappings).toBe(0);
  expect(send(P, ['b', 9])).toEqual({ at: 'p', from: 'b:5000', to: 'p:9', protocol: icmp });
});

test('a box that starts again knows nobody, and uses other ends', () => {
  for (const preservesPorts of [false, true]) {
    const { send, nat } = scene({ preservesPorts, ports: [5000, 5002] });
    const before = send(P, ['a', 1])?.from ?? '';
    nat.rebind();
    expect(send(['a', 1], endOf(before))).toBeUndefined();
    expect(send(P, ['a', 1])?.from).not.toBe(before);
  }
});

test('whoever is parted from an insider does not reach it by the ends the box gave it', () => {
  const { send, network, nodes } = scene({ filtering: 'endpoint-independent' });
  const [p, q, a] = ['p', 'q', 'a'].map((name) => nodes[name] as number) as [
    number,
    number,
    number,
  ];
  const own = endOf(send(P, ['a', 1])?.from ?? '');
  const other = endOf(send(['q', 5000], ['a', 1])?.from ?? '');
  const joins = [network.partings.part([a], [p]), network.partings.part([q], [p])];
  expect([send(['a', 1], own), send(['q', 5000], own)]).toEqual([undefined, undefined]);
  expect([network.partings.kept, network.packets.used]).toEqual([2, 0]);
  // The other way, and by others, it is as it was.
  expect(send(P, ['a', 1])).toMatchObject({ at: 'a' });
  expect(send(P, other)).toMatchObject({ at: 'q' });
  expect(send(['b', 1], own)).toMatchObject({ at: 'p' });
  for (const join of joins) join();
  expect(send(['a', 1], own)).toMatchObject({ at: 'p' });
  expect(send(['q', 5000], own)).toMatchObject({ at: 'p' });
});

test('another outside address: the old one leads nowhere', () => {
  const { send, nat } = scene();
  const before = endOf(send(P, ['a', 1])?.from ?? '');
  nat.setOutside([address('z')]);
  expect(send(['a', 1], before)).toMatchObject({ at: 'a', protocol: icmp });
  const now = send(P, ['a', 1])?.from ?? '';
  expect(now).toMatch(/^z:/);
  expect(send(['a', 1], endOf(now))).toMatchObject({ at: 'p' });
});

test('taps see inside addresses inside and outside addresses outside; the state tells mappings apart', () => {
  const run = (rebinds: boolean) => {
    const { network, nat, nodes, send, world } = scene();
    const seen: string[] = [];
    for (const name of ['p', 'a'])
      network.tapNode(nodes[name] as number, ({ pipe, fromText, toText }) =>
        seen.push(`${pipe?.name}: ${fromText} ${toText}`),
      );
    const own = endOf(send(P, ['a', 1])?.from ?? '');
    send(['a', 1], own);
    if (rebinds) nat.rebind();
    return { seen, hashes: world.hashes(), used: network.packets.used };
  };
  const [plain, rebound] = [run(false), run(true)];
  expect(plain.seen).toEqual([
    'pipe p>lan: 10.0.0.1 192.0.2.1',
    'pipe internet>a: 198.51.100.1 192.0.2.1',
    'pipe a>internet: 192.0.2.1 198.51.100.1',
    'pipe lan>p: 192.0.2.1 10.0.0.1',
  ]);
  expect(plain.used).toBe(0);
  expect(run(false).hashes).toEqual(plain.hashes);
  expect(rebound.hashes.state).not.toBe(plain.hashes.state);
});
