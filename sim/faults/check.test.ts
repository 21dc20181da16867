import { expect, test } from 'vitest';
import { FieldCheck } from '../scenario/field-check.ts';
import { checkFaults, type Fault, type FaultScope, type Phases } from './mod.ts';

const SCOPE: FaultScope = {
  hosts: ['anna', 'node', '@middle'],
  desks: ['anna'],
  links: ['net:node'],
  nats: [],
  servers: ['node'],
  hasResolver: true,
  ips: ['10.0.0.1', '2001:db8::1'],
  phases: { chaosMs: 1_000, healMs: 5_000, quietMs: 6_000 },
  limitMs: 9_000,
};

function faultOf(faults: readonly unknown[], scope: Partial<FaultScope> = {}): string | undefined {
  const check = new FieldCheck();
  checkFaults(check, faults as readonly Fault[], { ...SCOPE, ...scope });
  return check.fault;
}

const CUT = { kind: 'cut', link: 'net:node', direction: 'both', atMs: 1_000 };
const CRASH = { kind: 'crash', host: 'node', atMs: 1_000 };

test('what can be is not refused', () => {
  const faults = [
    CUT,
    { ...CUT, kind: 'clog', forMs: 4_000 },
    { ...CRASH, exit: 'power cut', unsynced: 'torn' },
    { kind: 'restart', host: 'node', atMs: 2_000 },
    { ...CRASH, atMs: 3_000 },
    { ...CRASH, kind: 'address', ip: '198.18.0.1', forMs: 500 },
    { ...CRASH, kind: 'address', host: 'anna', ip: '198.18.0.1', atMs: 1_500 },
    { kind: 'skew', host: 'anna', ms: -5, atMs: 1_000 },
    { kind: 'step', host: 'anna', ms: 5, atMs: 1_000 },
    { kind: 'dns', how: 'lies', ip: '10.0.0.9', ttlS: 0, atMs: 4_999 },
  ];
  expect(faultOf(faults)).toBeUndefined();
  expect(faultOf([{ ...CUT, atMs: 0 }], { phases: undefined })).toBeUndefined();
});

test.each([
  [[1_000, 1_000, 6_000], 'phases.healMs is a whole number from 1001 to 8998, not 1000'],
  [[5_000, 1_000, 6_000], 'phases.healMs is a whole number from 5001 to 8998, not 1000'],
  [[1_000, 5_000, 4_000], 'phases.quietMs is a whole number from 5001 to 8999, not 4000'],
  [[1_000, 5_000, 9_000], 'phases.quietMs is a whole number from 5001 to 8999, not 9000'],
  [[-1, 5_000, 6_000], 'phases.chaosMs is a whole number from 0 to 8997, not -1'],
])('phases that begin at %j ms are refused', ([chaosMs, healMs, quietMs], fault) => {
  expect(faultOf([], { phases: { chaosMs, healMs, quietMs } as Phases })).toBe(fault);
});

