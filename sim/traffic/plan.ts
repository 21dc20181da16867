import { frozen } from '#core/base/frozen.ts';
import type { RandomStream } from '../random.ts';
import { drawBetween, drawGap, drawHeavy, drawTable, type Table } from './draw.ts';
import type { Doing, Message, TrafficPlan } from './traffic.ts';

/** Objects of the largest page. */
export const OBJECTS_MAX = 60;
/** Objects of a page: most pages have few, some have many. */
export const OBJECTS: Table = frozen([
  [1, 15],
  [3, 20],
  [6, 25],
  [12, 20],
  [25, 14],
  [OBJECTS_MAX, 6],
]);
/** A frame of 20 ms at 64 kbit/s, and its headers (RFC 3550, RFC 3551 PCMU). */
export const CALL_OCTETS = 172;
export const CALL_EVERY_MS = 20;
/** Times between two messages of a game, and octets of a move and of the state that answers it: from, to. */
export const GAME_EVERY_MS: readonly [number, number] = Object.freeze([40, 60] as const);
export const MOVE_OCTETS: readonly [number, number] = Object.freeze([40, 100] as const);
export const STATE_OCTETS: readonly [number, number] = Object.freeze([80, 400] as const);

/**
 * What one user does of one kind, from streams of his own: nobody else's traffic, and no other kind of his, changes it.
 * `random` gives the stream of a name.
 */
export function planTraffic(
  traffic: TrafficPlan,
  random: (name: string) => RandomStream,
): readonly Doing[] {
  const own = random(`traffic ${traffic.user} ${traffic.kind}`);
  const doings: Doing[] = [];
  let atMs = traffic.startMs;
  for (let i = 0; i < traffic.count; i++) {
    atMs += drawGap(traffic.gapMs, own);
    const host = traffic.hosts[own.below(traffic.hosts.length)] as string;
    const doing = { atMs, host, ...draw(traffic, own) };
    doings.push(doing);
    if ('messages' in doing) atMs += doing.messages.at(-1)?.afterMs ?? 0;
  }
  return doings;
}

type Drawn = Doing extends infer One
  ? One extends Doing
    ? Omit<One, 'atMs' | 'host'>
    : never
  : never;

function draw(traffic: TrafficPlan, random: RandomStream): Drawn {
  switch (traffic.kind) {
    case 'web': {
      const count = drawTable(OBJECTS, random);
      const objects = Array.from({ length: count }, () => drawHeavy(traffic.object, random));
      return { kind: 'web', objects };
    }
    case 'bulk': {
      const octets = drawHeavy(traffic.file, random);
      const isUp = random.chancePpm(traffic.upPpm);
      return { kind: 'bulk', up: isUp ? octets : 0, down: isUp ? 0 : octets };
    }
    case 'dns':
      return { kind: 'dns' };
    case 'call': {
      const packets = 1 + Math.floor(drawGap(traffic.forMs, random) / CALL_EVERY_MS);
      const messages = Array.from({ length: packets }, (_, n) => ({
        afterMs: n * CALL_EVERY_MS,
        up: CALL_OCTETS,
        down: CALL_OCTETS,
      }));
      return { kind: 'call', messages };
    }
    case 'game':
      return { kind: 'game', messages: moves(drawGap(traffic.forMs, random), random) };
  }
}

function moves(forMs: number, random: RandomStream): readonly Message[] {
  const messages: Message[] = [];
  for (let afterMs = 0; afterMs <= forMs; afterMs += drawBetween(...GAME_EVERY_MS, random))
    messages.push({
      afterMs,
      up: drawBetween(...MOVE_OCTETS, random),
      down: drawBetween(...STATE_OCTETS, random),
    });
  return messages;
}
