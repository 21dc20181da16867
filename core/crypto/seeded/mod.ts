// The suite of simulated worlds: native, but for what draws on the operating system.
export { createSeededSuite } from './suite.ts';
