// Composition roots: the only place where machines of one layer meet. A host, simulated or real, is given one
// of these objects and nothing else, so wiring that the simulator has not seen does not exist.

export { ClientNode, type ClientNodeOptions, type ClientNodeUser } from './client-node.ts';
export { DotClient, type Upstream } from './dot-client.ts';
export { LinkNode, type LinkNodeOptions, type LinkUser } from './link-node.ts';
export {
  RelayNode,
  type RelayNodeOptions,
  type RelayNodeUser,
  SNAPSHOT_DOCUMENT,
  STATEMENT_KEY,
} from './relay-node.ts';
export { type MapReject, SnapshotHolder } from './snapshot-holder.ts';
export { StreamPipe } from './stream-pipe.ts';
export { type Acceptor, Switchboard, type Timed } from './switchboard.ts';
