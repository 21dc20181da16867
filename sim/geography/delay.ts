import { assert } from '#core/base/assert.ts';
import { frozen } from '#core/base/frozen.ts';
import type { WirePlan } from '../network/mod.ts';
import { cityOf } from './cities.ts';
import { distanceKm, type Place } from './sphere.ts';

/** Light in fibre takes so many microseconds a kilometre: two thirds of its speed in a vacuum. */
const US_PER_KM = 5;
/**
 * Cables do not follow great circles, and packets not the shortest cables: how much longer their way is, in percent.
 * Between well connected places it is 130 to 260 (sim/geography/delay.test.ts).
 */
export const INFLATION_PERCENT = 150;

/** How long one site takes to another, one way; a packet takes up to `jitterUs` longer. Whole microseconds. */
export type DelayPair = {
  readonly from: string;
  readonly to: string;
  readonly delayUs: number;
  readonly jitterUs: number;
};

/** What the last stretch to a machine is made of. */
export type AccessClass = 'datacentre' | 'fibre' | 'cable' | 'dsl' | 'mobile' | 'satellite';

/** One way in microseconds, and what a packet may take longer; Mbit/s towards the machine, and from it. */
type Access = {
  readonly delayUs: number;
  readonly jitterUs: number;
  readonly downMbps: number;
  readonly upMbps: number;
};

/** Typical ones, no one's in particular; a satellite is a geostationary one, 35,786 km up and down. */
export const ACCESS: { readonly [name in AccessClass]: Access } = frozen({
  datacentre: { delayUs: 250, jitterUs: 0, downMbps: 10_000, upMbps: 10_000 },
  fibre: { delayUs: 1_500, jitterUs: 300, downMbps: 500, upMbps: 250 },
  cable: { delayUs: 7_000, jitterUs: 4_000, downMbps: 250, upMbps: 20 },
  dsl: { delayUs: 10_000, jitterUs: 2_000, downMbps: 50, upMbps: 10 },
  mobile: { delayUs: 20_000, jitterUs: 15_000, downMbps: 60, upMbps: 15 },
  satellite: { delayUs: 270_000, jitterUs: 30_000, downMbps: 50, upMbps: 5 },
});

/** Microseconds a packet takes from one place to the other; never less than light in a fibre laid straight. */
export function pathUs(a: Place, b: Place, inflationPercent: number = INFLATION_PERCENT): number {
  assert(inflationPercent >= 100, 'no way is shorter than the shortest');
  return Math.ceil((distanceKm(a, b) * US_PER_KM * inflationPercent) / 100);
}

/** Every city to every other, each way. */
export function pairsBetween(
  names: readonly string[],
  inflationPercent: number = INFLATION_PERCENT,
): readonly DelayPair[] {
  const cities = [...new Set(names)].map(cityOf);
  return cities.flatMap((from) =>
    cities
      .filter((to) => to !== from)
      .map((to) => ({
        from: from.name,
        to: to.name,
        delayUs: pathUs(from, to, inflationPercent),
        jitterUs: 0,
      })),
  );
}

/** How a machine in a city hangs on its network, as plans of overlays have it. */
export function attachedAt(
  site: string,
  access: AccessClass,
): WirePlan & { readonly site: string } {
  const { delayUs, jitterUs, downMbps, upMbps } = ACCESS[access];
  const up = { delayUs, jitterUs, mbps: upMbps };
  return { site: cityOf(site).name, ...up, back: { ...up, mbps: downMbps } };
}
