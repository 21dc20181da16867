import { frozen } from '#core/base/frozen.ts';
import { IO_CHUNK, RECORD_PAYLOAD_MAX, SEND_BACKLOG } from '#core/base/limits.ts';
import { type Pipe, RECEIVE_BUFFER, SEND_BUFFER } from '../network/mod.ts';
import { expectedTranscript, type Inhabitant } from '../workload/mod.ts';
import type { LifecycleWatch } from './lifecycle-watch.ts';
import type { Assertion, AssertionKind, OracleName, Plan } from './scenario.ts';

/** All that a finished run shows its oracles. */
export type Evidence = {
  readonly plan: Plan;
  readonly inhabitants: ReadonlyMap<string, Inhabitant>;
  readonly watches: ReadonlyMap<string, LifecycleWatch>;
  readonly pipes: readonly Pipe[];
  /** Packets that were never released. */
  readonly packetsLeft: number;
  /** Packets at taps that held the canary, and where the first was. */
  readonly canary: { readonly packets: number; readonly first: string; readonly payloads: number };
  /** Most octets that were sent and not yet read, over all slow flows and moments. */
  readonly heldMax: number;
  /** Name of the trap that was sprung, if any. */
  readonly trap: string | undefined;
  /** What a second run of the same token differed in; undefined when nobody ran it again. */
  readonly differs: readonly string[] | undefined;
};

/**
 * Octets between a sender's application and a reader's: the host's backlog, both kernels' buffers, the chunk
 * the host keeps for the reader, and in the link one record opened and one that arrives in pieces.
 */
export const HELD_BOUND: number =
  SEND_BACKLOG + SEND_BUFFER + RECEIVE_BUFFER + IO_CHUNK + 2 * RECORD_PAYLOAD_MAX;

type Judge = { readonly kind: AssertionKind; readonly judge: (evidence: Evidence) => Verdict };
type Verdict = { readonly ok: boolean; readonly detail: string };

export function judge(name: OracleName, evidence: Evidence): Assertion {
  const oracle = ORACLES[name];
  return { name, kind: oracle.kind, ...oracle.judge(evidence) };
}

const ORACLES: { readonly [name in OracleName]: Judge } = frozen({
  delivered: { kind: 'eventually', judge: delivered },
  'closed-once': { kind: 'always', judge: closedOnce },
  sealed: { kind: 'always', judge: sealed },
  unrejected: { kind: 'always', judge: unrejected },
  conserved: { kind: 'always', judge: conserved },
  bounded: { kind: 'always', judge: bounded },
  'loss-seen': { kind: 'sometimes', judge: lossSeen },
  'reader-stalled': { kind: 'sometimes', judge: readerStalled },
  'nothing-ambient': { kind: 'always', judge: nothingAmbient },
  repeatable: { kind: 'always', judge: repeatable },
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

function closedOnce({ watches }: Evidence): Verdict {
  for (const [name, watch] of watches) {
    if (watch.faults.length > 0) return no(`${name}: ${watch.faults[0]}`);
  }
  return yes(`${watches.size} roots watched`);
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
  for (const [name, inhabitant] of inhabitants) {
    for (const [reason, count] of Object.entries(inhabitant.rejects())) {
      if (count > 0) return no(`${name} refused ${count} times: ${reason}`);
    }
  }
  return yes('no reject counted');
}

/** What went into a link is what came out, was lost, was dropped, or is still on its way. */
function conserved({ pipes, packetsLeft }: Evidence): Verdict {
  let inFlight = 0;
  for (const pipe of pipes) {
    const accounted = pipe.delivered + pipe.lost + pipe.dropped + pipe.inFlight;
    if (pipe.sent !== accounted)
      return no(`${pipe.name}: ${pipe.sent} sent, ${accounted} accounted for`);
    inFlight += pipe.inFlight;
  }
  if (packetsLeft !== inFlight) return no(`${packetsLeft} packets live, ${inFlight} in flight`);
  return yes(`${pipes.length} pipes, ${pipes.reduce((sum, pipe) => sum + pipe.sent, 0)} packets`);
}

function bounded({ heldMax }: Evidence): Verdict {
  const detail = `${heldMax} octets held at most, bound ${HELD_BOUND}`;
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

function nothingAmbient({ trap }: Evidence): Verdict {
  return trap === undefined
    ? yes('clock, random, timer, promise untouched')
    : no(`the core touched: ${trap}`);
}

function repeatable({ differs }: Evidence): Verdict {
  if (differs === undefined) return no('the run was not repeated');
  return differs.length === 0
    ? yes('a second run gave equal hashes')
    : no(`a second run differs in ${differs.join(', ')}`);
}

function yes(detail: string): Verdict {
  return { ok: true, detail };
}

function no(detail: string): Verdict {
  return { ok: false, detail };
}
