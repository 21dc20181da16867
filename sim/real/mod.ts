// The same flows on real sockets: what the simulator says is held against what a kernel does (loopback.ts, parity.ts).
// And a whole network of real processes on this machine (network.ts): programs.ts finds the programs, child.ts keeps
// them from outliving us, steward.ts signs their map, services.ts is what stands around them.
export { Child } from './child.ts';
export { runOnLoopback } from './loopback.ts';
export { RealNetwork, type RealNetworkOptions } from './network.ts';
export { NodeProcess } from './node-process.ts';
export { manyFlows, simulate } from './parity.ts';
export { type Command, type Programs, pasteable, programsHere } from './programs.ts';
export { expected, type Mismatch, mismatches, type Transcripts } from './transcripts.ts';
