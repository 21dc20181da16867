import { parseIp } from '#core/wire/mod.ts';
import type { StreamsPlan } from '../host-options.ts';
import {
  BUCKET_RANGES,
  BUFFER_MAX,
  BUFFER_MIN,
  BURST_RANGES,
  CONGESTION_KINDS,
  EXCESSES,
  PIPE_RANGES,
  QUEUE_KINDS,
  type WirePlan,
} from '../network/mod.ts';
import type { FieldCheck } from './field-check.ts';

// What plans of every kind have: names, addresses, links, slow readers.

/** The longest run there is: a little more than eleven days. */
export const LIMIT_MS_MAX = 1_000_000_000;
/** The most that one party says to another. */
export const OCTETS_MAX = 4_000_000_000;
export const U32_MAX = 0xffff_ffff;

/** Octets a slow reader takes per 10 ms. */
export function checkPace(check: FieldCheck, at: string, readPerTick: number | undefined): void {
  if (readPerTick !== undefined) check.whole(`${at}readPerTick`, readPerTick, 1, LIMIT_MS_MAX);
}

/** Names are parts of the names of random streams, so nothing that separates those is in them. */
export function checkName(
  check: FieldCheck,
  path: string,
  name: unknown,
  seen: Map<string, string>,
): void {
  const allowed = '1 to 64 letters, digits, dots, dashes and underscores, a letter or digit first';
  check.text(path, name, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, allowed);
  check.unique(path, String(name), seen);
}

/** An address no other host has. */
export function checkIp(
  check: FieldCheck,
  path: string,
  text: string | undefined,
  seen: Map<string, string>,
): void {
  check.ip(path, text);
  check.unique(path, String(parseIp(String(text))), seen);
}

/** What a host's streams keep for their readers, and how they share links, where it says so. */
export function checkStreams(check: FieldCheck, at: string, host: StreamsPlan): void {
  const { receiveKiB, congestion } = host;
  if (receiveKiB !== undefined)
    check.whole(`${at}receiveKiB`, receiveKiB, BUFFER_MIN / 1024, BUFFER_MAX / 1024);
  if (congestion !== undefined) check.word(`${at}congestion`, congestion, CONGESTION_KINDS);
}

/** A link, both ways. `at` is the path to it, with the dot behind. */
export function checkWire(check: FieldCheck, at: string, wire: WirePlan): void {
  check.ranges(at, wire, PIPE_RANGES, ['delayUs', 'mbps']);
  const { bursts, keepsOrder, queue, bucket, back } = wire;
  if (bursts !== undefined)
    check.ranges(`${at}bursts.`, bursts, BURST_RANGES, Object.keys(BURST_RANGES));
  if (keepsOrder !== undefined) check.flag(`${at}keepsOrder`, keepsOrder);
  if (queue !== undefined) check.word(`${at}queue`, queue, QUEUE_KINDS);
  if (bucket !== undefined) {
    check.ranges(`${at}bucket.`, bucket, BUCKET_RANGES, Object.keys(BUCKET_RANGES));
    check.word(`${at}bucket.excess`, bucket.excess, EXCESSES);
  }
  if (back !== undefined) checkWire(check, `${at}back.`, back);
}
