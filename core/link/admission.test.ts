import { expect, test } from 'vitest';
import {
  ALL_BURST,
  ALL_EARN_US,
  FAR_BURST,
  FAR_HALF_OPEN_MAX,
  HALF_OPEN_MAX,
  PREFIX_BURST,
  PREFIX_EARN_US,
  PREFIX_HALF_OPEN_MAX,
  PREFIXES_MAX,
} from '../base/limits.ts';
import { Admission, type Origin, originOf } from './admission.ts';

function origin(near: string, far: string = near): Origin {
  return { near, far: `${far}/` };
}

/** A stream that opens as a link at once. */
function comeAndOpen(admission: Admission, nowUs: number, from: Origin): string | undefined {
  const reject = admission.admit(nowUs, from);
  if (reject === undefined) admission.settled(from);
  return reject;
}

test('neighbours share a prefix: IPv4 /24 and /16, IPv6 /48 and /32', () => {
  const v4 = ['192.0.2.1', '192.0.2.200', '192.0.3.1', '192.1.2.1'].map((text) =>
    originOf(Uint8Array.from(text.split('.'), Number)),
  );
  expect(new Set(v4.map(({ near }) => near)).size).toBe(3);
  expect(new Set(v4.map(({ far }) => far)).size).toBe(2);
  const v6 = [3, 4, 5, 6].map((i) =>
    originOf(Uint8Array.from({ length: 16 }, (_, at) => (at === i ? 7 : 0))),
  );
  expect(new Set(v6.map(({ near }) => near)).size).toBe(4);
  expect(new Set(v6.map(({ far }) => far)).size).toBe(2);
});

test('a prefix has its burst, then earns one at a time; others are not touched', () => {
  const admission = new Admission();
  for (let i = 0; i < PREFIX_BURST; i++)
    expect(comeAndOpen(admission, 0, origin('a'))).toBeUndefined();
  expect(admission.admit(0, origin('a'))).toBe('prefix-limit');
  expect(admission.admit(0, origin('b'))).toBeUndefined();
  expect(admission.admit(PREFIX_EARN_US, origin('a'))).toBeUndefined();
  expect(admission.admit(PREFIX_EARN_US, origin('a'))).toBe('prefix-limit');
});

test('what is not a link yet counts per prefix, near and far, however slowly it comes', () => {
  const admission = new Admission();
  const hourUs = 3_600_000_000;
  for (let i = 0; i < PREFIX_HALF_OPEN_MAX; i++)
    expect(admission.admit(i * hourUs, origin('a', 'A'))).toBeUndefined();
  expect(admission.admit(1e12, origin('a', 'A'))).toBe('prefix-half-open-limit');
  for (let i = PREFIX_HALF_OPEN_MAX; i < FAR_HALF_OPEN_MAX; i++)
    expect(admission.admit(1e12, origin(`${i}`, 'A'))).toBeUndefined();
  expect(admission.admit(1e12, origin('new', 'A'))).toBe('half-open-limit');
  expect(admission.admit(1e12, origin('new', 'B'))).toBeUndefined();
  admission.settled(origin('a', 'A'));
  expect(admission.admit(1e12, origin('a', 'A'))).toBeUndefined();
});

test('what settles makes room for others, for ever', () => {
  const admission = new Admission();
  for (let i = 0; i < 3 * HALF_OPEN_MAX; i++) {
    expect(comeAndOpen(admission, i * 1e6, origin(`${i}`, 'A'))).toBeUndefined();
    admission.left(origin(`${i}`, 'A'));
  }
});

test('prefixes that are full again are forgotten, and never more than the bound are kept', () => {
  const admission = new Admission();
  const come = (nowUs: number, prefix: string): void => {
    comeAndOpen(admission, nowUs, origin(prefix));
    admission.left(origin(prefix));
  };
  for (let i = 0; i < 1.2 * PREFIXES_MAX; i++) come(i * ALL_EARN_US, `${i}`);
  expect(admission.prefixes).toBeLessThanOrEqual(PREFIXES_MAX);
  for (let i = 0; i < PREFIXES_MAX; i++) come(1e12 + i * PREFIX_EARN_US, `late ${i}`);
  expect(admission.prefixes).toBeLessThan(4);
});

test('a wide prefix, and everybody together, have a pace too', () => {
  const wide = new Admission();
  for (let i = 0; i < FAR_BURST; i++)
    expect(comeAndOpen(wide, 0, origin(`${i}`, 'A'))).toBeUndefined();
  expect(wide.admit(0, origin('new', 'A'))).toBe('handshake-limit');
  expect(wide.admit(0, origin('new', 'B'))).toBeUndefined();
  const all = new Admission();
  for (let i = 0; i < ALL_BURST; i++) expect(comeAndOpen(all, 0, origin(`${i}`))).toBeUndefined();
  expect(all.admit(0, origin('new'))).toBe('handshake-limit');
  expect(all.admit(ALL_EARN_US, origin('new'))).toBeUndefined();
});
