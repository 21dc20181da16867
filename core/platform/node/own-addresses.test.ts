import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { formatIp } from '#core/wire/mod.ts';
import { ownAddresses } from './own-addresses.ts';

describe('the addresses of this machine', () => {
  test('are those of its interfaces, without the loopback', () => {
    const system = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    const outside = system.filter(({ internal, family }) => !internal && family === 'IPv4');
    const found = ownAddresses().map((ip) => formatIp(ip));
    expect(found).toEqual(expect.arrayContaining(outside.map(({ address }) => address)));
    expect(found).toHaveLength(system.filter(({ internal }) => !internal).length);
    expect(found.filter((address) => address.startsWith('127.') || address === '::1')).toEqual([]);
  });
});
