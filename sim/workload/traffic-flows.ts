import type { RandomStream } from '../random.ts';
import { type BulkTraffic, type Doing, planTraffic, type WebTraffic } from '../traffic/mod.ts';
import type { Flow } from './flow.ts';

/** What flows can carry of an evening: whoever dials says all, then hears all. Calls and games take their turns. */
export type FlowTraffic = WebTraffic | BulkTraffic;

/** Octets one object is asked for with. */
const REQUEST_OCTETS = 400;

/** Flows numbered from `firstId` on: of each traffic in turn, from its user to the hosts it names. */
export function trafficFlows(
  all: readonly FlowTraffic[],
  firstId: number,
  random: (name: string) => RandomStream,
): readonly Flow[] {
  const flows: Flow[] = [];
  for (const traffic of all)
    for (const doing of planTraffic(traffic, random))
      flows.push({ id: firstId + flows.length, from: traffic.user, ...flowOf(doing) });
  return flows;
}

function flowOf(doing: Doing): Omit<Flow, 'id' | 'from'> {
  const common = { to: doing.host, startMs: doing.atMs, ending: 'dialler-first' } as const;
  if (doing.kind === 'bulk')
    return { ...common, upLen: REQUEST_OCTETS + doing.up, downLen: doing.down };
  const objects = doing.kind === 'web' ? doing.objects : [];
  const downLen = objects.reduce((sum, octets) => sum + octets, 0);
  return { ...common, upLen: REQUEST_OCTETS * objects.length, downLen };
}
