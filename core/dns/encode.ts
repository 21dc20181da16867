import { assert } from '../base/assert.ts';
import { DNS_MESSAGE_MAX } from '../base/limits.ts';
import {
  CLASS_IN,
  FLAG_RECURSION_AVAILABLE,
  FLAG_RECURSION_DESIRED,
  FLAG_RESPONSE,
  OPTION_PADDING,
  type Query,
  type Question,
  TYPE_A,
  TYPE_AAAA,
  TYPE_CNAME,
  TYPE_OPT,
  TYPE_SOA,
} from './message.ts';
import { HEADER_LEN } from './message-reader.ts';
import { type DnsName, LABEL_MAX, NAME_MAX, nameKey, nameLength } from './name.ts';

/** Messages are filled up to a multiple of these octets. RFC 8467 section 4.1. */
const QUERY_BLOCK = 128;
const ANSWER_BLOCK = 468;
/** Octets of UDP payload we say we take; without meaning on a stream, and what everybody says. */
const EDNS_PAYLOAD = 1232;
const OPT_LEN = 11;
const OPTION_HEAD_LEN = 4;

export type AnswerRecord =
  | {
      readonly kind: 'address';
      readonly owner: DnsName;
      readonly ttlS: number;
      readonly address: Uint8Array;
    }
  | {
      readonly kind: 'alias';
      readonly owner: DnsName;
      readonly ttlS: number;
      readonly target: DnsName;
    };

/** What a resolver says. Seconds throughout; `zone` is the SOA that gives absence its time. */
export type AnswerContent = {
  readonly rcode: number;
  readonly records: readonly AnswerRecord[];
  readonly zone?: { readonly owner: DnsName; readonly ttlS: number; readonly minimumS: number };
};

/** Octets of `encodeQuery`'s message. */
export function queryLength(question: Question): number {
  const bare = HEADER_LEN + nameLength(question.name) + 4 + OPT_LEN + OPTION_HEAD_LEN;
  return Math.ceil(bare / QUERY_BLOCK) * QUERY_BLOCK;
}

/** A recursive question with EDNS(0) and padding (RFC 7830): its length tells little of the name. */
export function encodeQuery(id: number, question: Question): Uint8Array {
  const writer = new MessageWriter().header(id, FLAG_RECURSION_DESIRED, 0, 0, 1).question(question);
  return writer.opt(0, QUERY_BLOCK).done();
}

/** A resolver's response; padded when the query was (RFC 7830 section 4). At most DNS_MESSAGE_MAX octets. */
export function encodeAnswer(query: Query, content: AnswerContent): Uint8Array {
  const { rcode, records, zone } = content;
  assert(query.edns !== undefined || rcode < 16, 'a long response code needs EDNS');
  const flags = FLAG_RESPONSE | FLAG_RECURSION_DESIRED | FLAG_RECURSION_AVAILABLE | (rcode & 0x0f);
  const authorities = zone === undefined ? 0 : 1;
  const additionals = query.edns === undefined ? 0 : 1;
  const writer = new MessageWriter()
    .header(query.id, flags, records.length, authorities, additionals)
    .question(query.question);
  for (const record of records) {
    if (record.kind === 'address') {
      const type = record.address.length === 4 ? TYPE_A : TYPE_AAAA;
      writer.record(record.owner, type, record.ttlS, record.address.length).octets(record.address);
    } else {
      const length = nameLength(record.target);
      writer.record(record.owner, TYPE_CNAME, record.ttlS, length).name(record.target);
    }
  }
  // The zone's primary and its keeper are the root: nobody reads them. Then serial, three timers, minimum.
  if (zone !== undefined) {
    writer
      .record(zone.owner, TYPE_SOA, zone.ttlS, 2 + 5 * 4)
      .name([])
      .name([]);
    writer.u32(1).u32(3600).u32(600).u32(86_400).u32(zone.minimumS);
  }
  if (query.edns !== undefined) writer.opt(rcode >> 4, query.edns.hasPadding ? ANSWER_BLOCK : 0);
  return writer.done();
}

class MessageWriter {
  readonly #bytes = new Uint8Array(DNS_MESSAGE_MAX);
  #at = 0;
  #asked = '';

  header(id: number, flags: number, answers: number, authorities: number, more: number): this {
    return this.u16(id).u16(flags).u16(1).u16(answers).u16(authorities).u16(more);
  }

  question(question: Question): this {
    this.#asked = nameKey(question.name);
    return this.name(question.name).u16(question.type).u16(CLASS_IN);
  }

  /** Everything of a record but its data. The name in question is a pointer to it. */
  record(owner: DnsName, type: number, ttlS: number, length: number): this {
    if (owner.length > 0 && nameKey(owner) === this.#asked) this.u16(0xc000 | HEADER_LEN);
    else this.name(owner);
    return this.u16(type).u16(CLASS_IN).u32(ttlS).u16(length);
  }

  /** OPT as the last record, filling the message up to a multiple of `block`; 0 for no padding. */
  opt(rcodeHigh: number, block: number): this {
    this.name([])
      .u16(TYPE_OPT)
      .u16(EDNS_PAYLOAD)
      .u32(rcodeHigh * 0x100_0000);
    if (block === 0) return this.u16(0);
    const bare = this.#at + 2 + OPTION_HEAD_LEN;
    const padding = Math.max(0, Math.min(Math.ceil(bare / block) * block, DNS_MESSAGE_MAX) - bare);
    this.u16(OPTION_HEAD_LEN + padding)
      .u16(OPTION_PADDING)
      .u16(padding);
    this.#at += padding;
    return this;
  }

  name(name: DnsName): this {
    assert(nameLength(name) <= NAME_MAX, 'a name of ours fits');
    for (const label of name) {
      assert(label.length > 0 && label.length <= LABEL_MAX, 'a label of ours has its length');
      this.#u8(label.length).octets(label);
    }
    return this.#u8(0);
  }

  u16(value: number): this {
    return this.#u8(value >>> 8).#u8(value);
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value);
  }

  octets(octets: Uint8Array): this {
    for (const octet of octets) this.#u8(octet);
    return this;
  }

  done(): Uint8Array {
    assert(this.#at <= DNS_MESSAGE_MAX, 'a message of ours fits');
    return this.#bytes.slice(0, this.#at);
  }

  #u8(value: number): this {
    this.#bytes[this.#at++] = value;
    return this;
  }
}
