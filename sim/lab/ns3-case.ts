import { Ns3 } from '#bench/mod.ts';
import { type Case, cases, Given, type Ground, type Quantity } from '#sim/theory/mod.ts';

export const NS3 = 'ns-3';

/** Packets and virtual seconds after which ns-3's own figure is known to about 2 %. */
const PACKETS = 600_000;
const SECONDS = 3000;
/** Where both measure: theirs has no interval. */
const QUEUE_TOLERANCE = 0.05;
const STREAM_TOLERANCE = 0.1;

/** The network simulator ns-3 as a second opinion: what it measured is what is expected. */
export function ns3Case(): Case {
  return {
    name: NS3,
    about: 'what ns-3 measures on the same links: equal packets by chance, and NewReno under loss',
    parameters: {
      rho: { default: 0.7, min: 0.1, max: 0.8, unit: 'of the rate', about: 'how busy the link is' },
      loss: { default: 0.2, min: 0.1, max: 0.5, unit: '%', about: 'of the packets of a stream' },
      rtt: { default: 60, min: 20, max: 200, unit: 'ms', about: 'there and back' },
    },
    measure: (given, ground) => {
      using ns3 = new Ns3();
      const rho = given.get('rho');
      const queue = ours('m-d-1', { rho }, ground);
      const [loss, rtt] = [given.get('loss'), given.get('rtt')];
      const stream = ours('mathis', { loss, rtt }, ground);
      const [waited, sent] = [ns3.md1(rho, PACKETS), ns3.tcp(loss / 100, rtt, SECONDS)];
      return [
        { ...queue, expected: waited, tolerance: QUEUE_TOLERANCE * waited },
        { ...stream, expected: sent, tolerance: STREAM_TOLERANCE * sent },
      ];
    },
  };
}

/** The first quantity of one of our cases. */
function ours(name: string, values: { readonly [name: string]: number }, ground: Ground): Quantity {
  const one = cases().find((other) => other.name === name);
  return one?.measure(new Given(values), ground)[0] as Quantity;
}
