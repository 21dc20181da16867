import { type Case, certain, type Given, type Parameter } from './case.ts';
import { Chain, OCTETS_MIN, serialisedNs } from './chain.ts';

// What links do to packets when nothing is left to chance.

const HOPS: Parameter = Object.freeze({
  default: 4,
  min: 1,
  max: 32,
  unit: 'links',
  about: 'in a row',
  whole: true,
});
const OCTETS: Parameter = Object.freeze({
  default: 1200,
  min: OCTETS_MIN,
  max: 1500,
  unit: 'octets',
  about: 'of a packet',
  whole: true,
});
const RATE: Parameter = Object.freeze({
  default: 7.3,
  min: 0.01,
  max: 10_000,
  unit: 'Mbit/s',
  about: 'of each link',
});
const DELAY: Parameter = Object.freeze({
  default: 3,
  min: 0,
  max: 1000,
  unit: 'ms',
  about: 'of each link',
});
const NO_LIMIT = 1e12;
/** Packets a link has to send, when more are to come. */
const AHEAD = 1000;

const pipesOf = (given: Given) =>
  Array.from({ length: given.whole('hops') }, () => ({
    delayNs: Math.round(given.get('delay') * 1e6),
    rateBps: Math.round(given.get('rate') * 1e6),
    queueBytes: NO_LIMIT,
  }));

export function storeAndForward(): Case {
  return {
    name: 'store-and-forward',
    about: 'a packet over n links: n (L / C + d)',
    parameters: { hops: HOPS, octets: OCTETS, rate: RATE, delay: DELAY },
    measure: (given, ground) => {
      const pipes = pipesOf(given);
      const octets = given.whole('octets');
      const expected = pipes.reduce(
        (sum, { delayNs, rateBps }) => sum + delayNs + serialisedNs(octets, rateBps),
        0,
      );
      let tookNs = -1;
      const chain = new Chain(ground, pipes, () => {
        tookNs = chain.nowNs;
      });
      chain.send(0, octets);
      chain.runUntil(() => tookNs >= 0);
      // Each link rounds down to whole nanoseconds.
      return [certain('time on the way', 'ns', expected, tookNs, pipes.length)];
    },
  };
}

export function pipelining(): Case {
  return {
    name: 'pipelining',
    about: 'k packets over n equal links: (k + n - 1) L / C + n d',
    parameters: {
      hops: HOPS,
      packets: {
        default: 1000,
        min: 1,
        max: 1_000_000,
        unit: 'packets',
        about: 'sent at once',
        whole: true,
      },
      octets: OCTETS,
      rate: RATE,
      delay: DELAY,
    },
    measure: (given, ground) => {
      const pipes = pipesOf(given);
      const [pipe] = pipes as [(typeof pipes)[number]];
      const octets = given.whole('octets');
      const count = given.whole('packets');
      const eachNs = serialisedNs(octets, pipe.rateBps);
      const expected = (count + pipes.length - 1) * eachNs + pipes.length * pipe.delayNs;
      let left = count;
      const chain = new Chain(ground, pipes, () => {
        left -= 1;
      });
      // All at once as far as the first link can tell: it never has fewer than so many waiting, while there are any.
      for (let n = 0; n < Math.min(count, AHEAD); n++) chain.send(n, octets);
      for (let n = AHEAD; n < count; n++)
        chain.at(Math.floor((n - AHEAD) * eachNs), () => chain.send(n, octets));
      chain.runUntil(() => left === 0);
      // What one link carries over to the next packet another may have to round down: below one each.
      return [certain('time until the last', 'ns', expected, chain.nowNs, pipes.length)];
    },
  };
}
