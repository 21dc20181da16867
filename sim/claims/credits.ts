import type { ChunkPool } from '#core/base/chunk-pool.ts';
import { CIRCUIT_WINDOW, STREAM_WINDOW } from '#core/base/limits.ts';
import { type Carrier, ClientCircuit, type Leg, type Streams } from '#core/circuit/mod.ts';
import { RelayCircuit } from '#core/relay/mod.ts';
import type { Pairs } from './pairs.ts';
import type { Always } from './vigil.ts';

const EVERY = 512;

/** What carries circuits on a host. */
export type Program = { readonly carrier: Carrier; readonly pool: ChunkPool };

/**
 * Credit is conserved, on every leg of a circuit and from end to end for every stream: what a receiver has granted,
 * owes and keeps is one window, always; a sender never has more than it was granted and, when nothing is under way, no
 * less; nothing is ever negative. When no stream is left, no pool holds an octet.
 */
export function creditsConserved(
  programs: () => Iterable<readonly [host: string, program: Program]>,
  pairs: Pairs,
): Always {
  const books = new CreditBooks(programs, pairs);
  return {
    kind: 'always',
    name: 'credits-conserved',
    every: EVERY,
    look: () => books.wrong(),
    close: () => books.held(),
    said: () =>
      `${books.windows} windows balanced, ${books.exact} of them to the octet at both ends`,
  };
}

/** A leg and what is known of it. */
type Placed = { readonly host: string; readonly leg: Leg };

class CreditBooks {
  /** Windows that were looked at, and those of which both ends were compared while nothing was under way. */
  windows = 0;
  exact = 0;
  readonly #programs: () => Iterable<readonly [host: string, program: Program]>;
  readonly #pairs: Pairs;
  /** Legs of the present look: by host, then by link and circuit. */
  #legs = new Map<string, Map<string, Leg>>();

  constructor(programs: () => Iterable<readonly [host: string, program: Program]>, pairs: Pairs) {
    this.#programs = programs;
    this.#pairs = pairs;
  }

