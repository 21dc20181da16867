import crypto from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { DATAGRAM_MAX, IO_CHUNK } from '#core/base/limits.ts';
import type { Driver, Endpoint, HostEvent, Root } from '#core/host/mod.ts';
import { ProbeRoot } from '#core/host/probe-root.case.ts';
import { AddressPrinter, AddressReader, octetsOf } from './address.ts';
import { causeOf, unboundCauseOf } from './causes.ts';
import { type Clock, WallWatch } from './clock.ts';
import { NodeHost } from './host.ts';
import { systemRandom } from './random.ts';
import { ReadBuffer, withReusedReads } from './reused-reads.ts';
import { SendBuffers } from './send-buffers.ts';
import { storedValue, valuePath } from './store-files.ts';
import { servernameOf, verdictOf } from './tls-verdict.ts';
import { UdpSocket } from './udp.ts';

test.each([
  ['192.0.2.1', [192, 0, 2, 1]],
  ['::ffff:192.0.2.1', [192, 0, 2, 1]],
  ['fe80::1%eth0', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
])('%s is read as its octets', (text, octets) => {
  expect(octetsOf(text)).toEqual(new Uint8Array(octets));
  const reader = new AddressReader();
  expect(reader.octets(text)).toBe(reader.octets(text));
});

test('IPv4 is written as the socket wants it, however many were written before', () => {
  const plain = new AddressPrinter(false);
  for (let i = 0; i < 5_000; i++) {
    const ip = new Uint8Array([10, 0, i >> 8, i & 0xff]);
    expect(plain.text(ip)).toBe(`10.0.${i >> 8}.${i & 0xff}`);
  }
  expect(new AddressPrinter(true).text(new Uint8Array([10, 0, 0, 1]))).toBe('::ffff:10.0.0.1');
});

test.each([
  ['ECONNREFUSED', 'refused', 'denied'],
  ['EHOSTUNREACH', 'unreachable', 'denied'],
  ['EADDRNOTAVAIL', 'unreachable', 'denied'],
  ['ETIMEDOUT', 'timed-out', 'denied'],
  ['EPIPE', 'reset', 'denied'],
  ['EMFILE', 'limit', 'limit'],
  ['EACCES', 'policy', 'denied'],
  ['EADDRINUSE', 'reset', 'in-use'],
])('%s is %s of a stream and %s of a listener', (code, cause, unbound) => {
  const error = Object.assign(new Error('test'), { code });
  expect([causeOf(error), unboundCauseOf(error)]).toEqual([cause, unbound]);
});

test('what OpenSSL refuses has a verdict', () => {
  expect(
    ['CERT_NOT_YET_VALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_SIGNATURE_FAILURE'].map(verdictOf),
  ).toEqual(['expired', 'unknown-issuer', 'other']);
  expect([servernameOf('node.test'), servernameOf('192.0.2.1')]).toEqual(['node.test', '']);
});

test('sleep, steps and neither are told apart, also by a coarse boot clock', () => {
  const now = { us: 0, wall: 1_000_000, boot: 50 };
  const clock: Clock = {
    monotonicUs: () => now.us,
    wallMs: () => now.wall,
    bootS: () => now.boot,
  };
  const watch = new WallWatch(clock);
  const pass = (monotonicMs: number, wallMs: number, bootS: number): unknown => {
    now.us += monotonicMs * 1_000;
    now.wall += wallMs;
    now.boot += bootS;
    return watch.check();
  };
  expect(pass(900, 900, 1)).toBeUndefined();
  expect(pass(100, 200, 0)).toBeUndefined();
  expect(pass(1_000, 1_001, 1)).toEqual({ wallMs: 1_002_101, slept: false });
  expect(pass(10, 60_010, 60)).toEqual({ wallMs: 1_062_111, slept: true });
  expect(pass(0, -5_000, 0)).toEqual({ wallMs: 1_057_111, slept: false });
  expect(pass(1_000, 1_000, 1.05)).toBeUndefined();
});

test('the time of a host never goes back, whatever its clock does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-parts-'));
  let us = 5_000;
  const clock: Clock = { monotonicUs: () => us, wallMs: () => 1_000, bootS: () => 5 };
  const root = { pollCommand: () => undefined, pollWake: () => -1, handle: () => undefined };
  const make = (): Root => ({ ...root, deadlineUs: Number.POSITIVE_INFINITY }) as unknown as Root;
  const host = new NodeHost(make, { storeFolder: join(folder, 'store'), clock });
  const seen = [5_000.5, 9_000.9, 7_000, 9_000, 9_002].map((now) => {
    us = now;
    return host.nowUs();
  });
  expect(seen).toEqual([0, 4_000, 4_000, 4_000, 4_002]);
  await host.stop();
  rmSync(folder, { recursive: true });
});

