import { assert } from '#core/base/assert.ts';
import type { ImpairmentOptions } from './impairments.ts';
import { MTU } from './packet.ts';
import type { QueueKind } from './queue.ts';
import type { BucketOptions } from './token-bucket.ts';

/** One direction of a link. */
export type PipeOptions = ImpairmentOptions & {
  /** Propagation in nanoseconds. */
  readonly delayNs: number;
  /** Bits per second; 0 is infinite. Default 0. */
  readonly rateBps?: number;
  /** Octets, headers included, that may wait to be serialised. Default 1 MiB. */
  readonly queueBytes?: number;
  /** What routes count the link as, in nanoseconds. Default its delay. Stays as it is for as long as the pipe does. */
  readonly costNs?: number;
  /** Who is dropped. Stays as it is for as long as the pipe does. Default 'drop-tail'. */
  readonly queue?: QueueKind;
  /** Octets of the longest packet it takes, headers included: MTU_MIN to MTU. Default MTU. */
  readonly mtu?: number;
  /** A rate packets are held to before they are serialised. Default: none. */
  readonly bucket?: BucketOptions;
};

/** Some of a pipe's properties. */
export type PipeChange = Partial<Omit<PipeOptions, 'queue'>>;

/** Octets that may wait where nothing is said. */
export const QUEUE_BYTES: number = 1024 * 1024;
/** What every IPv4 host takes (RFC 1122, 3.3.3); IPv6 asks for 1280. */
export const MTU_MIN = 576;

/** Whether a pipe may be so; how chances and buckets may be they say themselves. */
export function checkPipe(options: PipeOptions): void {
  const { delayNs, rateBps = 0, queueBytes = QUEUE_BYTES, mtu = MTU } = options;
  assert(Number.isSafeInteger(delayNs) && delayNs >= 0, 'a delay is whole nanoseconds');
  assert(
    Number.isSafeInteger(rateBps) && rateBps >= 0 && rateBps < 0x100_0000_0000,
    'a rate is below 1 Tbit/s',
  );
  assert(queueBytes >= MTU, 'a queue holds a packet');
  assert(Number.isInteger(mtu) && mtu >= MTU_MIN && mtu <= MTU, 'an MTU is MTU_MIN to MTU');
}
