import { networkInterfaces } from 'node:os';
import { parseIp } from '#core/wire/mod.ts';

/** The addresses of this machine's interfaces now, loopback left out: 4 or 16 octets each. */
export function ownAddresses(): Uint8Array[] {
  const addresses: Uint8Array[] = [];
  for (const entries of Object.values(networkInterfaces()))
    for (const { internal, address } of entries ?? []) {
      // A link-local address carries its interface behind a percent sign.
      const ip = internal ? undefined : parseIp(address.split('%', 1)[0] ?? '');
      if (ip !== undefined) addresses.push(ip);
    }
  return addresses;
}
