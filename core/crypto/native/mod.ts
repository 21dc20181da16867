// The suite that needs node:crypto. It stands apart from ../mod.ts so that code which imports the pure part
// never reaches the platform by accident: only a program's outermost file picks a backend.

export { createNativeAead } from './aead.ts';
export { type Encapsulated, encapsulateBeside } from './kem.ts';
export { KNOWN } from './openssl.ts';
export { createNativeSuite } from './suite.ts';
