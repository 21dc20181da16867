import {
  STEP_CELL_CUT,
  STEP_CELL_LEAVES,
  STEP_CELL_WAITS,
  STEP_DATA_KEPT,
  STEP_DATA_WRITTEN,
  STEP_FRAME_WRITTEN,
  STEP_HOST_GIVEN,
  STEP_HOST_OFFERS,
  STEP_LAYER_OPENED,
  STEP_NOISE_BEHIND,
  STEP_RECORD_GATHERED,
  STEP_RECORD_OPENED,
  STEP_RECORD_SEALED,
  STEP_REPLY_WRITTEN,
  STEP_REQUEST_READ,
  STEP_STREAM_GIVES,
  STEP_STREAM_TAKES,
} from '#core/observe/mod.ts';
import {
  STEP_PROGRAM_READS,
  STEP_PROGRAM_WRITES,
  STEP_SOCKET_GIVES,
  STEP_SOCKET_TAKES,
} from './ends.ts';
import { HostSteps } from './host-steps.ts';
import type { Recording, Role, Told } from './record.ts';

/** One step of the followed cell. */
export type Row = Told & { readonly role: Role };

/** What one cell went through, in order: the request's last, and one that brings the first part of the page. */
export type Ways = { readonly there: readonly Row[]; readonly back: readonly Row[] };

/**
 * Follows octets by their place in the stream, and cells by their number in the circuit: no queue of the path changes
 * an order, nothing is lost in between, and one circuit carries all cells of the run.
 */
export function follow(recording: Recording): Ways {
  const at = (role: Role): HostSteps =>
    new HostSteps(role, recording.steps.get(recording.hosts[role]) ?? []);
  const browser = at('browser');
  const client = at('client');
  const website = at('website');
  const firstRead = browser.first(0, STEP_PROGRAM_READS);
  // The last octet the browser had said when the page began, and one from the middle of what it then read. Before
  // that it talks to the proxy, on the same connection.
  const asked = browser.sum(STEP_SOCKET_TAKES, firstRead) - 1;
  const middle = Math.ceil((browser.told[firstRead]?.b ?? 0) / 2);
  const heard = browser.sum(STEP_SOCKET_GIVES, firstRead) - middle;
  const request = asked - client.sum(STEP_REQUEST_READ);
  const page = heard - client.sum(STEP_REPLY_WRITTEN);
  return {
    there: [
      ...says(browser, asked),
      ...throughCircuit([client, at('entry'), at('middle'), at('exit')], request, true),
      ...hears(website, request),
    ],
    back: [
      ...says(website, page),
      ...throughCircuit([at('exit'), at('middle'), at('entry'), client], page, false),
      ...hears(browser, heard),
    ],
  };
}

/** The octet at `offset` of the stream, from the one end of the circuit to the other. */
function throughCircuit(
  hosts: readonly HostSteps[],
  offset: number,
  isForward: boolean,
): readonly Row[] {
  const [first, ...others] = hosts as [HostSteps, ...HostSteps[]];
  const last = others.pop() as HostSteps;
  const { rows, cell } = intoCell(first, offset);
  for (const relay of others) rows.push(...throughRelay(relay, cell, isForward));
  rows.push(...outOfCell(last, cell, offset));
  checkFrames(rows);
  return rows;
}

function says(end: HostSteps, offset: number): readonly Row[] {
  const taken = end.covering(STEP_SOCKET_TAKES, offset);
  return end.rows(end.last(taken, STEP_PROGRAM_WRITES), taken);
}

function hears(end: HostSteps, offset: number): readonly Row[] {
  const given = end.covering(STEP_SOCKET_GIVES, offset);
  return end.rows(given, end.first(given, STEP_PROGRAM_READS));
}

/** From the host's stream into a record; `cell`: how many cells went before it. */
function intoCell(end: HostSteps, offset: number): { readonly rows: Row[]; readonly cell: number } {
  const taken = end.covering(STEP_STREAM_TAKES, offset);
  const written = end.covering(STEP_DATA_WRITTEN, offset);
  const frame = end.first(written, STEP_FRAME_WRITTEN);
  const rows = [
    ...end.rows(end.last(taken, STEP_HOST_OFFERS), taken),
    ...end.between(written, frame),
    ...end.rows(end.first(frame, STEP_RECORD_SEALED)),
  ];
  return { rows, cell: end.count(STEP_FRAME_WRITTEN, frame) };
}

function throughRelay(relay: HostSteps, cell: number, isForward: boolean): readonly Row[] {
  // Towards the exit a layer is taken off at once; towards the client one is put on as the cell leaves.
  const cut = relay.nth(STEP_CELL_CUT, cell, STEP_LAYER_OPENED, isForward);
  const leaves = relay.nth(STEP_CELL_LEAVES, cell, STEP_NOISE_BEHIND, isForward);
  const frame = relay.first(leaves, STEP_FRAME_WRITTEN);
  return [
    ...outOfRecord(relay, cut),
    ...relay.between(cut, relay.first(cut, STEP_CELL_WAITS)),
    ...relay.between(leaves, frame),
    ...relay.rows(relay.first(frame, STEP_RECORD_SEALED)),
  ];
}

function outOfCell(end: HostSteps, cell: number, offset: number): readonly Row[] {
  const cut = end.nth(STEP_CELL_CUT, cell, STEP_LAYER_OPENED, true);
  const kept = end.covering(STEP_DATA_KEPT, offset);
  const given = end.covering(STEP_STREAM_GIVES, offset);
  return [
    ...outOfRecord(end, cut),
    ...end.between(cut, end.first(cut, STEP_DATA_KEPT) - 1),
    ...end.rows(kept, given, end.first(given, STEP_HOST_GIVEN)),
  ];
}

function outOfRecord(host: HostSteps, cut: number): readonly Row[] {
  const opened = host.last(cut, STEP_RECORD_OPENED);
  const before = host.told[opened - 1];
  // The block that says the length may come in pieces too: that is none of the cell.
  const isGathered =
    before?.step === STEP_RECORD_GATHERED && before.b > (host.told[opened] as Told).b;
  return isGathered ? host.rows(opened - 1, opened) : host.rows(opened);
}

/** Each frame that is cut out is the one that was written last before. */
function checkFrames(rows: readonly Row[]): void {
  let written: Row | undefined;
  for (const row of rows) {
    if (row.step === STEP_FRAME_WRITTEN) written = row;
    if (row.step === STEP_CELL_CUT && (row.a !== written?.a || row.b !== written.b))
      throw new Error(`${row.role} took another cell than the one that was followed`);
  }
}
