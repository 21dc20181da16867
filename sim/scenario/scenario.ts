import { frozen } from '#core/base/frozen.ts';
import type { ReplayCase } from '../adversary/mod.ts';
import type { Fault, Phases } from '../faults/mod.ts';
import type { StreamsPlan } from '../host-options.ts';
import type { WirePlan } from '../network/mod.ts';
import type { OverlayPlan } from '../overlay/mod.ts';
import type { Flow, FlowTraffic } from '../workload/mod.ts';

// A scenario is data: what is built, who says what to whom, what must hold. It decides nothing at run time.

/** A whole number a user may set. */
export type Param = {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
};

export type Params = { readonly [name: string]: number };

export type HostPlan = StreamsPlan & {
  readonly name: string;
  /** Text of its address; routers have none. */
  readonly ip?: string;
  /** Answering hosts listen before dialling hosts start. */
  readonly role: 'answers' | 'dials' | 'routes';
};

/** What is said of a link is its way from the first to the second, and the way back where `back` says nothing else. */
export type LinkPlan = WirePlan & { readonly between: readonly [string, string] };

/** Programs that talk over links or plain streams: one hop. */
export type FlowPlan = {
  readonly hosts: readonly HostPlan[];
  readonly links: readonly LinkPlan[];
  readonly flows: readonly Flow[];
  /** What comes to more flows, drawn from the world's seed. */
  readonly traffic?: readonly FlowTraffic[];
  /** What goes wrong; milliseconds of virtual time, as in `phases`. */
  readonly faults?: readonly Fault[];
  readonly phases?: Phases;
  /** Virtual milliseconds after which what is not done has failed. */
  readonly limitMs: number;
};

/** What is built and what happens in it: flows over one hop, or a multi-hop network. */
export type Plan = FlowPlan | OverlayPlan | ReplayPlan;

/** CREATEs that were heard are said again, in each of these ways. */
export type ReplayPlan = { readonly replays: readonly ReplayCase[] };

export function isReplay(plan: Plan): plan is ReplayPlan {
  return 'replays' in plan;
}

export function isOverlay(plan: Plan): plan is OverlayPlan {
  return 'nodes' in plan;
}

export type Scenario = {
  readonly name: string;
  readonly about: string;
  readonly params: { readonly [name: string]: Param };
  readonly plan: (params: Params) => Plan;
  readonly mustHold: readonly OracleName[];
};

/** always: at every moment. eventually: by the end. sometimes: it must have happened, or the run shows nothing. */
export type AssertionKind = 'always' | 'eventually' | 'sometimes';

/** What can hold of any run. */
export type CommonOracle =
  | 'closed-once'
  | 'unrejected'
  | 'conserved'
  | 'octets-conserved'
  | 'causal'
  | 'progress'
  | 'healed'
  | 'nothing-ambient'
  | 'repeatable';
/** What can hold of flows over one hop. */
export type FlowOracle =
  | CommonOracle
  | 'delivered'
  | 'sealed'
  | 'bounded'
  | 'loss-seen'
  | 'reader-stalled';
/** What can hold of a multi-hop network. */
export type OverlayOracle =
  | CommonOracle
  | 'pages-load'
  | 'visits-end'
  | 'comes-back'
  | 'soon-back'
  | 'quiet-loads'
  | 'no-way-said'
  | 'pool-bounded'
  | 'who-sees-what'
  | 'nothing-shared'
  | 'names-sealed'
  | 'canary-kept'
  | 'credits-conserved'
  | 'upload-seen';
/** What can hold of CREATEs that are replayed. */
export type ReplayOracle = 'none-opens' | 'repeatable';
export type OracleName = FlowOracle | OverlayOracle | ReplayOracle;

export type Assertion = {
  readonly name: OracleName;
  readonly kind: AssertionKind;
  readonly ok: boolean;
  /** In words; of what fails, with the virtual time. */
  readonly detail: string;
  /** The moment that decided it, where it was decided during the run: virtual time and number of the event. */
  readonly at?: { readonly ns: number; readonly event: number };
  /** Of what must happen sometimes: where that is promised, and whether it did here. */
  readonly promised?: 'run' | 'sweep';
  readonly seen?: boolean;
};

/** What a defect planted with `--set plant=NAME` is, and which oracle must catch it. */
export type PlantInfo = { readonly about: string; readonly caughtBy: OracleName };

