import { expect, test } from 'vitest';
import { makeIdentity } from '#core/crypto/mod.ts';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import type { HostCommand } from '#core/host/mod.ts';
import { dialHandshake } from '#core/link/mod.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import { LinkNode, type LinkUser } from './mod.ts';

const AT = Object.freeze({ ip: Uint8Array.of(127, 0, 0, 1), port: 9001 });

function makeNode(log: string[]): LinkNode {
  let drawn = 7;
  const random = { fill: (bytes: Uint8Array) => bytes.fill(drawn++) };
  const suite = createNobleSuite();
  const user: LinkUser = {
    deadlineUs: Number.POSITIVE_INFINITY,
    handleTimeout: () => undefined,
    started: (_nowUs, listening) => log.push(`started ${listening?.port}`),
    notListening: (_nowUs, cause) => log.push(`not listening: ${cause}`),
    opened: () => undefined,
    receive: () => 0,
    ended: () => undefined,
    transmit: () => 0,
    closed: () => undefined,
  };
  const identity = makeIdentity(suite, random, new Uint8Array(32), 0xffff_fffe);
  return new LinkNode({ suite, random, identity, listen: AT, user: () => user });
}

function askedToListen(node: LinkNode): HostCommand & { kind: 'listen' | 'bind' } {
  node.handle(0, { kind: 'wall', wallMs: 0, uncertaintyMs: 1, slept: false });
  const command = node.pollCommand();
  if (command?.kind !== 'listen') throw new Error('it asks to listen');
  return command;
}

test('a node listens once the clock is known, and only then is started', () => {
  const log: string[] = [];
  const node = makeNode(log);
  expect(node.accept(0, 0, AT)).toBe(-1);
  const { id, at } = askedToListen(node);
  expect(log).toEqual([]);
  node.handle(0, { kind: 'bound', id, at });
  expect(log).toEqual(['started 9001']);
  expect(node.accept(0, id, AT)).toBeGreaterThanOrEqual(0);
});

test('a port in use is told to whoever runs over the node', () => {
  const log: string[] = [];
  const node = makeNode(log);
  const { id } = askedToListen(node);
  node.handle(0, { kind: 'unbound', id, cause: 'in-use' });
  expect(log).toEqual(['not listening: in-use']);
});

test('a node listens once at a time, tries again when the clock moves, and is started once', () => {
  const log: string[] = [];
  const node = makeNode(log);
  const tell = (): void =>
    node.handle(0, { kind: 'wall', wallMs: 0, uncertaintyMs: 1, slept: false });
  const { id, at } = askedToListen(node);
  tell();
  expect(node.pollCommand()).toBeUndefined();
  node.handle(0, { kind: 'unbound', id, cause: 'in-use' });
  const again = askedToListen(node);
  node.handle(0, { kind: 'bound', id: again.id, at });
  tell();
  expect(node.pollCommand()).toBeUndefined();
  node.handle(0, { kind: 'bound', id: again.id, at });
  expect(log).toEqual(['not listening: in-use', 'started 9001']);
});

test('a running node changes its keys with the epoch and accepts the old ones for an hour', () => {
  const node = makeNode([]);
  askedToListen(node);
  const first = node.statement;
  expect(first?.epoch).toBe(0);
  const epochUs = EPOCH_MS * 1000;
  expect(node.deadlineUs).toBe(epochUs);
  node.handleTimeout(epochUs);
  expect(node.statement?.epoch).toBe(1);
  expect(node.statement?.linkKey).not.toEqual(first?.linkKey);
  expect(node.deadlineUs).toBe(epochUs + KEY_OVERLAP_MS * 1000);
  node.handleTimeout(node.deadlineUs);
  expect(node.deadlineUs).toBe(2 * epochUs);
  node.handle(5, { kind: 'wall', wallMs: 7.5 * EPOCH_MS, uncertaintyMs: 1, slept: true });
  expect(node.statement?.epoch).toBe(7);
});

test('a stream that is half-open when old keys are wiped does no harm, whatever it then says', () => {
  for (const isGenuine of [true, false]) {
    const node = makeNode([]);
    const { id: listener } = askedToListen(node);
    node.handle(0, { kind: 'bound', id: listener, at: AT });
    const old = node.statement;
    node.handleTimeout(EPOCH_MS * 1000);
    const wipedUs = node.deadlineUs;
    const id = node.accept(wipedUs - 5_000_000, listener, AT);
    node.opened(wipedUs - 5_000_000, id);
    const suite = createNobleSuite();
    const random = { fill: (bytes: Uint8Array) => bytes.fill(3) };
    const first = old && dialHandshake(suite, random, old, undefined)?.start();
    node.handleTimeout(wipedUs);
    const octets = isGenuine && first ? first : new Uint8Array(2352);
    expect(node.receive(wipedUs + 1, id, octets, 0, octets.length)).toBe(octets.length);
    expect(node.links.rejects.get('first-forged')).toBe(1);
  }
});
