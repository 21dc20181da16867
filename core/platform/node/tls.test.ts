import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { connect, type SecureVersion, TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import {
  TEST_ONLY_ANCHOR,
  TEST_ONLY_GOOD_CHAIN,
  TEST_ONLY_GOOD_KEY,
} from '#core/host/fixtures/test-only-tls.case.ts';
import type { TlsRole } from '#core/host/mod.ts';
import { TlsContexts } from './tls.ts';

const SERVER: TlsRole = Object.freeze({
  role: 'server',
  chainPem: TEST_ONLY_GOOD_CHAIN,
  keyPem: TEST_ONLY_GOOD_KEY,
});
const CLIENT: TlsRole = Object.freeze({
  role: 'client',
  name: 'node.test',
  anchorsPem: TEST_ONLY_ANCHOR,
});

/** What version the two ends agree on, one of ours with one that speaks no more than `most`. */
async function agreed(ours: TlsRole, most: SecureVersion): Promise<string> {
  const secureContext = new TlsContexts().of(ours);
  const foreign = { minVersion: 'TLSv1.2', maxVersion: most } as const;
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const plain = dial((server.address() as AddressInfo).port, '127.0.0.1');
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const theirs = { cert: TEST_ONLY_GOOD_CHAIN, key: TEST_ONLY_GOOD_KEY, ...foreign };
  const isServer = ours.role === 'server';
  const answering = new TLSSocket(accepted, {
    isServer: true,
    ...(isServer ? { secureContext } : theirs),
  });
  const calling = connect({
    socket: plain,
    servername: 'node.test',
    rejectUnauthorized: false,
    ...(isServer ? foreign : { secureContext }),
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  answering.on('error', () => resolve('nothing'));
  calling.on('error', () => resolve('nothing'));
  calling.once('secureConnect', () => resolve(calling.getProtocol() ?? 'nothing'));
  const version = await promise;
  calling.destroy();
  answering.destroy();
  server.close();
  return version;
}

test('nothing older than TLS 1.3 is spoken, whoever asks for it', async () => {
  for (const ours of [SERVER, CLIENT]) {
    expect(await agreed(ours, 'TLSv1.3')).toBe('TLSv1.3');
    expect(await agreed(ours, 'TLSv1.2')).toBe('nothing');
  }
});

test('contexts are kept, but not as many as there are texts', () => {
  const contexts = new TlsContexts();
  const nth = (n: number): TlsRole => ({
    role: 'client',
    name: 'node.test',
    anchorsPem: TEST_ONLY_ANCHOR + '\n'.repeat(n),
  });
  const first = contexts.of(nth(0));
  for (let n = 1; n < 16; n++) contexts.of(nth(n));
  expect(contexts.of(nth(0))).toBe(first);
  contexts.of(nth(16));
  expect(contexts.of(nth(0))).not.toBe(first);
});
