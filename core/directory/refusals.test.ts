import fc from 'fast-check';
import { expect, test } from 'vitest';
import { STATEMENT_LEN } from '#core/wire/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import { SNAPSHOT_MAX } from '../base/limits.ts';
import { encodeSnapshot, type NodeDraft, type SnapshotReject } from './mod.ts';
import {
  bodyLengthOf,
  draftOf,
  makeNode,
  NOW_MS,
  signedFile,
  stewards,
  suite,
  verdict,
} from './network.case.ts';

const STEWARD = 96;
const NODES_AT = 30;
const LISTING_AT = 34;

const pool: readonly NodeDraft[] = Array.from({ length: 5 }, (_, n) => makeNode(n));
const [one, two] = pool as [NodeDraft, NodeDraft];
const file = encodeSnapshot(suite, draftOf(...pool), stewards);
const bodyLength = bodyLengthOf(file);
const firstSteward = bodyLength + 1;
const statements = file.subarray(-pool.length * STATEMENT_LEN);

/** A copy with some octets at a place. */
function poked(bytes: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(octets, at);
  return copy;
}

/** The file with some octets of its body changed, and signed again. */
function signedWith(at: number, ...octets: readonly number[]): Uint8Array {
  return signedFile(poked(file.subarray(0, bodyLength), at, ...octets), statements);
}

/** A copy in which two ranges of one length are in each other's place. */
function swapped(a: number, b: number, length: number): Uint8Array {
  const copy = file.slice();
  copy.set(file.subarray(b, b + length), a);
  copy.set(file.subarray(a, a + length), b);
  return copy;
}

function draftedBy(...nodes: readonly NodeDraft[]): Uint8Array {
  return encodeSnapshot(suite, draftOf(...nodes), stewards);
}

function validFor(fromMs: number, untilMs: number): Uint8Array {
  const times = { validFromMs: NOW_MS + fromMs, validUntilMs: NOW_MS + untilMs };
  return encodeSnapshot(suite, { ...draftOf(...pool), ...times }, stewards);
}

/** One node with a statement of no known version, whose hash stewards signed nevertheless. */
function withoutStatement(): Uint8Array {
  const good = draftedBy(one);
  const length = bodyLengthOf(good);
  const statement = poked(good.subarray(-STATEMENT_LEN), 0, 9);
  const body = poked(good.subarray(0, length), length - 32, ...suite.hash(statement));
  return signedFile(body, statement);
}

test.each<readonly [SnapshotReject, string, () => Uint8Array]>([
  ['too-large', 'a file over the limit', () => new Uint8Array(SNAPSHOT_MAX + 1)],
  ['too-large', '65,537 nodes', () => signedWith(NODES_AT, 0, 1, 0, 1)],
  ['malformed', 'nothing', () => new Uint8Array(0)],
  ['malformed', 'other magic', () => poked(file, 0, 0x73)],
  ['malformed', 'a body that ends before its nodes', () => poked(file, 5, 0, 0, 0, 33)],
  ['malformed', 'a body beyond the file', () => poked(file, 5, 255)],
  [
    'malformed',
    'more signatures than fit',
    () => poked(file.subarray(0, -STATEMENT_LEN), bodyLength, 255),
  ],
  ['malformed', '33 signatures', () => poked(file, bodyLength, 33)],
  ['malformed', 'a file less an octet', () => file.subarray(0, -1)],
  ['malformed', 'a file and an octet', () => concatBytes(file, Uint8Array.of(0))],
  ['malformed', 'a network that is neither', () => signedWith(9, 2)],
  ['malformed', 'valid for no time', () => signedWith(22, ...file.subarray(14, 22))],
  ['malformed', 'valid beyond 2^53', () => signedWith(22, 0, 0x20)],
  ['malformed', 'fewer nodes than listed', () => signedWith(NODES_AT, 0, 0, 0, 4)],
  ['malformed', 'more nodes than listed', () => signedWith(NODES_AT, 0, 0, 0, 6)],
  ['malformed', 'a family that is neither', () => signedWith(LISTING_AT + 32, 5)],
  ['version', 'a later version', () => poked(file, 4, 2)],
  [
    'unordered',
    'stewards that descend',
    () => swapped(firstSteward, firstSteward + STEWARD, STEWARD),
  ],
  ['unordered', 'nodes that descend', () => signedWith(LISTING_AT, 255, 255)],
  [
    'duplicate-steward',
    'a steward twice',
    () => file.slice().copyWithin(firstSteward, firstSteward + STEWARD, firstSteward + 2 * STEWARD),
  ],
  ['signature-forged', 'a changed body', () => poked(file, LISTING_AT, 1, 2, 3)],
  ['signature-forged', 'a changed signature', () => poked(file, firstSteward + 40, 1, 2, 3)],
  ['too-few-signatures', 'no signatures', () => encodeSnapshot(suite, draftOf(...pool), [])],
  ['not-yet-valid', 'tomorrow', () => validFor(1, 1000)],
  ['expired', 'yesterday', () => validFor(-1000, 0)],
  ['empty', 'no nodes', () => draftedBy()],
  ['duplicate-node', 'a node twice', () => draftedBy(one, { ...one, port: 2 })],
  ['duplicate-address', 'two nodes at one endpoint', () => draftedBy(one, { ...two, ip: one.ip })],
  ['statement-mismatch', 'another statement', () => poked(file, file.length - 100, 1, 2, 3)],
  [
    'statement-mismatch',
    'statements of each other',
    () => swapped(file.length - STATEMENT_LEN, file.length - 2 * STATEMENT_LEN, STATEMENT_LEN),
  ],
  [
    'statement-mismatch',
    'a statement of another id, signed for',
    () => signedWith(LISTING_AT, 0, 0),
  ],
  ['statement-mismatch', 'no statement, signed for', withoutStatement],
])('%s: %s', (reject, _what, make) => expect(verdict(make())).toBe(reject));

