import { frozen } from '#core/base/frozen.ts';
import type { Finding, Promised, Vigil } from '../claims/mod.ts';
import type { FaultPlayer } from '../faults/mod.ts';
import type { Pipe } from '../network/mod.ts';
import { firstFault, type LifecycleWatch } from './lifecycle-watch.ts';
import type { Assertion, AssertionKind, CommonOracle, OracleName } from './scenario.ts';

/** `at` only where it was decided during the run. */
export type Verdict = Pick<Finding, 'ok' | 'detail' | 'at'>;

const NS_PER_MS = 1_000_000;

/** What every finished run shows. */
export type CommonEvidence = {
  readonly watches: ReadonlyMap<string, LifecycleWatch>;
  readonly pipes: readonly Pipe[];
  /** Absent where nothing went wrong. */
  readonly faults: FaultPlayer | undefined;
  /** What was found while it ran. */
  readonly vigil: Vigil;
  /** Virtual time at the end. */
  readonly endNs: number;
  /** Name of the trap that was sprung, if any. */
  readonly trap: string | undefined;
  /** What a second run of the same token differed in; undefined when nobody ran it again. */
  readonly differs: readonly string[] | undefined;
};

/** How an oracle judges what a run left; one without `judge` is judged by the vigil alone. */
export type Judge<Shown extends CommonEvidence> = {
  readonly kind: AssertionKind;
  /** Of what happens sometimes: 'run' unless no single run can promise it. */
  readonly promised?: Promised;
  readonly judge?: (evidence: Shown) => Verdict;
};

/** What the vigil found decides; what it did not watch for, or did not see fail, is judged at the end. */
export function decide<Shown extends CommonEvidence>(
  name: OracleName,
  { kind, promised = 'run', judge }: Judge<Shown>,
  evidence: Shown,
): Assertion {
  const found = evidence.vigil.of(name);
  const verdict = found?.ok !== false && judge !== undefined ? judge(evidence) : undefined;
  const { ok, detail, at } = verdict ?? found ?? no('nobody watched for it');
  const more = {
    ...(at === undefined ? {} : { at }),
    ...(kind === 'sometimes' ? { promised, seen: found?.seen ?? ok } : {}),
  };
  const isTimed = ok || at !== undefined;
  const when = isTimed ? '' : `; at the end, ${(evidence.endNs / NS_PER_MS).toFixed(3)} ms`;
  return { name, kind, ok, detail: detail + when, ...more };
}

/** What can hold of any run, whatever it is a run of; `unrejected` each kind counts by itself. */
export const COMMON_ORACLES: {
  readonly [name in Exclude<CommonOracle, 'unrejected'>]: Judge<CommonEvidence>;
} = frozen({
  'closed-once': { kind: 'always', judge: closedOnce },
  conserved: { kind: 'always' },
  'octets-conserved': { kind: 'always' },
  causal: { kind: 'always' },
  progress: { kind: 'always' },
  healed: { kind: 'always', judge: healed },
  'nothing-ambient': { kind: 'always', judge: nothingAmbient },
  repeatable: { kind: 'always', judge: repeatable },
});

function closedOnce({ watches }: CommonEvidence): Verdict {
  const fault = firstFault(watches);
  return fault === undefined ? yes(`${watches.size} roots watched`) : no(fault);
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
