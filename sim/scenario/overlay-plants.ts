import { asciiBytes, toHex } from '#core/base/bytes.ts';
import type { Carrier } from '#core/circuit/mod.ts';
import type { KemSecret, Suite } from '#core/crypto/mod.ts';
import { DatagramBatch, type Root } from '#core/host/mod.ts';
import type { Fault, Phases } from '../faults/mod.ts';
import type { SimHost } from '../host.ts';
import { dnsName } from '../observer/mod.ts';
import { OpenSeal } from '../open-seal.ts';
import type { OverlayPlan } from '../overlay/mod.ts';
import { WrappedRoot } from '../wrapped-root.ts';
import type { PlantName } from './scenario.ts';

// Defects on purpose in a multi-hop network. Like those of plants.ts they wrap what they spoil from outside.

const MANY = 12;

/** The plan with a defect in it, for plants that are a matter of data. */
export function spoilOverlay(plan: OverlayPlan, plant: PlantName | undefined): OverlayPlan {
  if (plant === 'way-after-all')
    return { ...plan, nodes: plan.nodes.map((node) => ({ ...node, isExit: true })) };
  if (plant === 'no-spare')
    return {
      ...plan,
      faults: plan.faults.flatMap((fault): readonly Fault[] =>
        fault.kind === 'crash' ? plan.nodes.map(({ name }) => ({ ...fault, host: name })) : [fault],
      ),
    };
  if (plant === 'one-way-unhealed' && plan.phases !== undefined)
    return { ...plan, faults: [...plan.faults, parting(plan, plan.phases)] };
  if (plant === 'cut-in-quiet' && plan.phases !== undefined) {
    const atMs = plan.phases.quietMs;
    const cuts = plan.websites.map(
      ({ name }): Fault => ({ kind: 'cut', link: `net:${name}`, direction: 'both', atMs }),
    );
    return { ...plan, faults: [...plan.faults, ...cuts] };
  }
  if (plant === 'many-readers')
    return {
      ...plan,
      visits: plan.visits.flatMap((visit) =>
        Array.from({ length: MANY }, (_, i) => ({ ...visit, page: visit.page + 1000 * i })),
      ),
    };
  return plan;
}

/** Nothing that a website sends arrives anywhere. */
function parting(plan: OverlayPlan, { chaosMs }: Phases): Fault {
  const from = plan.websites.slice(0, 1).map(({ name }) => name);
  const to = plan.nodes.map(({ name }) => name);
  return { kind: 'partition', from, to, isOneWay: true, atMs: chaosMs };
}

/** Whether a fault stays when all is healed. */
export function isForgotten(fault: Fault, plant: PlantName | undefined): boolean {
  return plant === 'one-way-unhealed' && fault.kind === 'partition' && fault.isOneWay;
}

/** Suites of clients that say to every hop what they should say to one. */
export function spoilClientSuite(suite: Suite, plant: PlantName | undefined): Suite {
  if (plant === 'shared-ephemeral') {
    let first: KemSecret | undefined;
    // The first key of all is the link's; whatever comes later is one key again and again.
    let made = 0;
    return {
      ...suite,
      kemSecret: (seed) => {
        made += 1;
        if (made < 2) return suite.kemSecret(seed);
        first ??= suite.kemSecret(seed.slice());
        return {
          ...first,
          publicKey: first.publicKey,
          decapsulate: decapsulateOf(first),
          destroy: () => undefined,
        };
      },
    };
  }
  if (plant === 'stream-id-reuse') {
    const mark = { fill: (bytes: Uint8Array) => bytes.fill(0x5a) };
    return { ...suite, encapsulate: (publicKey) => suite.encapsulate(publicKey, mark) };
  }
  return suite;
}

function decapsulateOf(secret: KemSecret): KemSecret['decapsulate'] {
  return (ciphertext) => secret.decapsulate(ciphertext);
}

/** Takes the layer of one node off: neither it nor any client seals there. */
export class SkippedLayer {
  readonly #skipped = new Set<string>();
  #isLayerNext = false;

  /** The suite of the node, or of a client. */
  spoil(suite: Suite, isNode: boolean): Suite {
    const label = asciiBytes('spn circuit key');
    return {
      ...suite,
      hmac: (key, ...parts) => {
        const [, info] = parts;
        if (info !== undefined && toHex(info) === toHex(label)) this.#isLayerNext = true;
        return suite.hmac(key, ...parts);
      },
      aead: (key) => {
        const name = toHex(key);
        if (this.#isLayerNext && isNode) this.#skipped.add(name);
        const isSkipped = this.#isLayerNext && this.#skipped.has(name);
        this.#isLayerNext = false;
        return isSkipped ? new OpenSeal() : suite.aead(key);
      },
    };
  }
}

/** Writes down everything it is told. */
export class LoggingRoot extends WrappedRoot {
  readonly #log: (line: string) => void;

  constructor(inner: Root, log: (line: string) => void) {
    super(inner);
    this.#log = log;
  }

  override receive(...call: Parameters<Root['receive']>): number {
    const [, id, bytes, start, end] = call;
    this.#log(`stream ${id} received ${toHex(bytes.slice(start, Math.min(end, start + 256)))}`);
    return super.receive(...call);
  }
}

/** Loses the first credit that any circuit here is granted. */
export class CreditLeaker extends WrappedRoot {
  readonly #carrier: Carrier;
  #hasLeaked = false;

  constructor(inner: Root, carrier: Carrier) {
    super(inner);
    this.#carrier = carrier;
  }

  override receive(...call: Parameters<Root['receive']>): number {
    if (this.#hasLeaked) return super.receive(...call);
    const before = [...this.#carrier.legs()].map((leg) => [leg, leg.credit] as const);
    const taken = super.receive(...call);
    for (const [leg, credit] of before)
      if (leg.credit > credit) {
        leg.credit = credit;
        this.#hasLeaked = true;
      }
    return taken;
  }
}

/** Sends one datagram from a host, past whatever runs on it. */
export function sendPast(
  host: SimHost,
  from: Uint8Array,
  to: { readonly ip: Uint8Array; readonly port: number },
  octets: Uint8Array,
): void {
  host.kernel.sockets.bind(STRAY, { ip: from, port: 0 });
  const batch = new DatagramBatch(1);
  batch.push(to.ip, to.port, octets, 0, octets.length);
  host.sendDatagrams(STRAY, batch);
}

/** An id that no slab gives out. */
const STRAY = 0x3fff_ffff;

/** A question for the address of a name, as it goes in clear (RFC 1035 section 4). */
export function clearQuestion(name: string): Uint8Array {
  return Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...dnsName(name), 0, 0, 1, 0, 1);
}
