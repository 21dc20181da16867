import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { asciiBytes } from '#core/base/bytes.ts';
import type { Id } from '#core/base/slab.ts';
import {
  TEST_ONLY_ANCHOR,
  TEST_ONLY_GOOD_CHAIN,
  TEST_ONLY_GOOD_KEY,
} from '#core/host/fixtures/test-only-tls.case.ts';
import type { Endpoint } from '#core/host/mod.ts';
import { ProbeRoot } from '#core/host/probe-root.case.ts';
import { NodeHost } from './host.ts';

const ANY: Endpoint = Object.freeze({ ip: new Uint8Array([127, 0, 0, 1]), port: 0 });

let folder = '';
const caught: unknown[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spn-throwing-'));
  caught.length = 0;
  // Where the process would end.
  process.setUncaughtExceptionCaptureCallback((error) => caught.push(error));
});
afterEach(() => {
  process.setUncaughtExceptionCaptureCallback(null);
  rmSync(folder, { recursive: true, force: true });
});

/** A root that talks to itself over everything a host has. */
function talker(...[random, store]: ConstructorParameters<typeof ProbeRoot>): ProbeRoot {
  const probe = new ProbeRoot(random, store);
  probe.listen('l', ANY);
  probe.bind('u', ANY);
  probe.setDeadline(20_000);
  probe.command({ kind: 'put', key: 'key', bytes: asciiBytes('x') });
  probe.command({ kind: 'append', log: 'log', bytes: asciiBytes('x') });
  const server = { chainPem: TEST_ONLY_GOOD_CHAIN, keyPem: TEST_ONLY_GOOD_KEY };
  const client = { name: 'node.test', anchorsPem: TEST_ONLY_ANCHOR };
  probe.onLine = (line) => {
    if (line === 'bound l') probe.connect('c', probe.addressOf('l') as Endpoint);
    if (line === 'bound u')
      probe.sendDatagram('u', probe.addressOf('u') as Endpoint, asciiBytes('x'));
    if (line === 'opened l.1') probe.tls('s', 'l.1', { role: 'server', ...server });
    if (line === 'opened c') probe.tls('t', 'c', { role: 'client', ...client });
    if (line === 'opened t') probe.send('t', 9);
    if (line === 'receive s 9') {
      probe.end('t');
      probe.end('s');
    }
  };
  return probe;
}

/** Each call of the contract, and which of them: by an event's kind, or a stream's name. */
test.each([
  ['pollCommand', ''],
  ['pollWake', ''],
  ['accept', ''],
  ['handleTimeout', ''],
  ['receiveDatagrams', ''],
  ['transmitDatagrams', ''],
  ...['bound', 'verified', 'stored', 'appended'].map((kind) => ['handle', kind] as const),
  ...['c', 'l.1', 't', 's'].map((name) => ['opened', name] as const),
  ...['c', 'l.1', 's', 's~', 't~'].map((name) => ['receive', name] as const),
  ...['c', 't', 's', 't~'].map((name) => ['transmit', name] as const),
  ...['c', 'l.1', 't', 's', 's~'].map((name) => ['ended', name] as const),
  ...['c', 'l.1', 't', 's', 's~'].map((name) => ['closed', name] as const),
] as const)('what a root throws in %s %s reaches the process', async (call, what) => {
  let probe: ProbeRoot | undefined;
  const host = new NodeHost(
    ({ random, store }) => {
      probe = talker(random, store);
      return probe;
    },
    { storeFolder: join(folder, 'store') },
  );
  const root = probe as unknown as Record<string, (...given: unknown[]) => unknown>;
  const own = root[call]?.bind(root);
  let isBroken = false;
  root[call] = (...given) => {
    if (isBroken || !concerns(probe as ProbeRoot, what, given[1])) return own?.(...given);
    isBroken = true;
    throw new Error('invariant broken: on purpose');
  };
  const end = performance.now() + 20_000;
  while (!isBroken && performance.now() < end) await nextTurn();
  await nextTurn();
  await nextTurn();
  // Other errors may follow: the process would have ended.
  expect(caught).toContainEqual(new Error('invariant broken: on purpose'));
  // What the root has left half done may keep a host that is told to stop from ever being done.
  void host.stop();
});

function concerns(probe: ProbeRoot, what: string, given: unknown): boolean {
  if (what === '') return true;
  if (typeof given === 'object') return (given as { kind: string }).kind === what;
  try {
    return probe.idOf(what) === (given as Id);
  } catch {
    return false;
  }
}
