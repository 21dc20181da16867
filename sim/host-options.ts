import type { Random, Root, StoreSnapshot } from '#core/host/mod.ts';
import type { CongestionKind } from './network/mod.ts';
import type { SimStore } from './store.ts';

export type SimHostOptions = {
  readonly name: string;
  readonly ips: readonly Uint8Array[];
  /** Timers are late by up to this many microseconds. Default 1000; 0 is exact. */
  readonly timerGranularityUs?: number;
  /** Until a write is durable, in nanoseconds. Default 5 ms. */
  readonly storeNs?: number;
  /** How its streams share links. Default 'reno'. */
  readonly congestion?: CongestionKind | undefined;
  /** Octets each stream keeps for its reader, 4 KiB to 1 GiB. Default 256 KiB. */
  readonly receiveBuffer?: number | undefined;
  /** A disk that held something before. */
  readonly disk?: SimStore;
  /** How far off the wall clock may be, in ms, as the host tells it. Default 1000. */
  readonly wallUncertaintyMs?: number;
};

/** A host's streams as data of a scenario; what is absent is as in SimHostOptions. */
export type StreamsPlan = {
  /** KiB each of its streams keeps for a reader; absent: 256. */
  readonly receiveKiB?: number;
  /** How its streams share links; absent: 'reno'. */
  readonly congestion?: CongestionKind;
};

/** What a host takes, for what a plan says. */
export function streamOptions({
  receiveKiB,
  congestion,
}: StreamsPlan): Pick<SimHostOptions, 'receiveBuffer' | 'congestion'> {
  return { congestion, receiveBuffer: receiveKiB && receiveKiB * 1024 };
}

/** What a root is made of: its randomness, and what storage held. A root may contribute to the state hash. */
export type RootMaker = (given: {
  readonly random: Random;
  readonly store: StoreSnapshot;
}) => SimRoot;
export type SimRoot = Root & { state?(): string };
