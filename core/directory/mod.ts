// Who nodes are. Everybody routes from the same map or can be told apart by the map they have, so the map is one
// file that k of n stewards sign, whole, with an end to its validity; nothing is learnt about a node from the node
// alone, and nothing from gossip. Here the file is given from outside; how it travels is not this folder's matter.
//
//   layout.ts     where things stand in the file                                         PROTOCOL §8
//   listing.ts    what it says of one node
//   decode.ts     any octets -> a Snapshot, or one reason why not
//   encode.ts     the other way, for stewards, test networks and the simulator
//   snapshot.ts   the map itself: by id, by address
//
// Signatures are checked before anything is read that somebody else than a steward could have chosen.
export {
  decodeSnapshot,
  type Refused,
  type SnapshotReject,
  type Trust,
} from './decode.ts';
export { encodeSnapshot, type NodeDraft, type SnapshotDraft } from './encode.ts';
export type { Listing } from './listing.ts';
export { type NodeEntry, Snapshot, type SnapshotParts } from './snapshot.ts';
