import { frozen } from '#core/base/frozen.ts';
import { HOPS_MAX, NODES_MAX, OWNER_MAX, WEIGHT_MAX } from '#core/base/limits.ts';
import { parseHostName } from '#core/dns/mod.ts';
import { formatIp, parseIp } from '#core/wire/mod.ts';
import type { DelayPair } from '../geography/mod.ts';
import { PIPE_RANGES, type Ranges } from '../network/mod.ts';
import {
  type Attachment,
  browserIp,
  browserName,
  deskIp,
  type NatPlan,
  type OverlayPlan,
} from '../overlay/mod.ts';
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
import type { FieldCheck } from './field-check.ts';

/** Names of what is there besides. */
const TAKEN = frozen(['internet', 'steward']);
const DEPENDENCES = frozen([
  'endpoint-independent',
  'address-dependent',
  'address-and-port-dependent',
]);
const TEXT_MAX = 255;
const U16_MAX = 0xffff;
/** Without what separates parts of names of pipes. */
const SITE = /^[^\p{C}\p{Zl}\p{Zp}>#]{1,64}$/u;
const SITES = '1 to 64 letters, without > and #';
const WAY_RANGES: Ranges = frozen({
  delayUs: PIPE_RANGES['delayUs'] as readonly [number, number],
  jitterUs: PIPE_RANGES['jitterUs'] as readonly [number, number],
});

/** A multi-hop network: see planFault. */
export function checkOverlay(check: FieldCheck, plan: OverlayPlan): void {
  const names = new Map<string, string>(
    TAKEN.map((name) => [name, 'the name of a part of every network']),
  );
  const ips = new Map<string, string>();
  const attached = (at: string, host: Attachment): void => {
    checkName(check, `${at}.name`, host.name, names);
    checkIp(check, `${at}.ip`, host.ip, ips);
    checkWire(check, `${at}.`, host);
    checkStreams(check, `${at}.`, host);
    checkSite(check, `${at}.site`, host, plan);
  };
  if (plan.backbone !== undefined) checkBackbone(check, plan.backbone);
  check.whole('nodes.length', plan.nodes.length, 1, NODES_MAX);
  for (const [i, node] of plan.nodes.entries()) {
    const at = `nodes[${i}]`;
    attached(at, node);
    const owner = new RegExp(`^[ -~]{1,${OWNER_MAX}}$`);
    check.text(`${at}.owner`, node.owner, owner, `1 to ${OWNER_MAX} printable ASCII characters`);
    check.whole(`${at}.asNumber`, node.asNumber, 0, U32_MAX);
    check.text(`${at}.country`, node.country, /^[A-Z]{2}$/, 'two letters A to Z');
    check.flag(`${at}.isExit`, node.isExit);
    check.whole(`${at}.weight`, node.weight, 1, WEIGHT_MAX);
  }
  for (const [i, client] of plan.clients.entries()) {
    const at = `clients[${i}]`;
    attached(at, client);
    check.whole(`${at}.hops`, client.hops, 1, HOPS_MAX);
    check.unique(`${at}.name (its browser's)`, browserName(client.name), names);
    if (parseIp(client.ip) !== undefined)
      for (const [whose, seat] of [
        ['browser', browserIp],
        ['desk', deskIp],
      ] as const)
        checkIp(check, `${at}.ip (its ${whose}'s)`, formatIp(seat(client.ip)), ips);
    if (client.nat !== undefined) checkNat(check, `${at}.nat.`, client.nat, ips);
  }
  checkWebsites(check, plan, attached);
  attached('resolver', plan.resolver);
  checkVisits(check, plan);
  checkTraffic(check, plan.traffic, {
    kinds: ['web', 'bulk', 'dns', 'call', 'game'],
    users: plan.clients.map(({ name }) => name),
    user: 'a client',
    hosts: plan.websites.flatMap(({ hosts }) => hosts),
    host: 'a host of a website',
  });
  checkPlanFaults(check, plan);
  check.whole('limitMs', plan.limitMs, 1, LIMIT_MS_MAX);
}

function checkWebsites(
  check: FieldCheck,
  { websites }: OverlayPlan,
  attached: (at: string, host: Attachment) => void,
): void {
  const hosts = new Map<string, string>();
  for (const [i, site] of websites.entries()) {
    attached(`websites[${i}]`, site);
    // The zone has addresses of IPv4 alone.
    const isV4 = parseIp(site.ip)?.length === 4;
    check.holds(isV4, `websites[${i}].ip`, 'an IPv4 address', site.ip);
    for (const [j, host] of site.hosts.entries()) {
      const path = `websites[${i}].hosts[${j}]`;
      check.holds(parseHostName(host) !== undefined, path, 'a host name', host);
      check.unique(path, host.toLowerCase(), hosts);
    }
  }
}

function checkVisits(check: FieldCheck, { visits, clients }: OverlayPlan): void {
  const known = clients.map(({ name }) => name);
  for (const [i, visit] of visits.entries()) {
    const at = `visits[${i}].`;
    check.known(`${at}client`, visit.client, known, 'a client');
    check.whole(`${at}page`, visit.page, 0, U32_MAX);
    check.whole(`${at}startMs`, visit.startMs, 0, LIMIT_MS_MAX);
    check.text(`${at}host`, visit.host, /^[!-~]{1,255}$/, '1 to 255 printable ASCII characters');
    check.whole(`${at}port`, visit.port, 1, 65_535);
    const { isolation } = visit;
    const isShort = typeof isolation === 'string' && /^[ -~]*$/.test(isolation);
    const allowed = `up to ${TEXT_MAX} printable ASCII characters`;
    check.holds(isShort && isolation.length <= TEXT_MAX, `${at}isolation`, allowed, isolation);
    check.whole(`${at}upLen`, visit.upLen, 0, OCTETS_MAX);
    check.whole(`${at}downLen`, visit.downLen, 0, OCTETS_MAX);
    checkPace(check, at, visit.readPerTick);
  }
}

/** Each way at most once, and some way, if a long one, from the first site to all others. */
function checkBackbone(check: FieldCheck, backbone: readonly DelayPair[]): void {
  const ways = new Map<string, string>();
  for (const [i, way] of backbone.entries()) {
    const at = `backbone[${i}]`;
    for (const end of ['from', 'to'] as const) check.text(`${at}.${end}`, way[end], SITE, SITES);
    check.holds(way.from !== way.to, `${at}.to`, 'another site than the first', way.to);
    check.unique(at, JSON.stringify([way.from, way.to]), ways);
    check.ranges(`${at}.`, way, WAY_RANGES, Object.keys(WAY_RANGES));
  }
  const reached = new Set(backbone.slice(0, 1).map(({ from }) => from));
  // Those that are reached are looked at while they are added to.
  for (const site of reached)
    for (const { from, to } of backbone) {
      if (from === site) reached.add(to);
      if (to === site) reached.add(from);
    }
  const [first = ''] = reached;
  for (const [i, { from }] of backbone.entries())
    check.holds(reached.has(from), `backbone[${i}].from`, `reached from "${first}"`, from);
}

/** On a backbone everybody has a site of it; without one nobody has any. */
function checkSite(check: FieldCheck, at: string, { site }: Attachment, plan: OverlayPlan): void {
  if (plan.backbone === undefined) return check.holds(site === undefined, at, 'absent', site);
  const sites = plan.backbone.flatMap(({ from, to }) => [from, to]);
  check.known(at, site ?? '', sites, 'a site of the backbone');
}

function checkNat(check: FieldCheck, at: string, nat: NatPlan, ips: Map<string, string>): void {
  checkIp(check, `${at}ip`, nat.ip, ips);
  check.word(`${at}mapping`, nat.mapping, DEPENDENCES);
  check.word(`${at}filtering`, nat.filtering, DEPENDENCES);
  const [first, last] = nat.ports ?? [1, U16_MAX];
  check.whole(`${at}ports[0]`, first, 1, U16_MAX);
  check.whole(`${at}ports[1]`, last, first, U16_MAX);
  if (nat.preservesPorts !== undefined) check.flag(`${at}preservesPorts`, nat.preservesPorts);
}
