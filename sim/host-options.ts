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
  readonly congestion?: CongestionKind;
  /** Octets each stream keeps for its reader, 4 KiB to 1 GiB. Default 256 KiB. */
  readonly receiveBuffer?: number | undefined;
  /** A disk that held something before. */
  readonly disk?: SimStore;
  /** How far off the wall clock may be, in ms, as the host tells it. Default 1000. */
  readonly wallUncertaintyMs?: number;
};

/** What a root is made of: its randomness, and what storage held. A root may contribute to the state hash. */
export type RootMaker = (given: {
  readonly random: Random;
  readonly store: StoreSnapshot;
}) => SimRoot;
export type SimRoot = Root & { state?(): string };
