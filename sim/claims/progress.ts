import { ENTRY_US, SILENCE_US } from '#core/base/limits.ts';
import type { Id } from '#core/base/slab.ts';
import { NS_PER_S, NS_PER_US } from '#core/base/time.ts';
import { CELL_LARGE, type Leg, type Streams } from '#core/circuit/mod.ts';
import { RelayCircuit } from '#core/relay/mod.ts';
import { MSS, type Network } from '../network/mod.ts';
import type { World } from '../world.ts';
import { type Program, streamsOf } from './credits.ts';
import { nameOf } from './octets.ts';
import type { End, Pairs } from './pairs.ts';
import type { Always } from './vigil.ts';

const EVERY = 512;
/** Inside a host nothing takes time: whoever may send, and whose kernel has taken all before, sends at once. */
const SAY_NS: number = NS_PER_S;
/** What a kernel's timer may be late by, and a round trip and the answer's delay behind it. */
const KERNEL_NS: number = 2 * NS_PER_S;
/** The longest a program waits for anything: until a neighbour counts as gone, and another way is found. */
const TASK_NS: number = NS_PER_US * (SILENCE_US + ENTRY_US);

/** The longest anybody stood still, before somebody was looked at twice. */
const NOBODY_NS = -1;

/** Somebody with octets to send over a stream of the network, whom nobody else holds back. */
export type Speaker = {
  readonly key: string;
  readonly host: string;
  /** The stream of the network that would carry them. */
  readonly id: Id;
  /** Changes whenever something was sent. */
  readonly measure: number;
};

/** Something a program is to finish. */
export type Task = { readonly key: string; readonly measure: number };

/** Since when a measure has stood still, and until when that is in order. */
type Still = { measure: number; sinceNs: number; allowedNs: number; look: number };

/**
 * Whoever can go on goes on. A cell or an octet that may be sent is sent within a second, whatever the network does.
 * Octets in a kernel arrive by the time their retransmission is due, and two seconds: where a packet was lost between
 * their hosts, or there is no way, their clock begins again. A task goes on within 210 s, losses or not; while a link
 * is down or clogged, or hosts are parted, no task is asked to. Of a machine that sleeps nothing is asked.
 */
export class ProgressWatch {
  readonly #world: World;
  readonly #network: Network;
  readonly #pairs: Pairs;
  readonly #speakers: () => Iterable<Speaker>;
  readonly #tasks: () => Iterable<Task>;
  readonly #still = new Map<unknown, Still>();
  #look = 0;
  #longestNs = NOBODY_NS;

  constructor(
    network: Network,
    pairs: Pairs,
    speakers: () => Iterable<Speaker>,
    tasks: () => Iterable<Task>,
  ) {
    this.#world = network.world;
    this.#network = network;
    this.#pairs = pairs;
    this.#speakers = speakers;
    this.#tasks = tasks;
  }

  claim(): Always {
    return {
      kind: 'always',
      name: 'progress',
      every: EVERY,
      look: () => this.#wrong(),
      said: () =>
        this.#longestNs === NOBODY_NS
          ? 'nobody was watched'
          : `nobody who could go on stood still for longer than ${Math.round(this.#longestNs / 1e6)} ms`,
    };
  }

