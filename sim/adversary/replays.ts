import type { Id } from '#core/base/slab.ts';
import { NS_PER_S } from '#core/base/time.ts';
import { CREATE_FRAME_LEN, FRAME_HEADER_LEN, type Leg, type LegUser } from '#core/circuit/mod.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { RelayNode } from '#core/node/mod.ts';
import type { SimHost } from '../host.ts';
import { NODE_PORT, Overlay } from '../overlay/mod.ts';
import { World, type WorldHashes, type WorldOptions } from '../world.ts';
import { testPlan } from './network.ts';

// CREATEs that a node has seen, sent to it once more by whoever had them in hands: in the same boot, and after it
// was killed and started again, whatever its clock says then.

export type ReplayCase = {
  /** The node was killed and started again in between. */
  readonly isRestarted: boolean;
  /** Milliseconds by which its clock, and that of whoever dials it, was moved meanwhile. */
  readonly clockMs: number;
  /** Who sends them: the neighbour they came from, or another node. */
  readonly by: 'same' | 'other';
};

export type ReplayReport = ReplayCase & {
  readonly replayed: number;
  /** CREATEs that were answered, with whatever status: each was opened twice. */
  readonly accepted: number;
  /** CREATEs whose circuit was destroyed without an answer. */
  readonly refused: number;
  /** Fingerprints and length of the world it happened in. */
  readonly hashes: WorldHashes;
  readonly virtualSeconds: number;
  readonly events: number;
  /** What the node counted of them, by reason. */
  readonly counted: { readonly [reject: string]: number };
};

const DAY_MS = 86_400_000;
const HOPS = 3;
/** Each of a class of its own, so that there are as many circuits. */
const VISITS = 12;
const VISIT_LEN = 1_000;
const KIND_CREATE = 1;

export function replayCases(): readonly ReplayCase[] {
  const times = [
    { isRestarted: false, clockMs: 0 },
    { isRestarted: true, clockMs: 0 },
    { isRestarted: true, clockMs: DAY_MS },
    { isRestarted: true, clockMs: -DAY_MS },
  ];
  return times.flatMap((time) => (['same', 'other'] as const).map((by) => ({ ...time, by })));
}

/** None was opened a second time, and each was refused as what it is. */
export function isRefused(report: ReplayReport): boolean {
  const { replayed, accepted, refused, counted, isRestarted } = report;
  const reason = isRestarted ? 'create-forged' : 'create-replayed';
  return replayed > 0 && accepted === 0 && refused === replayed && counted[reason] === replayed;
}

