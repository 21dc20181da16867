import { expect, test } from 'vitest';
import { nodeIdOf } from '#core/crypto/mod.ts';
import { encodeStatement } from '#core/wire/mod.ts';
import { EPOCH_MS, KEY_OVERLAP_MS } from '../base/limits.ts';
import { encodeSnapshot, type NodeDraft, Snapshot } from './mod.ts';
import {
  bodyLengthOf,
  draftOf,
  makeNode,
  NOW_MS,
  stewards,
  suite,
  taken,
  verdict,
} from './network.case.ts';

const nodes: readonly NodeDraft[] = Array.from({ length: 7 }, (_, n) => makeNode(n));
const file = encodeSnapshot(suite, draftOf(...nodes), stewards);

const usableOf = (snapshot: Snapshot) => snapshot.nodes.filter((node) => snapshot.isUsable(node));

test('what was drafted is read, in order of ids', () => {
  const snapshot = taken(file);
  expect(snapshot).toMatchObject({ isTest: true, serial: 7, validUntilMs: NOW_MS + 1000 });
  expect(snapshot.validFromMs).toBe(NOW_MS - 1000);
  expect(snapshot.root).toEqual(suite.hash(file.subarray(0, bodyLengthOf(file))));
  expect(snapshot.nodes).toHaveLength(nodes.length);
  for (const node of nodes) {
    const id = nodeIdOf(suite, node.statement.certificate.identityKey);
    const statementHash = suite.hash(encodeStatement(node.statement));
    expect(snapshot.byId(id)).toEqual({ ...node, id, statementHash, isCurrent: true });
    expect(snapshot.isNode(node.ip)).toBe(true);
  }
  expect(encodeSnapshot(suite, draftOf(...[...nodes].reverse()), stewards)).toEqual(file);
});

test('who is not in it is not found: ids and addresses next to those that are', () => {
  const snapshot = taken(file);
  for (const { id, ip } of snapshot.nodes) {
    for (const step of [1, 255]) {
      const near = id.slice();
      near[31] = (near[31] as number) + step;
      expect(snapshot.byId(near)).toBeUndefined();
      const next = ip.slice();
      next[ip.length - 1] = (next[ip.length - 1] as number) + step;
      expect(snapshot.isNode(next)).toBe(false);
    }
    expect(snapshot.byId(id.subarray(1))).toBeUndefined();
  }
  expect(snapshot.byId(new Uint8Array(0))).toBeUndefined();
  expect(snapshot.byId(new Uint8Array(32).fill(255))).toBeUndefined();
});

test('an address is refused in its mapped form too', () => {
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 0, 1);
  expect(taken(file).isNode(mapped)).toBe(true);
  expect(taken(file).isNode(mapped.with(15, 2))).toBe(false);
});

test('it can be used from its beginning to just before its end', () => {
  expect(verdict(file, NOW_MS - 1001)).toBe('not-yet-valid');
  expect(verdict(file, NOW_MS - 1000)).toBeUndefined();
  expect(verdict(file, NOW_MS + 999)).toBeUndefined();
  expect(verdict(file, NOW_MS + 1000)).toBe('expired');
});

test('two of three stewards suffice, one does not, strangers count for nothing', () => {
  const draft = draftOf(...nodes);
  const [first, second] = stewards as [(typeof stewards)[0], (typeof stewards)[0]];
  const stranger = suite.signer(new Uint8Array(32).fill(99));
  expect(verdict(encodeSnapshot(suite, draft, [first, second]))).toBeUndefined();
  expect(verdict(encodeSnapshot(suite, draft, [first, second, stranger]))).toBeUndefined();
  expect(verdict(encodeSnapshot(suite, draft, [first, stranger]))).toBe('too-few-signatures');
  expect(verdict(encodeSnapshot(suite, draft, []))).toBe('too-few-signatures');
  expect(verdict(encodeSnapshot(suite, draft, [first, first]))).toBe('duplicate-steward');
});

test('a node whose statement is of another epoch stays in the map, unusable', () => {
  const stale = makeNode(20, NOW_MS - 2 * EPOCH_MS);
  const snapshot = taken(encodeSnapshot(suite, draftOf(...nodes, stale), stewards));
  const id = nodeIdOf(suite, stale.statement.certificate.identityKey);
  expect(snapshot.byId(id)?.isCurrent).toBe(false);
  expect(snapshot.isNode(stale.ip)).toBe(true);
  expect(usableOf(snapshot)).toHaveLength(nodes.length);
});

test('usable is judged by the time of decoding, with the overlap of keys', () => {
  const endMs = (Math.floor(NOW_MS / EPOCH_MS) + 1) * EPOCH_MS;
  const draft = { ...draftOf(...nodes), validUntilMs: endMs + EPOCH_MS };
  const long = encodeSnapshot(suite, draft, stewards);
  expect(usableOf(taken(long, endMs + KEY_OVERLAP_MS - 1))).toHaveLength(nodes.length);
  expect(usableOf(taken(long, endMs + KEY_OVERLAP_MS))).toHaveLength(0);
});

test('a statement that its own node did not sign makes the node unusable, not the map', () => {
  const node = nodes[0] as NodeDraft;
  const signature = node.statement.signature.with(0, (node.statement.signature[0] as number) ^ 1);
  const forged = { ...node, statement: { ...node.statement, signature } };
  const snapshot = taken(encodeSnapshot(suite, draftOf(forged), stewards));
  expect(snapshot.nodes.map(({ isCurrent }) => isCurrent)).toEqual([true]);
  expect(usableOf(snapshot)).toEqual([]);
});

test('a statement is verified once, and only when somebody wants the node', () => {
  let asked = 0;
  const whole = taken(file);
  const verify = () => {
    asked += 1;
    return true;
  };
  const snapshot = new Snapshot({ ...whole, verify });
  expect(asked).toBe(0);
  for (let i = 0; i < 3; i++) expect(usableOf(snapshot)).toHaveLength(nodes.length);
  expect(asked).toBe(nodes.length);
});
