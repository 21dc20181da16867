import { frozen } from '#core/base/frozen.ts';
import type { FaultPlayer } from '../faults/mod.ts';
import type { Pipe } from '../network/mod.ts';
import type { LifecycleWatch } from './lifecycle-watch.ts';
import type { AssertionKind, CommonOracle } from './scenario.ts';

export type Verdict = { readonly ok: boolean; readonly detail: string };

/** What every finished run shows. */
export type CommonEvidence = {
  readonly watches: ReadonlyMap<string, LifecycleWatch>;
  readonly pipes: readonly Pipe[];
  /** Absent where nothing went wrong. */
  readonly faults: FaultPlayer | undefined;
  /** Packets that were never released. */
  readonly packetsLeft: number;
  /** Name of the trap that was sprung, if any. */
  readonly trap: string | undefined;
  /** What a second run of the same token differed in; undefined when nobody ran it again. */
  readonly differs: readonly string[] | undefined;
};

type Judge = {
  readonly kind: AssertionKind;
  readonly judge: (evidence: CommonEvidence) => Verdict;
};

/** What can hold of any run, whatever it is a run of; `unrejected` each kind counts by itself. */
export const COMMON_ORACLES: {
  readonly [name in Exclude<CommonOracle, 'unrejected'>]: Judge;
} = frozen({
  'closed-once': { kind: 'always', judge: closedOnce },
  conserved: { kind: 'always', judge: conserved },
  healed: { kind: 'always', judge: healed },
  'nothing-ambient': { kind: 'always', judge: nothingAmbient },
  repeatable: { kind: 'always', judge: repeatable },
});

function closedOnce({ watches }: CommonEvidence): Verdict {
  for (const [name, watch] of watches) {
    if (watch.faults.length > 0) return no(`${name}: ${watch.faults[0]}`);
  }
  return yes(`${watches.size} roots watched`);
}

/** What went into a link, and what it doubled, is what came out, was lost, was dropped, or is still on its way. */
function conserved({ pipes, packetsLeft }: CommonEvidence): Verdict {
  let inFlight = 0;
  for (const pipe of pipes) {
    const accounted = pipe.delivered + pipe.lost + pipe.dropped + pipe.inFlight;
    const entered = pipe.sent + pipe.duplicated;
    if (entered !== accounted)
      return no(`${pipe.name}: ${entered} sent or doubled, ${accounted} accounted for`);
    inFlight += pipe.inFlight;
  }
  if (packetsLeft !== inFlight) return no(`${packetsLeft} packets live, ${inFlight} in flight`);
  return yes(`${pipes.length} pipes, ${pipes.reduce((sum, pipe) => sum + pipe.sent, 0)} packets`);
}

/** Things went wrong, and after healing all is as it was before them. */
function healed({ faults }: CommonEvidence): Verdict {
  if (faults === undefined) return no('no fault was to happen: the run shows nothing');
  if (faults.leftover !== undefined) return no(`left after healing: ${faults.leftover}`);
  return faults.isHealed ? yes(`${faults.begun} faults, nothing left`) : no('nobody healed');
}

function nothingAmbient({ trap }: CommonEvidence): Verdict {
  return trap === undefined
    ? yes('clock, random, timer, promise untouched')
    : no(`the core touched: ${trap}`);
}

function repeatable({ differs }: CommonEvidence): Verdict {
  if (differs === undefined) return no('the run was not repeated');
  return differs.length === 0
    ? yes('a second run gave equal hashes')
    : no(`a second run differs in ${differs.join(', ')}`);
}

export function yes(detail: string): Verdict {
  return { ok: true, detail };
}

export function no(detail: string): Verdict {
  return { ok: false, detail };
}
