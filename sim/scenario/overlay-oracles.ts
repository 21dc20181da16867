import { frozen } from '#core/base/frozen.ts';
import { STREAM_WINDOW } from '#core/base/limits.ts';
import type { Coalition, Shared } from '../observer/mod.ts';
import type { OverlayPlan, Visit } from '../overlay/mod.ts';
import {
  COMMON_ORACLES,
  type CommonEvidence,
  decide,
  type Judge,
  no,
  type Verdict,
  yes,
} from './common-oracles.ts';
import { firstRefusal, POOL_BOUND } from './overlay-sight.ts';
import type { Assertion, OracleName, OverlayOracle } from './scenario.ts';

/** All that a finished run of a multi-hop network shows its oracles. */
export type OverlayEvidence = CommonEvidence & {
  readonly plan: OverlayPlan;
  readonly visits: readonly Visit[];
  /** Octets that websites received altered. */
  readonly wrong: number;
  /** Counted refusals of all roots: `node-1 create-forged`. */
  readonly rejects: ReadonlyMap<string, number>;
  /** Most octets any root held for others, and which. */
  readonly poolMax: { readonly octets: number; readonly host: string };
  /** Undefined where nobody listened. */
  readonly coalitions: readonly Coalition[] | undefined;
  readonly shared: Shared | undefined;
  /** Why nothing can be concluded from what was heard. */
  readonly deaf: string | undefined;
  /** Names or DNS in clear, in words. */
  readonly namesSeen: string | undefined;
  /** The canary where it must not be, in words, and how many things were looked at. */
  readonly canary: { readonly found: string | undefined; readonly looked: number };
};

/** Virtual microseconds in which an application hears that there is no way. */
const SAID_US = 35_000_000;

/** A name that is none of networks does not hold. */
export function judgeOverlay(name: OracleName, evidence: OverlayEvidence): Assertion {
  const oracle = Object.hasOwn(ORACLES, name) ? ORACLES[name as OverlayOracle] : undefined;
  if (oracle === undefined) return { name, kind: 'always', ...no('not an oracle of networks') };
  return decide(name, oracle, evidence);
}

const ORACLES: { readonly [name in OverlayOracle]: Judge<OverlayEvidence> } = frozen({
  ...COMMON_ORACLES,
  'pages-load': { kind: 'eventually', judge: pagesLoad },
  'visits-end': { kind: 'eventually', judge: visitsEnd },
  'comes-back': { kind: 'eventually', judge: comesBack },
  'quiet-loads': { kind: 'eventually', judge: quietLoads },
  'soon-back': { kind: 'eventually' },
  'no-way-said': { kind: 'eventually', judge: noWaySaid },
  'pool-bounded': { kind: 'always', judge: poolBounded },
  'who-sees-what': { kind: 'always', judge: whoSeesWhat },
  'nothing-shared': { kind: 'always', judge: nothingShared },
  'names-sealed': { kind: 'always', judge: namesSealed },
  'canary-kept': { kind: 'always', judge: canaryKept },
  'credits-conserved': { kind: 'always' },
  'upload-seen': { kind: 'sometimes', promised: 'sweep' },
  unrejected: { kind: 'always', judge: unrejected },
});

/** Every visit got its page, octet for octet, and said what it had to say. */
function pagesLoad({ plan, visits, wrong }: OverlayEvidence): Verdict {
  const missing = plan.visits.length - visits.length;
  if (missing > 0) return no(`${missing} visits never began`);
  const failed = visits.find(({ outcome }) => outcome !== 'done');
  if (failed !== undefined)
    return no(
      `page ${failed.plan.page} of ${failed.plan.host}: ${failed.outcome ?? 'never ended'}`,
    );
  if (wrong > 0) return no(`${wrong} octets reached a website altered`);
  const octets = visits.reduce((sum, { received }) => sum + received, 0);
  return yes(`${visits.length} pages, ${octets} octets`);
}

/** Nobody is left hanging, whatever happened. */
function visitsEnd({ plan, visits }: OverlayEvidence): Verdict {
  const hanging = visits.find(({ isOver }) => !isOver);
  if (hanging !== undefined) return no(`page ${hanging.plan.page} never ended`);
  const missing = plan.visits.length - visits.length;
  return missing > 0 ? no(`${missing} visits never began`) : yes(`${visits.length} visits ended`);
}