test('nodes behind one address on different ports are fine', () => {
  expect(verdict(draftedBy(one, { ...two, ip: one.ip, port: 2 }))).toBeUndefined();
});

test('a field of a listing that is out of its range is malformed, even signed', () => {
  // One node on IPv4: id 32, family 1, address 4, then port 2, length 1, owner 7, AS 4, country 2, flags 1, weight 4.
  const good = draftedBy(one);
  const length = bodyLengthOf(good);
  const port = LISTING_AT + 37;
  const at = (offset: number, ...octets: readonly number[]) =>
    verdict(
      signedFile(
        poked(good.subarray(0, length), port + offset, ...octets),
        good.subarray(-STATEMENT_LEN),
      ),
    );
  expect(at(0, 0x23, 0x29)).toBeUndefined();
  expect(at(0, 0, 0)).toBe('malformed');
  expect(at(2, 0)).toBe('malformed');
  expect(at(2, 33)).toBe('malformed');
  expect(at(3, 0x1f)).toBe('malformed');
  expect(at(3, 0x7f)).toBe('malformed');
  expect(at(3, 0xc3)).toBe('malformed');
  expect(at(14, 0x61)).toBe('malformed');
  expect(at(16, 2)).toBe('malformed');
  expect(at(17, 0, 0, 0, 0)).toBe('malformed');
  expect(at(17, 0x80, 0, 0, 0)).toBeUndefined();
  expect(at(17, 0x80, 0, 0, 1)).toBe('malformed');
});

test('an IPv4-mapped address is malformed: it has a shorter form', () => {
  const sixteen = makeNode(4);
  const good = draftedBy(sixteen);
  const length = bodyLengthOf(good);
  const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 0, 1];
  const body = poked(good.subarray(0, length), LISTING_AT + 33, ...mapped);
  expect(verdict(signedFile(body, good.subarray(-STATEMENT_LEN)))).toBe('malformed');
});

test('every cut is refused', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), (length) => {
      expect(verdict(file.subarray(0, length))).toBe('malformed');
    }),
    { numRuns: 300 },
  );
});

test('no octet can be changed without a steward noticing, except where nobody we trust has signed', () => {
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const reject = verdict(poked(file, at, (file[at] as number) ^ change));
      // A steward's name that is changed to a stranger's leaves two: enough.
      const isName = at >= firstSteward && at < firstSteward + 3 * STEWARD;
      if (!isName) expect(reject).toBeDefined();
    }),
    { numRuns: 500 },
  );
});

test('any octets at all are an answer, and every reason is one of them', () => {
  const seen = new Set<SnapshotReject | undefined>([verdict(new Uint8Array(SNAPSHOT_MAX + 1))]);
  const signers = [...stewards, suite.signer(new Uint8Array(32).fill(77))];
  const node = fc.record({ from: fc.nat(4), ip: fc.nat(4) });
  const change = fc.record({
    // The fixed fields, the signatures, anywhere.
    at: fc.oneof(fc.nat(NODES_AT + 3), fc.integer({ min: 0, max: 400 }), fc.nat(20_000)),
    octet: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2)),
    isSigned: fc.boolean(),
  });
  const plan = fc.record({
    nodes: fc.array(node, { maxLength: 3 }),
    from: fc.integer({ min: -1500, max: 500 }),
    lasts: fc.integer({ min: 1, max: 2000 }),
    signers: fc.array(fc.nat(3), { maxLength: 3 }),
    changes: fc.array(change, { maxLength: 2 }),
    cut: fc.oneof({ arbitrary: fc.constant(0), weight: 9 }, { arbitrary: fc.nat(3000), weight: 1 }),
  });
  fc.assert(
    fc.property(plan, ({ nodes, from, lasts, signers: by, changes, cut }) => {
      const draft = {
        ...draftOf(
          ...nodes.map(({ from: n, ip }) => ({
            ...(pool[n] as NodeDraft),
            ip: (pool[ip] as NodeDraft).ip,
          })),
        ),
        validFromMs: NOW_MS + from,
        validUntilMs: NOW_MS + from + lasts,
      };
      let bytes = encodeSnapshot(
        suite,
        draft,
        by.map((i) => signers[i] as (typeof signers)[0]),
      );
      for (const { at, octet, isSigned } of changes) {
        const length = bodyLengthOf(bytes);
        bytes = poked(bytes, at % bytes.length, octet);
        if (isSigned && at < length)
          bytes = signedFile(
            bytes.slice(0, length),
            bytes.slice(bytes.length - nodes.length * STATEMENT_LEN),
          );
      }
      seen.add(verdict(bytes.subarray(0, bytes.length - cut)));
    }),
    { numRuns: 3000, seed: 1 },
  );
  expect([...seen].map(String).sort()).toEqual([
    'duplicate-address',
    'duplicate-node',
    'duplicate-steward',
    'empty',
    'expired',
    'malformed',
    'not-yet-valid',
    'signature-forged',
    'statement-mismatch',
    'too-few-signatures',
    'too-large',
    'undefined',
    'unordered',
    'version',
  ]);
});
