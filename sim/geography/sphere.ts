// Distances on the globe, by + - * / and Math.sqrt alone: those are the same to the last bit on every machine, sines
// are not.

/** A point on the globe, in degrees: north and east are positive. */
export type Place = { readonly latitude: number; readonly longitude: number };

/** Mean radius of the earth in km (IUGG). */
const RADIUS_KM = 6371.0088;
const RADIANS: number = Math.PI / 180;
/** Terms of the series: what is left out is below 1e-16 for what they are asked. */
const SINE_TERMS = 10;
const ARCSINE_TERMS = 26;

/** Kilometres between two places along the great circle. */
export function distanceKm(a: Place, b: Place): number {
  const from = unitVector(a);
  const to = unitVector(b);
  const [x, y, z] = [from.x - to.x, from.y - to.y, from.z - to.z];
  const half = Math.min(1, Math.sqrt(x * x + y * y + z * z) / 2);
  return 2 * RADIUS_KM * arcsine(half);
}

/** Sine and cosine of an angle in degrees. */
export function sineCosine(degrees: number): { readonly sine: number; readonly cosine: number } {
  const quarters = Math.round(degrees / 90);
  const x = (degrees - 90 * quarters) * RADIANS;
  const [sine, cosine] = [series(x, 1), series(x, 0)];
  const quarter = ((quarters % 4) + 4) % 4;
  if (quarter === 0) return { sine, cosine };
  if (quarter === 1) return { sine: cosine, cosine: -sine };
  if (quarter === 2) return { sine: -sine, cosine: -cosine };
  return { sine: -cosine, cosine: sine };
}

/** The angle in radians whose sine is `x`, from 0 to 1. */
export function arcsine(x: number): number {
  // Near 1 the series is slow: there the half of the other angle is small.
  if (x > 0.5) return Math.PI / 2 - 2 * arcsine(Math.sqrt((1 - x) / 2));
  let term = x;
  let sum = x;
  for (let n = 0; n < ARCSINE_TERMS; n++) {
    const odd = 2 * n + 1;
    term *= (x * x * odd) / (odd + 1);
    sum += term / (odd + 2);
  }
  return sum;
}

function unitVector({ latitude, longitude }: Place): { x: number; y: number; z: number } {
  const north = sineCosine(latitude);
  const east = sineCosine(longitude);
  return { x: north.cosine * east.cosine, y: north.cosine * east.sine, z: north.sine };
}

/** The sine (`first` is 1) or cosine (0) of an angle in radians within a quarter either way. */
function series(x: number, first: 0 | 1): number {
  let term = first === 1 ? x : 1;
  let sum = term;
  for (let n = 0; n < SINE_TERMS; n++) {
    const at = first + 2 * n;
    term *= (-x * x) / ((at + 1) * (at + 2));
    sum += term;
  }
  return sum;
}
