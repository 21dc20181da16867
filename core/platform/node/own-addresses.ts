import { networkInterfaces } from 'node:os';
import { parseIp } from '#core/wire/mod.ts';

/** An address of this machine, 4 or 16 octets, and how many of its bits its network shares. */
export type OwnNetwork = { readonly ip: Uint8Array; readonly bits: number };

/** Milliseconds that what was read is good for. */
const FRESH_MS = 1000;
/** Shorter IPv6 prefixes are no single network of somebody's. */
const IPV6_BITS_MIN = 48;

/**
 * The addresses of this machine's interfaces now, loopback left out. Of IPv6, where neighbours have public addresses,
 * with the network around them; of IPv4 each alone.
 */
export function ownNetworks(): OwnNetwork[] {
  const networks: OwnNetwork[] = [];
  for (const entries of Object.values(networkInterfaces()))
    for (const { internal, address, cidr } of entries ?? []) {
      // A link-local address carries its interface behind a percent sign.
      const ip = internal ? undefined : parseIp(address.split('%', 1)[0] ?? '');
      if (ip === undefined) continue;
      const shared = Number(cidr?.split('/')[1]);
      const isNetwork = ip.length === 16 && shared >= IPV6_BITS_MIN;
      networks.push({ ip, bits: isNetwork ? shared : 8 * ip.length });
    }
  return networks;
}

/** The same, read again when it is older than a second: addresses come and go while a node runs. */
export function watchOwnNetworks(): () => readonly OwnNetwork[] {
  let read: readonly OwnNetwork[] = [];
  let untilMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = performance.now();
    if (nowMs >= untilMs) {
      read = ownNetworks();
      untilMs = nowMs + FRESH_MS;
    }
    return read;
  };
}
