// The volunteer's side. A relay takes a layer off or puts one on and hands cells to its other neighbour; it dials
// nodes of the snapshot and nothing else. An exit dials the world, and says no to much of it: after resolution, on
// the address that is dialled next, so that no name can be a disguise.
//
//   relay.ts               CREATEs: opened once, rate-limited, extended
//   relay-circuit.ts       one circuit here: its layer, its queues, its streams if it ends here
//   exit.ts                names resolved, connections made, streams spliced
//   exit-policy.ts         the judgement: re-entry, own addresses, special addresses, closed ports
//   special-addresses.ts   the tables of prefixes, each with its RFC

export { Exit, type ExitCount, type ExitOptions, type Resolver } from './exit.ts';
export {
  CLOSED_PORTS,
  EXIT_REJECTS,
  type ExitPolicy,
  type ExitReject,
  exitRefusal,
  type PortRange,
} from './exit-policy.ts';
export { CREATE_REJECTS, Relay, type RelayOptions, type RelayReject } from './relay.ts';
export { RelayCircuit } from './relay-circuit.ts';
