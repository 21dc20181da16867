import { frozen } from '#core/base/frozen.ts';
import type { Bursts } from './impairments.ts';
import type { LinkOptions } from './network.ts';
import { MTU } from './packet.ts';
import { MTU_MIN, type PipeOptions } from './pipe-options.ts';
import type { QueueKind } from './queue.ts';
import { BURST_MAX, type BucketOptions } from './token-bucket.ts';

// One direction of a link as data of a scenario: whole numbers in units people use, and their ranges.

/** What of a pipe may be said; what is not said is as in PipeOptions. */
export type PipePlan = {
  /** Propagation in microseconds. */
  readonly delayUs: number;
  /** Megabits per second; 0 is infinite. */
  readonly mbps: number;
  readonly lossPpm?: number;
  readonly lossEvery?: number;
  readonly bursts?: Bursts;
  /** A packet takes up to so many microseconds longer. */
  readonly jitterUs?: number;
  readonly keepsOrder?: boolean;
  readonly duplicatePpm?: number;
  readonly damagePpm?: number;
  /** KiB that may wait to be serialised. */
  readonly queueKiB?: number;
  readonly queue?: QueueKind;
  /** Octets of the longest packet, headers included. */
  readonly mtu?: number;
  readonly bucket?: BucketPlan;
};

/** A rate that is kept to with bursts: see BucketOptions. */
export type BucketPlan = {
  readonly kbps: number;
  /** Octets, headers included. */
  readonly burst: number;
  readonly excess: BucketOptions['excess'];
};

/** A link as data: the way there, and the way back where it differs, which then is described in full. */
export type WirePlan = PipePlan & { readonly back?: PipePlan };

/** Least and most of what is a number, by the name of its field. */
export type Ranges = { readonly [field: string]: readonly [least: number, most: number] };

const SHARE = frozen([0, 1_000_000]);

export const PIPE_RANGES: Ranges = frozen({
  delayUs: [0, 60_000_000],
  mbps: [0, 1_000_000],
  lossPpm: SHARE,
  lossEvery: [0, 1_000_000_000],
  jitterUs: [0, 4_000_000],
  duplicatePpm: SHARE,
  damagePpm: SHARE,
  queueKiB: [2, 1_048_576],
  mtu: [MTU_MIN, MTU],
});
export const BURST_RANGES: Ranges = frozen({ beginPpm: SHARE, endPpm: SHARE, lossPpm: SHARE });
export const BUCKET_RANGES: Ranges = frozen({ kbps: [1, 1_000_000_000], burst: [MTU, BURST_MAX] });
export const EXCESSES: readonly BucketOptions['excess'][] = frozen(['waits', 'dropped']);
export const QUEUE_KINDS: readonly QueueKind[] = frozen(['drop-tail', 'codel', 'fq-codel']);

/** What the network takes, for what a plan says. */
export function linkOptions({ back, ...there }: WirePlan): LinkOptions {
  return back === undefined
    ? pipeOptions(there)
    : { ...pipeOptions(there), back: pipeOptions(back) };
}

function pipeOptions(plan: PipePlan): PipeOptions {
  const { delayUs, mbps, jitterUs = 0, queueKiB, bucket, ...same } = plan;
  return {
    ...same,
    delayNs: delayUs * 1_000,
    rateBps: mbps * 1_000_000,
    jitterNs: jitterUs * 1_000,
    ...(bucket && { bucket: { ...bucket, rateBps: bucket.kbps * 1_000 } }),
    ...(queueKiB === undefined ? {} : { queueBytes: queueKiB * 1024 }),
  };
}
