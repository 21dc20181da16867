import { frozen, frozenData } from '#core/base/frozen.ts';
import type { Place } from './sphere.ts';

/** A city: where it is, and the country it is in (ISO 3166). */
export type City = Place & { readonly name: string; readonly country: string };

type Row = readonly [name: string, country: string, latitude: number, longitude: number];

/** Cities where many people or many machines are. Degrees, to a hundredth. */
const ROWS: readonly Row[] = frozen([
  ['Amsterdam', 'NL', 52.37, 4.9],
  ['Ashburn', 'US', 39.04, -77.49],
  ['Athens', 'GR', 37.98, 23.73],
  ['Atlanta', 'US', 33.75, -84.39],
  ['Auckland', 'NZ', -36.85, 174.76],
  ['Bangkok', 'TH', 13.76, 100.5],
  ['Berlin', 'DE', 52.52, 13.41],
  ['Bogota', 'CO', 4.71, -74.07],
  ['Buenos Aires', 'AR', -34.6, -58.38],
  ['Cairo', 'EG', 30.04, 31.24],
  ['Chicago', 'US', 41.88, -87.63],
  ['Dallas', 'US', 32.78, -96.8],
  ['Dubai', 'AE', 25.2, 55.27],
  ['Dublin', 'IE', 53.35, -6.26],
  ['Frankfurt', 'DE', 50.11, 8.68],
  ['Helsinki', 'FI', 60.17, 24.94],
  ['Hong Kong', 'HK', 22.32, 114.17],
  ['Istanbul', 'TR', 41.01, 28.98],
  ['Jakarta', 'ID', -6.21, 106.85],
  ['Johannesburg', 'ZA', -26.2, 28.05],
  ['Lagos', 'NG', 6.52, 3.38],
  ['Lima', 'PE', -12.05, -77.04],
  ['London', 'GB', 51.51, -0.13],
  ['Los Angeles', 'US', 34.05, -118.24],
  ['Madrid', 'ES', 40.42, -3.7],
  ['Mexico City', 'MX', 19.43, -99.13],
  ['Miami', 'US', 25.76, -80.19],
  ['Milan', 'IT', 45.46, 9.19],
  ['Montreal', 'CA', 45.5, -73.57],
  ['Mumbai', 'IN', 19.08, 72.88],
  ['Nairobi', 'KE', -1.29, 36.82],
  ['New York', 'US', 40.71, -74.01],
  ['Paris', 'FR', 48.86, 2.35],
  ['Portland', 'US', 45.52, -122.68],
  ['Prague', 'CZ', 50.08, 14.44],
  ['Reykjavik', 'IS', 64.15, -21.94],
  ['Santiago', 'CL', -33.45, -70.67],
  ['Sao Paulo', 'BR', -23.55, -46.63],
  ['Seoul', 'KR', 37.57, 126.98],
  ['Singapore', 'SG', 1.35, 103.82],
  ['Stockholm', 'SE', 59.33, 18.07],
  ['Sydney', 'AU', -33.87, 151.21],
  ['Tokyo', 'JP', 35.68, 139.69],
  ['Toronto', 'CA', 43.65, -79.38],
  ['Vienna', 'AT', 48.21, 16.37],
  ['Warsaw', 'PL', 52.23, 21.01],
  ['Zurich', 'CH', 47.38, 8.54],
]);

/** All of them, by name. */
export const CITY_NAMES: readonly string[] = frozenData(ROWS.map(([name]) => name));

/** The city of that name. */
export function cityOf(name: string): City {
  const row = ROWS.find(([known]) => known === name);
  if (row === undefined) throw new Error(`no city is called "${name}"`);
  const [, country, latitude, longitude] = row;
  return { name, country, latitude, longitude };
}
