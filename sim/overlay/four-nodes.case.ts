import type { NodePlan } from './mod.ts';

/** Four nodes of different owners and networks, the last two exits: as few as three hops can choose among. */
export function fourNodes(at: Pick<NodePlan, 'delayUs' | 'mbps'>): readonly NodePlan[] {
  return ['10.1.0.1', '10.2.0.1', '10.3.0.1', '10.4.0.1'].map((ip, i) => ({
    ...at,
    name: `node-${i}`,
    ip,
    owner: `owner ${i}`,
    asNumber: 64_500 + i,
    country: `X${'ABCD'[i]}`,
    isExit: i > 1,
    weight: 1,
  }));
}
