import { expect, test } from 'vitest';
import { congestionOf } from './congestion.ts';
import { MSS } from './packet.ts';
import { RingPool } from './ring.ts';
import { RoundTrip } from './round-trip.ts';
import { Sender } from './sender.ts';

const MS = 1_000_000;

test('the first sample is the time, and half of it the variance; then 1/8 and 1/4 of what is new (RFC 6298, 2)', () => {
  const trip = new RoundTrip();
  expect([trip.smoothNs, trip.timeoutNs]).toEqual([0, 1000 * MS]);
  trip.sample(400 * MS);
  expect([trip.smoothNs, trip.timeoutNs]).toEqual([400 * MS, (400 + 4 * 200) * MS]);
  // The step: 400 to 800 ms. SRTT = 7/8 400 + 800/8; RTTVAR = 3/4 200 + 400/4, of the SRTT before.
  trip.sample(800 * MS);
  expect([trip.smoothNs, trip.timeoutNs]).toEqual([450 * MS, (450 + 4 * 250) * MS]);
});

test('after a step of the round trip the estimate comes nearer by 7/8 a sample, in closed form', () => {
  const trip = new RoundTrip();
  const [before, after] = [100 * MS, 900 * MS];
  for (let n = 0; n < 200; n++) trip.sample(before);
  // With no deviation left it is Linux's 200 ms more.
  expect(trip.smoothNs).toBe(before);
  expect(trip.timeoutNs).toBe(before + 200 * MS);
  // The deviation of the k-th is D (7/8)^k: RTTVAR is the sum of D/4 (7/8)^k (3/4)^(n-1-k) = 2 D ((7/8)^n - (3/4)^n).
  let [seven, three] = [1, 1];
  for (let n = 1; n <= 30; n++) {
    trip.sample(after);
    [seven, three] = [(seven * 7) / 8, (three * 3) / 4];
    const smoothNs = after - (after - before) * seven;
    const varianceNs = 2 * (after - before) * (seven - three);
    expect(Math.abs(trip.smoothNs - smoothNs)).toBeLessThan(100);
    const timeoutNs = smoothNs + Math.max(4 * varianceNs, 200 * MS);
    expect(Math.abs(trip.timeoutNs - timeoutNs)).toBeLessThan(1000);
  }
});

test('every expiry doubles what the next waits, up to two minutes, until there is progress', () => {
  const trip = new RoundTrip();
  trip.sample(100 * MS);
  const waits = [0, 1, 2].map(() => {
    trip.backOff();
    return trip.timeoutNs / MS;
  });
  expect(waits).toEqual([600, 1200, 2400]);
  for (let n = 0; n < 20; n++) trip.backOff();
  expect(trip.timeoutNs).toBe(120_000 * MS);
  trip.progress();
  expect(trip.timeoutNs).toBe(300 * MS);
});

/** Four segments under way since 0, after a handshake of 400 ms. */
function underWay() {
  const port = { nowNs: 0, segment: () => undefined };
  const sender = new Sender(port, new RingPool(), congestionOf('reno'));
  const octets = new Uint8Array(40 * MSS);
  sender.ring.write(octets, 0, octets.length);
  sender.begin(MSS);
  sender.open(4 * MSS, 400 * MS);
  sender.take();
  sender.send();
  const acknowledge = (ms: number, ack: number) => {
    port.nowNs = ms * MS;
    sender.acknowledge(ack, 1, 4 * MSS, true);
  };
  return { sender, port, acknowledge, waits: () => (sender.deadlineNs - port.nowNs) / MS };
}

const ALL = 1 + 4 * MSS;

test('what was sent once is a sample', () => {
  const { acknowledge, waits } = underWay();
  acknowledge(800, ALL);
  expect(waits()).toBe(450 + 4 * 250);
});

test.each([
  ['the timer ran out', ({ sender }: ReturnType<typeof underWay>) => sender.expire()],
  [
    'acknowledgements came thrice',
    ({ acknowledge }: ReturnType<typeof underWay>) => {
      for (let n = 0; n < 4; n++) acknowledge(100, 1);
    },
  ],
  [
    'a link takes no segments so long',
    ({ sender }: ReturnType<typeof underWay>) => sender.narrow(1, MSS - 100),
  ],
] as const)('what was sent again since %s is no sample (Karn)', (_, happens) => {
  const scene = underWay();
  scene.port.nowNs = 100 * MS;
  happens(scene);
  scene.acknowledge(5000, ALL);
  expect(scene.waits()).toBe(400 + 4 * 200);
});
