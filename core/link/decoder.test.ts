import { createCipheriv } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Circumstances,
  DATA,
  type DecodedLink,
  type Direction,
  decodeLink,
  END,
  INTRODUCTION,
  type LinkOctets,
  linkKey,
  nonce,
  openDirection,
  PADDING,
  REKEY,
  Refusal,
  readIntroduction,
} from './decoder.case.ts';
import { LINK_VECTOR } from './vectors/link.ts';

const EPOCH = 81_000;
const EPOCH_MS = 21_600_000;
const MINUTE_MS = 60_000;
const RESPONDER = 'fbe3586ec7304a7fc0ba25b6c726c65f8769ea8d98d09a736748bc601ea159ff';
const INITIATOR = 'aeaf231105c5d51e103e1ac30255ff7ca46b5fcddac95918aa7b3fdd376d115f';
const WHEN: Circumstances = Object.freeze({ atMs: EPOCH * EPOCH_MS, nodeId: RESPONDER });

/** The messages of a link and what a flipped bit in each is refused for. */
const MESSAGES: readonly (readonly [Exclude<keyof LinkOctets, `${string}Seed`>, RegExp])[] = [
  ['statement', /^(certificate-malformed|certificate-forged|suite-unknown|statement-forged)$/],
  ['first', /^(first-forged|ephemeral-seed-of-another)$/],
  ['second', /^second-forged$/],
  ['fromInitiator', /^(length|record)-forged$/],
  ['fromResponder', /^(length|record)-forged$/],
];

describe('the vector', () => {
  test('§2, §4.3: both ends are who they say', () => {
    const link = decode(LINK_VECTOR);
    expect(link.responder).toEqual({ nodeId: RESPONDER, epoch: EPOCH, boot: 0 });
    expect(link.introduced).toEqual({ role: 'node', nodeId: INITIATOR });
    expect(link.transcript).toMatch(/^[0-9a-f]{64}$/);
  });

  test('§5.2: the initiator introduces itself, sends 100 octets, rekeys, sends 3', () => {
    const { records, ended } = decode(LINK_VECTOR).fromInitiator;
    expect(records.map((record) => record.type)).toEqual([INTRODUCTION, DATA, REKEY, DATA]);
    expect(records.map((record) => record.content.length)).toEqual([256, 100, 0, 3]);
    expect(records[1]?.content).toEqual(counted(100, 0));
    expect(records[3]?.content).toEqual(counted(3, 7));
    expect(ended).toBe(false);
  });

  test('§5.2: the responder sends 300 octets and ends', () => {
    const { records, ended } = decode(LINK_VECTOR).fromResponder;
    expect(records.map((record) => record.type)).toEqual([DATA, END]);
    expect(records.map((record) => record.content.length)).toEqual([300, 0]);
    expect(records[0]?.content).toEqual(counted(300, 0));
    expect(ended).toBe(true);
  });

  test('§2.2, §3.1, §5.1: every length is as the protocol says', () => {
    const link = decode(LINK_VECTOR);
    expect(LINK_VECTOR.statement.length / 2).toBe(2638);
    expect(LINK_VECTOR.first.length / 2).toBe(2352);
    expect(LINK_VECTOR.second.length / 2).toBe(1136);
    expect(LINK_VECTOR.fromInitiator.length / 2).toBe(size(link.fromInitiator));
    expect(LINK_VECTOR.fromResponder.length / 2).toBe(size(link.fromResponder));
  });
});

