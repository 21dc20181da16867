import { frozen } from '#core/base/frozen.ts';
import { HOPS_MAX, NODES_MAX, OWNER_MAX, WEIGHT_MAX } from '#core/base/limits.ts';
import { parseHostName } from '#core/dns/mod.ts';
import { formatIp, parseIp } from '#core/wire/mod.ts';
import { type Attachment, browserIp, browserName, type OverlayPlan } from '../overlay/mod.ts';
import {
  checkBuffer,
  checkIp,
  checkName,
  checkPace,
  checkWire,
  LIMIT_MS_MAX,
  OCTETS_MAX,
  U32_MAX,
} from './check-parts.ts';
import type { FieldCheck } from './field-check.ts';

/** Names of what is there besides. */
const TAKEN = frozen(['internet', 'steward']);
/** Who plays a part in the circuit in use. */
const PARTS = frozen(['@entry', '@middle', '@exit']);
const TEXT_MAX = 255;

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
    checkBuffer(check, `${at}.receiveKiB`, host.receiveKiB);
  };
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
      checkIp(check, `${at}.ip (its browser's)`, formatIp(browserIp(client.ip)), ips);
  }
  checkWebsites(check, plan, attached);
  attached('resolver', plan.resolver);
  checkVisits(check, plan);
  checkFaults(check, plan);
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

function checkFaults(check: FieldCheck, plan: OverlayPlan): void {
  const nodes = plan.nodes.map(({ name }) => name);
  const ends = [...plan.clients, ...plan.websites, plan.resolver].map(({ name }) => name);
  for (const [i, { kind, host, atMs }] of plan.faults.entries()) {
    check.word(`faults[${i}].kind`, kind, ['crash', 'restart']);
    const known = kind === 'restart' ? nodes : [...nodes, ...ends, ...PARTS];
    check.known(`faults[${i}].host`, host, known, kind === 'restart' ? 'a node' : 'a host');
    check.whole(`faults[${i}].atMs`, atMs, 0, LIMIT_MS_MAX);
  }
}
