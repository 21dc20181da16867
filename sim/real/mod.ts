// The same flows on real sockets: what the simulator says is held against what a kernel does.
export { runOnLoopback } from './loopback.ts';
export { manyFlows, simulate } from './parity.ts';
export { expected, type Mismatch, mismatches, type Transcripts } from './transcripts.ts';
