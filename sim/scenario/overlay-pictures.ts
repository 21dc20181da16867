import { type Coalition, FACTS, type Timeline } from '../observer/mod.ts';
import type { Attachment, NamedPipe, OverlayPlan, Visit } from '../overlay/mod.ts';
import { median } from '../quantile.ts';
import type { HostRole, Message, TopologyHost, TopologyLink, WhoSeesWhat } from '../report/mod.ts';
import type { Metric, Pictures } from './outcome.ts';
import { trafficLatencies, trafficMetrics } from './traffic-metrics.ts';

/** What was counted at one moment: stream octets received by all visits, octets held by all relays. */
export type Sample = { readonly timeMs: number; readonly received: number; readonly pool: number };

export type Sight = {
  readonly plan: OverlayPlan;
  readonly visits: readonly Visit[];
  readonly path: readonly string[];
  readonly samples: readonly Sample[];
  readonly pipes: readonly NamedPipe[];
  /** When the browsers started. */
  readonly startMs: number;
  readonly coalitions: readonly Coalition[] | undefined;
  readonly timeline: Timeline;
  readonly circuits: number;
};

type Attached = { readonly name: string; readonly ip: string };

const US_PER_MS = 1_000;
/** Octets of a packet that carries a cell. */
const CELL_LEAST = 500;
const PARTS: readonly HostRole[] = Object.freeze<HostRole[]>(['entry', 'middle', 'exit']);

/** The figures and the pictures of a run. */
export function draw(sight: Sight): {
  readonly metrics: { readonly [name: string]: Metric };
  readonly pictures: Pictures;
} {
  return {
    metrics: metrics(sight),
    pictures: {
      topology: { ...topology(sight), path: pathOf(sight) },
      sequence: sequence(sight),
      series: [throughput(sight), held(sight)],
      latencies: latencies(sight),
      ...(sight.coalitions === undefined ? {} : { whoSeesWhat: matrix(sight.coalitions) }),
    },
  };
}

function metrics({ visits, pipes, plan, circuits, samples }: Sight): {
  readonly [name: string]: Metric;
} {
  const done = visits.filter(({ outcome }) => outcome === 'done');
  const content = visits.reduce((sum, { received, sent }) => sum + received + sent, 0);
  const wire = pipes
    .filter(({ place }) => place.startsWith('isp:'))
    .reduce((sum, { pipe }) => sum + pipe.octets, 0);
  const opens = done.map(({ startUs, grantedUs = 0 }) => (grantedUs - startUs) / US_PER_MS);
  const firsts = done.map(({ grantedUs = 0, firstUs = 0 }) => (firstUs - grantedUs) / US_PER_MS);
  const pages = done.map(({ startUs, endUs = 0 }) => (endUs - startUs) / US_PER_MS);
  return {
    pages: { value: done.length, unit: `of ${plan.visits.length}` },
    content: { value: content, unit: 'octets' },
    wireAtProvider: { value: wire, unit: 'octets' },
    wirePerContent: { value: content === 0 ? 0 : wire / content, unit: 'ratio' },
    openMedian: { value: median(opens), unit: 'ms' },
    firstOctetMedian: { value: median(firsts), unit: 'ms after the open' },
    pageMedian: { value: median(pages), unit: 'ms' },
    ...trafficMetrics(visits),
    circuits: { value: circuits, unit: 'made' },
    heldByRelaysMax: { value: Math.max(0, ...samples.map(({ pool }) => pool)), unit: 'octets' },
  };
}

function topology({ plan, path }: Sight): {
  readonly hosts: readonly TopologyHost[];
  readonly links: readonly TopologyLink[];
} {
  const core = 'internet';
  const hosts: TopologyHost[] = [{ name: core, role: 'router', ip: '' }];
  const links: TopologyLink[] = [];
  const stands = (role: HostRole, { name, ip, site }: Attachment): void => {
    hosts.push({ name, role, ip, ...(site === undefined ? {} : { site }) });
  };
  const attach = (role: HostRole, plan: Attachment): void => {
    stands(role, plan);
    links.push({ a: plan.name, b: core, delayMs: plan.delayUs / US_PER_MS, mbps: plan.mbps });
  };
  for (const node of plan.nodes) attach(PARTS[path.indexOf(node.name)] ?? 'relay', node);
  for (const website of plan.websites) attach('server', website);
  attach('resolver', plan.resolver);
  for (const client of plan.clients) {
    const { name, delayUs, mbps } = client;
    const [wifi, isp] = [`Wi-Fi of ${name}`, `provider of ${name}`];
    stands('client', client);
    hosts.push({ name: wifi, role: 'wifi', ip: client.nat?.ip ?? '' });
    hosts.push({ name: isp, role: 'isp', ip: '' });
    links.push({ a: name, b: wifi, delayMs: 2, mbps: 0 });
    links.push({ a: wifi, b: isp, delayMs: delayUs / 2 / US_PER_MS, mbps });
    links.push({ a: isp, b: core, delayMs: delayUs / 2 / US_PER_MS, mbps: 0 });
  }
  return { hosts, links };
}

