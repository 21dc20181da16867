import { BufferPool } from '#core/base/buffer-pool.ts';
import {
  isStatementOf,
  makeIdentity,
  makeNodeKeys,
  nodeIdOf,
  type Suite,
} from '#core/crypto/mod.ts';
import {
  AnswerHandshake,
  dialHandshake,
  LINK_REJECTS,
  type LinkReject,
  UNIT_MAX,
} from '#core/link/mod.ts';
import { Counters } from '#core/observe/mod.ts';
import {
  decodeCertificate,
  decodeIntroduction,
  decodeStatement,
  encodeCertificate,
  encodeIntroduction,
  encodeStatement,
  parseEndpoint,
} from '#core/wire/mod.ts';
import { RandomStream } from '../random.ts';
import { mutate } from './mutate.ts';
import { KNOWN_OPENING, makeKnownVictim, PeerSealer, wallAt } from './peer.ts';

/** What became of mutated transcripts at one decoder. A throw would have ended the run. */
export type DecoderReport = {
  readonly decoder: string;
  readonly runs: number;
  readonly values: number;
  readonly verdicts: number;
  /** Octets accepted that the genuine sender never sent in that place, or signatures that should not hold. */
  readonly forgeries: number;
};

/** A decoder's answer: a value, a verdict, or something that must never be. */
type Answer = 'value' | 'verdict' | 'forgery';
type Decoder = {
  readonly name: string;
  readonly valid: Uint8Array;
  readonly feed: (octets: Uint8Array) => Answer;
};

const EPOCH = 1;
/** Verifying a signature costs more than all decoding: every so many runs. */
const VERIFY_EVERY = 16;

/** Feeds `runs` mutated valid transcripts to every decoder of the core. */
export function mutateDecoders(
  suite: Suite,
  seed: string,
  runs: number,
): { readonly reports: readonly DecoderReport[]; readonly rejects: Counters<LinkReject> } {
  const random = new RandomStream(seed, 'mutation');
  const rejects = new Counters<LinkReject>(LINK_REJECTS);
  const reports = decoders(suite, random, rejects).map((decoder) => {
    const count = { value: 0, verdict: 0, forgery: 0 };
    for (let run = 0; run < runs; run++) count[decoder.feed(mutate(decoder.valid, random))] += 1;
    const { value, verdict, forgery } = count;
    return { decoder: decoder.name, runs, values: value, verdicts: verdict, forgeries: forgery };
  });
  return { reports, rejects };
}

function decoders(
  suite: Suite,
  random: RandomStream,
  rejects: Counters<LinkReject>,
): readonly Decoder[] {
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(5), EPOCH);
  const keys = makeNodeKeys(suite, random, identity, EPOCH);
  const nodeId = nodeIdOf(suite, identity.certificate.identityKey);
  const statement = encodeStatement(keys.statement);
  const signature = new Uint8Array(64).fill(9);
  const introduction = { role: 'node' as const, certificate: identity.certificate, signature };
  const wall = wallAt(EPOCH);
  let statements = 0;
  return [
    simple('certificate', encodeCertificate(identity.certificate), decodeCertificate),
    {
      name: 'statement',
      valid: statement,
      feed: (octets) => {
        const decoded = decodeStatement(octets);
        if (decoded === undefined) return 'verdict';
        if (statements++ % VERIFY_EVERY !== 0 || isSame(octets, statement)) return 'value';
        return isStatementOf(suite, decoded, nodeId, wall.at(0)) ? 'forgery' : 'value';
      },
    },
    simple('introduction', encodeIntroduction(introduction), decodeIntroduction),
    simple('endpoint', textOctets('[2001:db8::192.0.2.33]:65535'), (octets) =>
      parseEndpoint(octetsText(octets)),
    ),
    firstMessages(suite, random, keys, rejects),
    secondMessages(suite, random, keys, rejects),
    records(suite, rejects),
  ];
}

function simple(name: string, valid: Uint8Array, decode: (octets: Uint8Array) => unknown): Decoder {
  return { name, valid, feed: (octets) => (decode(octets) === undefined ? 'verdict' : 'value') };
}

function firstMessages(
  suite: Suite,
  random: RandomStream,
  keys: ReturnType<typeof makeNodeKeys>,
  rejects: Counters<LinkReject>,
): Decoder {
  const valid =
    dialHandshake(suite, random, keys.statement, undefined)?.start() ?? new Uint8Array(0);
  return {
    name: 'handshake, first message',
    valid,
    feed: (octets) => {
      const answer = new AnswerHandshake(suite, random, [keys], wallAt(EPOCH)).receive(octets);
      if (answer.kind === 'reject') rejects.add(answer.reject);
      if (answer.kind === 'keys') return isSame(octets, valid) ? 'value' : 'forgery';
      return 'verdict';
    },
  };
}

function secondMessages(
  suite: Suite,
  random: RandomStream,
  keys: ReturnType<typeof makeNodeKeys>,
  rejects: Counters<LinkReject>,
): Decoder {
  const dial = dialHandshake(suite, random, keys.statement, undefined);
  const answer = new AnswerHandshake(suite, random, [keys], wallAt(EPOCH)).receive(
    dial?.start() ?? new Uint8Array(0),
  );
  const valid = answer.kind === 'keys' ? (answer.message ?? new Uint8Array(0)) : new Uint8Array(0);
  return {
    name: 'handshake, second message',
    valid,
    feed: (octets) => {
      // A fresh dialler each time, as on the wire: nothing made for another one may open it.
      const read = dialHandshake(suite, random, keys.statement, undefined)?.receive(octets);
      if (read?.kind === 'reject') rejects.add(read.reject);
      return read?.kind === 'keys' ? 'forgery' : 'verdict';
    },
  };
}

/** A whole link after its handshake: opening, introduction, data, a rekey, more data, the end. */
function records(suite: Suite, rejects: Counters<LinkReject>): Decoder {
  const peer = new PeerSealer(suite);
  const contents = [
    new Uint8Array(300).fill(1),
    new Uint8Array(2_000).fill(2),
    new Uint8Array(16_384).fill(3),
  ];
  const sealed = [peer.introduction(), ...contents.map((content) => peer.record(0, content))];
  const genuine = contents.flatMap((content) => [...content]);
  const pool = new BufferPool(UNIT_MAX, 4);
  return {
    name: 'records',
    valid: Uint8Array.from(
      [...sealed, peer.record(1, new Uint8Array(0))].flatMap((record) => [...record]),
    ),
    feed: (octets) => {
      const victim = makeKnownVictim(suite, pool);
      victim.link.receive(0, Uint8Array.from(KNOWN_OPENING), 0, KNOWN_OPENING.length);
      victim.link.receive(0, octets, 0, octets.length);
      if (victim.link.failure === undefined) victim.link.ended();
      for (const name of LINK_REJECTS) rejects.add(name, victim.rejects.get(name));
      victim.link.destroy();
      const { received } = victim.user;
      if (received.some((octet, i) => octet !== genuine[i])) return 'forgery';
      return victim.link.failure === undefined ? 'value' : 'verdict';
    },
  };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i]);
}

function textOctets(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function octetsText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}
