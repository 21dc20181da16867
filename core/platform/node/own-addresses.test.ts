import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { formatIp } from '#core/wire/mod.ts';
import { ownNetworks, watchOwnNetworks } from './own-addresses.ts';

describe('the addresses of this machine', () => {
  test('are those of its interfaces, without the loopback', () => {
    const system = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    const outside = system.filter(({ internal, family }) => !internal && family === 'IPv4');
    const found = ownNetworks().map(({ ip }) => formatIp(ip));
    expect(found).toEqual(expect.arrayContaining(outside.map(({ address }) => address)));
    expect(found).toHaveLength(system.filter(({ internal }) => !internal).length);
    expect(found.filter((address) => address.startsWith('127.') || address === '::1')).toEqual([]);
  });

  test('an IPv4 address stands alone; what was read is read again', () => {
    for (const { ip, bits } of ownNetworks()) {
      if (ip.length === 4) expect(bits).toBe(32);
      else expect(bits).toBeGreaterThanOrEqual(48);
    }
    const watch = watchOwnNetworks();
    expect(watch()).toEqual(ownNetworks());
    expect(watch()).toBe(watch());
  });
});
