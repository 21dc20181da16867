import { expect, test } from 'vitest';
import { makeIdentity, makeNodeKeys, type Suite } from '#core/crypto/mod.ts';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import { Recorder } from '#core/crypto/recorder.case.ts';
import { EPOCH_MS, KEY_OVERLAP_MS, REKEY_US } from '../base/limits.ts';
import {
  carry,
  FROM,
  join,
  makeClient,
  makeNode,
  type NodeParty,
  type Party,
} from './links.case.ts';
import { EPOCH, exchange, makePair, pull, testRandom } from './pair.case.ts';

// PROTOCOL §5.3: what must be wiped, and when. Every secret of both ends is looked at, not those one thinks of.

type Scene = { readonly client: Party; readonly node: NodeParty; readonly suite: Suite };

test.each<readonly [string, (scene: Scene) => void]>([
  [
    'a dial for which no id is left',
    ({ client, node }) => {
      client.port.hasIds = false;
      client.links.dial(0, FROM, node.id, node.statement);
    },
  ],
  [
    'a dial that nobody answers, and the network ends',
    ({ client, node }) => {
      const out = client.links.dial(0, FROM, node.id, node.statement);
      client.links.opened(0, out);
      client.links.closed(0, out, 'timed-out');
    },
  ],
  [
    'a forged answer',
    ({ client, node }) => {
      const out = client.links.dial(0, FROM, node.id, node.statement);
      client.links.opened(0, out);
      client.links.receive(0, out, new Uint8Array(4_000), 0, 4_000);
    },
  ],
  [
    'a forged first message',
    ({ node }) => {
      const into = node.links.accept(0, FROM);
      node.links.opened(0, into);
      node.links.receive(0, into, new Uint8Array(4_000), 0, 4_000);
    },
  ],
  [
    'a first message whose ephemeral key is none',
    ({ node, suite }) => {
      const kemSecret: Suite['kemSecret'] = (seed) => {
        const secret = suite.kemSecret(seed);
        secret.publicKey.fill(0xff);
        return secret;
      };
      const liar = makeClient({ ...suite, kemSecret }, testRandom(3));
      const { out } = join(liar, node);
      expect(node.links.rejects.get('first-key-invalid')).toBe(1);
      liar.links.closed(0, out, 'reset');
    },
  ],
  [
    'a link half-open, one side of it aborted',
    ({ client, node }) => {
      const out = client.links.dial(0, FROM, node.id, node.statement);
      const into = node.links.accept(0, FROM);
      client.links.opened(0, out);
      node.links.opened(0, into);
      carry(client, out, node, into);
      client.linkPort.abort(out);
      node.links.closed(0, into, 'reset');
    },
  ],
  [
    'a link that the network ends',
    ({ client, node }) => {
      const { out, into } = join(client, node);
      expect([client.user.log, node.user.log]).toEqual([['opened'], ['opened']]);
      client.links.closed(0, out, 'reset');
      node.links.closed(0, into, 'reset');
    },
  ],
  [
    'a link that both users abort',
    ({ client, node }) => {
      const { out, into } = join(client, node);
      client.linkPort.abort(out);
      node.linkPort.abort(into);
    },
  ],
  [
    'a link whose both directions end in peace, after a change of keys',
    ({ client, node }) => {
      const { out, into } = join(client, node);
      client.user.outbox = new Uint8Array(5);
      carry(client, out, node, into);
      client.user.outbox = new Uint8Array(5);
      const octets = new Uint8Array(66_000);
      const written = client.links.transmit(REKEY_US, out, octets, 0, octets.length);
      node.links.receive(REKEY_US, into, octets, 0, written);
      expect(node.user.received).toHaveLength(10);
      client.user.endAfter = true;
      node.user.endAfter = true;
      for (let turn = 0; turn < 2; turn++) {
        carry(client, out, node, into);
        carry(node, into, client, out);
      }
      expect([client.user.log, node.user.log]).toEqual([
        ['opened', 'ended'],
        ['opened', 'ended'],
      ]);
    },
  ],
  [
    'an identity and keys that were made and destroyed',
    ({ suite }) => {
      const identity = makeIdentity(suite, testRandom(8), new Uint8Array(32).fill(8), EPOCH);
      const keys = makeNodeKeys(suite, testRandom(9), identity, EPOCH);
      keys.link.destroy();
      keys.onion.destroy();
      identity.signer.destroy();
    },
  ],
  [
    'an epoch that came and went',
    ({ node: { keys } }) => {
      keys.turn((EPOCH + 1) * EPOCH_MS);
      keys.turn((EPOCH + 1) * EPOCH_MS + KEY_OVERLAP_MS);
    },
  ],
])('nothing is left of the secrets of %s', (_name, deed) => {
  const recorder = new Recorder(createNobleSuite());
  const { suite } = recorder;
  const node = makeNode(suite, testRandom(1));
  const client = makeClient(suite, testRandom(2));
  const own = ['KEM key', 'KEM key', 'signer'];
  expect(recorder.left).toEqual(own);
  const before = recorder.seen;
  deed({ suite, node, client });
  expect(recorder.seen).toBeGreaterThan(before);
  expect(recorder.left).toEqual(own);
  node.keys.destroy();
  expect(recorder.left).toEqual(['signer']);
});

test('of content that a user has not taken nothing is left, however the link ends', () => {
  for (const end of ['abort', 'destroy'] as const) {
    const pair = makePair();
    exchange(pair);
    const { user, link } = pair.answerer;
    const offered: Uint8Array[] = [];
    user.receive = (_nowUs, _id, bytes) => {
      offered.push(bytes);
      return 1;
    };
    pair.dialler.user.outbox = new Uint8Array(100).fill(7);
    const octets = pull(pair, pair.dialler);
    pair.answerer.link.receive(0, octets, 0, octets.length);
    for (let turn = 0; turn < 3; turn++) link.resume(0);
    link[end]();
    // The first was the scratch buffer, which the next record overwrites.
    for (const bytes of offered.slice(1))
      expect(bytes.subarray(3).every((o) => o === 0)).toBe(true);
  }
});
