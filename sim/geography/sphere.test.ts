import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CITY_NAMES, cityOf } from './cities.ts';
import { arcsine, distanceKm, type Place, sineCosine } from './sphere.ts';

const PLACE: fc.Arbitrary<Place> = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

test('sines and their inverse are those of Math, to 1e-12', () => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 1000, noNaN: true }), (degrees) => {
      const { sine, cosine } = sineCosine(degrees);
      expect(Math.abs(sine - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(1e-12);
      expect(Math.abs(cosine - Math.cos((degrees * Math.PI) / 180))).toBeLessThan(1e-12);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (x) => {
      expect(Math.abs(arcsine(x) - Math.asin(x))).toBeLessThan(1e-12);
    }),
  );
});

test('distances are those of the haversine formula, the same both ways, and 0 to itself', () => {
  fc.assert(
    fc.property(PLACE, PLACE, (a, b) => {
      const [f, g] = [a.latitude * (Math.PI / 180), b.latitude * (Math.PI / 180)];
      const east = (b.longitude - a.longitude) * (Math.PI / 180);
      const h = Math.sin((g - f) / 2) ** 2 + Math.cos(f) * Math.cos(g) * Math.sin(east / 2) ** 2;
      const expected = 2 * 6371.0088 * Math.asin(Math.min(1, Math.sqrt(h)));
      expect(Math.abs(distanceKm(a, b) - expected)).toBeLessThan(1e-3);
      expect(distanceKm(b, a)).toBe(distanceKm(a, b));
      expect(distanceKm(a, a)).toBe(0);
    }),
  );
});

// Great circles between the coordinates of the table, as any atlas has them to half a percent.
test.each([
  ['London', 'New York', 5_570],
  ['Paris', 'Tokyo', 9_710],
  ['London', 'Sydney', 16_990],
  ['Frankfurt', 'Ashburn', 6_540],
  ['Singapore', 'Sao Paulo', 16_000],
])('%s to %s is %i km', (from, to, km) => {
  const measured = distanceKm(cityOf(from), cityOf(to));
  expect(Math.abs(measured / km - 1)).toBeLessThan(0.005);
});

test('the table of cities has each once, somewhere on the globe', () => {
  expect(new Set(CITY_NAMES).size).toBe(CITY_NAMES.length);
  expect(CITY_NAMES.length).toBeGreaterThanOrEqual(40);
  for (const name of CITY_NAMES) {
    const { latitude, longitude, country } = cityOf(name);
    expect(Math.abs(latitude)).toBeLessThan(66);
    expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
    expect(country).toMatch(/^[A-Z]{2}$/);
  }
  expect(() => cityOf('Atlantis')).toThrow('no city is called "Atlantis"');
});
