import { type Coalition, type Ears, FACTS } from '../observer/mod.ts';
import type { NamedPipe, OverlayPlan, Visit } from '../overlay/mod.ts';
import type { HostRole, Message, TopologyHost, TopologyLink, WhoSeesWhat } from '../report/mod.ts';
import type { Metric, Pictures } from './outcome.ts';

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
  readonly ears: ReadonlyMap<string, Ears>;
  readonly asked: readonly string[];
  readonly circuits: number;
};

const US_PER_MS = 1_000;
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
    circuits: { value: circuits, unit: 'made' },
    heldByRelaysMax: { value: Math.max(0, ...samples.map(({ pool }) => pool)), unit: 'octets' },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function topology({ plan, path }: Sight): {
  readonly hosts: readonly TopologyHost[];
  readonly links: readonly TopologyLink[];
} {
  const core = 'internet';
  const hosts: TopologyHost[] = [{ name: core, role: 'router', ip: '' }];
  const links: TopologyLink[] = [];
  const attach = (
    name: string,
    role: HostRole,
    ip: string,
    delayUs: number,
    mbps: number,
  ): void => {
    hosts.push({ name, role, ip });
    links.push({ a: name, b: core, delayMs: delayUs / US_PER_MS, mbps });
  };
  for (const { name, ip, delayUs, mbps } of plan.nodes) {
    const part = path.indexOf(name);
    attach(name, PARTS[part] ?? 'relay', ip, delayUs, mbps);
  }
  for (const site of plan.websites) attach(site.name, 'server', site.ip, site.delayUs, site.mbps);
  const { resolver } = plan;
  attach(resolver.name, 'resolver', resolver.ip, resolver.delayUs, resolver.mbps);
  for (const { name, ip, delayUs, mbps } of plan.clients) {
    const [wifi, isp] = [`Wi-Fi of ${name}`, `provider of ${name}`];
    hosts.push({ name, role: 'client', ip }, { name: wifi, role: 'wifi', ip: '' });
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

/** The first visit, as far as times are known: how its circuit is used, hop by hop. */
function sequence({ visits, path, plan, startMs }: Sight): readonly Message[] {
  const visit = visits[0];
  const [entry, middle, exit] = path;
  if (visit?.grantedUs === undefined || entry === undefined) return [];
  const client = plan.clients[0]?.name ?? '';
  const site = plan.websites.find(({ hosts }) => hosts.includes(visit.plan.host))?.name ?? '';
  const hops = [client, entry, middle, exit].filter((hop) => hop !== undefined);
  const openMs = startMs + visit.startUs / US_PER_MS;
  const grantedMs = startMs + visit.grantedUs / US_PER_MS;
  const firstMs = startMs + (visit.firstUs ?? visit.grantedUs) / US_PER_MS;
  const endMs = startMs + (visit.endUs ?? visit.firstUs ?? visit.grantedUs) / US_PER_MS;
  const messages: Message[] = [];
  const there = (fromMs: number, toMs: number, label: string): void => {
    for (let i = 0; i + 1 < hops.length; i++)
      messages.push({
        timeMs: fromMs + ((toMs - fromMs) * i) / hops.length,
        from: hops[i] as string,
        to: hops[i + 1] as string,
        label,
        sealed: hops.length - 1 - i,
      });
  };
  const back = (fromMs: number, toMs: number, label: string): void => {
    for (let i = hops.length - 1; i > 0; i--)
      messages.push({
        timeMs: fromMs + ((toMs - fromMs) * (hops.length - i)) / hops.length,
        from: hops[i] as string,
        to: hops[i - 1] as string,
        label,
        sealed: hops.length - i,
      });
  };
  const thirdMs = (grantedMs - openMs) / 3;
  const last = hops.at(-1) as string;
  there(openMs, openMs + thirdMs, `open ${visit.plan.host}:${visit.plan.port}`);
  const name = { from: last, to: plan.resolver.name, sealed: 0 };
  messages.push({
    ...name,
    timeMs: openMs + thirdMs,
    label: `where is ${visit.plan.host}?`,
    detail: 'DNS over TLS',
  });
  messages.push({
    timeMs: openMs + 1.5 * thirdMs,
    from: last,
    to: site,
    label: 'connect',
    sealed: 0,
  });
  back(openMs + 2 * thirdMs, grantedMs, 'opened');
  there(grantedMs, (grantedMs + firstMs) / 2, 'TLS, request');
  messages.push({
    timeMs: (grantedMs + firstMs) / 2,
    from: last,
    to: site,
    label: 'TLS, request',
    detail: 'what the exit hands on is TLS between browser and website',
    sealed: 0,
  });
  back((grantedMs + firstMs) / 2, firstMs, 'first octets of the page');
  back(firstMs, endMs, 'the page, to its end');
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
