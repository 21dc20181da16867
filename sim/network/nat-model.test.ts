import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAG } from './flags.ts';
import { type End, endOf, scene } from './nat.case.ts';
import type { Dependence } from './nat-table.ts';
import { PROTOCOL } from './packet.ts';

// The box against a second one, written from the text of RFC 4787 and RFC 5382 in the simplest words there are.
// It does not choose ports: it learns those of the box, and says whether they could be chosen.

const PORTS: readonly [number, number] = [7000, 7002];
const UDP_S = 300;

type Session = {
  readonly protocol: number;
  readonly inside: string;
  readonly far: string;
  /** Seconds. */
  untilS: number;
  /** What was seen of the connection, in order. */
  seen: string[];
};
type Mapping = {
  readonly protocol: number;
  readonly inside: string;
  readonly key: string;
  readonly outside: string;
};

const addressOf = (end: string): string => end.split(':')[0] as string;

/** What a mapping or a filter keeps of a far end. */
function partOf(far: string, dependence: Dependence): string {
  if (dependence === 'endpoint-independent') return 'any';
  return dependence === 'address-dependent' ? addressOf(far) : far;
}

class Model {
  nowS = 0;
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  mappings: Mapping[] = [];
  sessions: Session[] = [];
  retired = new Set<string>();

  constructor(mapping: Dependence, filtering: Dependence) {
    this.mapping = mapping;
    this.filtering = filtering;
  }

  wait(seconds: number): void {
    this.nowS += seconds;
    this.sessions = this.sessions.filter(({ untilS }) => untilS > this.nowS);
    this.mappings = this.mappings.filter((mapping) => this.of(mapping).length > 0);
  }

  of({ protocol, inside, key }: Mapping): Session[] {
    return this.sessions.filter(
      (session) =>
        session.protocol === protocol &&
        session.inside === inside &&
        partOf(session.far, this.mapping) === key,
    );
  }

  /** How a packet must look outside: an end that is mapped, 'new', or 'no'. */
  out(protocol: number, inside: string, far: string, flags: number): string {
    const key = partOf(far, this.mapping);
    const known = this.mappings.find(
      (m) => m.protocol === protocol && m.inside === inside && m.key === key,
    );
    if (known !== undefined) return known.outside;
    if (protocol === PROTOCOL.tcp && (flags & FLAG.syn) === 0) return 'dropped';
    const used = this.mappings.filter((m) => m.protocol === protocol).length;
    return used > PORTS[1] - PORTS[0] ? 'refused' : 'new';
  }

  /** It went out by this end. */
  went(protocol: number, inside: string, far: string, flags: number, outside: string): void {
    const key = partOf(far, this.mapping);
    if (!this.mappings.some((m) => m.protocol === protocol && m.outside === outside))
      this.mappings.push({ protocol, inside, key, outside });
    let session = this.sessions.find(
      (s) => s.protocol === protocol && s.inside === inside && s.far === far,
    );
    if (session === undefined) {
      session = { protocol, inside, far, untilS: 0, seen: [] };
      this.sessions.push(session);
    }
    session.untilS =
      this.nowS + (protocol === PROTOCOL.udp ? UDP_S : tcpRests(session, 'o', flags));
  }

  /** Where a packet from a far end arrives, or nowhere. */
  in(protocol: number, far: string, outside: string, flags: number): string | undefined {
    const mapping = this.mappings.find((m) => m.protocol === protocol && m.outside === outside);
    if (mapping === undefined) return undefined;
    const sessions = this.of(mapping);
    const isAllowed =
      this.filtering === 'endpoint-independent' ||
      sessions.some((s) => partOf(s.far, this.filtering) === partOf(far, this.filtering));
    if (!isAllowed) return undefined;
    const session = sessions.find((s) => s.far === far);
    if (session !== undefined && protocol === PROTOCOL.tcp)
      session.untilS = this.nowS + tcpRests(session, 'i', flags);
    return mapping.inside;
  }

  rebind(): void {
    this.retired = new Set(this.mappings.map(({ protocol, outside }) => `${protocol} ${outside}`));
    this.mappings = [];
    this.sessions = [];
  }
}

/** Seconds a connection may rest after one more segment. */
function tcpRests(session: Session, way: 'o' | 'i', flags: number): number {
  const has = (bit: number): boolean => (flags & bit) !== 0;
  const closed = (): boolean =>
    session.seen.includes('rst') ||
    (session.seen.includes('fin o') && session.seen.includes('fin i'));
  if (has(FLAG.syn)) session.seen = [...(closed() ? [] : session.seen), `syn ${way}`];
  else if (session.seen.includes('syn o') && session.seen.includes('syn i'))
    session.seen.push('open');
  if (has(FLAG.fin)) session.seen.push(`fin ${way}`);
  if (has(FLAG.rst)) session.seen.push('rst');
  return session.seen.includes('open') && !closed() ? 7440 : 240;
}

const kind = fc.constantFrom<Dependence>(
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
);
const protocol = fc.constantFrom(PROTOCOL.udp, PROTOCOL.tcp);
const flags = fc.constantFrom(
  FLAG.syn,
  FLAG.syn,
  FLAG.syn | FLAG.ack,
  FLAG.ack,
  FLAG.ack,
  FLAG.fin | FLAG.ack,
  FLAG.rst,
);
const inside = fc.constantFrom<End>(['p', 5000], ['q', 7001]);
const far = fc.constantFrom<End>(['a', 1], ['a', 2], ['b', 1]);
const port = fc.integer({ min: PORTS[0] - 1, max: PORTS[1] + 1 });
const seconds = fc.constantFrom(1, 100, 200, 240, 300, 7440);
/** A connection from its beginning to its end; some get no further than some of it. */
const CONNECTION = [
  ['again', FLAG.syn],
  ['reply', FLAG.syn | FLAG.ack],
  ['again', FLAG.ack],
  ['reply', FLAG.fin | FLAG.ack],
  ['again', FLAG.fin | FLAG.ack],
  ['reply', FLAG.rst],
] as const;