export const PLANTS: { readonly [name in PlantName]: PlantInfo } = frozen({
  'skip-seal': { about: 'records go out with their content in clear', caughtBy: 'sealed' },
  'flip-bit': { about: 'someone on the wire flips one bit of one record', caughtBy: 'unrejected' },
  'short-octet': { about: 'a dialler sends one octet less than it should', caughtBy: 'delivered' },
  'double-close': { about: 'a root hears of the end of a stream twice', caughtBy: 'closed-once' },
  miscount: { about: 'a link counts a packet that never was', caughtBy: 'conserved' },
  hoard: { about: 'a reader takes everything at once and keeps it', caughtBy: 'bounded' },
  lossless: { about: 'links lose nothing', caughtBy: 'loss-seen' },
  'fast-reader': { about: 'readers read as fast as octets come', caughtBy: 'reader-stalled' },
  clock: { about: 'a root asks the machine for the time', caughtBy: 'nothing-ambient' },
  random: { about: 'a root asks the machine for randomness', caughtBy: 'nothing-ambient' },
  timer: { about: 'a root sets a timer of its own', caughtBy: 'nothing-ambient' },
  promise: { about: 'a root makes a promise', caughtBy: 'nothing-ambient' },
  'module-state': { about: 'a root remembers an earlier run', caughtBy: 'repeatable' },
  'plain-dns': { about: 'an exit also asks for names in clear', caughtBy: 'names-sealed' },
  'skip-layer': { about: 'relays leave their layers off', caughtBy: 'nothing-shared' },
  'shared-ephemeral': {
    about: 'a client shows every hop the same ephemeral key',
    caughtBy: 'nothing-shared',
  },
  'stream-id-reuse': {
    about: 'a client marks every hop with one number of its own',
    caughtBy: 'nothing-shared',
  },
  'canary-in-log': { about: 'a program logs what it is told', caughtBy: 'canary-kept' },
  'direct-ping': {
    about: "a person's machine sends one packet straight to the website",
    caughtBy: 'who-sees-what',
  },
  'short-page': { about: 'a page is an octet shorter than it says', caughtBy: 'pages-load' },
  'endless-page': {
    about: 'a website keeps its last octet and never ends',
    caughtBy: 'visits-end',
  },
  'no-spare': { about: 'every node crashes', caughtBy: 'comes-back' },
  'way-after-all': { about: 'there is an exit', caughtBy: 'no-way-said' },
  'withheld-octet': {
    about: 'a host keeps an octet back and says that its program took it',
    caughtBy: 'octets-conserved',
  },
  'credit-leak': {
    about: 'a program loses credit that it was granted',
    caughtBy: 'credits-conserved',
  },
  'early-packet': { about: 'a wire is shorter than it says', caughtBy: 'causal' },
  stalled: { about: 'a program forgets that it has something to send', caughtBy: 'progress' },
  forgetful: { about: 'a node forgets which CREATEs it has seen', caughtBy: 'none-opens' },
  'one-way-unhealed': {
    about: 'a network that was parted one way stays so after healing',
    caughtBy: 'healed',
  },
  'cut-in-quiet': { about: 'a website is cut off when all is over', caughtBy: 'quiet-loads' },
  'many-readers': { about: 'twelve slow readers instead of one', caughtBy: 'pool-bounded' },
});

export type PlantName =
  | 'skip-seal'
  | 'flip-bit'
  | 'short-octet'
  | 'double-close'
  | 'miscount'
  | 'hoard'
  | 'lossless'
  | 'fast-reader'
  | 'clock'
  | 'random'
  | 'timer'
  | 'promise'
  | 'module-state'
  | 'plain-dns'
  | 'skip-layer'
  | 'shared-ephemeral'
  | 'stream-id-reuse'
  | 'canary-in-log'
  | 'direct-ping'
  | 'short-page'
  | 'endless-page'
  | 'no-spare'
  | 'way-after-all'
  | 'withheld-octet'
  | 'credit-leak'
  | 'early-packet'
  | 'stalled'
  | 'forgetful'
  | 'one-way-unhealed'
  | 'cut-in-quiet'
  | 'many-readers';

/** The plants a scenario can show: those whose oracle it holds. */
export function plantsOf(scenario: Scenario): readonly PlantName[] {
  const names = Object.keys(PLANTS) as PlantName[];
  return names.filter((name) => scenario.mustHold.includes(PLANTS[name].caughtBy));
}

/** A run with this plant failed as it must: its own oracle says no and, where that names a culprit, names it. */
export function isCaught(plant: PlantName, assertions: readonly Assertion[]): boolean {
  const { caughtBy } = PLANTS[plant];
  const verdict = assertions.find(({ name }) => name === caughtBy);
  if (verdict === undefined || verdict.ok) return false;
  return caughtBy !== 'nothing-ambient' || verdict.detail.includes(`: ${plant}`);
}
