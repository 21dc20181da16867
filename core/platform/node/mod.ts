// The real host: the contract of core/host over Node. What a root may rely on is said there and proved by
// host.case.ts; here is only how Node is made to do it.
//
//   host.ts          one Driver, one timer, and the tables of listeners, sockets and streams
//   tcp.ts           streams and listeners; reused-reads.ts is the one file that reaches into net.Socket
//   tls.ts           the two-sided filter; tls-pipe.ts is its sealed side, tls-verdict.ts who the peer is
//   udp.ts           datagram sockets, a batch a turn
//   store.ts         values and logs in a folder; store-files.ts is their format; folder.ts makes names durable
//   clock.ts         the clocks, and how sleep and steps are noticed
//   file-lock.ts     one process a data folder
//   stop-request.ts  signals, and what else ends a program
//   key-file.ts      the key of a node, on its own: it is read before there is a root; owner.ts: who may read
//
// Who owns what: a buffer handed to Node belongs to Node until its callback (send-buffers.ts); a buffer Node
// reads into is shared by all sockets and borrowed for one call. Nothing here answers a root within its call.
export { type Clock, systemClock } from './clock.ts';
export { UserFault } from './fault.ts';
export { holdFile } from './file-lock.ts';
export { NodeHost, type NodeHostOptions, type RootMaker } from './host.ts';
export { createKeyFile, readKeyFile } from './key-file.ts';
export { watchOwnNetworks } from './own-addresses.ts';
export { systemRandom } from './random.ts';
export { StopRequest, type StopSources } from './stop-request.ts';
export { storedValue } from './store-files.ts';
