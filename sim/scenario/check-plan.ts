import { frozen } from '#core/base/frozen.ts';
import { checkOverlay } from './check-overlay.ts';
import {
  checkIp,
  checkName,
  checkPace,
  checkStreams,
  checkWire,
  LIMIT_MS_MAX,
  OCTETS_MAX,
  U32_MAX,
} from './check-parts.ts';
import { checkTraffic } from './check-traffic.ts';
import { checkPlanFaults } from './fault-scope.ts';
import { FieldCheck } from './field-check.ts';
import { type FlowPlan, isOverlay, isReplay, type Plan, type ReplayPlan } from './scenario.ts';

const ROLES = frozen(['answers', 'dials', 'routes']);
const ENDINGS = frozen([
  'each-alone',
  'dialler-first',
  'answerer-first',
  'answerer-resets',
  'dialler-resets',
  'refused',
]);
const CLOCK_MS_MAX = 1_000_000_000_000;

/** What is wrong first with a plan, as one line with the path to the field; undefined when it can be built and run. */
export function planFault(plan: Plan): string | undefined {
  const check = new FieldCheck();
  if (isReplay(plan)) checkReplays(check, plan);
  else if (isOverlay(plan)) checkOverlay(check, plan);
  else checkFlows(check, plan);
  return check.fault;
}

function checkReplays(check: FieldCheck, { replays }: ReplayPlan): void {
  for (const [i, { isRestarted, clockMs, by }] of replays.entries()) {
    check.flag(`replays[${i}].isRestarted`, isRestarted);
    check.whole(`replays[${i}].clockMs`, clockMs, -CLOCK_MS_MAX, CLOCK_MS_MAX);
    check.word(`replays[${i}].by`, by, ['same', 'other']);
  }
}

function checkFlows(check: FieldCheck, plan: FlowPlan): void {
  const names = new Map<string, string>();
  const ips = new Map<string, string>();
  for (const [i, host] of plan.hosts.entries()) {
    const { name, ip, role } = host;
    checkName(check, `hosts[${i}].name`, name, names);
    check.word(`hosts[${i}].role`, role, ROLES);
    if (role !== 'routes') checkIp(check, `hosts[${i}].ip`, ip, ips);
    checkStreams(check, `hosts[${i}].`, host);
  }
  const known = plan.hosts.map(({ name }) => name);
  for (const [i, link] of plan.links.entries()) {
    const [a, b] = link.between;
    check.known(`links[${i}].between[0]`, a, known, 'a host');
    check.known(`links[${i}].between[1]`, b, known, 'a host');
    check.holds(a !== b, `links[${i}].between[1]`, 'another host than the first', b);
    checkWire(check, `links[${i}].`, link);
  }
  const ids = new Map<string, string>();
  const of = (role: string): readonly string[] =>
    plan.hosts.filter((host) => host.role === role).map(({ name }) => name);
  for (const [i, flow] of plan.flows.entries()) {
    const at = `flows[${i}].`;
    check.whole(`${at}id`, flow.id, 0, U32_MAX);
    check.unique(`${at}id`, String(flow.id), ids);
    check.known(`${at}from`, flow.from, of('dials'), 'a host that dials');
    check.known(`${at}to`, flow.to, of('answers'), 'a host that answers');
    check.whole(`${at}startMs`, flow.startMs, 0, LIMIT_MS_MAX);
    check.whole(`${at}upLen`, flow.upLen, 0, OCTETS_MAX);
    check.whole(`${at}downLen`, flow.downLen, 0, OCTETS_MAX);
    check.word(`${at}ending`, flow.ending, ENDINGS);
    checkPace(check, at, flow.readPerTick);
  }
  checkTraffic(check, plan.traffic, {
    kinds: ['web', 'bulk'],
    users: of('dials'),
    user: 'a host that dials',
    hosts: of('answers'),
    host: 'a host that answers',
  });
  checkPlanFaults(check, plan);
  check.whole('limitMs', plan.limitMs, 1, LIMIT_MS_MAX);
}
