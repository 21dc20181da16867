import { expect, test } from 'vitest';
import { toHex } from '../base/bytes.ts';
import type { InScene, Scene } from './arena.case.ts';
import {
  TEST_ONLY_ANCHOR,
  TEST_ONLY_EXPIRED_CHAIN,
  TEST_ONLY_EXPIRED_KEY,
  TEST_ONLY_GOOD_CHAIN,
  TEST_ONLY_GOOD_KEY,
  TEST_ONLY_GOOD_SPKI,
  TEST_ONLY_STRANGER_CHAIN,
  TEST_ONLY_STRANGER_KEY,
} from './fixtures/test-only-tls.case.ts';
import type { TlsRole } from './mod.ts';
import type { ProbeRoot } from './probe-root.case.ts';

const CLIENT: TlsRole = Object.freeze({
  role: 'client',
  name: 'node.test',
  anchorsPem: TEST_ONLY_ANCHOR,
});
const GOOD: TlsRole = Object.freeze({
  role: 'server',
  chainPem: TEST_ONLY_GOOD_CHAIN,
  keyPem: TEST_ONLY_GOOD_KEY,
});
const EXPIRED: TlsRole = Object.freeze({
  role: 'server',
  chainPem: TEST_ONLY_EXPIRED_CHAIN,
  keyPem: TEST_ONLY_EXPIRED_KEY,
});
const STRANGER: TlsRole = Object.freeze({
  role: 'server',
  chainPem: TEST_ONLY_STRANGER_CHAIN,
  keyPem: TEST_ONLY_STRANGER_KEY,
});

/** The TLS filter, wired by the roots themselves to a stream between them: client `t` at a, server `s` at b. */
export function describeTls(inScene: InScene): void {
  describeGood(inScene);
  describeEnding(inScene);
  describeUntrusted(inScene);
}

async function filtered(
  scene: Scene,
  client: TlsRole,
  server: TlsRole,
): Promise<{ readonly a: ProbeRoot; readonly b: ProbeRoot }> {
  const { a, b } = await scene.pair();
  b.tls('s', 'l.1', server);
  a.tls('t', 'c', client);
  return { a, b };
}

async function opened(scene: Scene): Promise<{ readonly a: ProbeRoot; readonly b: ProbeRoot }> {
  const { a, b } = await filtered(scene, CLIENT, GOOD);
  await scene.until(() => a.isOpen('t') && b.isOpen('s'), 'an open filter at both ends');
  return { a, b };
}

function describeGood(inScene: InScene): void {
  test(
    'a good peer is verified first and opened then',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      expect(a.about('t', 't~')).toEqual(['tls t', 'verified t ok', 'opened t']);
      expect(b.about('s', 's~')).toEqual(['tls s', 'opened s']);
      expect(a.verdicts.map(({ spki, resumed }) => [toHex(spki), resumed])).toEqual([
        [TEST_ONLY_GOOD_SPKI, false],
      ]);
    }),
  );

  test(
    'octets go both ways, sealed: more of them between the filters than in the clear',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      a.send('t', 400_000);
      b.send('s', 300_000);
      await scene.said(b, 'receive s 400000');
      await scene.said(a, 'receive t 300000');
      expect([a.stream('t').isInOrder, b.stream('s').isInOrder]).toEqual([true, true]);
      expect(b.stream('l.1').received).toBeGreaterThan(400_000);
      expect(b.stream('l.1').received).toBeLessThan(400_000 * 1.05);
    }),
  );

  test(
    'what is sent before the handshake is over waits for it',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.tls('s', 'l.1', GOOD);
      a.together(() => {
        a.tls('t', 'c', CLIENT);
        a.send('t', 5);
      });
      await scene.said(b, 'receive s 5');
      expect(a.about('t')).toEqual(['tls t', 'verified t ok', 'opened t']);
    }),
  );

  test(
    'a second handshake with the same peer is verified like the first',
    inScene(async (scene) => {
      const { a, b, at } = await scene.pair();
      b.tls('s', 'l.1', GOOD);
      a.tls('t', 'c', CLIENT);
      await scene.until(() => a.isOpen('t'), 'the first');
      a.connect('d', at);
      await scene.until(() => a.isOpen('d') && b.isOpen('l.2'), 'a second stream');
      b.tls('s2', 'l.2', GOOD);
      a.tls('t2', 'd', { ...CLIENT, name: 'other.test' } as TlsRole);
      await scene.said(a, 'closed t2 untrusted');
      expect(a.about('t2')).toEqual(['tls t2', 'verified t2 wrong-name', 'closed t2 untrusted']);
    }),
  );

  test(
    'a reader that takes nothing stops its peer through the filters',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      b.take('s', 0);
      a.send('t', 256 * 1024 * 1024);
      const stalled = await scene.standstill(() => a.stream('t').sent);
      expect(stalled).toBeGreaterThan(0);
      expect(stalled).toBeLessThan(64 * 1024 * 1024);
      b.take('s', Number.POSITIVE_INFINITY);
      await scene.until(() => b.stream('s').received > stalled, 'more than was stalled');
      expect(b.stream('s').isInOrder).toBe(true);
    }),
  );
}

