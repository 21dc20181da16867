import { frozen } from '#core/base/frozen.ts';
import { expectedTranscript, type Inhabitant } from '../workload/mod.ts';
import {
  COMMON_ORACLES,
  type CommonEvidence,
  decide,
  type Judge,
  no,
  type Verdict,
  yes,
} from './common-oracles.ts';
import { firstRefusal, HELD_BOUND, heldInWords } from './flow-sight.ts';
import type { Assertion, FlowOracle, FlowPlan, OracleName } from './scenario.ts';

/** All that a finished run shows its oracles. */
export type Evidence = CommonEvidence & {
  readonly plan: FlowPlan;
  readonly inhabitants: ReadonlyMap<string, Inhabitant>;
  /** Packets at taps that held the canary, and where the first was. */
  readonly canary: { readonly packets: number; readonly first: string; readonly payloads: number };
  /** Most octets that were sent and not yet read, over all slow flows and moments. */
  readonly heldMax: number;
};

/** A name that is none of flows does not hold. */
export function judge(name: OracleName, evidence: Evidence): Assertion {
  const oracle = Object.hasOwn(ORACLES, name) ? ORACLES[name as FlowOracle] : undefined;
  if (oracle === undefined) return { name, kind: 'always', ...no('not an oracle of flows') };
  return decide(name, oracle, evidence);
}

const ORACLES: { readonly [name in FlowOracle]: Judge<Evidence> } = frozen({
  ...COMMON_ORACLES,
  delivered: { kind: 'eventually', judge: delivered },
  sealed: { kind: 'always', judge: sealed },
  unrejected: { kind: 'always', judge: unrejected },
  bounded: { kind: 'always', judge: bounded },
  'loss-seen': { kind: 'sometimes', judge: lossSeen },
  'reader-stalled': { kind: 'sometimes', judge: readerStalled },
});

/** Both ends of every flow saw what the flow says, octet for octet. */
function delivered({ plan, inhabitants }: Evidence): Verdict {
  for (const flow of plan.flows) {
    const expected = expectedTranscript(flow);
    const seen = {
      dialler: inhabitants.get(flow.from)?.app.transcriptOf(flow).dialler ?? [],
      answerer: inhabitants.get(flow.to)?.app.transcriptOf(flow).answerer ?? [],
    };
    for (const end of ['dialler', 'answerer'] as const) {
      const [want, got] = [expected[end].join(', '), seen[end].join(', ')];
      if (want !== got) return no(`flow ${flow.id}: its ${end} saw "${got}" instead of "${want}"`);
    }
  }
  let wrong = 0;
  for (const { app } of inhabitants.values()) for (const end of app.ends) wrong += end.wrong;
  return wrong === 0
    ? yes(`${plan.flows.length} flows, both ends`)
    : no(`${wrong} octets arrived altered`);
}

/** The canary stands in every 64 octets of content, so any packet of content in clear holds one. */
function sealed({ canary }: Evidence): Verdict {
  if (canary.payloads === 0) return no('no packet with content crossed a tap');
  return canary.packets === 0
    ? yes(`${canary.payloads} packets with content looked at`)
    : no(`content in clear in ${canary.packets} packets, first ${canary.first}`);
}

/** Nobody misbehaved, so nobody was refused. */
function unrejected({ inhabitants }: Evidence): Verdict {
  const refused = firstRefusal(inhabitants);
  if (refused !== undefined) return no(refused);
  return yes('no reject counted');
}

function bounded({ heldMax }: Evidence): Verdict {
  const detail = heldInWords(heldMax);
  return heldMax <= HELD_BOUND ? yes(detail) : no(detail);
}

function lossSeen({ pipes }: Evidence): Verdict {
  const lost = pipes.reduce((sum, pipe) => sum + pipe.lost, 0);
  return lost > 0
    ? yes(`${lost} packets lost`)
    : no('nothing was lost: the run shows nothing about loss');
}

/** Half the bound was in use at some moment: the sender really had to wait. */
function readerStalled({ heldMax }: Evidence): Verdict {
  const detail = `${heldMax} octets waited for the reader`;
  return heldMax > HELD_BOUND / 2 ? yes(detail) : no(`only ${detail}: nobody was held back`);
}