describe('what is not the vector', () => {
  test.each(MESSAGES)('one flipped bit of %s is refused', (name, reason) => {
    const bits = LINK_VECTOR[name].length * 4;
    for (let i = 0; i < 300; i += 1) {
      const bit = Math.floor((i * bits) / 300);
      expect(refusal({ ...LINK_VECTOR, [name]: flipped(LINK_VECTOR[name], bit) })).toMatch(reason);
    }
  });

  test.each(MESSAGES)('%s cut by an octet or longer by one is refused', (name) => {
    const shorter = LINK_VECTOR[name].slice(0, -2);
    expect(refusal({ ...LINK_VECTOR, [name]: shorter })).toMatch(/malformed$|^truncated$/);
    const longer = `${LINK_VECTOR[name]}00`;
    expect(refusal({ ...LINK_VECTOR, [name]: longer })).toMatch(
      /malformed$|^truncated$|^after-end$/,
    );
  });

  test('§5.4: a direction cut between records is told from one that ended', () => {
    const cut = decode({ ...LINK_VECTOR, fromResponder: LINK_VECTOR.fromResponder.slice(0, 670) });
    expect(cut.fromResponder.records.map((record) => record.type)).toEqual([DATA]);
    expect(cut.fromResponder.ended).toBe(false);
  });

  test.each(['fromInitiator', 'fromResponder'] as const)(
    'two records of %s cannot change places',
    (name) => {
      const { records } = decode(LINK_VECTOR)[name];
      const all = LINK_VECTOR[name];
      let at = 0;
      for (let i = 0; i + 1 < records.length; i += 1) {
        const one = 70 + 2 * (records[i]?.content.length ?? 0);
        const two = 70 + 2 * (records[i + 1]?.content.length ?? 0);
        const swapped =
          all.slice(0, at) + all.slice(at + one, at + one + two) + all.slice(at, at + one);
        expect(refusal({ ...LINK_VECTOR, [name]: swapped + all.slice(at + one + two) })).toBe(
          'length-forged',
        );
        at += one;
      }
    },
  );

  test('directions and seeds cannot change places', () => {
    const { linkSeed, ephemeralSeed, fromInitiator, fromResponder } = LINK_VECTOR;
    expect(
      refusal({ ...LINK_VECTOR, fromInitiator: fromResponder, fromResponder: fromInitiator }),
    ).toBe('length-forged');
    expect(refusal({ ...LINK_VECTOR, linkSeed: ephemeralSeed })).toBe('link-seed-of-another');
    expect(refusal({ ...LINK_VECTOR, ephemeralSeed: linkSeed })).toBe('ephemeral-seed-of-another');
    expect(refusal({ ...LINK_VECTOR, fromInitiator: '' })).toBe('introduction-missing');
  });

  test('§2.3: another node, and a statement before or after its time', () => {
    const { atMs } = WHEN;
    expect(refusal(LINK_VECTOR, { atMs, nodeId: INITIATOR })).toBe('another-node');
    const late = atMs + EPOCH_MS + 60 * MINUTE_MS;
    expect(refusal(LINK_VECTOR, { ...WHEN, atMs: late })).toBe('certificate-expired');
    expect(decode(LINK_VECTOR, { ...WHEN, atMs: late - 1 }).responder.epoch).toBe(EPOCH);
    const early = atMs - 60 * MINUTE_MS;
    expect(refusal(LINK_VECTOR, { ...WHEN, atMs: early - 1 })).toBe('statement-early');
    expect(decode(LINK_VECTOR, { ...WHEN, atMs: early }).responder.epoch).toBe(EPOCH);
  });
});

describe('§4.3: introductions', () => {
  const transcript = Buffer.from(decode(LINK_VECTOR).transcript, 'hex');
  const good = decode(LINK_VECTOR).fromInitiator.records[0]?.content ?? new Uint8Array();
  const read = (content: Uint8Array) => () => readIntroduction(content, transcript, WHEN.atMs);

  test('a client is role 0 and zeros', () => {
    expect(read(new Uint8Array(256))()).toEqual({ role: 'client' });
    for (const at of [1, 134, 255]) expect(read(new Uint8Array(256).fill(1, at))).toThrow(Refusal);
  });

  test('a node signs this transcript and no other', () => {
    expect(read(good)()).toEqual({ role: 'node', nodeId: INITIATOR });
    expect(() => readIntroduction(good, new Uint8Array(32), WHEN.atMs)).toThrow(
      'introduction-forged',
    );
    const expired = WHEN.atMs + EPOCH_MS + 60 * MINUTE_MS;
    expect(() => readIntroduction(good, transcript, expired)).toThrow('certificate-expired');
  });

  test('every flipped octet and every other length is refused', () => {
    for (let at = 0; at < 256; at += 1) {
      const bad = Uint8Array.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(read(bad)).toThrow(Refusal);
    }
    expect(read(good.subarray(0, 255))).toThrow('introduction-malformed');
  });
});

