import { IO_CHUNK, RECORD_PAYLOAD_MAX, SEND_BACKLOG } from '#core/base/limits.ts';
import type { Crossing, Speaker, Task } from '../claims/mod.ts';
import { RECEIVE_BUFFER, SEND_BUFFER } from '../network/mod.ts';
import type { Flow, Inhabitant } from '../workload/mod.ts';

// What oracles are shown of flows over one hop while they run.

/**
 * Octets between a sender's application and a reader's: the host's backlog, both kernels' buffers, the chunk
 * the host keeps for the reader, and in the link one record opened and one that arrives in pieces.
 */
export const HELD_BOUND: number =
  SEND_BACKLOG + SEND_BUFFER + RECEIVE_BUFFER + IO_CHUNK + 2 * RECORD_PAYLOAD_MAX;

type Inhabitants = ReadonlyMap<string, Inhabitant>;

export function heldInWords(held: number): string {
  return `${held} octets held at most, bound ${HELD_BOUND}`;
}

export function firstRefusal(inhabitants: Inhabitants): string | undefined {
  for (const [name, inhabitant] of inhabitants)
    for (const [reason, count] of Object.entries(inhabitant.rejects()))
      if (count > 0) return `${name} refused ${count} times: ${reason}`;
  return undefined;
}

/** Ends of flows with octets that nobody keeps them from sending. */
export function* speakersOf(inhabitants: Inhabitants): Iterable<Speaker> {
  for (const [host, { app }] of inhabitants)
    for (const { id, flow, sent, hasToSay } of app.ends)
      if (hasToSay) yield { key: `flow ${flow.id} at ${host}`, host, id, measure: sent };
}

export function* tasksOf(inhabitants: Inhabitants): Iterable<Task> {
  for (const [host, { app }] of inhabitants)
    for (const { flow, sent, received, isClosed } of app.ends)
      if (!isClosed)
        yield { key: `flow ${flow.id} at ${host}, the whole`, measure: sent + received };
}

/** Both directions of every flow whose two ends have met. */
export function* crossingsOf(flows: readonly Flow[], inhabitants: Inhabitants): Iterable<Crossing> {
  for (const flow of flows) {
    const dialler = inhabitants.get(flow.from)?.app.endOf(flow, true);
    const answerer = inhabitants.get(flow.to)?.app.endOf(flow, false);
    if (dialler === undefined || answerer === undefined) continue;
    yield { key: `flow ${flow.id} up`, written: dialler.sent, read: answerer.received };
    yield { key: `flow ${flow.id} down`, written: answerer.sent, read: dialler.received };
  }
}
