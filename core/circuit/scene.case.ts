import {
  makeIdentity,
  makeNodeKeys,
  type NodeKeys,
  nodeIdOf,
  PqnkInitiator,
  PqnkResponder,
  type PqnkResult,
  type Suite,
} from '#core/crypto/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { EPOCH, testRandom } from '#core/link/pair.case.ts';
import type { Statement } from '#core/wire/mod.ts';
import { CreateOpened } from './mod.ts';

// Nodes with keys, and what a whole path of them does to a CREATE. For tests only.

export const suite: Suite = createSeededSuite();

/** Keys of node number `n`; the same ones each time. */
export function nodeKeys(n: number, boot = 0): NodeKeys {
  const random = testRandom(1000 + n + 100_000 * boot);
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(n + 1), EPOCH + 4);
  return makeNodeKeys(suite, random, identity, EPOCH, boot);
}

export function idOf({ statement }: NodeKeys): Uint8Array {
  return nodeIdOf(suite, statement.certificate.identityKey);
}

/** A path of `hops` nodes, first to last. */
export function pathOf(hops: number): readonly NodeKeys[] {
  return Array.from({ length: hops }, (_, n) => nodeKeys(n));
}

export function statementsOf(path: readonly NodeKeys[]): readonly Statement[] {
  return path.map(({ statement }) => statement);
}

/** A CREATE as it is handed from hop to hop: what each received, what it made of it. */
export type Walk = {
  readonly bodies: readonly Uint8Array[];
  readonly opened: readonly CreateOpened[];
};

/** Goes on until a hop refuses, or the last was reached. `meddle` may change what hop `i` (0 first) receives. */
export function walk(
  path: readonly NodeKeys[],
  first: Uint8Array,
  meddle: (body: Uint8Array, i: number) => void = () => undefined,
): Walk {
  const bodies: Uint8Array[] = [];
  const opened: CreateOpened[] = [];
  let body: Uint8Array = first.slice();
  for (const [i, { onion, statement }] of path.entries()) {
    meddle(body, i);
    bodies.push(body);
    const one = CreateOpened.open(suite, onion, statement, body);
    if (one === undefined) break;
    opened.push(one);
    if (one.order.command === 'extend') body = one.nextBody(testRandom(50 + i));
  }
  return { bodies, opened };
}

/** What each hop (0 first) answers, last to first, with their keys. `meddle` may change what hop `i` receives. */
export function answers(
  opened: readonly CreateOpened[],
  statuses: readonly number[] = [],
  meddle: (body: Uint8Array, i: number) => void = () => undefined,
): { readonly bodies: readonly Uint8Array[]; readonly keys: readonly PqnkResult[] } {
  const bodies: Uint8Array[] = [];
  const keys: PqnkResult[] = [];
  let inner: Uint8Array | undefined;
  for (let i = opened.length - 1; i >= 0; i--) {
    if (inner !== undefined) meddle(inner, i);
    const answer = opened[i]?.answer(testRandom(70 + i), statuses[i] ?? 0, inner);
    if (answer === undefined) throw new Error('the key of the initiator is one');
    bodies.unshift(answer.body);
    keys.unshift(answer.keys);
    inner = answer.body.slice();
  }
  return { bodies, keys };
}

/** Secrets of one exchange, as both ends hold them: each its own copy. */
export function exchanged(n: number): { readonly client: PqnkResult; readonly relay: PqnkResult } {
  const { onion, statement } = nodeKeys(n);
  const initiator = new PqnkInitiator(suite, statement.onionKey, new Uint8Array(0));
  const responder = new PqnkResponder(suite, onion, new Uint8Array(0));
  const random = testRandom(90 + n);
  responder.readFirst(initiator.writeFirst(random, new Uint8Array(0)) as Uint8Array);
  const written = responder.writeSecond(random, new Uint8Array(0));
  const read = initiator.readSecond(written?.message as Uint8Array);
  if (read === undefined || written === undefined) throw new Error('both ends are honest');
  return { client: read.result, relay: written.result };
}

/** A copy with one bit turned, bit 0 the least of the first octet. */
export function flipped(octets: Uint8Array, bit: number): Uint8Array {
  const copy = octets.slice();
  flip(copy, bit);
  return copy;
}

export function flip(octets: Uint8Array, bit: number): void {
  octets[bit >> 3] = (octets[bit >> 3] as number) ^ (1 << (bit & 7));
}

/** Strings of 8 octets that stand in both, zeros aside. */
export function sharedStrings(a: Uint8Array, b: Uint8Array): number {
  const seen = new Set<string>();
  for (let at = 0; at + 8 <= a.length; at++) seen.add(a.subarray(at, at + 8).join());
  seen.delete(new Uint8Array(8).join());
  let shared = 0;
  for (let at = 0; at + 8 <= b.length; at++)
    if (seen.has(b.subarray(at, at + 8).join())) shared += 1;
  return shared;
}