describe('§5.2: records that must end the link', () => {
  const introduction = [INTRODUCTION, 256] as const;

  test.each([
    ['data of no octet', [[DATA, 0]]],
    ['an end with content', [[END, 1]]],
    ['a rekey with content', [[REKEY, 1]]],
    ['a type of tomorrow', [[5, 1]]],
    ['an introduction by the responder', [introduction]],
  ] as const)('%s', (_, records) => {
    expect(() => openDirection(SECRET, sealed(records), false)).toThrow('record-unexpected');
    const behind = sealed([introduction, ...records]);
    expect(() => openDirection(SECRET, behind, true)).toThrow('record-unexpected');
  });

  test.each([DATA, END, REKEY, PADDING])('type %i before the introduction', (type) => {
    const octets = sealed([[type, type === DATA ? 1 : 0]]);
    expect(() => openDirection(SECRET, octets, true)).toThrow('record-unexpected');
    expect(openDirection(SECRET, octets, false).records).toHaveLength(1);
  });

  test.each([255, 257])('an introduction of %i octets', (length) => {
    const octets = sealed([[INTRODUCTION, length]]);
    expect(() => openDirection(SECRET, octets, true)).toThrow('record-unexpected');
  });

  test('anything behind an end', () => {
    const octets = sealed([
      [END, 0],
      [PADDING, 0],
    ]);
    expect(() => openDirection(SECRET, octets, false)).toThrow('after-end');
  });

  test('lengths of 0 and of more than 16385', () => {
    expect(() => openDirection(SECRET, sealed([[PADDING, 16_385]]), false)).toThrow(
      'length-invalid',
    );
    expect(() => openDirection(SECRET, sealed([[PADDING, -1]]), false)).toThrow('length-invalid');
    expect(openDirection(SECRET, sealed([[PADDING, 16_384]]), false).records).toHaveLength(1);
  });

  test('§5.3: each rekey takes the next key and counts from 0', () => {
    const records = [
      [DATA, 1],
      [REKEY, 0],
      [REKEY, 0],
      [PADDING, 9],
      [REKEY, 0],
      [DATA, 16_384],
      [END, 0],
    ] as const;
    const opened = openDirection(SECRET, sealed(records), false);
    expect(opened.records.map(({ type, content }) => [type, content.length])).toEqual(records);
    expect(opened.ended).toBe(true);
  });
});

const SECRET: Uint8Array = new Uint8Array(32).fill(9);

/** A direction under SECRET with records of these types and content lengths, well-formed or not (-1: no type). */
function sealed(records: readonly (readonly [type: number, length: number])[]): Buffer {
  const blocks: Buffer[] = [];
  let { next, key } = linkKey(SECRET);
  let counter = 0;
  const seal = (plain: Buffer): void => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(counter));
    blocks.push(cipher.update(plain), cipher.final(), cipher.getAuthTag());
    counter += 1;
  };
  for (const [type, length] of records) {
    const said = Buffer.alloc(2);
    said.writeUInt16BE(length + 1);
    seal(said);
    seal(Buffer.alloc(length + 1, 1).fill(type, 0, Math.min(1, length + 1)));
    if (type !== REKEY) continue;
    ({ next, key } = linkKey(next));
    counter = 0;
  }
  return Buffer.concat(blocks);
}

/** §5.1: what a direction's records take on the wire. */
function size(direction: Direction): number {
  return direction.records.reduce((sum, { content }) => sum + 18 + 1 + content.length + 16, 0);
}

function decode(octets: LinkOctets, when: Circumstances = WHEN): DecodedLink {
  return decodeLink(octets, when);
}

/** Why the decoder refuses; anything else that it does is a failure of the test. */
function refusal(octets: LinkOctets, when: Circumstances = WHEN): string {
  try {
    decodeLink(octets, when);
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'not refused';
}

function flipped(hex: string, bit: number): string {
  const octets = Buffer.from(hex, 'hex');
  octets[bit >> 3] = (octets[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
  return octets.toString('hex');
}

function counted(length: number, from: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
}
