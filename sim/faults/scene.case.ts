import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { fourNodes } from '../overlay/four-nodes.case.ts';
import { Overlay, OverlayGround, type OverlayPlan } from '../overlay/mod.ts';
import { World } from '../world.ts';
import { conditionOf, type Fault, FaultPlayer, type Phases } from './mod.ts';

const NS_PER_MS = 1_000_000;
const AT = Object.freeze({ delayUs: 5_000, mbps: 50 });
const BOX = Object.freeze({
  ip: '198.51.100.1',
  mapping: 'endpoint-independent',
  filtering: 'address-and-port-dependent',
} as const);
const SITES = Object.freeze(['before.spn.test', 'during.spn.test', 'after.spn.test']);

/** What is silently dead, links find out after three minutes. */
export const PHASES: Phases = Object.freeze({
  chaosMs: 2_500,
  healMs: 9_000,
  quietMs: 209_000,
});
/** The page asked for in chaos has until then. */
export const LOOK_MS = 8_600;

/**
 * Two people, one of them behind a box, four nodes, a website under three names: no cache knows a name that is asked
 * for later.
 */
const PLAN: OverlayPlan = Object.freeze<OverlayPlan>({
  nodes: fourNodes(AT),
  clients: [
    { ...AT, name: 'anna', ip: '10.9.0.1', hops: 3 },
    { ...AT, name: 'ben', ip: '192.168.1.2', hops: 3, nat: BOX },
  ],
  websites: [{ ...AT, name: 'shop', ip: '203.0.113.1', hosts: SITES }],
  resolver: { ...AT, name: 'resolver', ip: '192.0.2.53' },
  visits: ['anna', 'ben'].flatMap((client, person) =>
    SITES.map((host, i) => ({
      client,
      page: 10 * person + i + 1,
      startMs: [200, 3_000, PHASES.quietMs + 100][i] as number,
      host,
      port: 443,
      isolation: '',
      upLen: 100,
      downLen: 20_000,
    })),
  ),
  faults: [],
  limitMs: 300_000,
});

/** A small network in which these faults happen from chaos to heal. Milliseconds count from when its browser starts. */
export class Scene {
  readonly world: World = new World('heal');
  readonly overlay: Overlay;
  readonly ground: OverlayGround;
  readonly player: FaultPlayer;
  readonly before: readonly string[];
  readonly #startNs: number;

  constructor(faults: readonly Fault[], forgets: (fault: Fault) => boolean = () => false) {
    const suite = createSeededSuite();
    const hooks = { suiteOf: () => suite, rootOf: <R>(_: string, root: R): R => root };
    this.overlay = new Overlay(this.world, PLAN, hooks);
    this.overlay.start();
    this.world.run(this.world.nowNs + 500 * NS_PER_MS);
    this.overlay.startBrowsers();
    this.ground = new OverlayGround(this.overlay);
    this.before = conditionOf(this.ground);
    const startNs = this.world.nowNs;
    this.#startNs = startNs;
    const play = { faults, phases: PHASES, startNs, forgets };
    this.player = new FaultPlayer(this.world, this.ground, play);
  }

  /** Lets time pass until then. */
  until(ms: number): void {
    this.world.run(this.#startNs + ms * NS_PER_MS);
  }

  /** Lets so many milliseconds pass. */
  wait(ms: number): void {
    this.world.run(this.world.nowNs + ms * NS_PER_MS);
  }

  /** What became of a visit, and how long it took in milliseconds; it may still go on. */
  visit(
    which: 'before' | 'during' | 'after',
    client = 'anna',
  ): {
    readonly outcome: string | undefined;
    readonly tookMs: number;
  } {
    const visit = this.overlay.browsers
      .get(client)
      ?.visits.find(({ plan }) => plan.host === `${which}.spn.test`);
    const tookMs =
      visit === undefined ? Infinity : ((visit.endUs ?? Infinity) - visit.startUs) / 1e3;
    return { outcome: visit?.outcome, tookMs };
  }
}
