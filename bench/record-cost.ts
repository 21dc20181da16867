import { getHeapStatistics } from 'node:v8';
import { BufferPool } from '#core/base/buffer-pool.ts';
import { IO_CHUNK } from '#core/base/limits.ts';
import { AEAD_TAG_LEN, type AeadKey, HASH_LEN, type Suite } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import type { StreamUser } from '#core/host/mod.ts';
import { type Handshake, Link, type LinkShared, UNIT_MAX } from '#core/link/mod.ts';

/** What one record costs the data plane, both ends together, when cryptography is free. */
export type RecordCost = { readonly nsPerRecord: number; readonly heapOctetsPerRecord: number };

const WARM_UP = 2_000_000;

/**
 * Seals and opens `records` full records between two open links whose cipher does nothing, through the same
 * calls a host makes. Octets are those V8 allocated on its heap meanwhile, collected or not.
 */
export function measureRecordCost(records: number): RecordCost {
  const pump = makePump();
  pump(WARM_UP);
  const before = getHeapStatistics();
  const startNs = process.hrtime.bigint();
  const done = pump(records);
  const tookNs = Number(process.hrtime.bigint() - startNs);
  const allocated = allocatedOctets(getHeapStatistics()) - allocatedOctets(before);
  return { nsPerRecord: tookNs / done, heapOctetsPerRecord: allocated / done };
}

function allocatedOctets(statistics: ReturnType<typeof getHeapStatistics>): number {
  return (
    (statistics as { total_allocated_bytes?: number }).total_allocated_bytes ??
    statistics.used_heap_size
  );
}

function makePump(): (records: number) => number {
  const sender = makeLink(0, true);
  const receiver = makeLink(1, false);
  const chunk = new Uint8Array(IO_CHUNK);
  shake(sender, receiver, chunk);
  const perChunk = 4;
  return (records) => {
    let done = 0;
    for (; done < records; done += perChunk) {
      const written = sender.transmit(0, chunk, 0, IO_CHUNK);
      receiver.receive(0, chunk, 0, written);
    }
    return done;
  };
}

function shake(sender: Link, receiver: Link, chunk: Uint8Array): void {
  sender.opened(0);
  receiver.opened(0);
  receiver.receive(0, chunk, 0, sender.transmit(0, chunk, 0, IO_CHUNK));
  sender.receive(0, chunk, 0, receiver.transmit(0, chunk, 0, IO_CHUNK));
  receiver.receive(0, chunk, 0, sender.transmit(0, chunk, 0, IO_CHUNK));
  if (!sender.isOpen || !receiver.isOpen) throw new Error('the links did not open');
}

function makeLink(id: number, isInitiator: boolean): Link {
  const shared: LinkShared = {
    suite: freeSuite(),
    user: isInitiator ? SOURCE : SINK,
    rejects: {
      add: (reject) => {
        throw new Error(`rejected: ${reject}`);
      },
    },
    pool: new BufferPool(UNIT_MAX, 4),
    scratch: new Uint8Array(UNIT_MAX),
    wake: () => undefined,
  };
  return new Link(id, shared, idleHandshake(isInitiator));
}

/** Messages of four octets, keys of zeros, an introduction of one octet. */
function idleHandshake(isInitiator: boolean): Handshake {
  const result = () => ({
    initiatorSecret: new Uint8Array(32),
    responderSecret: new Uint8Array(32),
    transcript: new Uint8Array(32),
  });
  return {
    expects: 4,
    peerId: undefined,
    introductionLen: 1,
    start: () => (isInitiator ? new Uint8Array(4) : undefined),
    receive: () => ({
      kind: 'keys',
      isInitiator,
      message: isInitiator ? undefined : new Uint8Array(4),
      result: result(),
    }),
    introduce: () => new Uint8Array(1),
    introduced: () => undefined,
    destroy: () => undefined,
  };
}

/** A suite that costs nothing: a cipher that leaves octets as they are, keys of zeros. */
function freeSuite(): Suite {
  const aead = new FreeAead();
  const zeros = new Uint8Array(HASH_LEN);
  return { ...createNativeSuite(), aead: () => aead, hash: () => zeros, hmac: () => zeros };
}

class FreeAead implements AeadKey {
  seal(_counter: number, _bytes: Uint8Array, start: number, end: number): number {
    return end - start + AEAD_TAG_LEN;
  }

  open(
    _counter: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    out: Uint8Array,
    at: number,
  ): number {
    out[at] = bytes[start] as number;
    if (out.length > at + 1) out[at + 1] = bytes[start + 1] as number;
    return end - start - AEAD_TAG_LEN;
  }

  destroy(): void {
    // There is no key.
  }
}

const IDLE: Omit<StreamUser, 'receive' | 'transmit'> = Object.freeze({
  opened: () => undefined,
  ended: () => undefined,
  closed: () => undefined,
});

const SOURCE: StreamUser = Object.freeze<StreamUser>({
  ...IDLE,
  receive: (_nowUs, _id, _bytes, start, end) => end - start,
  transmit: (_nowUs, _id, _out, start, end) => end - start,
});

const SINK: StreamUser = Object.freeze<StreamUser>({ ...SOURCE, transmit: () => 0 });
