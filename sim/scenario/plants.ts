import type { Id } from '#core/base/slab.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { Random, Root } from '#core/host/mod.ts';
import { ByteQueue } from '../byte-queue.ts';
import { unsealed } from '../open-seal.ts';
import type { Flow } from '../workload/mod.ts';
import type { FlowPlan, PlantName } from './scenario.ts';
import { WrappedRoot } from './wrapped-root.ts';

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
    default:
      return root;
  }
}

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
