import { BufferPool } from '#core/base/buffer-pool.ts';
import {
  ALL_BURST,
  ALL_EARN_US,
  EPOCH_MS,
  HALF_OPEN_MAX,
  INBOUND_MAX,
  PREFIX_BURST,
  PREFIX_EARN_US,
  PREFIX_HALF_OPEN_MAX,
  PREFIX_INBOUND_MAX,
} from '#core/base/limits.ts';
import { NO_ID } from '#core/base/slab.ts';
import {
  HASH_LEN,
  KEM_CIPHERTEXT_LEN,
  KEM_PUBLIC_LEN,
  KEM_SHARED_LEN,
  makeIdentity,
  makeNodeKeys,
  type NodeIdentity,
  type Suite,
} from '#core/crypto/mod.ts';
import type { Random } from '#core/host/mod.ts';
import { type AdmissionReject, AnswerHandshake, dialHandshake, UNIT_MAX } from '#core/link/mod.ts';
import { LinkNode } from '#core/node/mod.ts';
import { unsealed } from '../open-seal.ts';
import { FlowApp } from '../workload/mod.ts';
import type { Misbehaviour } from './misbehave.ts';
import { EPOCH, feed, makeVictim, say, wallAt } from './peer.ts';

// Crowds at a node's door: real accepts and real links by the ten thousand, counted by the node itself. The
// cryptography is free, so that what one client says opens every link.

const everywhere = (i: number): number => i;
const hereOnly = (): number => 0;

/** Runs into every limit of admission, one node each. */
export function overrun(suite: Suite, random: Random): readonly Misbehaviour[] {
  const free = freeSuite(suite);
  const door = (isStarted = true): Door => new Door(free, random, isStarted);
  const commit: { readonly [reject in AdmissionReject]: () => Door } = {
    'half-open-limit': () =>
      door().stay(HALF_OPEN_MAX, everywhere, ALL_EARN_US).knock(HALF_OPEN_MAX),
    'inbound-limit': () => door().enter(INBOUND_MAX, everywhere, ALL_EARN_US).knock(INBOUND_MAX),
    'prefix-limit': () => door().enter(PREFIX_BURST, hereOnly, 0).knock(0),
    'prefix-half-open-limit': () => door().stay(PREFIX_HALF_OPEN_MAX, hereOnly, 0).knock(0),
    'handshake-limit': () => door().enter(ALL_BURST, everywhere, 0).knock(ALL_BURST),
    'prefix-inbound-limit': () =>
      door().enter(PREFIX_INBOUND_MAX, hereOnly, PREFIX_EARN_US).knock(0),
    'not-started': () => door(false).knock(0),
  };
  return Object.entries(commit).map(([name, offend]) => {
    const { rejects } = offend().node.links;
    const reject = name as AdmissionReject;
    return { reject, counted: rejects.get(reject), total: rejects.total };
  });
}

/** A node and those who come to it. */
class Door {
  readonly node: LinkNode;
  readonly #hello: readonly Uint8Array[];
  #nowUs = 0;

  constructor(suite: Suite, random: Random, isStarted: boolean) {
    const identity = makeIdentity(suite, random, new Uint8Array(32), EPOCH);
    this.#hello = hello(suite, random, identity);
    this.node = new LinkNode({
      suite,
      random,
      identity,
      listen: { ip: new Uint8Array(4), port: 1 },
      user: (port) =>
        new FlowApp('node', [], { dial: () => NO_ID, wake: port.wake, abort: port.abort }),
    });
    const wallMs = (EPOCH + 0.5) * EPOCH_MS;
    if (isStarted) this.node.handle(0, { kind: 'wall', wallMs, uncertaintyMs: 0, slept: false });
  }

  /** One more comes, for whom there is no room. */
  knock(neighbourhood: number): this {
    this.#accept(neighbourhood);
    return this;
  }

  /** That many come and never say a word. */
  stay(count: number, from: (i: number) => number, paceUs: number): this {
    for (let i = 0; i < count; i++) {
      this.#accept(from(i));
      this.#nowUs += paceUs;
    }
    return this;
  }

  /** That many come and become links. */
  enter(count: number, from: (i: number) => number, paceUs: number): this {
    for (let i = 0; i < count; i++) {
      const id = this.#accept(from(i));
      this.node.opened(this.#nowUs, id);
      for (const octets of this.#hello)
        this.node.receive(this.#nowUs, id, octets, 0, octets.length);
      this.#nowUs += paceUs;
    }
    return this;
  }

  #accept(neighbourhood: number): number {
    const ip = Uint8Array.of(neighbourhood >> 16, neighbourhood >> 8, neighbourhood, 1);
    return this.node.links.accept(this.#nowUs, { ip, port: 1 });
  }
}

/** What a client says until it is a link: the same to every node, for all keys and tags are zeros. */
function hello(suite: Suite, random: Random, identity: NodeIdentity): readonly Uint8Array[] {
  const pool = new BufferPool(UNIT_MAX, 4);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const handshake = dialHandshake(suite, random, keys.statement, undefined);
  if (handshake === undefined) throw new Error('the statement is good');
  const client = makeVictim(suite, handshake, pool);
  const server = makeVictim(
    suite,
    new AnswerHandshake(suite, random, { live: [keys] }, wallAt(EPOCH)),
    pool,
  );
  const first = say(client);
  feed(server, [first], 0);
  feed(client, [say(server)], 0);
  return [first, say(client)];
}

/** One key for all, one hash for everything, and records in clear. */
function freeSuite(suite: Suite): Suite {
  return {
    ...unsealed(suite),
    hash: () => new Uint8Array(HASH_LEN),
    hmac: () => new Uint8Array(HASH_LEN),
    kemSecret: () => ({
      publicKey: new Uint8Array(KEM_PUBLIC_LEN),
      decapsulate: () => new Uint8Array(KEM_SHARED_LEN),
      destroy: () => undefined,
    }),
    encapsulate: () => ({
      ciphertext: new Uint8Array(KEM_CIPHERTEXT_LEN),
      shared: new Uint8Array(KEM_SHARED_LEN),
    }),
  };
}
