import { formatIp, parseIp } from '#core/wire/mod.ts';
import { checkFaults, type FaultScope, type Fields } from '../faults/mod.ts';
import { browserIp, deskIp, type OverlayPlan, PARTS } from '../overlay/mod.ts';
import type { FlowPlan } from './scenario.ts';

const SWARM_MAX = 100;
const CLOCK_MS_MAX = 86_400_000;

/** What faults may name in a multi-hop network. Milliseconds count from when its browsers start. */
export function overlayScope(plan: OverlayPlan): FaultScope {
  const ends = [...plan.nodes, ...plan.websites, plan.resolver];
  const clients = plan.clients.map(({ name }) => name);
  return {
    hosts: [...ends.map(({ name }) => name), ...clients, ...PARTS],
    desks: clients,
    links: [
      ...ends.map(({ name }) => `net:${name}`),
      ...clients.flatMap((name) => [`wifi:${name}`, `isp:${name}`, `transit:${name}`]),
    ],
    nats: plan.clients.filter(({ nat }) => nat !== undefined).map(({ name }) => name),
    servers: [...plan.websites, plan.resolver].map(({ name }) => name),
    hasResolver: true,
    ips: [...ends.map(({ ip }) => ip), ...plan.clients.flatMap(ipsOf)],
    phases: plan.phases,
    limitMs: plan.limitMs,
  };
}

/** Of a person: the client's, those of its seats inside the computer, and the one outside of a translator. */
function ipsOf({ ip, nat }: OverlayPlan['clients'][number]): readonly string[] {
  const seats = parseIp(ip) === undefined ? [] : [browserIp(ip), deskIp(ip)].map(formatIp);
  return [ip, ...seats, ...(nat === undefined ? [] : [nat.ip])];
}

/** The same of flows over one hop. A link goes by the names of its two ends: `anna-router`. */
function flowScope(plan: FlowPlan): FaultScope {
  const hosts = plan.hosts.filter(({ role }) => role !== 'routes');
  return {
    hosts: hosts.map(({ name }) => name),
    desks: [],
    links: plan.links.map(({ between }) => between.join('-')),
    nats: [],
    servers: [],
    hasResolver: false,
    ips: hosts.flatMap(({ ip }) => ip ?? []),
    phases: plan.phases,
    limitMs: plan.limitMs,
  };
}

/** Looks at all that a plan says of faults. */
export function checkPlanFaults(check: Fields, plan: FlowPlan | OverlayPlan): void {
  const isNetwork = 'nodes' in plan;
  const scope = isNetwork ? overlayScope(plan) : flowScope(plan);
  checkFaults(check, plan.faults ?? [], scope);
  const swarm = isNetwork ? plan.swarm : undefined;
  if (swarm === undefined) return;
  check.holds(plan.phases !== undefined, 'phases', 'given where there is a swarm', undefined);
  check.whole('swarm.perFamily', swarm.perFamily, 1, SWARM_MAX);
  check.whole('swarm.shortestMs', swarm.shortestMs, 1, plan.limitMs);
  check.whole('swarm.longestMs', swarm.longestMs, swarm.shortestMs, plan.limitMs);
  check.whole('swarm.clockMs', swarm.clockMs, 0, CLOCK_MS_MAX);
}
