import { MSS } from '../network/mod.ts';
import { type Case, certain } from './case.ts';
import { Transfer } from './transfer.ts';

const NS_PER_MS = 1_000_000;
/** Rounds in which a sender has filled the window, and those that are measured. */
const SETTLED = 40;
const ROUNDS = 40;

export function receiveWindow(): Case {
  return {
    name: 'receive-window',
    about: "a stream has its receiver's buffer a round trip, in whole segments (RFC 9293, 3.8.6)",
    parameters: {
      buffer: { default: 64, min: 4, max: 256, whole: true, unit: 'KiB', about: 'of the receiver' },
      rtt: { default: 100, min: 20, max: 500, unit: 'ms', about: 'there and back' },
    },
    measure: (given, ground) => {
      const rttMs = given.get('rtt');
      const octets = given.whole('buffer') * 1024;
      const link = { delayNs: Math.round((rttMs * NS_PER_MS) / 2) };
      const transfer = new Transfer(ground, 1, link, 'reno', undefined, octets);
      transfer.run(20 + rttMs * SETTLED);
      const measured = transfer.rate(0, rttMs * ROUNDS);
      const expected = (1000 * Math.floor(octets / MSS) * MSS) / rttMs;
      // A round more or less of those that are measured.
      return [certain('octets a second', 'octets/s', expected, measured, expected / ROUNDS)];
    },
  };
}
