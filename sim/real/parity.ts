import type { Suite } from '#core/crypto/mod.ts';
import { Network, RandomStream, SimHost, World } from '../mod.ts';
import {
  type Arrangement,
  type Contact,
  type Ending,
  type Flow,
  type Inhabitant,
  inhabit,
} from '../workload/mod.ts';
import { seen, type Transcripts } from './transcripts.ts';

const NS_PER_MS = 1_000_000;
const ENDINGS: readonly Ending[] = Object.freeze([
  'each-alone',
  'dialler-first',
  'answerer-first',
  'answerer-resets',
  'dialler-resets',
  'refused',
]);
const LENGTHS: readonly number[] = Object.freeze([0, 1, 1_000, 16_384, 65_537, 300_000, 1_000_000]);
const LONGEST = 10_000_000;
/** A node lets one prefix start 8 handshakes a second; a flow faster than that would be refused at the door. */
const PACE_MS = 130;

/** `count` flows between one pair of hosts: 0 octets to 10 MB, every ending, some slow readers. */
export function manyFlows(count: number, seed: string): readonly Flow[] {
  const random = new RandomStream(seed, 'flows');
  return Array.from({ length: count }, (_, i): Flow => {
    const ending = ENDINGS[i % ENDINGS.length] as Ending;
    const pick = (): number => LENGTHS[random.below(LENGTHS.length)] as number;
    const upLen =
      i === 0 ? LONGEST : ending === 'dialler-resets' || ending === 'refused' ? 0 : pick();
    const downLen =
      i === 2 ? LONGEST : ending === 'answerer-resets' || ending === 'refused' ? 0 : pick();
    const isSlow = i % 10 === 7 && upLen > 0;
    const base = {
      id: i + 1,
      from: 'client',
      to: 'node',
      startMs: 20 + PACE_MS * i,
      upLen,
      // Who resets waits for an octet first: else its own opening may or may not have left.
      downLen: ending === 'dialler-resets' ? Math.max(downLen, 1) : downLen,
      ending,
    };
    return isSlow ? { ...base, readPerTick: Math.max(1, Math.ceil(upLen / 20)) } : base;
  });
}

/** The flows in the simulator, over a link like loopback. */
export function simulate(
  arrangement: Arrangement,
  flows: readonly Flow[],
  suite: Suite,
): Transcripts {
  const world = new World('1');
  const network = new Network(world);
  const ip = Uint8Array.of(10, 0, 0, 1);
  const node = new SimHost(network, { name: 'node', ips: [ip] });
  const client = new SimHost(network, { name: 'client', ips: [Uint8Array.of(10, 0, 0, 2)] });
  network.addLink(node.node, client.node, { delayNs: 20_000, rateBps: 10_000_000_000 });
  const contacts = new Map<string, Contact>();
  const made = new Map<string, Inhabitant>();
  const start = (host: SimHost, listen: object): void => {
    host.start(({ random }) => {
      const inhabitant = inhabit({
        arrangement,
        name: host.name,
        flows,
        suite,
        random,
        contacts,
        ...listen,
      });
      made.set(host.name, inhabitant);
      return inhabitant.root;
    });
  };
  start(node, { listen: { ip: new Uint8Array(4), port: 9001 } });
  world.runUntil(() => {
    const contact = made.get('node')?.contact(ip);
    if (contact !== undefined) contacts.set('node', contact);
    return contact !== undefined;
  }, 100 * NS_PER_MS);
  start(client, {});
  const isDone = (): boolean =>
    made.size === 2 && [...made.values()].every(({ app }) => app.isDone);
  world.runUntil(isDone, 3_600_000 * NS_PER_MS);
  return seen(flows, [...made.values()]);
}
