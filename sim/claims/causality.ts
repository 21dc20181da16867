import type { World } from '../world.ts';
import type { Account, Ledger } from './ledger.ts';
import { nameOf } from './octets.ts';
import type { PacketWatch } from './packets.ts';
import type { Pairs } from './pairs.ts';
import type { PathDelays } from './path-delays.ts';
import type { Always } from './vigil.ts';

const EVERY = 256;
/** Of a stream whose other end is not known. */
const NOTES_MAX = 8192;

/** Who asks from inside TLS on a host, and how long an octet takes at least to whoever answers by that name. */
export type Asker = {
  readonly host: string;
  readonly leastNs: (peerName: string) => number | undefined;
};

/**
 * Nothing comes before what made it: no packet before it was sent and its link's delay was over, no octet of a stream
 * before it was written and the way was made, no answer before the question was there and the answer came back.
 */
export function causal(
  world: World,
  packets: PacketWatch,
  pairs: Pairs,
  delays: PathDelays,
  ledger: Ledger,
  askers: readonly Asker[],
): Always {
  let nowNs = 0;
  let [octets, answers] = [0, 0];
  const answered = new WeakSet<Account>();
  const streams = (): string | undefined => {
    for (const end of pairs.now()) {
      const { account, host } = end;
      if (account.peer === undefined) {
        account.reads.length = 0;
        if (account.writes.length > NOTES_MAX) account.writes.length = 0;
        continue;
      }
      const from = end.peer?.host.node;
      const leastNs = from === undefined ? 0 : delays.between(from, host.node);
      const early = earlyRead(account, account.peer, leastNs);
      if (early !== undefined) return `${nameOf(end)}: ${early}`;
      octets = Math.max(octets, account.read);
    }
    return undefined;
  };
  const questions = (): string | undefined => {
    for (const { host, leastNs } of askers)
      for (const account of ledger.asking(host)) {
        const { peerName, firstWrittenNs, firstReadNs, id } = account;
        if (firstReadNs === Infinity || answered.has(account)) continue;
        answered.add(account);
        const least = leastNs(peerName);
        if (least === undefined) continue;
        answers += 1;
        const tookNs = firstReadNs - firstWrittenNs;
        if (!(tookNs >= 2 * least))
          return `stream ${id} of ${host} heard ${peerName} after ${tookNs} ns, not before ${2 * least}`;
      }
    return undefined;
  };
  return {
    kind: 'always',
    name: 'causal',
    every: EVERY,
    look: () => {
      if (world.nowNs < nowNs) return `an event at ${world.nowNs} ns after one at ${nowNs} ns`;
      nowNs = world.nowNs;
      return packets.early ?? streams() ?? questions();
    },
    said: () => `up to octet ${octets} of a stream none came early, ${answers} answers neither`,
  };
}

/** What was read since the last time, against when it was written. */
function earlyRead(reader: Account, writer: Account, leastNs: number): string | undefined {
  const { reads } = reader;
  const { writes } = writer;
  let w = 0;
  for (let r = 0; r < reads.length; r += 2) {
    const [octet, readNs] = [reads[r] as number, reads[r + 1] as number];
    while (w < writes.length && (writes[w] as number) < octet) w += 2;
    // Nobody wrote it: for the books of octets to say.
    const writtenNs = writes[w + 1] ?? -Infinity;
    if (readNs < writtenNs + leastNs)
      return `octet ${octet} was read at ${readNs} ns, written at ${writtenNs} ns, ${leastNs} ns away`;
  }
  reads.length = 0;
  if (w > 0) writes.splice(0, w);
  return undefined;
}
