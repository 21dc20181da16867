import type { Id } from '#core/base/slab.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { Random, Root } from '#core/host/mod.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { Network } from '../network/mod.ts';
import { unsealed } from '../open-seal.ts';
import type { Flow } from '../workload/mod.ts';
import { WrappedRoot } from '../wrapped-root.ts';
import type { FlowPlan, PlantName } from './scenario.ts';

// Defects on purpose: each shows that an oracle can fail. They wrap what they spoil from outside; the core has
// no switch for any of them.

/** The plan with a defect in it, for plants that are a matter of data. */
export function spoilPlan(plan: FlowPlan, plant: PlantName | undefined): FlowPlan {
  if (plant === 'lossless')
    return {
      ...plan,
      links: plan.links.map(({ between, delayUs, mbps }) => ({ between, delayUs, mbps })),
    };
  if (plant !== 'fast-reader') return plan;
  return { ...plan, flows: plan.flows.map(({ readPerTick: _, ...flow }) => flow) };
}

/** The dialler's own idea of the flows: with `short-octet` its first one is an octet short. */
export function spoilDialled(
  flows: readonly Flow[],
  plant: PlantName | undefined,
): readonly Flow[] {
  if (plant !== 'short-octet') return flows;
  const victim = flows.findIndex((flow) => flow.upLen > 0);
  return flows.map((flow, i) => (i === victim ? { ...flow, upLen: flow.upLen - 1 } : flow));
}

export function spoilSuite(suite: Suite, plant: PlantName | undefined): Suite {
  return plant === 'skip-seal' ? unsealed(suite) : suite;
}

export function spoilRoot(root: Root, random: Random, plant: PlantName | undefined): Root {
  switch (plant) {
    case 'clock':
      return new Meddler(root, () => Date.now());
    case 'random':
      return new Meddler(root, () => Math.random());
    case 'timer':
      return new Meddler(root, () => setTimeout(() => undefined, 0));
    case 'promise':
      return new Meddler(root, () => Promise.resolve());
    case 'module-state':
      return new Meddler(root, () => random.fill(new Uint8Array(remembered.runs++)));
    case 'double-close':
      return new DoubleCloser(root);
    case 'hoard':
      return new Hoarder(root);
    case 'withheld-octet':
      return new Withholder(root);
    case 'stalled':
      return new Sleeper(root);
    default:
      return root;
  }
}

/** A network whose wires say that they are longer than they are. */
export function spoilNetwork({ pipes }: Network, plant: PlantName | undefined): void {
  if (plant !== 'early-packet') return;
  for (const pipe of pipes)
    Object.defineProperty(pipe, 'delayNs', { value: pipe.delayNs + UNDERSTATED_NS });
}

const UNDERSTATED_NS = 1_000;

/** What the plant `module-state` remembers from run to run. */
const remembered = { runs: 1 };

/** Does something forbidden whenever a stream opens. */
class Meddler extends WrappedRoot {
  readonly #meddle: () => unknown;

  constructor(inner: Root, meddle: () => unknown) {
    super(inner);
    this.#meddle = meddle;
  }

  override opened(nowUs: number, id: Id): void {
    this.#meddle();
    super.opened(nowUs, id);
  }
}

class DoubleCloser extends WrappedRoot {
  readonly #open = new Set<Id>();

  override opened(nowUs: number, id: Id): void {
    this.#open.add(id);
    super.opened(nowUs, id);
  }

  override closed(...call: Parameters<Root['closed']>): void {
    super.closed(...call);
    if (this.#open.delete(call[1])) super.ended(call[0], call[1]);
  }
}

/** Claims to have taken everything, and feeds the root behind from its own store. */
class Hoarder extends WrappedRoot {
  readonly #stores = new Map<Id, ByteQueue>();

  override receive(nowUs: number, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const store = this.#stores.get(id) ?? new ByteQueue();
    this.#stores.set(id, store);
    store.push(bytes, start, end);
    this.#feed(nowUs, id, store);
    return end - start;
  }

  override pollWake(nowUs: number): Id {
    const id = super.pollWake(nowUs);
    const store = this.#stores.get(id);
    if (store !== undefined) this.#feed(nowUs, id, store);
    return id;
  }

  override closed(...call: Parameters<Root['closed']>): void {
    this.#stores.delete(call[1]);
    super.closed(...call);
  }

  #feed(nowUs: number, id: Id, store: ByteQueue): void {
    const front = store.front();
    store.drop(super.receive(nowUs, id, front, 0, front.length));
  }
}

/** Once a stream has carried some octets, keeps the last one of it back until the next, and says it was taken. */
class Withholder extends WrappedRoot {
  readonly #taken = new Map<Id, number>();
  readonly #kept = new Map<Id, number>();

  override receive(nowUs: number, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const before = this.#taken.get(id) ?? 0;
    this.#taken.set(id, before + end - start);
    if (before < HONEST_OCTETS || end === start) return super.receive(nowUs, id, bytes, start, end);
    const kept = this.#kept.get(id);
    const head = kept === undefined ? [] : [kept];
    const joined = Uint8Array.of(...head, ...bytes.subarray(start, end));
    const taken = super.receive(nowUs, id, joined, 0, joined.length - 1);
    if (taken > 0) this.#kept.delete(id);
    if (taken < joined.length - 1) return Math.max(0, taken - head.length);
    this.#kept.set(id, bytes[end - 1] as number);
    return end - start;
  }
}

/** Says nothing more on a stream it has said some on, whatever it still has to say. */
class Sleeper extends WrappedRoot {
  readonly #said = new Map<Id, number>();

  override transmit(...call: Parameters<Root['transmit']>): number {
    const said = this.#said.get(call[1]) ?? 0;
    if (said > HONEST_OCTETS) return 0;
    const written = super.transmit(...call);
    this.#said.set(call[1], said + Math.max(written, 0));
    return written;
  }
}

/** Octets of a stream before its root goes wrong: behind the handshakes. */
const HONEST_OCTETS = 20_000;