  #wrong(): string | undefined {
    this.#look += 1;
    for (const { key, host, id, measure } of this.#speakers()) {
      const end = this.#pairs.endOf(host, id);
      if (end === undefined || end.host.isAsleep) continue;
      if (end.connection.unsent > 0) continue;
      const stood = this.#stands(key, measure, SAY_NS);
      if (stood !== undefined) return `${key} has something to send and did not, ${stood}`;
    }
    for (const end of this.#pairs.now()) {
      const stood = this.#kernelStands(end);
      if (stood !== undefined) return `${nameOf(end)}: octets under way did not arrive, ${stood}`;
    }
    const tasks = isCut(this.#network) ? [] : this.#tasks();
    for (const { key, measure } of tasks) {
      const stood = this.#stands(key, measure, TASK_NS);
      if (stood !== undefined) return `${key} did not go on, ${stood}`;
    }
    // Whoever was not asked this time is asked anew.
    for (const [key, { look }] of this.#still) if (look !== this.#look) this.#still.delete(key);
    return undefined;
  }

  #kernelStands(end: End): string | undefined {
    const { peer, connection, host } = end;
    if (peer === undefined || host.isAsleep || peer.host.isAsleep) return undefined;
    const { sender } = connection;
    const { receiver } = peer.connection;
    if (receiver.next >= sender.ring.end || receiver.window < MSS) return undefined;
    const troubles = this.#troublesBetween(end, peer);
    if (troubles === undefined) return undefined;
    const dueNs = Number.isFinite(sender.deadlineNs) ? sender.deadlineNs - connection.nowNs : 0;
    // Both only grow: if either does, so does the sum.
    const measure = receiver.next + troubles;
    return this.#stands(connection, measure, Math.max(0, dueNs) + KERNEL_NS);
  }

  /** What went wrong so far between two hosts, as a number that grows; undefined where nothing can pass now. */
  #troublesBetween(end: End, peer: End): number | undefined {
    const { partings } = this.#network;
    let troubles = partings.kept;
    for (const [{ host, connection }, other] of [
      [end, peer.host],
      [peer, end.host],
    ] as const) {
      const path = this.#network.path(host.node, connection.tuple.remote);
      if (path === undefined || partings.parts(host.node, other.node)) return undefined;
      for (const pipe of path) {
        if (!pipe.isUp || pipe.isClogged) return undefined;
        troubles += pipe.lost + pipe.dropped + pipe.tooBig;
      }
      troubles += host.damaged + host.clock.awakeAtNs;
    }
    return troubles;
  }

  /** Since when it stands still, in words, if that is too long. */
  #stands(key: unknown, measure: number, allowedNs: number): string | undefined {
    const { nowNs } = this.#world;
    const still = this.#still.get(key);
    if (still === undefined || still.measure !== measure) {
      this.#still.set(key, { measure, sinceNs: nowNs, allowedNs, look: this.#look });
      return undefined;
    }
    still.look = this.#look;
    const stoodNs = nowNs - still.sinceNs;
    if (stoodNs > still.allowedNs)
      return `since ${(still.sinceNs / 1e6).toFixed(3)} ms, allowed ${Math.round(still.allowedNs / 1e6)} ms`;
    this.#longestNs = Math.max(this.#longestNs, stoodNs);
    return undefined;
  }
}

/** Whether there is anybody who cannot reach everybody. */
function isCut({ partings, pipes }: Network): boolean {
  return partings.count > 0 || pipes.some(({ isUp, isClogged }) => !isUp || isClogged);
}

/** Circuits that hold cells their next link may take, and streams at both ends with octets and credit. */
export function* circuitSpeakers(
  programs: Iterable<readonly [host: string, program: Program]>,
): Iterable<Speaker> {
  for (const [host, { carrier }] of programs)
    for (const leg of carrier.legs()) {
      const { user, link, circuit } = leg;
      const streams = streamsOf(user);
      if (streams !== undefined && maySend(leg)) yield* streamSpeakers(host, leg, streams);
      if (!(user instanceof RelayCircuit) || streams !== undefined) continue;
      const onward = user.onward(leg);
      if (onward === undefined || !maySend(onward)) continue;
      const kept = user.keptFrom(leg);
      if (kept === 0) continue;
      const key = `circuit ${circuit} on link ${link} of ${host}`;
      yield { key, host, id: onward.link, measure: onward.credit };
    }
}

function* streamSpeakers(host: string, leg: Leg, streams: Streams): Iterable<Speaker> {
  for (const { number, sendable, credit, owesOpen } of streams.all) {
    if (sendable === 0 || owesOpen !== undefined) continue;
    const key = `stream ${number} of circuit ${leg.circuit} on link ${leg.link} at ${host}`;
    yield { key, host, id: leg.link, measure: credit };
  }
}

function maySend({ state, credit }: Leg): boolean {
  return state === 'open' && credit >= CELL_LARGE;
}
