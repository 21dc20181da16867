// The suite in pure TypeScript, by the noble libraries: what the native one is checked against, and where the
// simulator's seeded encapsulation comes from. Not constant-time under a JIT, so never in a shipped binary.
export { nobleMlkemEncapsulate } from './kem.ts';
export { createNobleSuite } from './suite.ts';
