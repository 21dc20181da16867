import { expect, test } from 'vitest';
import { asciiBytes } from '#core/base/bytes.ts';
import type { SimHost } from '../host.ts';
import {
  apply,
  conditionOf,
  describeFault,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultOf,
  firstDifference,
} from './mod.ts';
import { LOOK_MS, PHASES, Scene } from './scene.case.ts';

// For every kind: while the fault is there its effect is seen, and would not be without it; when all is healed nothing
// of it is left, and a page loads in the time it took before.

type Times = 'atMs' | 'forMs' | 'kind';
type Case<K extends FaultKind> = {
  /** Times are given by the scene: from the beginning of chaos until all is healed. */
  readonly fault: FaultOf<K> extends infer F ? (F extends Fault ? Omit<F, Times> : never) : never;
  /** Other faults that it needs to have a meaning. */
  readonly before?: readonly Fault[];
  /** What of the scene, looked at shortly before heal, cannot be so without the fault. */
  readonly effect: (scene: Scene) => boolean;
};

const CHAOS = Object.freeze({ atMs: PHASES.chaosMs });
const NODES = Object.freeze(['node-0', 'node-1', 'node-2', 'node-3']);
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const BOTH = Object.freeze({ link: 'net:shop', direction: 'both' } as const);

function loads(scene: Scene): boolean {
  return scene.visit('during').outcome === 'done';
}

function isCutOff(scene: Scene): boolean {
  return scene.visit('during').outcome !== 'done';
}

function isDistrusted(scene: Scene): boolean {
  return scene.visit('during').outcome === 'tls untrusted';
}

function isSlow(scene: Scene): boolean {
  return scene.visit('during').tookMs > scene.visit('before').tookMs + 500;
}

/** Nanoseconds of the website's own clock in 50 ms of the world's. */
function paceOf(scene: Scene): number {
  const { clock } = host(scene, 'shop');
  const fromNs = clock.nowNs;
  scene.wait(50);
  return clock.nowNs - fromNs;
}

function host(scene: Scene, name: string): SimHost {
  const found = scene.overlay.hosts.get(name);
  if (found === undefined) throw new Error(`no host is called ${name}`);
  return found;
}

/** Whether a write of a host is on its disk after a tenth of a second. */
function keepsNothing(scene: Scene): boolean {
  const writer = host(scene, 'shop');
  writer.store({ kind: 'put', key: 'probe', bytes: asciiBytes('x') });
  scene.wait(50);
  return !writer.disk.snapshot().values.has('probe');
}

const CASES: { readonly [K in FaultKind]: readonly Case<K>[] } = {
  partition: [
    {
      fault: {
        from: ['shop'],
        to: NODES,
        isOneWay: true,
      },
      effect: isCutOff,
    },
    { fault: { from: ['anna'], to: NODES, isOneWay: false }, effect: isCutOff },
  ],
  cut: [
    { fault: BOTH, effect: isCutOff },
    { fault: { link: 'net:shop', direction: 'back' }, effect: isCutOff },
  ],
  clog: [
    { fault: BOTH, effect: isCutOff },
    { fault: { ...BOTH, direction: 'there', crawlBps: 1_000 }, effect: isCutOff },
  ],
  'link-trouble': [
    { fault: { ...BOTH, lossPpm: 1_000_000 }, effect: isCutOff },
    {
      fault: { ...BOTH, bursts: { beginPpm: 1_000_000, endPpm: 0, lossPpm: 1_000_000 } },
      effect: isCutOff,
    },
    { fault: { ...BOTH, damagePpm: 1_000_000 }, effect: isCutOff },
    {
      fault: { ...BOTH, duplicatePpm: 1_000_000 },
      effect: ({ overlay }) => (overlay.links.get('net:shop')?.there.duplicated ?? 0) > 0,
    },
    { fault: { ...BOTH, jitterUs: 500_000 }, effect: isSlow },
  ],
  crash: [
    { fault: { host: 'shop', exit: 'killed' }, effect: isCutOff },
    { fault: { host: 'shop', exit: 'power cut' }, effect: isCutOff },
    { fault: { host: 'anna' }, effect: isCutOff },
    { fault: { host: 'resolver' }, effect: isCutOff },
    { fault: { host: '@exit' }, effect: ({ overlay }) => overlay.nodes.size === 3 },
  ],
  // It crashed, and would be down until all is healed.
  restart: [
    {
      fault: { host: 'shop' },
      before: [{ kind: 'crash', host: 'shop', atMs: PHASES.chaosMs - 500 }],
      effect: (scene) => loads(scene) && scene.player.begun === 2,
    },
  ],
  disk: [
    { fault: { host: 'shop', slowMs: 1_000, fails: false }, effect: keepsNothing },
    { fault: { host: 'shop', slowMs: 0, fails: true }, effect: keepsNothing },
  ],
  // Before any certificate was valid.
  skew: [{ fault: { host: 'anna-browser', ms: -40 * YEAR_MS }, effect: isDistrusted }],
  // After the snapshot's time.
  step: [
    {
      fault: { host: 'anna', ms: 10 * DAY_MS },
      effect: ({ overlay }) => overlay.clients.get('anna')?.snapshot === undefined,
    },
  ],
  drift: [
    { fault: { host: 'shop', ppm: 50_000 }, effect: (scene) => paceOf(scene) === 52_500_000 },
    { fault: { host: 'shop', ppm: -50_000 }, effect: (scene) => paceOf(scene) === 47_500_000 },
  ],
  address: [
    { fault: { host: 'shop', ip: '198.18.0.1' }, effect: isCutOff },
    { fault: { host: 'anna', ip: '198.18.0.1' }, effect: isCutOff },
    {
      fault: { host: '@exit', ip: '198.18.0.1' },
      effect: ({ overlay }) => overlay.nameOf(Uint8Array.of(198, 18, 0, 1)) !== '',
    },
  ],
  // What the box forgot, it lets nobody go on with.
  rebinding: [
    {
      fault: { nat: 'ben' },
      effect: ({ overlay }) => (overlay.nats.get('ben')?.rejects.get('no-mapping') ?? 0) > 0,
    },
  ],
  dns: [
    { fault: { how: 'silent' }, effect: isCutOff },
    { fault: { how: 'fails' }, effect: isCutOff },
    { fault: { how: 'lies', ip: '203.0.113.254', ttlS: 1 }, effect: isCutOff },
    { fault: { how: 'slow', slowMs: 2_000 }, effect: isSlow },
  ],
  certificate: [
    { fault: { host: 'shop', wrong: 'expired' }, effect: isDistrusted },
    { fault: { host: 'shop', wrong: 'wrong-name' }, effect: isDistrusted },
    { fault: { host: 'shop', wrong: 'wrong-key' }, effect: isDistrusted },
    {
      // A connection that is there goes on: it takes a crash to have the resolver asked who it is.
      fault: { host: 'resolver', wrong: 'expired' },
      before: [{ kind: 'crash', host: 'resolver', atMs: PHASES.chaosMs - 500, forMs: 100 }],
      effect: (scene) => isCutOff(scene) && scene.overlay.hosts.get('resolver')?.isRunning === true,
    },
  ],
  sleep: [
    { fault: { host: 'anna' }, effect: isCutOff },
    { fault: { host: 'shop' }, effect: isCutOff },
  ],
};

