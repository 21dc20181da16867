import { nobleEncapsulate } from '../noble/mod.ts';
import type { Suite } from '../suite.ts';
import { createNativeSuite } from './suite.ts';

/**
 * The suite of the simulator: a world replayed from its seed must draw every octet from that seed. All of the
 * native suite is a function of its inputs except one operation: OpenSSL's ML-KEM encapsulation takes its
 * coins from the operating system. So that one is the pure backend's, and the rest keeps native speed.
 */
export function createSeededSuite(): Suite {
  return { ...createNativeSuite(), backend: 'seeded', encapsulate: nobleEncapsulate };
}
