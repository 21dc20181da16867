// Many hops as one path. A circuit is created by one message that is an onion and answered by one that is another;
// afterwards cells of two sizes go both ways, with a layer of encryption for each hop. A relay learns its two
// neighbours, its place counted from the client, and nothing of what follows.
//
//   frame.ts            what the content of a link's records is made of                     PROTOCOL §9.1
//   onion.ts            CREATE and its answer, at both ends                                 PROTOCOL §9.2
//   replay-set.ts       exact memory of the CREATEs seen                                    PROTOCOL §9.3
//   layer.ts            one hop's encryption of a cell                                      PROTOCOL §9.4
//   pace.ts             which size the next cell has                                        PROTOCOL §9.5
//   leg.ts carrier.ts   a circuit's place on a link; all circuits on all links              PROTOCOL §9.6
//   control-budget.ts   which link goes when too much waits for links that do not read
//   node-links.ts       one link to each node we have to do with
//   cell-queue.ts       cells that wait for their next link
//   message.ts stream.ts streams.ts   what client and last hop say in cells                 PROTOCOL §10
//   client-circuit.ts   the client's end
//   splice.ts           one circuit stream and one host stream as one connection
export {
  Carrier,
  type CarrierUser,
  FRAME_REJECTS,
  type FrameReject,
} from './carrier.ts';
export { CellQueue } from './cell-queue.ts';
export {
  type CircuitFailure,
  type CircuitUser,
  CLIENT_REJECTS,
  ClientCircuit,
  type ClientCircuitOptions,
  type ClientReject,
} from './client-circuit.ts';
export {
  CELL_LARGE,
  CELL_SMALL,
  CREATE_FRAME_LEN,
  CREATED_FRAME_LEN,
  FRAME_HEADER_LEN,
  LAYER_LEN,
  liveLen,
} from './frame.ts';
export { contentLen, FLAG_HERE, Layer, type LayerReject } from './layer.ts';
export { Leg, type LegUser } from './leg.ts';
export { type LinkWaiter, NodeLinks } from './node-links.ts';
export {
  CreateOpened,
  CreateRequest,
  contentRoom,
  STATUS_BUSY,
  STATUS_DONE,
  STATUS_NEXT_REFUSED,
  STATUS_NEXT_UNREACHABLE,
} from './onion.ts';
export { Pace } from './pace.ts';
export { ReplaySet } from './replay-set.ts';
export { Splicer } from './splice.ts';
export { CircuitStream } from './stream.ts';
export { Streams } from './streams.ts';
export type { MessageReject, StreamsUser } from './streams-user.ts';
