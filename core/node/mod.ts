// Composition roots: the only place where machines of one layer meet. A host, simulated or real, is given one
// of these objects and nothing else, so wiring that the simulator has not seen does not exist.
export { LinkNode, type LinkNodeOptions, type LinkUser } from './link-node.ts';
export { type Acceptor, Switchboard, type Timed } from './switchboard.ts';