  wrong(): string | undefined {
    this.#legs = new Map();
    for (const [host, { carrier }] of this.#programs()) {
      const own = new Map<string, Leg>();
      for (const leg of carrier.legs()) own.set(keyOf(leg.link, leg.circuit), leg);
      this.#legs.set(host, own);
    }
    for (const [host, own] of this.#legs)
      for (const leg of own.values()) {
        if (leg.state !== 'open') continue;
        const wrong = this.#wrongLeg({ host, leg }) ?? this.#wrongStreams({ host, leg });
        if (wrong !== undefined) return wrong;
      }
    return undefined;
  }

  /** Which pool still holds octets when no stream is left anywhere and no cell is under way. */
  held(): string | undefined {
    for (const [, { carrier }] of this.#programs())
      for (const leg of carrier.legs())
        if ((streamsOf(leg.user)?.size ?? 0) > 0 || keptOf(leg) > 0) return undefined;
    for (const [host, { pool }] of this.#programs())
      if (pool.used !== 0)
        return `the pool of ${host} holds ${pool.used} octets, and no stream is left`;
    return undefined;
  }

  #wrongLeg({ host, leg }: Placed): string | undefined {
    const { credit, granted, taken } = leg;
    const name = (): string => `circuit ${leg.circuit} on link ${leg.link} of ${host}`;
    this.windows += 1;
    if (credit < 0 || granted < 0 || taken < 0)
      return `${name()}: ${credit} to use, ${granted} granted, ${taken} owed`;
    const kept = keptOf(leg);
    if (granted + taken + kept !== CIRCUIT_WINDOW)
      return `${name()}: ${granted} granted, ${taken} owed and ${kept} kept are not ${CIRCUIT_WINDOW}`;
    const far = this.#farLeg({ host, leg });
    if (far === undefined || far.leg.state !== 'open') return undefined;
    if (credit > far.leg.granted)
      return `${name()}: ${credit} to use, and ${far.host} granted ${far.leg.granted}`;
    if (!this.#isQuiet({ host, leg })) return undefined;
    this.exact += 1;
    const { granted: given } = far.leg;
    return credit === given
      ? undefined
      : `${name()}: ${given - credit} of credit are lost: ${credit} to use, ${far.host} granted ${given}`;
  }

  /** The streams of a circuit, from the client's end. */
  #wrongStreams(at: Placed): string | undefined {
    const near = streamsOf(at.leg.user);
    if (near === undefined) return undefined;
    const own = this.#wrongStore(at.host, near);
    if (own !== undefined || !(at.leg.user instanceof ClientCircuit)) return own;
    const { far, isQuiet } = this.#farEnd(at);
    if (far === undefined) return undefined;
    const opposite = new Map(
      [...far.streams.all].map((stream) => [stream.number, stream] as const),
    );
    for (const stream of near.all) {
      const other = opposite.get(stream.number);
      if (other === undefined || isGivenUp(stream) || isGivenUp(other)) continue;
      const name = `stream ${stream.number} of ${at.host} to ${far.host}`;
      for (const [from, to] of [[stream, other] as const, [other, stream] as const]) {
        if (from.credit > to.granted)
          return `${name}: ${from.credit} to use, ${to.granted} granted`;
        if (isQuiet && from.credit < to.granted)
          return `${name}: ${to.granted - from.credit} of credit are lost`;
        if (isQuiet) this.exact += 1;
      }
    }
    return undefined;
  }

  #wrongStore(host: string, streams: Streams): string | undefined {
    for (const stream of streams.all) {
      if (isGivenUp(stream)) continue;
      this.windows += 1;
      const { number, credit, granted, taken, inbox } = stream;
      const name = `stream ${number} at ${host}`;
      if (credit < 0 || granted < 0) return `${name}: ${credit} to use, ${granted} granted`;
      if (granted + taken + inbox.length !== STREAM_WINDOW)
        return `${name}: ${granted} granted, ${taken} owed and ${inbox.length} kept are not ${STREAM_WINDOW}`;
    }
    return undefined;
  }

  /** The last hop of a circuit, and whether nothing is under way on the way there and back. */
  #farEnd(at: Placed): {
    readonly far: { readonly host: string; readonly streams: Streams } | undefined;
    readonly isQuiet: boolean;
  } {
    let isQuiet = true;
    for (let here: Placed | undefined = at; here !== undefined; ) {
      isQuiet &&= this.#isQuiet(here);
      const there: Placed | undefined = this.#farLeg(here);
      const user = there?.leg.user;
      if (there === undefined || !(user instanceof RelayCircuit)) break;
      const { streams } = user;
      if (streams !== undefined) return { far: { host: there.host, streams }, isQuiet };
      const next = user.onward(there.leg);
      if (next === undefined || next.state !== 'open') break;
      isQuiet &&= user.keptFrom(there.leg) === 0 && user.keptFrom(next) === 0;
      here = { host: there.host, leg: next };
    }
    return { far: undefined, isQuiet: false };
  }

  #farLeg({ host, leg }: Placed): Placed | undefined {
    const peer = this.#pairs.endOf(host, leg.link)?.peer;
    if (peer === undefined) return undefined;
    const far = this.#legs.get(peer.host.name)?.get(keyOf(peer.account.id, leg.circuit));
    return far && { host: peer.host.name, leg: far };
  }

  /** Whatever was written to a link has been read, both ways. */
  #isQuiet({ host, leg }: Placed): boolean {
    const end = this.#pairs.endOf(host, leg.link);
    if (end?.peer === undefined) return false;
    const [near, far] = [end.account, end.peer.account];
    return near.written === far.read && far.written === near.read;
  }
}

/** Octets of cells that came by a leg and wait to go on. */
function keptOf(leg: Leg): number {
  return leg.user instanceof RelayCircuit ? leg.user.keptFrom(leg) : 0;
}

/** The streams that end here, if any do. */
export function streamsOf(user: Leg['user']): Streams | undefined {
  return user instanceof ClientCircuit || user instanceof RelayCircuit ? user.streams : undefined;
}

/** What such a stream kept was thrown away, and its credit with it. */
function isGivenUp(stream: { readonly owesReset: unknown; readonly resetSent: boolean }): boolean {
  return stream.owesReset !== undefined || stream.resetSent;
}

function keyOf(link: number, circuit: number): string {
  return `${link} ${circuit}`;
}