const KINDS = Object.keys(FAULT_KINDS) as FaultKind[];
const ALL = KINDS.flatMap((kind) =>
  CASES[kind].map(({ fault, before = [], effect }) => {
    const timed = { kind, ...CHAOS, ...fault } as Fault;
    return { name: describeFault(timed), faults: [...before, timed], effect };
  }),
);

test.each(KINDS)('%s has a test that it is healed', (kind) => {
  expect(CASES[kind].length).toBeGreaterThan(0);
});

test('without faults none of their effects is seen', () => {
  const scene = new Scene([]);
  scene.until(LOOK_MS);
  expect(scene.visit('during').outcome).toBe('done');
  expect(ALL.filter(({ effect }) => effect(scene)).map(({ name }) => name)).toEqual([]);
});

test.each(ALL)(
  '$name: seen while it is there, and nothing of it afterwards',
  ({ faults, effect }) => {
    const scene = new Scene(faults);
    const { player, ground, before } = scene;
    scene.until(LOOK_MS);
    expect(scene.visit('before').outcome).toBe('done');
    expect(effect(scene)).toBe(true);
    // What lasts is seen by whoever looks for what is left.
    expect(firstDifference(before, conditionOf(ground)) !== undefined).toBe(
      player.inForce.length > 0,
    );
    scene.until(PHASES.healMs);
    expect([player.inForce, firstDifference(before, conditionOf(ground))]).toEqual([[], undefined]);
    scene.until(PHASES.quietMs + 10_000);
    expect([scene.visit('after').outcome, player.isHealed]).toEqual(['done', true]);
    expect(scene.visit('after', 'ben').outcome).toBe('done');
    expect(scene.visit('after').tookMs).toBeLessThan(scene.visit('before').tookMs + 500);
  },
);

test('a rule that holds is seen, whatever it does and wherever', () => {
  const { ground, overlay } = new Scene([]);
  const before = conditionOf(ground);
  {
    using _ = overlay.network.rule({ judge: () => -1 });
    expect(firstDifference(before, conditionOf(ground))).toBe('rules 1');
  }
  const pipe = overlay.links.get('net:shop')?.there;
  if (pipe === undefined) throw new Error('there is a link');
  {
    using _ = overlay.network.rule({ pipes: [pipe], change: { lossPpm: 5 } });
    expect(firstDifference(before, conditionOf(ground))).toMatch(/^link net:shop, .*lossPpm 5/);
  }
  expect(firstDifference(before, conditionOf(ground))).toBeUndefined();
});

test('what a link is given in the middle of trouble stays when the trouble is over', () => {
  const { overlay, ground } = new Scene([]);
  const pipe = overlay.links.get('net:shop')?.there;
  if (pipe === undefined) throw new Error('there is a link');
  const trouble: Fault = { kind: 'link-trouble', ...BOTH, lossPpm: 7, jitterUs: 1, ...CHAOS };
  const { jitterNs } = pipe.options;
  using _ = overlay.network.rule({ change: { duplicatePpm: 9 } });
  const undo = apply(ground, trouble);
  expect(pipe.effective).toMatchObject({ lossPpm: 7, jitterNs: 1_000, duplicatePpm: 9 });
  pipe.change({ ...pipe.options, lossPpm: 3 });
  expect(pipe.effective).toMatchObject({ lossPpm: 7, duplicatePpm: 9 });
  undo();
  expect(pipe.effective).toMatchObject({ lossPpm: 3, duplicatePpm: 9 });
  expect(pipe.effective.jitterNs).toBe(jitterNs);
});

test('a fault that healing forgets is found', () => {
  const fault: Fault = { kind: 'cut', link: 'net:shop', direction: 'back', ...CHAOS };
  const scene = new Scene([fault], () => true);
  scene.until(PHASES.quietMs);
  expect(scene.player.leftover).toMatch(/^link net:shop, pipe internet>shop: down/);
  expect(scene.player.isHealed).toBe(false);
});
