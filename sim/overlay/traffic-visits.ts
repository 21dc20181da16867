import { frozen } from '#core/base/frozen.ts';
import type { RandomStream } from '../random.ts';
import { type Doing, planTraffic, type TrafficKind } from '../traffic/mod.ts';
import type { OverlayPlan } from './plan.ts';
import { WEB_PORT } from './plan.ts';
import { talkLengths } from './talk.ts';

/** Octets a browser asks for one object with. */
const REQUEST_OCTETS = 400;
/** Pages are told apart by user, kind and number. */
const USER_PAGES = 1_000_000;
const KIND_PAGES = 100_000;
const KINDS: { readonly [kind in TrafficKind]: number } = frozen({
  web: 1,
  bulk: 2,
  dns: 3,
  call: 4,
  game: 5,
});

type PlannedVisit = OverlayPlan['visits'][number];

/** The plan with what its traffic comes to in this world beside its visits. A page's objects come over one stream. */
export function withTraffic(
  plan: OverlayPlan,
  random: (name: string) => RandomStream,
): OverlayPlan {
  if (plan.traffic === undefined) return plan;
  const visits = plan.traffic.flatMap((traffic) => {
    const user = 1 + plan.clients.findIndex(({ name }) => name === traffic.user);
    if (user === 0) throw new Error(`traffic of "${traffic.user}", who is no client`);
    const first = USER_PAGES * user + KIND_PAGES * KINDS[traffic.kind];
    return planTraffic(traffic, random).map((doing, i) => visitOf(traffic.user, first + i, doing));
  });
  return { ...plan, visits: [...plan.visits, ...visits] };
}

function visitOf(client: string, page: number, doing: Doing): PlannedVisit {
  const { kind, atMs, host } = doing;
  const common = { client, page, kind, startMs: atMs, host, port: WEB_PORT, isolation: '' };
  switch (doing.kind) {
    case 'web': {
      const downLen = doing.objects.reduce((sum, octets) => sum + octets, 0);
      return { ...common, upLen: REQUEST_OCTETS * doing.objects.length, downLen };
    }
    case 'bulk':
      return { ...common, upLen: REQUEST_OCTETS + doing.up, downLen: doing.down };
    case 'dns':
      return { ...common, upLen: 0, downLen: 0 };
    case 'call':
    case 'game': {
      const { messages } = doing;
      const { up, down } = talkLengths(messages);
      return { ...common, upLen: up, downLen: down, messages };
    }
  }
}
