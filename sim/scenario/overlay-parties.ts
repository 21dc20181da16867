import {
  type Coalition,
  coalitions,
  type Ears,
  type Heard,
  type Party,
  type WireView,
} from '../observer/mod.ts';
import type { Overlay, OverlayPlan } from '../overlay/mod.ts';

// Who stands on the way, and what each of them has: the matter that the oracles of an overlay judge.

/** What was collected in a run: by host what its root was told, by place what passed in packets. */
export type Listening = {
  readonly ears: ReadonlyMap<string, Ears>;
  readonly heard: ReadonlyMap<string, readonly Heard[]>;
  readonly wires: ReadonlyMap<string, WireView>;
};

/** How WireView names a host name in the form of DNS. */
export const AS_DNS = ' as DNS';

/** Everybody on the path of the first client's circuits to the first website, with what each saw and heard. */
export function partiesOf(
  plan: OverlayPlan,
  [entry = '', middle = '', exit = '']: readonly string[],
  { ears, heard: said, wires }: Listening,
): readonly Party[] {
  const client = plan.clients[0]?.name ?? '';
  const site = plan.websites[0]?.name ?? '';
  const wire = (...places: readonly string[]): readonly WireView[] =>
    places.flatMap((place) => wires.get(place) ?? []);
  const heard = (host: string): readonly Heard[] => ears.get(host)?.heard ?? said.get(host) ?? [];
  const at = (
    name: string,
    host: string,
    side: Party['side'],
    neighbours: readonly string[],
  ): Party => ({
    name,
    side,
    wire: wire(`net:${host}`),
    heard: heard(host),
    neighbours,
  });
  return [
    {
      name: 'Wi-Fi',
      side: 'entry',
      wire: wire(`wifi:${client}`),
      heard: [],
      neighbours: ['ISP'],
    },
    {
      name: 'ISP',
      side: 'entry',
      wire: wire(`isp:${client}`, `transit:${client}`),
      heard: [],
      neighbours: ['entry'],
    },
    at('entry', entry, 'entry', ['middle']),
    at('middle', middle, 'middle', ['entry', 'exit']),
    at('exit', exit, 'exit', ['middle', 'resolver', 'destination']),
    at('resolver', plan.resolver.name, 'exit', ['exit', 'destination']),
    at('destination', site, 'exit', ['exit', 'resolver']),
  ];
}

/** Why nothing can be concluded from what was heard, in words; undefined when it can. */
export function whyDeaf(
  overlay: Overlay,
  { ears }: Listening,
  parties: readonly Party[],
): string | undefined {
  for (const { name, heard } of parties)
    if (heard.length === 0 && name !== 'Wi-Fi' && name !== 'ISP') return `${name} heard nothing`;
  for (const [host, { isOverfull }] of ears)
    if (isOverfull) return `more was said at ${host} than could be kept`;
  const parts = new Map<string, number>();
  for (const { circuits } of overlay.clients.values())
    for (const { path } of circuits.ready)
      for (const [part, { ip: at }] of path.entries()) {
        const host = overlay.nameOf(at);
        if ((parts.get(host) ?? part) !== part) return `${host} played two parts`;
        parts.set(host, part);
      }
  return undefined;
}

export function coalitionsOf(plan: OverlayPlan, parties: readonly Party[]): readonly Coalition[] {
  const [client] = plan.clients;
  return coalitions(parties, {
    // Behind a box the outside address is the client's to all who see it.
    clientIps: [client?.ip, client?.nat?.ip].filter((ip) => ip !== undefined),
    destinationIps: plan.websites.map((site) => site.ip),
    destinationNames: [...new Set(plan.visits.map(({ host }) => host))],
  });
}

/** What is in clear where it must not be, in words: DNS, or a name. Undefined for nothing. */
export function namesSeen(
  path: readonly string[],
  wires: ReadonlyMap<string, WireView>,
): string | undefined {
  for (const [place, view] of wires) {
    if (view.dnsPackets > 0)
      return `DNS in clear, ${view.dnsPackets} packets seen at ${place}, the first ${view.firstDns}`;
    // Between exit and website a browser's TLS says the name itself (RFC 6066 section 3).
    const isInner = path.slice(0, -1).some((node) => place === `net:${node}`);
    // Between two sites goes what anybody says to anybody.
    const mayName = (place.startsWith('net:') && !isInner) || place.startsWith('sea:');
    for (const [name, where] of view.found)
      if (!mayName || name.endsWith(AS_DNS)) return `"${name}" in clear at ${place}, ${where}`;
  }
  return undefined;
}
