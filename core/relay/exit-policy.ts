import { frozen } from '../base/frozen.ts';
import { type AddressKind, rowOf } from './special-addresses.ts';

/** Why an exit does not dial. The client is told 'policy', whichever it is. */
export type ExitReject =
  | Exclude<AddressKind, 'global'>
  | 're-entry' // a node of the snapshot, at any port: circuits do not leave one node for another
  | 'own-address'
  | 'closed-port'
  | 'not-an-address'; // neither 4 nor 16 octets

const IS_REJECT: { readonly [reject in ExitReject]: true } = Object.freeze({
  're-entry': true,
  'own-address': true,
  unspecified: true,
  loopback: true,
  private: true,
  'link-local': true,
  metadata: true,
  multicast: true,
  broadcast: true,
  documentation: true,
  benchmarking: true,
  'ipv4-mapped': true,
  'ipv4-compatible': true,
  nat64: true,
  '6to4': true,
  teredo: true,
  'special-purpose': true,
  reserved: true,
  'closed-port': true,
  'not-an-address': true,
});
/** All of them, for counters. */
export const EXIT_REJECTS: readonly ExitReject[] = Object.freeze(
  Object.keys(IS_REJECT) as ExitReject[],
);

/** Ports `first` to `last`, and why they are closed. */
export type PortRange = { readonly first: number; readonly last: number; readonly why: string };

/** What an exit knows when it judges. */
export type ExitPolicy = {
  /** The snapshot is marked as a test network: loopback and the test networks of RFC 5737 and 3849 are open. */
  readonly isTestNetwork: boolean;
  readonly closedPorts: readonly PortRange[];
  /** The address (IPv4 as 4 octets) is in the current snapshot. */
  isNode(ip: Uint8Array): boolean;
  /** The address is one of this machine's, public ones included. */
  isOwn(ip: Uint8Array): boolean;
};

// biome-ignore format: one row a range
/** What exits keep closed unless their operator decides otherwise: what brings complaints, or aims at neighbours. */
export const CLOSED_PORTS: readonly PortRange[] = frozen([
  { first: 0, last: 0, why: 'no port' },
  { first: 25, last: 25, why: 'mail between servers: spam' },
  { first: 135, last: 139, why: 'RPC and NetBIOS: worms' },
  { first: 445, last: 445, why: 'SMB: worms' },
  { first: 465, last: 465, why: 'mail submission: spam' },
  { first: 587, last: 587, why: 'mail submission: spam' },
  { first: 1900, last: 1900, why: 'SSDP: reflection' },
  { first: 6346, last: 6347, why: 'Gnutella: bulk, complaints' },
  { first: 6660, last: 6669, why: 'IRC: bot control' },
  { first: 6881, last: 6999, why: 'BitTorrent: bulk, complaints' },
]);

/**
 * Why an exit must not dial this address and port, or undefined when it may. `ip` is what resolution gave, never
 * a name: a name that resolves again may resolve to something else. `port` is 0 to 65535. An address that wraps
 * an IPv4 address is always refused, for the reason of the inner one if that has any.
 */
export function exitRefusal(
  policy: ExitPolicy,
  ip: Uint8Array,
  port: number,
): ExitReject | undefined {
  if (ip.length !== 4 && ip.length !== 16) return 'not-an-address';
  const address = addressRefusal(policy, ip);
  if (address !== undefined) return address;
  const isClosed = policy.closedPorts.some(({ first, last }) => first <= port && port <= last);
  return isClosed ? 'closed-port' : undefined;
}

function addressRefusal(policy: ExitPolicy, ip: Uint8Array): ExitReject | undefined {
  if (policy.isNode(ip)) return 're-entry';
  if (policy.isOwn(ip)) return 'own-address';
  const { kind, isTestable, embedsAt } = rowOf(ip);
  if (kind === 'global' || (isTestable && policy.isTestNetwork)) return undefined;
  if (embedsAt === undefined) return kind;
  return addressRefusal(policy, ip.slice(embedsAt, embedsAt + 4)) ?? kind;
}
