import type { Root } from '#core/host/mod.ts';
import {
  type Always,
  type Asker,
  type Claim,
  type Crossing,
  causal,
  circuitSpeakers,
  creditsConserved,
  type Eventually,
  Ledger,
  octetsConserved,
  PacketWatch,
  Pairs,
  PathDelays,
  type Program,
  ProgressWatch,
  type Sometimes,
  type Speaker,
  type Task,
  Vigil,
} from '../claims/mod.ts';
import type { SimHost } from '../host.ts';
import type { Network } from '../network/mod.ts';
import { firstFault, type LifecycleWatch } from './lifecycle-watch.ts';
import type { OracleName } from './scenario.ts';

/** What oracles see of a run while it runs. Everything is asked for again and again, and changes nothing. */
export type Sight = {
  readonly network: Network;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly watches: ReadonlyMap<string, LifecycleWatch>;
  /** The first refusal that was counted, in words. */
  readonly rejected: () => string | undefined;
  /** What is held now beyond what may be, in words. */
  readonly overfull: () => string | undefined;
  /** Hosts with circuits. */
  readonly programs: () => Iterable<readonly [host: string, program: Program]>;
  /** Whoever has something to send outside of circuits. */
  readonly speakers: () => Iterable<Speaker>;
  readonly tasks: () => Iterable<Task>;
  /** What is not as it was before something broke, in words. */
  readonly notBack: () => string | undefined;
  /** A file that went up, in words, if one did. */
  readonly uploaded: () => string | undefined;
  /** What applications say they wrote and read, from end to end. */
  readonly crossings: () => Iterable<Crossing>;
  readonly askers: (delaysNs: readonly number[]) => readonly Asker[];
};

/** Events between two looks, by what a look costs. */
const OFTEN = 64;
const SELDOM = 32_768;

/** From the last fault until a page has come again that was begun behind it: another circuit, and a page. */
const BACK_MS = 20_000;

/** The eyes of the oracles that are named: those that see something before the end. */
export class Eyes {
  readonly vigil: Vigil;
  readonly #ledger: Ledger;

  constructor(names: readonly OracleName[], sight: Sight) {
    const { world } = sight.network;
    this.#ledger = new Ledger(() => world.nowNs);
    const claims = claimsOf(sight, this.#ledger, new Set(names));
    this.vigil = new Vigil(world, claims);
  }

  /** A root whose streams are kept account of. */
  keep(host: string, root: Root): Root {
    return this.#ledger.keep(host, root);
  }
}

function claimsOf(sight: Sight, ledger: Ledger, names: ReadonlySet<OracleName>): readonly Claim[] {
  const { network, hosts, programs } = sight;
  const { world } = network;
  const pairs = new Pairs(world, hosts, ledger);
  const claims: Claim[] = [];
  const ask = (name: OracleName, make: () => Claim): void => {
    if (names.has(name)) claims.push(make());
  };
  if (names.has('conserved') || names.has('causal')) {
    const packets = new PacketWatch(network);
    const delays = new PathDelays(network, packets);
    const askers = sight.askers(packets.delaysNs);
    ask('conserved', () => packets.claim());
    ask('causal', () => causal(world, packets, pairs, delays, ledger, askers));
  }
  ask('octets-conserved', () => octetsConserved(pairs, sight.crossings));
  ask('credits-conserved', () => creditsConserved(programs, pairs));
  ask('progress', () => progress(sight, pairs).claim());
  ask('closed-once', () => plain('closed-once', OFTEN, () => firstFault(sight.watches)));
  ask('unrejected', () => plain('unrejected', SELDOM, sight.rejected));
  for (const name of ['bounded', 'pool-bounded'] as const)
    ask(name, () => plain(name, OFTEN, sight.overfull));
  ask('soon-back', () => soonBack(sight.notBack));
  ask('upload-seen', () => uploadSeen(sight.uploaded));
  return claims;
}

function progress({ network, programs, speakers, tasks }: Sight, pairs: Pairs): ProgressWatch {
  return new ProgressWatch(
    network,
    pairs,
    function* () {
      yield* speakers();
      yield* circuitSpeakers(programs());
    },
    tasks,
  );
}

/** What its oracle counts or measures at the end, seen as soon as it goes wrong. */
function plain(name: OracleName, every: number, look: () => string | undefined): Always {
  return { kind: 'always', name, every, look, said: () => '' };
}

function soonBack(missing: () => string | undefined): Eventually {
  const within = { phase: 'fault', ms: BACK_MS };
  return { kind: 'eventually', name: 'soon-back', within, missing, said: () => 'pages came again' };
}

function uploadSeen(happened: () => string | undefined): Sometimes {
  return { kind: 'sometimes', name: 'upload-seen', promised: 'sweep', happened };
}
