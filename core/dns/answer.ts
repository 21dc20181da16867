import { toHex } from '../base/bytes.ts';
import { DNS_ADDRESSES_MAX, DNS_CHAIN_MAX } from '../base/limits.ts';
import {
  FLAG_RESPONSE,
  FLAG_TRUNCATED,
  type Head,
  type Question,
  type RecordHead,
  readBody,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_SOA,
} from './message.ts';
import { MessageReader, type MessageReject } from './message-reader.ts';
import { type DnsName, isWithin, nameKey } from './name.ts';

export const RCODE_NO_ERROR = 0;
export const RCODE_SERVER_FAILURE = 2;
export const RCODE_NO_SUCH_NAME = 3;

export type AnswerReject =
  | MessageReject
  | 'not-a-response'
  | 'chain-conflict' // an alias with two targets, or with an address besides
  | 'chain-loop'
  | 'chain-limit';

/** What one response says about one question, or what became of it instead. */
export type Verdict =
  /** 1 to DNS_ADDRESSES_MAX addresses of 4 or 16 octets; seconds, the least on the way. */
  | { readonly kind: 'addresses'; readonly addresses: readonly Uint8Array[]; readonly ttlS: number }
  /** Proven absent for `ttlS` seconds (RFC 2308 section 5); 0 when nothing says how long. */
  | {
      readonly kind: 'absent';
      readonly failure: 'no-such-name' | 'no-address';
      readonly ttlS: number;
    }
  | {
      readonly kind: 'failed';
      readonly failure: 'server-failure' | 'timed-out' | 'unreachable' | 'untrusted';
    };

/**
 * The records of a response whose head is known to answer our question. The alias chain is followed inside the
 * message; records beside it count for nothing. An address record of another length, a loop, two aliases of one
 * name and anything else of `AnswerReject` refuse the whole response.
 */
export function decodeAnswer(bytes: Uint8Array, head: Head): Verdict | AnswerReject {
  if ((head.flags & FLAG_RESPONSE) === 0) return 'not-a-response';
  if ((head.flags & FLAG_TRUNCATED) !== 0) return 'truncated';
  const reader = new MessageReader(bytes, head.bodyAt);
  const found: Found = { addresses: [], aliases: [], zones: [] };
  const edns = readBody(reader, head.counts, (record) =>
    take(reader, head.question, record, found),
  );
  if (reader.reject !== undefined) return reader.reject;
  const rcode = (head.flags & 0x0f) + 16 * (edns?.rcodeHigh ?? 0);
  if (rcode !== RCODE_NO_ERROR && rcode !== RCODE_NO_SUCH_NAME) {
    return { kind: 'failed', failure: 'server-failure' };
  }
  const end = followAliases(head.question.name, found);
  if (typeof end === 'string') return end;
  const addresses = found.addresses.filter(({ owner }) => owner === nameKey(end.name));
  if (rcode === RCODE_NO_ERROR && addresses.length > 0) {
    return {
      kind: 'addresses',
      addresses: addresses.slice(0, DNS_ADDRESSES_MAX).map(({ address }) => address),
      ttlS: addresses.reduce((least, { ttlS }) => Math.min(least, ttlS), end.ttlS),
    };
  }
  const zone = found.zones.find(({ owner }) => isWithin(end.name, owner));
  return {
    kind: 'absent',
    failure: rcode === RCODE_NO_SUCH_NAME ? 'no-such-name' : 'no-address',
    ttlS: zone === undefined ? 0 : Math.min(end.ttlS, zone.ttlS),
  };
}

type Found = {
  readonly addresses: {
    readonly owner: string;
    readonly address: Uint8Array;
    readonly ttlS: number;
  }[];
  readonly aliases: { readonly owner: string; readonly target: DnsName; readonly ttlS: number }[];
  readonly zones: { readonly owner: DnsName; readonly ttlS: number }[];
};

/** Reads the data of the few types that matter here. */
function take(reader: MessageReader, question: Question, record: RecordHead, found: Found): void {
  const { section, owner, type, ttlS, length } = record;
  if (section === 'answer' && type === TYPE_CNAME) {
    found.aliases.push({ owner: nameKey(owner), target: reader.name(), ttlS });
  } else if (section === 'answer' && (type === TYPE_A || type === TYPE_AAAA)) {
    if (length !== (type === TYPE_A ? 4 : 16)) return reader.fail('rdata-length');
    const address = unmapped(reader.octets(length));
    if (type === question.type) found.addresses.push({ owner: nameKey(owner), address, ttlS });
  } else if (section === 'authority' && type === TYPE_SOA) {
    reader.name();
    reader.name();
    reader.skip(4 * 4);
    const minimumS = reader.u32();
    found.zones.push({ owner, ttlS: Math.min(ttlS, minimumS) });
  }
}

function followAliases(
  from: DnsName,
  found: Found,
): { readonly name: DnsName; readonly ttlS: number } | AnswerReject {
  const seen = new Set<string>();
  let name = from;
  let ttlS = Number.POSITIVE_INFINITY;
  for (;;) {
    const key = nameKey(name);
    if (seen.has(key)) return 'chain-loop';
    seen.add(key);
    const aliases = found.aliases.filter(({ owner }) => owner === key);
    const [alias] = aliases;
    if (alias === undefined) return { name, ttlS };
    const targets = new Set(aliases.map(({ target }) => nameKey(target)));
    if (targets.size > 1 || found.addresses.some(({ owner }) => owner === key)) {
      return 'chain-conflict';
    }
    if (seen.size > DNS_CHAIN_MAX) return 'chain-limit';
    name = alias.target;
    ttlS = Math.min(ttlS, alias.ttlS);
  }
}

/** An IPv4-mapped IPv6 address is its 4 octets everywhere in the core, so no rule about it can be gone round. */
function unmapped(address: Uint8Array): Uint8Array {
  const isMapped = address.length === 16 && toHex(address.subarray(0, 12)) === MAPPED_PREFIX;
  return isMapped ? address.slice(12) : address;
}

const MAPPED_PREFIX = '00000000000000000000ffff';
