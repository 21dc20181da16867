// Laws that hold whatever the figures are: what is true of one world says what must be true of another.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ground } from './ground.ts';
import { arrivals, cut, type Sent, slowed, strangers, TROUBLES } from './laws.ts';

const GROUND = new Ground('laws');

const loads = fc
  .array(fc.record({ gapNs: fc.nat(2_000_000), octets: fc.integer({ min: 48, max: 1500 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    let atNs = 0;
    return steps.map(({ gapNs, octets }): Sent => {
      atNs += gapNs;
      return { atNs, octets };
    });
  });
/** Rates by which octets take whole nanoseconds, so that scaled times are exact. */
const rates = fc.constantFrom(1_000_000, 8_000_000, 40_000_000);
const pipe = fc.record({
  delayNs: fc.nat(5_000_000),
  rateBps: rates,
  queueBytes: fc.integer({ min: 1500, max: 20_000 }),
});
const chain = fc.array(pipe, { minLength: 1, maxLength: 4 });

test('what is beside changes nothing: more nodes, links and packets leave all others as they were', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const troubled = pipes.map((one) => ({ ...one, ...TROUBLES }));
      const beside = arrivals(GROUND, troubled, sent, { beside: strangers });
      expect(beside).toEqual(arrivals(GROUND, troubled, sent));
    }),
  );
});

test('time scales: at half the rate, twice the delay and twice the gaps all comes at twice the time', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const later = sent.map(({ atNs, octets }) => ({ atNs: 2 * atNs, octets }));
      const twice = arrivals(GROUND, pipes, sent).map((ns) => (ns === undefined ? ns : 2 * ns));
      expect(arrivals(GROUND, slowed(pipes), later)).toEqual(twice);
    }),
  );
});

test('a wire may be cut in two anywhere', () => {
  fc.assert(
    fc.property(pipe, loads, fc.double({ min: 0, max: 1, noNaN: true }), (one, sent, part) => {
      const two = cut(one, Math.floor(one.delayNs * part));
      expect(arrivals(GROUND, two, sent)).toEqual(arrivals(GROUND, [one], sent));
    }),
  );
});

test('names mean nothing where nothing is left to chance', () => {
  fc.assert(
    fc.property(chain, loads, (pipes, sent) => {
      const names = (place: number): string => `${'zyxwv'[place]}`;
      expect(arrivals(GROUND, pipes, sent, { names })).toEqual(arrivals(GROUND, pipes, sent));
    }),
  );
});