/** What happens next: something of its own, or something about the packet that went out last. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('out' as const), inside, far, protocol, flags }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('in' as const), far, port, protocol, flags }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('again' as const), flags }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reply' as const), flags }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('connect' as const),
      length: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'rebind' as const }) },
);
type Kinds = {
  readonly mapping: Dependence;
  readonly filtering: Dependence;
  readonly preservesPorts: boolean;
};

/** Box and model side by side: each step is taken by both, and compared. */
class Pair {
  readonly scene: ReturnType<typeof scene>;
  readonly model: Model;
  readonly #kinds: Kinds;
  #last: { readonly inside: End; readonly far: End; readonly protocol: number; own: End };

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
    this.scene = scene({ ...kinds, ports: PORTS });
    this.model = new Model(kinds.mapping, kinds.filtering);
    this.#last = {
      inside: ['p', 5000],
      far: ['a', 1],
      protocol: PROTOCOL.tcp,
      own: ['x', PORTS[0]],
    };
  }

  out(from: End, to: End, protocolNumber: number, flagBits: number): void {
    const { send } = this.scene;
    const bits = protocolNumber === PROTOCOL.tcp ? flagBits : 0;
    const [inner, outer] = [from.join(':'), to.join(':')];
    const expected = this.model.out(protocolNumber, inner, outer, bits);
    const got = send(from, to, protocolNumber, bits);
    if (expected === 'dropped') return expect(got).toBeUndefined();
    if (expected === 'refused')
      return expect(got).toMatchObject({ at: from[0], protocol: PROTOCOL.icmp });
    expect(got).toMatchObject({ at: to[0], to: outer, protocol: protocolNumber });
    const own = got?.from ?? '';
    if (expected === 'new') mayBeNew(this.model, protocolNumber, own, from, this.#kinds);
    else expect(own).toBe(expected);
    this.model.went(protocolNumber, inner, outer, bits, own);
    this.#last = { inside: from, far: to, protocol: protocolNumber, own: endOf(own) };
  }

  in(from: End, own: End, protocolNumber: number, flagBits: number): void {
    const bits = protocolNumber === PROTOCOL.tcp ? flagBits : 0;
    const expected = this.model.in(protocolNumber, from.join(':'), own.join(':'), bits);
    expect(this.scene.send(from, own, protocolNumber, bits)?.to).toBe(expected);
  }

  again(flagBits: number): void {
    this.out(this.#last.inside, this.#last.far, this.#last.protocol, flagBits);
  }

  reply(flagBits: number): void {
    this.in(this.#last.far, this.#last.own, this.#last.protocol, flagBits);
  }

  wait(forS: number): void {
    this.scene.wait(forS);
    this.model.wait(forS);
  }

  rebind(): void {
    this.scene.nat.rebind();
    this.model.rebind();
  }
}

test('whatever is sent, whenever: the box does what the RFCs say', () => {
  fc.assert(
    fc.property(
      fc.record({ mapping: kind, filtering: kind, preservesPorts: fc.boolean() }),
      fc.array(step, { maxLength: 50, size: 'max' }),
      (kinds, steps) => {
        const pair = new Pair(kinds);
        for (const at of steps) {
          if (at.kind === 'wait') pair.wait(at.seconds);
          else if (at.kind === 'rebind') pair.rebind();
          else if (at.kind === 'connect')
            for (const [way, bits] of CONNECTION.slice(0, at.length)) pair[way](bits);
          else if (at.kind === 'again') pair.again(at.flags);
          else if (at.kind === 'reply') pair.reply(at.flags);
          else if (at.kind === 'out') pair.out(at.inside, at.far, at.protocol, at.flags);
          else pair.in(at.far, ['x', at.port], at.protocol, at.flags);
          expect(pair.scene.network.packets.used).toBe(0);
        }
        expect(pair.scene.nat.mappings).toBe(pair.model.mappings.length);
      },
    ),
    { numRuns: 50 },
  );
});

/** A new outside end is in range, nobody else's, kept if it can be, and of before a restart only if it must be. */
function mayBeNew(
  model: Model,
  protocolNumber: number,
  own: string,
  [, wanted]: End,
  { preservesPorts }: { readonly preservesPorts: boolean },
): void {
  const isTaken = (end: string): boolean =>
    model.mappings.some((m) => m.protocol === protocolNumber && m.outside === end);
  const isRetired = (end: string): boolean => model.retired.has(`${protocolNumber} ${end}`);
  const [name, got] = endOf(own);
  expect([name, isTaken(own)]).toEqual(['x', false]);
  expect(got >= PORTS[0] && got <= PORTS[1]).toBe(true);
  const free = [7000, 7001, 7002].map((n) => `x:${n}`).filter((end) => !isTaken(end));
  if (isRetired(own)) expect(free.filter((end) => !isRetired(end))).toEqual([]);
  const kept = `x:${wanted}`;
  if (preservesPorts && free.includes(kept) && !isRetired(kept)) expect(own).toBe(kept);
}
