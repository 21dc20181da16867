import { assert } from '../base/assert.ts';
import type { Endpoint } from './contract.ts';

/** Octets of an IPv6 address before those that say "mapped", and before the IPv4 address that is. */
const ZEROS = 10;
const MAPPED = 12;

/** 4 octets, or 16 that are no IPv4-mapped address: whoever reads an address from text or octets sees to it. */
export function isAddress(ip: Uint8Array): boolean {
  if (ip.length !== 16) return ip.length === 4;
  for (let i = 0; i < ZEROS; i++) if (ip[i] !== 0) return true;
  for (let i = ZEROS; i < MAPPED; i++) if (ip[i] !== 0xff) return true;
  return false;
}

export function assertEndpoint({ ip, port }: Endpoint): void {
  assert(isAddress(ip), 'an address has 4 octets, or 16 and is not mapped');
  assert(Number.isInteger(port) && port >= 0 && port <= 0xffff, 'a port has 16 bits');
}
