// The suites that need node:crypto. They stand apart from ../mod.ts so that code which imports the pure part
// never reaches the platform by accident: only a program's outermost file picks a backend.

export { createNativeAead } from './aead.ts';
export { KNOWN } from './openssl.ts';
export { createSeededSuite } from './seeded.ts';
export { createNativeSuite } from './suite.ts';