function pathOf({ plan, path, visits }: Sight): readonly string[] {
  const client = plan.clients[0]?.name;
  const host = visits[0]?.plan.host ?? '';
  const site = plan.websites.find(({ hosts }) => hosts.includes(host))?.name;
  if (client === undefined || path.length === 0) return [];
  return [
    client,
    `Wi-Fi of ${client}`,
    `provider of ${client}`,
    'internet',
    ...path.flatMap((node) => [node, 'internet']),
    ...(site === undefined ? [] : [site]),
  ];
}

/** The first visit, packet by packet as they left their senders: the times are those of the run. */
function sequence({ visits, path, plan, startMs, timeline }: Sight): readonly Message[] {
  const [visit] = visits;
  const client = plan.clients.find(({ name }) => name === plan.visits[0]?.client);
  const site = plan.websites.find(({ hosts }) => hosts.includes(visit?.plan.host ?? ''));
  const relays = path.flatMap((name) => plan.nodes.find((node) => node.name === name) ?? []);
  const exit = relays.at(-1);
  if (visit === undefined || client === undefined || site === undefined || exit === undefined)
    return [];
  const hops: readonly Attached[] = [client, ...relays];
  const messages: Message[] = [];
  let nowMs = startMs + visit.startUs / US_PER_MS;
  const say = (from: Attached, to: Attached, least: number, label: string, detail = ''): void => {
    const timeMs = timeline.next(from.ip, to.ip, nowMs, least);
    if (timeMs === undefined) return;
    nowMs = timeMs;
    const place = Math.min(hops.indexOf(from), hops.indexOf(to));
    const sealed = place < 0 ? 0 : hops.length - 1 - place;
    const more = detail === '' ? {} : { detail };
    messages.push({ timeMs, from: from.name, to: to.name, label, ...more, sealed });
  };
  const there = (label: string): void => {
    for (let i = 0; i + 1 < hops.length; i++)
      say(hops[i] as Attached, hops[i + 1] as Attached, CELL_LEAST, label);
  };
  const back = (label: string): void => {
    for (let i = hops.length - 1; i > 0; i--)
      say(hops[i] as Attached, hops[i - 1] as Attached, CELL_LEAST, label);
  };
  there(`open ${visit.plan.host}:${visit.plan.port}`);
  say(exit, plan.resolver, 1, `where is ${visit.plan.host}?`, 'DNS over TLS');
  say(plan.resolver, exit, 1, 'the answer', 'DNS over TLS');
  say(exit, site, 0, 'connect');
  back('opened');
  there('TLS from the browser');
  say(exit, site, 1, 'TLS from the browser', 'sealed for the website, not for the exit');
  say(site, exit, 1, 'TLS from the website');
  back('TLS from the website');
  there('the request');
  say(exit, site, 1, 'the request', 'inside TLS');
  say(site, exit, 1, 'the page', 'inside TLS');
  back('the page');
  return messages;
}

function throughput({ samples }: Sight): Pictures['series'][number] {
  const points = samples.slice(1).map((sample, i): readonly [number, number] => {
    const before = samples[i] as Sample;
    const seconds = (sample.timeMs - before.timeMs) / 1000;
    const megabits = ((sample.received - before.received) * 8) / 1e6;
    return [sample.timeMs, seconds > 0 ? megabits / seconds : 0];
  });
  return { name: 'Throughput of all visits', unit: 'Mbit/s', points };
}

function held({ samples }: Sight): Pictures['series'][number] {
  return {
    name: 'Octets held by all relays',
    unit: 'KiB',
    points: samples.map(({ timeMs, pool }): readonly [number, number] => [timeMs, pool / 1024]),
  };
}

function latencies({ visits }: Sight): Pictures['latencies'] {
  const done = visits.filter(({ outcome }) => outcome === 'done');
  return [
    {
      name: 'Until the proxy said yes',
      valuesMs: done.map(({ startUs, grantedUs = 0 }) => (grantedUs - startUs) / US_PER_MS),
    },
    {
      name: 'Whole page',
      valuesMs: done.map(({ startUs, endUs = 0 }) => (endUs - startUs) / US_PER_MS),
    },
    ...trafficLatencies(visits),
  ];
}

function matrix(all: readonly Coalition[]): WhoSeesWhat {
  const parties = all
    .filter(({ members }) => members.length === 1)
    .flatMap(({ members }) => members);
  return {
    parties,
    facts: FACTS,
    rows: all.map(({ members, sees, allowed, how }) => ({
      coalition: members,
      sees,
      allowed,
      ...(how === '' ? {} : { how }),
    })),
  };
}
