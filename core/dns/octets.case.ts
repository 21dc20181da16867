import { asciiBytes, concatBytes } from '../base/bytes.ts';
import type { AnswerContent } from './encode.ts';
import { encodeAnswer } from './encode.ts';
import type { Query, Question } from './message.ts';
import { type DnsName, parseHostName } from './name.ts';

// Messages octet by octet, for tests that must say what no encoder of ours would.

export function host(text: string): DnsName {
  const name = parseHostName(text);
  if (name === undefined) throw new Error(`${text} is a host name`);
  return name;
}

/** A name without compression and without its end: `labels('a', 'b')` is 01 61 01 62. */
export function labels(...texts: readonly string[]): Uint8Array {
  return concatBytes(...texts.map((text) => Uint8Array.of(text.length, ...asciiBytes(text))));
}

export function u16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

/** Type, class IN, TTL 60, length and data: what follows an owner. */
export function record(type: number, data: Uint8Array, ttlS = 60): Uint8Array {
  return concatBytes(u16(type, 1, ttlS >>> 16, ttlS & 0xffff, data.length), data);
}

/** An owner that points at the name in question. */
export const ASKED: Uint8Array = u16(0xc00c);

export type Raw = {
  readonly id?: number;
  readonly flags?: number;
  readonly questions?: number;
  readonly name?: Uint8Array;
  readonly type?: number;
  readonly class?: number;
  readonly answers?: readonly Uint8Array[];
  readonly authorities?: readonly Uint8Array[];
  readonly additionals?: readonly Uint8Array[];
};

/** A response about `a.test` (A) with id 7 unless told otherwise. The first record begins at 24. */
export function raw(parts: Raw = {}): Uint8Array {
  const { answers = [], authorities = [], additionals = [] } = parts;
  return concatBytes(
    u16(parts.id ?? 7, parts.flags ?? 0x8180, parts.questions ?? 1),
    u16(answers.length, authorities.length, additionals.length),
    parts.name ?? Uint8Array.of(...labels('a', 'test'), 0),
    u16(parts.type ?? 1, parts.class ?? 1),
    ...answers,
    ...authorities,
    ...additionals,
  );
}

export function queryOf(question: Question, id = 7): Query {
  return { id, question, edns: { rcodeHigh: 0, version: 0, hasPadding: true } };
}

/** A response as a resolver of ours gives it. */
export function answerTo(question: Question, content: Partial<AnswerContent>, id = 7): Uint8Array {
  return encodeAnswer(queryOf(question, id), { rcode: 0, records: [], ...content });
}

/** An OPT record without options. */
const OPT: Uint8Array = Uint8Array.of(0, ...record(41, new Uint8Array(0)));

function aliasTo(label: string): Uint8Array {
  return concatBytes(ASKED, record(5, Uint8Array.of(...labels(label), 0)));
}

/** Data of a first record: each pointer leads to the one before it, the first to the name in question. */
function pointers(count: number): Uint8Array {
  return concatBytes(ASKED, ...Array.from({ length: count - 1 }, (_, i) => u16(0xc024 + 2 * i)));
}

/** One message per reason to refuse it. Those of the stream and of matching are not among them. */
// biome-ignore format: one row a reason
export const BAD: readonly (readonly [string, Uint8Array])[] = [
  ['too-long', concatBytes(raw(), new Uint8Array(4096))],
  ['short', raw().subarray(0, 11)],
  ['short', raw().subarray(0, 23)],
  ['short', raw({ answers: [concatBytes(ASKED, record(1, u16(1, 2)).subarray(0, 9))] })],
  ['short', raw({ answers: [concatBytes(ASKED, record(1, u16(1, 2)).subarray(0, 12))] })],
  ['trailing', concatBytes(raw(), Uint8Array.of(0))],
  ['truncated', raw({ flags: 0x8380 })],
  ['opcode-unexpected', raw({ flags: 0xa180 })],
  ['question-count', raw({ questions: 2 })],
  ['question-count', raw({ questions: 0 })],
  ['class-unexpected', raw({ class: 3 })],
  ['label-invalid', raw({ answers: [concatBytes(Uint8Array.of(0x41, 0), record(1, u16(1, 2)))] })],
  ['label-invalid', raw({ name: Uint8Array.of(0x80, 0) })],
  ['name-too-long', raw({ name: Uint8Array.of(...labels(...new Array(4).fill('x'.repeat(63))), 0) })],
  ['pointer-invalid', raw({ answers: [concatBytes(u16(0xc018), record(1, u16(1, 2)))] })], // at itself
  ['pointer-invalid', raw({ answers: [concatBytes(u16(0xc030), record(1, u16(1, 2)))] })], // forwards
  ['pointer-invalid', raw({ answers: [concatBytes(u16(0xc00b), record(1, u16(1, 2)))] })], // at the header
  ['pointer-invalid', raw({ answers: [concatBytes(labels('b'), u16(0xc018), record(1, u16(1, 2)))] })],
  ['pointer-limit', raw({ answers: [
    concatBytes(ASKED, record(99, pointers(128))),
    concatBytes(u16(0xc024 + 2 * 127), record(1, u16(1, 2))),
  ] })],
  ['rdata-length', raw({ answers: [concatBytes(ASKED, record(1, new Uint8Array(5)))] })],
  ['rdata-length', raw({ answers: [concatBytes(ASKED, record(28, new Uint8Array(4)))] })],
  ['rdata-length', raw({ answers: [concatBytes(ASKED, record(5, Uint8Array.of(0, 0)))] })],
  ['rdata-length', raw({ authorities: [concatBytes(ASKED, record(6, new Uint8Array(23)))] })],
  ['edns-invalid', raw({ additionals: [concatBytes(ASKED, record(41, new Uint8Array(0)))] })],
  ['edns-invalid', raw({ answers: [OPT] })],
  ['edns-invalid', raw({ additionals: [OPT, OPT] })],
  ['edns-invalid', raw({ additionals: [concatBytes(Uint8Array.of(0), record(41, new Uint8Array(3)))] })],
  ['edns-invalid', raw({ additionals: [concatBytes(Uint8Array.of(0), record(41, u16(12, 1)))] })],
  ['not-a-response', raw({ flags: 0x0100 })],
  ['chain-conflict', raw({ answers: [aliasTo('b'), aliasTo('c')] })],
  ['chain-conflict', raw({ answers: [aliasTo('b'), concatBytes(ASKED, record(1, u16(1, 2)))] })],
  ['chain-loop', raw({ answers: [concatBytes(ASKED, record(5, ASKED))] })],
  ['chain-limit', raw({ answers: chain(9) })],
];

/** a.test -> n1 -> n2 ... and an address at the end. */
export function chain(aliases: number): readonly Uint8Array[] {
  const step = (i: number): Uint8Array =>
    i === 0 ? Uint8Array.of(...labels('a', 'test'), 0) : Uint8Array.of(...labels(`n${i}`), 0);
  const steps = Array.from({ length: aliases }, (_, i) =>
    concatBytes(step(i), record(5, step(i + 1), 60 - i)),
  );
  return [...steps, concatBytes(step(aliases), record(1, Uint8Array.of(192, 0, 2, 1)))];
}