/** Plays one case. The seed decides keys and paths. */
export function replayCreates(
  suite: Suite,
  seed: string,
  one: ReplayCase,
  options: WorldOptions = {},
): ReplayReport {
  const world = new World(seed, options);
  const plan = testPlan(HOPS, VISITS, VISIT_LEN);
  const overlay = new Overlay(world, plan, { suiteOf: () => suite, rootOf: (_, root) => root });
  overlay.start();
  const seen = new Map([...overlay.nodes].map(([name, node]) => [name, recorded(node)] as const));
  overlay.startBrowsers();
  world.runUntil(() => overlay.browsers.get('anna')?.isDone === true, world.nowNs + 20 * NS_PER_S);
  const { name, from, bodies } = busiest(seen);
  const sender = [...overlay.nodes.keys()].find(
    (other) => other !== name && (one.by === 'same') === (hexOf(overlay, other) === from),
  );
  if (sender === undefined) throw new Error('there are other nodes');
  hostOf(overlay, 'anna').stop();
  world.run(world.nowNs + NS_PER_S);
  if (one.isRestarted) restart(world, overlay, name, sender, one.clockMs);
  const before = overlay.nodes.get(name)?.relay.rejects.toJSON() ?? {};
  const outcome = send(world, overlay, name, sender, bodies);
  const after = overlay.nodes.get(name)?.relay.rejects.toJSON() ?? {};
  const counted = Object.fromEntries(
    Object.entries(after)
      .map(([reject, count]) => [reject, count - (before[reject] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const { nowNs, events } = world;
  const virtualSeconds = nowNs / NS_PER_S;
  const replayed = bodies.length;
  return { ...one, replayed, ...outcome, hashes: world.hashes(), virtualSeconds, events, counted };
}

type Create = { readonly from: string; readonly body: Uint8Array };

/** Every CREATE that comes to a node from another one, as it stands in the record that was opened. */
function recorded({ relay, links }: RelayNode): readonly Create[] {
  const creates: Create[] = [];
  const { carrier } = relay;
  const receive = carrier.receive.bind(carrier);
  carrier.receive = (nowUs, id, bytes, start, end) => {
    const peer = links.peerId(id);
    if (bytes[start + 4] === KIND_CREATE && end - start === CREATE_FRAME_LEN && peer !== undefined)
      creates.push({ from: peer.join(), body: bytes.slice(start + FRAME_HEADER_LEN, end) });
    return receive(nowUs, id, bytes, start, end);
  };
  return creates;
}

/** The node, and the neighbour, between which most CREATEs went. */
function busiest(seen: ReadonlyMap<string, readonly Create[]>): {
  readonly name: string;
  readonly from: string;
  readonly bodies: readonly Uint8Array[];
} {
  const pairs = [...seen].flatMap(([name, creates]) =>
    [...new Set(creates.map(({ from }) => from))].map((from) => ({
      name,
      from,
      bodies: creates.filter((create) => create.from === from).map(({ body }) => body),
    })),
  );
  const [first] = pairs.sort((a, b) => b.bodies.length - a.bodies.length);
  if (first === undefined) throw new Error('circuits went over nodes');
  return first;
}

function hexOf(overlay: Overlay, name: string): string {
  return overlay.nodeId(name)?.join() ?? '';
}

/** Kills the node, moves its clock and the sender's, and starts it again. */
function restart(
  world: World,
  overlay: Overlay,
  name: string,
  sender: string,
  clockMs: number,
): void {
  const plan = overlay.plan.nodes.find((node) => node.name === name);
  const host = hostOf(overlay, name);
  if (plan === undefined) throw new Error('the node has a plan');
  host.stop('killed');
  world.run(world.nowNs + NS_PER_S);
  host.stepWall(clockMs);
  hostOf(overlay, sender).stepWall(clockMs);
  overlay.startNode(plan);
  world.run(world.nowNs + NS_PER_S);
}

/** The sender dials the node as any neighbour does, and creates circuits with what it has in hands. */
function send(
  world: World,
  overlay: Overlay,
  name: string,
  sender: string,
  bodies: readonly Uint8Array[],
): { readonly accepted: number; readonly refused: number } {
  const victim = overlay.nodes.get(name);
  const { relay, links } = overlay.nodes.get(sender) as RelayNode;
  const host = hostOf(overlay, sender);
  const plan = overlay.plan.nodes.find((node) => node.name === name);
  const nodeId = overlay.nodeId(name);
  if (victim?.statement === undefined || nodeId === undefined || plan === undefined)
    throw new Error('the node runs');
  const at = { ip: Uint8Array.from(plan.ip.split('.'), Number), port: NODE_PORT };
  const link: Id = links.dial(host.nowUs(), at, nodeId, victim.statement);
  relay.carrier.dialled(link);
  host.turn();
  world.run(world.nowNs + NS_PER_S);
  const user = new Waiter();
  for (const body of bodies) relay.carrier.create(link, user, body);
  host.turn();
  world.run(world.nowNs + 2 * NS_PER_S);
  return { accepted: user.accepted, refused: user.refused };
}

function hostOf(overlay: Overlay, name: string): SimHost {
  const host = overlay.hosts.get(name);
  if (host === undefined) throw new Error(`no host is called ${name}`);
  return host;
}

/** Counts what becomes of circuits. One that was answered and then destroyed counts as answered. */
class Waiter implements LegUser {
  accepted = 0;
  refused = 0;
  readonly #answered = new Set<Leg>();

  created(_nowUs: number, leg: Leg): void {
    this.accepted += 1;
    this.#answered.add(leg);
  }

  cell(): void {
    // Nothing is asked over these circuits.
  }

  pull(): number {
    return 0;
  }

  destroyed(_nowUs: number, leg: Leg): void {
    if (!this.#answered.has(leg)) this.refused += 1;
  }
}