test.each([
  [{ ...CUT, atMs: 999 }, 'atMs is a whole number from 1000 to 4999, not 999'],
  [{ ...CUT, atMs: 5_000 }, 'atMs is a whole number from 1000 to 4999, not 5000'],
  [{ ...CUT, atMs: 1_000.5 }, 'atMs is a whole number from 1000 to 4999, not 1000.5'],
  [{ ...CUT, forMs: 4_001 }, 'forMs is a whole number from 1 to 4000, not 4001'],
  [
    { ...CUT, link: 'net:nod' },
    'link is the name of a link, not "net:nod"; did you mean "net:node"?',
  ],
  [{ ...CUT, direction: 'up' }, 'direction is one of both, there, back, not "up"'],
  [{ ...CUT, kind: 'cutt' }, /^kind is one of partition, cut, .*, not "cutt"$/],
  [{ ...CUT, kind: 'clog', crawlBps: 0 }, 'crawlBps is a whole number from 1 to 1000000000, not 0'],
  [
    { ...CUT, kind: 'link-trouble', lossPpm: 1_000_001 },
    'lossPpm is a whole number from 0 to 1000000, not 1000001',
  ],
  [
    { ...CUT, kind: 'link-trouble', bursts: { beginPpm: -1, endPpm: 0, lossPpm: 0 } },
    'bursts.beginPpm is a whole number from 0 to 1000000, not -1',
  ],
  [
    { ...CUT, kind: 'link-trouble', bursts: {} },
    'bursts.beginPpm is a whole number from 0 to 1000000, not undefined',
  ],
  [
    { ...CUT, kind: 'link-trouble', bursts: { beginPpm: 5, lossPpm: 5 } },
    'bursts.endPpm is a whole number from 0 to 1000000, not undefined',
  ],
  [
    { ...CUT, kind: 'link-trouble', jitterUs: 4_000_001 },
    'jitterUs is a whole number from 0 to 4000000, not 4000001',
  ],
  [{ ...CRASH, host: 'nobody' }, /^host is the name of a host, not "nobody"/],
  [{ ...CRASH, host: 'anna', exit: 'power cut' }, 'exit is one of killed, not "power cut"'],
  [{ ...CRASH, kind: 'restart' }, 'host is a host that crashed and is still down, not "node"'],
  [
    { ...CRASH, kind: 'drift', ppm: 100_001 },
    'ppm is a whole number from -100000 to 100000, not 100001',
  ],
  [
    { ...CRASH, kind: 'address', ip: '10.0.0.1' },
    'ip is an address that no host has, not "10.0.0.1"',
  ],
  // The same address, written otherwise.
  [
    { ...CRASH, kind: 'address', ip: '2001:DB8:0::1' },
    'ip is an address that no host has, not "2001:DB8:0::1"',
  ],
  [
    { ...CRASH, kind: 'address', ip: '::ffff:10.0.0.1' },
    'ip is an address that no host has, not "::ffff:10.0.0.1"',
  ],
  [
    { ...CRASH, kind: 'certificate', host: 'anna', wrong: 'expired' },
    /^host is the name of a host that shows a certificate/,
  ],
  [
    { kind: 'rebinding', nat: 'box', atMs: 1_000 },
    'nat is the name of a translator, not "box"; there is none',
  ],
  [
    { kind: 'dns', how: 'lies', ip: '::1', ttlS: 1, atMs: 1_000 },
    'ip is an IPv4 address, not "::1"',
  ],
  [
    { kind: 'partition', from: ['node'], to: [], isOneWay: true, atMs: 1_000 },
    'to is at least one host, not ""',
  ],
  [
    { kind: 'partition', from: ['node'], to: ['node'], isOneWay: true, atMs: 1_000 },
    'to is without hosts of from, not "node"',
  ],
  [
    { kind: 'partition', from: ['@middle'], to: ['node'], isOneWay: true, atMs: 1_000 },
    /^from\[0\] is the name of a host/,
  ],
])('%j is refused', (fault, line) => {
  const said = faultOf([CUT, fault].slice(fault.kind === 'cut' ? 1 : 0)) ?? '';
  expect(said).toMatch(/^faults\[[01]\]\./);
  const rest = said.replace(/^faults\[[01]\]\./, '');
  if (typeof line === 'string') expect(rest).toBe(line);
  else expect(rest).toMatch(line);
});

test.each(['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', '10.0.0'])(
  'nobody moves to %s',
  (ip) => {
    const said = `faults[0].ip is an IPv4 or IPv6 address of one host, not "${ip}"`;
    expect(faultOf([{ ...CRASH, kind: 'address', ip }])).toBe(said);
  },
);

test.each([
  [
    [CUT, { ...CUT, direction: 'back', atMs: 2_000 }],
    'faults[1].atMs is at a time when faults[0] is over, not 2000',
  ],
  [[CUT, { ...CUT, atMs: 1_000 }], 'faults[1].atMs is at a time when faults[0] is over, not 1000'],
  [
    [CRASH, { kind: 'sleep', host: 'node', atMs: 1_500 }],
    'faults[1].atMs is at a time when faults[0] is over, not 1500',
  ],
  [
    [CRASH, { ...CRASH, host: '@middle', atMs: 2_000 }],
    'faults[1].atMs is at a time when faults[0] is over, not 2000',
  ],
  [
    [
      { ...CRASH, kind: 'address', ip: '2001:db8::2' },
      { ...CRASH, kind: 'address', host: 'anna', ip: '2001:DB8::2', atMs: 2_000 },
    ],
    'faults[1].atMs is at a time when faults[0] is over, not 2000',
  ],
  [
    [
      { ...CRASH, forMs: 500 },
      { kind: 'restart', host: 'node', atMs: 2_000 },
    ],
    'faults[1].host is a host that crashed and is still down, not "node"',
  ],
])('faults that would undo each other are refused: %j', (faults, line) => {
  expect(faultOf(faults)).toBe(line);
});
