// The boundary between a root and the world it runs in. contract.ts is the file to read; driver.ts keeps the
// host's half of it, once, for the simulated host (sim/host.ts) and the real one (platform/node/host.ts).
// host-io.ts is what a host must bring for it. stream-port.ts is how the machines inside one root share its ids.
// host.case.ts is the acceptance suite that both must pass with equal answers.
export {
  type Cause,
  END,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type Random,
  type Root,
  SOCKS_REPLY,
  type StoreSnapshot,
  type StreamUser,
  type TlsRole,
  type TlsVerdict,
} from './contract.ts';
export { DatagramBatch } from './datagram-batch.ts';
export { Driver } from './driver.ts';
export type { HostIo, HostStream } from './host-io.ts';
export { isStoreName, storeRefusal } from './store-name.ts';
export type { StreamOwner, StreamPort } from './stream-port.ts';
