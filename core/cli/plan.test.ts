import { resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClientOptions, type NodeOptions, planClient, planNode } from './plan.ts';

const KEY = '0f'.repeat(32);
const NODE: NodeOptions = {
  dir: 'd',
  listen: '192.0.2.7:9001',
  snapshot: 's',
  trust: 't.json',
};
const EXIT = {
  exit: true,
  resolver: 'tls://192.0.2.53:853#dns.example',
  resolverCa: 'ca.pem',
} as const;
const CLIENT: ClientOptions = {
  listen: '127.0.0.1:0',
  snapshot: 's',
  hops: '3',
  trust: 't.json',
};

function without<T extends object>(options: T, key: keyof T): T {
  const rest = { ...options };
  delete rest[key];
  return rest;
}

test('a relay and an exit, from what was typed', () => {
  expect(planNode(NODE)).toEqual({
    dir: resolve('d'),
    listen: { ip: Uint8Array.of(192, 0, 2, 7), port: 9001 },
    snapshotFile: resolve('s'),
    trust: { file: resolve('t.json') },
    stopsAtEof: false,
  });
  expect(planNode({ ...NODE, ...EXIT, stopAtEof: true })).toMatchObject({
    resolver: {
      at: { ip: Uint8Array.of(192, 0, 2, 53), port: 853 },
      name: 'dns.example',
      anchorsFile: resolve('ca.pem'),
    },
    stopsAtEof: true,
  });
});

test('keys instead of a file: more than half of them must sign', () => {
  for (const [count, threshold] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
  ] as const) {
    const steward = Array.from({ length: count }, (_, i) => `${i}f`.repeat(32));
    expect(planNode({ ...without(NODE, 'trust'), steward })).toMatchObject({
      trust: { trust: { threshold } },
    });
  }
});

test.each<[Partial<NodeOptions>, RegExp]>([
  [{ listen: '9001' }, /^--listen takes IP:PORT/],
  [{ listen: 'localhost:9001' }, /^--listen takes IP:PORT/],
  [{ listen: '192.0.2.7:65536' }, /^--listen takes IP:PORT/],
  [{ steward: [KEY] }, /^either --trust FILE or --steward KEY/],
  [without(EXIT, 'exit'), /^--resolver and --resolver-ca are for exits/],
  [{ exit: true }, /^--exit needs --resolver/],
  [without(EXIT, 'resolverCa'), /^--exit needs --resolver/],
  [{ ...EXIT, resolver: 'https://192.0.2.53#dns.example' }, /^--resolver takes tls:/],
  [{ ...EXIT, resolver: 'tls://192.0.2.53:853' }, /^--resolver takes tls:/],
  [{ ...EXIT, resolver: 'tls://192.0.2.53:0#dns.example' }, /^--resolver takes tls:/],
  [{ ...EXIT, resolver: 'tls://192.0.2.53:853#192.0.2.53' }, /^--resolver takes tls:/],
  [{ ...EXIT, resolver: 'tls://192.0.2.53:853#b\u00e4r' }, /^--resolver takes tls:/],
])('%j is no plan of a node', (change, fault) => {
  expect(planNode({ ...NODE, ...change })).toEqual({ fault: expect.stringMatching(fault) });
});

test.each<[readonly string[], string]>([
  [['0f'], 'key 1 is not 64 hex digits'],
  [[KEY, `${KEY.slice(2)}0g`], 'key 2 is not 64 hex digits'],
  [[KEY, KEY.toUpperCase()], 'key 2 is there twice'],
  [[], '1 to 32 keys are expected, not 0'],
  [Array.from({ length: 33 }, () => KEY), '1 to 32 keys are expected, not 33'],
])('stewards %j are refused', (steward, fault) => {
  const options = { ...without(NODE, 'trust'), steward };
  expect(planNode(options)).toEqual({ fault: `--steward: ${fault}` });
});

test('a client, and what it refuses', () => {
  expect(planClient(CLIENT)).toEqual({
    listen: { ip: Uint8Array.of(127, 0, 0, 1), port: 0 },
    snapshotFile: resolve('s'),
    trust: { file: resolve('t.json') },
    hops: 3,
    stopsAtEof: false,
  });
  expect(planClient({ ...CLIENT, listen: '[::1]:1080' })).toMatchObject({ hops: 3 });
  for (const listen of ['0.0.0.0:1080', '192.0.2.7:1080', '[::]:1080', '[2001:db8::1]:1'])
    expect(planClient({ ...CLIENT, listen })).toEqual({
      fault: expect.stringMatching(/an address of this machine alone/),
    });
  for (const hops of ['0', '6', '3.0', '', '03', '-1', 'three'])
    expect(planClient({ ...CLIENT, hops })).toEqual({
      fault: expect.stringMatching(/^--hops takes a whole number from 1 to 5/),
    });
  expect(planClient({ ...CLIENT, listen: '' })).toHaveProperty('fault');
  expect(planClient(without(CLIENT, 'trust'))).toHaveProperty('fault');
});

test('any text is a plan or one line', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string());
  fc.assert(
    fc.property(text, text, text, (listen, resolver, steward) => {
      const node = planNode({
        ...without(NODE, 'trust'),
        ...EXIT,
        listen,
        resolver: `tls://${resolver}`,
        steward: [steward],
      });
      const client = planClient({ ...CLIENT, listen, hops: steward });
      for (const plan of [node, client]) if ('fault' in plan) expect(plan.fault).not.toBe('');
    }),
  );
});
