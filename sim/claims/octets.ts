import type { End, Pairs } from './pairs.ts';
import type { Always } from './vigil.ts';

const EVERY = 256;

/** Octets of one direction between two applications, over however many hops: written at one end, read at the other. */
export type Crossing = { readonly key: string; readonly written: number; readonly read: number };

/**
 * Octets are conserved, from program to program: what one wrote and the other has not read is in a buffer that one
 * of the two kernels or hosts holds, none twice and none nowhere; and nothing is read that was not written, from end to
 * end as from hop to hop.
 */
export function octetsConserved(pairs: Pairs, crossings: () => Iterable<Crossing>): Always {
  let looked = 0;
  return {
    kind: 'always',
    name: 'octets-conserved',
    every: EVERY,
    look: () => {
      for (const end of pairs.now()) {
        const wrong = wrongAt(end);
        if (wrong !== undefined) return `${nameOf(end)}: ${wrong}`;
        looked += 1;
      }
      for (const { key, written, read } of crossings())
        if (read > written) return `${key}: ${read} octets were read, and ${written} written`;
      return undefined;
    },
    said: () => `${looked} books of streams balanced`,
  };
}

/** One end by its host, and the other's where it is known. */
export function nameOf({ host, account, peer }: End): string {
  return `stream ${account.id} of ${host.name}${peer === undefined ? '' : ` to ${peer.host.name}`}`;
}

function wrongAt({ connection, account, peer }: End): string | undefined {
  const { sender, receiver, user } = connection;
  // Positions begin at 1.
  if (user !== undefined && !account.isClosed) {
    const inKernel = sender.ring.end - 1;
    if (account.written !== inKernel)
      return `the program wrote ${account.written} octets, its kernel got ${inKernel}`;
    const fromKernel = receiver.read - 1;
    if (account.read + account.held !== fromKernel)
      return `the kernel gave ${fromKernel} octets, ${account.read} were read and ${account.held} are held`;
  }
  const origin = account.peer;
  if (origin !== undefined && account.read > origin.written)
    return `${account.read} octets were read, and ${origin.written} written`;
  if (peer === undefined) return undefined;
  const { ring } = peer.connection.sender;
  if (receiver.next > ring.end)
    return `octet ${receiver.next - 1} arrived, and ${ring.end - 1} were sent`;
  if (receiver.next < ring.start)
    return `octets from ${receiver.next - 1} to ${ring.start - 1} are nowhere`;
  return undefined;
}
