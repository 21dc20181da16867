// The same flows on real sockets: what the simulator says is held against what a kernel does.
export { runOnLoopback } from './loopback.ts';
export { type Mismatch, manyFlows, mismatches, simulate } from './parity.ts';
