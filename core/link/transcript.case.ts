import { encodeStatement } from '#core/wire/mod.ts';
import { toHex } from '../base/bytes.ts';
import { REKEY_US } from '../base/limits.ts';
import { feed, makePair, pull } from './pair.case.ts';

/** A whole link as octets: everything a decoder needs to open every message, and what it must then find. */
export type LinkTranscript = {
  /** Seeds of the responder's link key and of the initiator's ephemeral key: 32 octets each. */
  readonly linkSeed: string;
  readonly ephemeralSeed: string;
  readonly statement: string;
  readonly first: string;
  readonly second: string;
  /** The initiator's records: introduction, 100 octets counted from 0, rekey, 3 octets counted from 7. */
  readonly fromInitiator: string;
  /** The responder's records: 300 octets counted from 0 (mod 256), end. */
  readonly fromResponder: string;
};

/** One link of makePair(1, true), said in full. */
export function linkTranscript(): LinkTranscript {
  const pair = makePair(1, true);
  const { dialler, answerer } = pair;
  const first = pull(pair, dialler);
  feed(pair, answerer, first);
  const second = pull(pair, answerer);
  feed(pair, dialler, second);
  const parts = [pull(pair, dialler)];
  dialler.user.outbox = Uint8Array.from({ length: 100 }, (_, i) => i);
  parts.push(pull(pair, dialler));
  pair.nowUs = REKEY_US;
  dialler.user.outbox = Uint8Array.of(7, 8, 9);
  parts.push(pull(pair, dialler));
  for (const part of parts) feed(pair, answerer, part);
  answerer.user.outbox = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);
  answerer.user.endAfter = true;
  const fromResponder = pull(pair, answerer);
  const [linkSeed = '', , ephemeralSeed = ''] = pair.kemSeeds;
  return {
    linkSeed,
    ephemeralSeed,
    statement: toHex(encodeStatement(pair.keys.statement)),
    first: toHex(first),
    second: toHex(second),
    fromInitiator: parts.map((part) => toHex(part)).join(''),
    fromResponder: toHex(fromResponder),
  };
}