function describeEnding(inScene: InScene): void {
  test(
    'half-close: the server goes on after the end of the client',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      a.send('t', 3);
      a.end('t');
      await scene.said(b, 'ended s');
      b.send('s', 1_000);
      await scene.said(a, 'receive t 1000');
      b.end('s');
      await scene.said(a, 'closed t ended');
      await scene.said(b, 'closed s ended');
      await scene.said(a, 'closed c ended');
      await scene.said(b, 'closed l.1 ended');
      await scene.said(a, 'closed t~ ended');
      await scene.said(b, 'closed s~ ended');
      expect(a.about('t')).toEqual([
        'tls t',
        'verified t ok',
        'opened t',
        'end t',
        'receive t 1000',
        'ended t',
        'closed t ended',
      ]);
      expect(b.about('s')).toEqual([
        'tls s',
        'opened s',
        'receive s 3',
        'ended s',
        'end s',
        'closed s ended',
      ]);
    }),
  );

  test(
    'a stream that ends without the goodbye of TLS is truncated: reset',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      a.send('t', 3);
      await scene.said(b, 'receive s 3');
      // The carrier ends under the filter.
      a.stream('c').splice = undefined;
      a.end('c');
      await scene.said(b, 'closed s reset');
      expect(b.about('s')).toEqual(['tls s', 'opened s', 'receive s 3', 'closed s reset']);
      await scene.said(b, 'closed s~ reset');
    }),
  );

  test(
    'a carrier that dies in the handshake closes both sides',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.tls('t', 'c', CLIENT);
      await scene.until(() => b.stream('l.1').received > 0, 'the first octets');
      b.abort('l.1');
      await scene.said(a, 'closed t reset');
      expect(a.about('t')).toEqual(['tls t', 'closed t reset']);
      expect(a.about('t~')).toEqual(['abort t~', 'closed t~ local']);
    }),
  );

  test(
    'an abort of the clear side resets the other one',
    inScene(async (scene) => {
      const { a, b } = await opened(scene);
      a.abort('t');
      await scene.said(a, 'closed t~ reset');
      await scene.said(b, 'closed s reset');
      expect(a.about('t')).toEqual([
        'tls t',
        'verified t ok',
        'opened t',
        'abort t',
        'closed t local',
      ]);
    }),
  );

  test(
    'octets that are no TLS close both sides',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.tls('s', 'l.1', GOOD);
      a.send('c', 1_000);
      await scene.said(b, 'closed s reset');
      expect(b.about('s')).toEqual(['tls s', 'closed s reset']);
      expect(b.lines).toContain('closed s~ reset');
    }),
  );
}

function describeUntrusted(inScene: InScene): void {
  test.each([
    ['wrong-name', { ...CLIENT, name: 'other.test' } as TlsRole, GOOD],
    ['unknown-issuer', CLIENT, STRANGER],
    ['unknown-issuer', { ...CLIENT, anchorsPem: '' } as TlsRole, GOOD],
    ['expired', CLIENT, EXPIRED],
  ] as const)('%s: told, closed, and nothing sent', (verdict, client, server) =>
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.tls('s', 'l.1', server);
      a.together(() => {
        a.tls('t', 'c', client);
        a.send('t', 5);
      });
      await scene.said(a, 'closed t untrusted');
      await scene.said(a, 'closed t~ reset');
      await scene.settle();
      expect(a.about('t')).toEqual(['tls t', `verified t ${verdict}`, 'closed t untrusted']);
      expect(a.verdicts[0]?.spki.length).toBe(32);
      expect(a.stream('t').transmits).toBe(0);
      expect(b.lines.filter((line) => line.startsWith('receive s '))).toEqual([]);
    })(),
  );
}