test('random octets never come twice, whatever the sizes', () => {
  const random = systemRandom();
  const seen = new Set<string>();
  for (let i = 0; i < 2_000; i++) {
    const bytes = new Uint8Array(8 + (i % 40));
    random.fill(bytes);
    seen.add(bytes.subarray(0, 8).join());
  }
  expect(seen.size).toBe(2_000);
});

test('octets that were given out are not in the pool any more', () => {
  const pools: Uint8Array[] = [];
  const { randomFillSync } = crypto;
  vi.spyOn(crypto, 'randomFillSync').mockImplementation(((bytes: Uint8Array) => {
    pools.push(bytes);
    return randomFillSync(bytes);
  }) as typeof crypto.randomFillSync);
  syncBuiltinESMExports();
  const random = systemRandom();
  for (let drawn = 0; drawn < 4_096; drawn += 32) random.fill(new Uint8Array(32));
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  expect(pools).toEqual([new Uint8Array(4_096)]);
});

test('a buffer that was taken is not lent again before it comes back', () => {
  const sends = new SendBuffers();
  sends.lend().fill(1);
  const small = sends.take(10);
  expect(sends.lend()[0]).toBe(1);
  const large = sends.take(IO_CHUNK);
  expect(sends.lend().buffer).not.toBe(large.buffer);
  sends.lend().fill(2);
  expect([small[0], large[0]]).toEqual([1, 1]);
  sends.giveBack(small);
  sends.giveBack(large);
  sends.take(IO_CHUNK);
  expect(sends.lend().buffer).toBe(large.buffer);
});

test('an accepted socket reads into the reused buffer, and the server counts it as gone', async () => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dialled = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const read: [ArrayBufferLike, string][] = [];
  const onread = new ReadBuffer().onread((bytes, length) =>
    read.push([bytes.buffer, new TextDecoder().decode(bytes.subarray(0, length))]),
  );
  const socket = withReusedReads(accepted, onread);
  expect(socket).toBeDefined();
  dialled.write('one');
  while (read.length < 1) await new Promise(setImmediate);
  dialled.end('two');
  await once(socket as Socket, 'end');
  expect(read.map(([, text]) => text)).toEqual(['one', 'two']);
  expect(read[0]?.[0]).toBe((onread.buffer as Uint8Array).buffer);
  (socket as Socket).end();
  await once(server.close(), 'close');
});

test('a socket of another shape is left as it is', () => {
  const strange = { _handle: { reading: false } } as unknown as Socket;
  expect(
    withReusedReads(
      strange,
      new ReadBuffer().onread(() => undefined),
    ),
  ).toBeUndefined();
  expect(strange).toEqual({ _handle: { reading: false } });
});

test('a host without a storage folder tells whoever wants something kept', async () => {
  let made: ProbeRoot | undefined;
  const host = new NodeHost(({ random, store }) => {
    made = new ProbeRoot(random, store);
    made.command({ kind: 'put', key: 'key', bytes: new Uint8Array(1) });
    made.command({ kind: 'append', log: 'log', bytes: new Uint8Array(1) });
    return made;
  }, {});
  try {
    await expect
      .poll(() => made?.lines.filter((line) => line.startsWith('storage-failed')))
      .toHaveLength(2);
  } finally {
    await host.stop();
  }
});

test('a value of a store is read from outside; what is not there is undefined', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-value-'));
  mkdirSync(join(folder, 'values'));
  writeFileSync(valuePath(folder, 'key'), 'ab');
  expect(storedValue(folder, 'key')).toEqual(Uint8Array.of(97, 98));
  expect(storedValue(folder, 'other')).toBe(undefined);
  rmSync(folder, { recursive: true });
});

test('a datagram longer than any of ours is lost alone', async () => {
  const lengths: number[] = [];
  let at: Endpoint | undefined;
  const driver = {
    event: (event: HostEvent) => {
      if (event.kind === 'bound') at = event.at;
    },
    datagrams: (_id: number, batch: Parameters<Driver['datagrams']>[1]) => {
      for (let i = 0; i < batch.count; i++) lengths.push(batch.lengthOf(i));
    },
  } as unknown as Driver;
  const here: Endpoint = { ip: new Uint8Array([127, 0, 0, 1]), port: 0 };
  const socket = new UdpSocket(0, here, driver, () => undefined);
  while (at === undefined) await new Promise(setImmediate);
  const foreign = createSocket('udp4');
  for (const length of [DATAGRAM_MAX + 1, DATAGRAM_MAX, 9_000, 0])
    foreign.send(new Uint8Array(length), at.port, '127.0.0.1');
  while (lengths.length < 2) await new Promise(setImmediate);
  expect(lengths).toEqual([DATAGRAM_MAX, 0]);
  expect(socket.lost).toBe(2);
  foreign.close();
  await socket.destroy();
});
