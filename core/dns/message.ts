import { DNS_MESSAGE_MAX } from '../base/limits.ts';
import { MessageReader, type MessageReject } from './message-reader.ts';
import { type DnsName, nameKey } from './name.ts';

// RFC 1035 section 4.1, RFC 6891.
//
//   header    id 2 | flags 2 | counts of question, answer, authority, additional 2 each
//   question  name | type 2 | class 2
//   record    name | type 2 | class 2 | TTL 4 | length 2 | data

export const TYPE_A = 1;
export const TYPE_CNAME = 5;
export const TYPE_SOA = 6;
export const TYPE_AAAA = 28;
export const TYPE_OPT = 41;
export const CLASS_IN = 1;
export const OPTION_PADDING = 12;

export const FLAG_RESPONSE = 0x8000;
export const FLAG_TRUNCATED = 0x0200;
export const FLAG_RECURSION_DESIRED = 0x0100;
export const FLAG_RECURSION_AVAILABLE = 0x0080;
const OPCODE_MASK = 0x7800;

/** What is asked; the class is always IN. */
export type Question = { readonly name: DnsName; readonly type: number };

/** Header and question: what is needed to know whom a message concerns. */
export type Head = {
  readonly id: number;
  readonly flags: number;
  readonly question: Question;
  /** Records in the answer, authority and additional sections, as announced. */
  readonly counts: readonly [number, number, number];
  /** Where the records begin. */
  readonly bodyAt: number;
};

export type Section = 'answer' | 'authority' | 'additional';

/** A record up to its data, which begins where the reader stands. */
export type RecordHead = {
  readonly section: Section;
  readonly owner: DnsName;
  readonly type: number;
  /** Seconds; 0 when the high bit is set (RFC 2181 section 8). */
  readonly ttlS: number;
  readonly length: number;
};

export type Edns = {
  /** The upper 8 bits of the response code. */
  readonly rcodeHigh: number;
  readonly version: number;
  readonly hasPadding: boolean;
};

export type Query = {
  readonly id: number;
  readonly question: Question;
  readonly edns: Edns | undefined;
};

export type QueryReject = MessageReject | 'not-a-query' | 'edns-version';

/** Header and question of a query or a response. */
export function decodeHead(bytes: Uint8Array): Head | MessageReject {
  if (bytes.length > DNS_MESSAGE_MAX) return 'too-long';
  const reader = new MessageReader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const questions = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16()] as const;
  if (reader.reject !== undefined) return reader.reject;
  if ((flags & OPCODE_MASK) !== 0) return 'opcode-unexpected';
  if (questions !== 1) return 'question-count';
  const question = { name: reader.name(), type: reader.u16() };
  if (reader.u16() !== CLASS_IN) reader.fail('class-unexpected');
  return reader.reject ?? { id, flags, question, counts, bodyAt: reader.at };
}

/**
 * Walks the records behind the question to the end of the message. `take` sees each of class IN except OPT, and
 * reads its data or leaves it. What was refused is in the reader.
 */
export function readBody(
  reader: MessageReader,
  counts: Head['counts'],
  take: (record: RecordHead) => void,
): Edns | undefined {
  let edns: Edns | undefined;
  for (const [at, section] of SECTIONS.entries()) {
    for (let left = counts[at] as number; left > 0 && reader.reject === undefined; left--) {
      const owner = reader.name();
      const type = reader.u16();
      const recordClass = reader.u16();
      const ttl = reader.u32();
      const length = reader.u16();
      const end = reader.at + length;
      if (end > reader.bytes.length) reader.fail('short');
      if (reader.reject !== undefined) return undefined;
      const dataAt = reader.at;
      if (type === TYPE_OPT) {
        if (edns !== undefined || section !== 'additional' || owner.length > 0) {
          reader.fail('edns-invalid');
        }
        edns = readOptions(reader, ttl, end);
      } else if (recordClass === CLASS_IN) {
        take({ section, owner, type, ttlS: ttl > TTL_TOP ? 0 : ttl, length });
      }
      if (reader.at === dataAt) reader.skip(length);
      if (reader.at !== end) reader.fail('rdata-length');
    }
  }
  if (reader.at !== reader.bytes.length) reader.fail('trailing');
  return edns;
}

/** A query as a resolver sees it; its other records are ignored. */
export function decodeQuery(bytes: Uint8Array): Query | QueryReject {
  const head = decodeHead(bytes);
  if (typeof head === 'string') return head;
  if ((head.flags & FLAG_RESPONSE) !== 0) return 'not-a-query';
  if ((head.flags & FLAG_TRUNCATED) !== 0) return 'truncated';
  const reader = new MessageReader(bytes, head.bodyAt);
  const edns = readBody(reader, head.counts, () => undefined);
  if (reader.reject !== undefined) return reader.reject;
  if (edns !== undefined && edns.version !== 0) return 'edns-version';
  return { id: head.id, question: head.question, edns };
}

export function isSameQuestion(a: Question, b: Question): boolean {
  return a.type === b.type && nameKey(a.name) === nameKey(b.name);
}

const SECTIONS: readonly Section[] = Object.freeze<Section[]>([
  'answer',
  'authority',
  'additional',
]);
const TTL_TOP = 0x7fff_ffff;

/** RFC 6891 section 6.1.3: the TTL of OPT is response code, version and flags. */
function readOptions(reader: MessageReader, ttl: number, end: number): Edns {
  let hasPadding = false;
  while (reader.at < end && reader.reject === undefined) {
    if (end - reader.at < 4) reader.fail('edns-invalid');
    const code = reader.u16();
    const length = reader.u16();
    if (length > end - reader.at) reader.fail('edns-invalid');
    reader.skip(length);
    if (code === OPTION_PADDING) hasPadding = true;
  }
  return { rcodeHigh: ttl >>> 24, version: (ttl >>> 16) & 0xff, hasPadding };
}