/** Something broke, loudly, and what came later than all faults worked. */
function comesBack({ plan, visits }: OverlayEvidence): Verdict {
  const lastMs = Math.max(...plan.faults.map(({ atMs }) => atMs));
  const broken = visits.filter(({ outcome }) => outcome !== 'done');
  if (broken.length === 0) return no('nothing broke: the run shows nothing');
  const late = visits.filter(({ plan: { startMs } }) => startMs > lastMs);
  const failed = late.find(({ outcome }) => outcome !== 'done');
  if (late.length === 0) return no('no visit came after the fault');
  if (failed !== undefined) return no(`page ${failed.plan.page} afterwards: ${failed.outcome}`);
  return yes(`${broken.length} broke loudly, ${late.length} later ones worked`);
}

/** What was asked for when nothing went wrong any more came, whatever had happened before. */
function quietLoads({ plan, visits }: OverlayEvidence): Verdict {
  const quietMs = plan.phases?.quietMs ?? Number.POSITIVE_INFINITY;
  const asked = plan.visits.filter(({ startMs }) => startMs >= quietMs).length;
  const late = visits.filter(({ plan: { startMs } }) => startMs >= quietMs);
  const failed = late.find(({ outcome }) => outcome !== 'done');
  if (failed !== undefined)
    return no(`page ${failed.plan.page} in quiet: ${failed.outcome ?? 'never ended'}`);
  if (late.length < asked) return no(`${asked - late.length} visits in quiet never began`);
  const slowest = Math.max(...late.map(({ startUs, endUs }) => (endUs ?? Infinity) - startUs));
  const before = visits.filter(({ outcome }) => outcome !== 'done').length;
  return asked > 0
    ? yes(`${asked} in quiet within ${Math.round(slowest / 1000)} ms, ${before} broke before`)
    : no('nobody asked for anything in quiet');
}

/** Every application hears, with the right code and in time, that the network cannot be reached. */
function noWaySaid({ visits }: OverlayEvidence): Verdict {
  const wrong = visits.find(({ outcome }) => outcome !== 'socks 4');
  if (wrong !== undefined) return no(`page ${wrong.plan.page}: ${wrong.outcome ?? 'never heard'}`);
  const slowest = Math.max(...visits.map(({ startUs, endUs }) => (endUs ?? Infinity) - startUs));
  const detail = `${visits.length} heard code 4 within ${Math.round(slowest / 1000)} ms`;
  return slowest <= SAID_US && visits.length > 0 ? yes(detail) : no(detail);
}

function poolBounded({ poolMax }: OverlayEvidence): Verdict {
  const detail = `${poolMax.octets} octets held at most (${poolMax.host}), bound ${POOL_BOUND}`;
  if (poolMax.octets < STREAM_WINDOW / 2) return no(`${detail}: nobody was held back`);
  return poolMax.octets <= POOL_BOUND ? yes(detail) : no(detail);
}

function whoSeesWhat({ coalitions, deaf }: OverlayEvidence): Verdict {
  if (coalitions === undefined || coalitions.length === 0) return no('nobody listened');
  if (deaf !== undefined) return no(`nothing can be said: ${deaf}`);
  const leaking = coalitions.find(({ leak }) => leak !== undefined);
  if (leaking?.leak !== undefined) return no(leaking.leak);
  // The allowed coalition must really have it, or the ears are deaf.
  const spanning = coalitions.some(({ sees }) => sees.every((sight) => sight));
  return spanning
    ? yes(`${coalitions.length} coalitions; both ends only where entry side meets exit side`)
    : no('not even entry and exit side together knew both ends: nothing was heard');
}

function nothingShared({ shared, deaf }: OverlayEvidence): Verdict {
  if (shared === undefined) return no('nobody listened');
  if (deaf !== undefined) return no(`nothing can be said: ${deaf}`);
  if (shared.strangers !== undefined) return no(shared.strangers);
  return shared.isSharp
    ? yes('no string of 8 octets with two strangers; neighbours share some, as they must')
    : no('not even neighbours were found to share anything: the search finds nothing');
}

function namesSealed({ namesSeen }: OverlayEvidence): Verdict {
  return namesSeen === undefined ? yes('no name and no DNS in clear on any link') : no(namesSeen);
}

function canaryKept({ canary }: OverlayEvidence): Verdict {
  if (canary.found !== undefined) return no(canary.found);
  return canary.looked > 0
    ? yes(`${canary.looked} packets, views and log lines looked at`)
    : no('nothing was looked at');
}

function unrejected({ rejects }: OverlayEvidence): Verdict {
  const refused = firstRefusal(rejects);
  if (refused !== undefined) return no(refused);
  return rejects.size > 0 ? yes(`${rejects.size} counters at 0`) : no('nothing was counted');
}
