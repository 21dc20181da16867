// The volunteer's side. So far what an exit refuses to dial. The check comes after resolution, on the address that
// is dialled next, so that no name can be a disguise.
//
//   exit-policy.ts         the judgement: re-entry, own addresses, special addresses, closed ports
//   special-addresses.ts   the tables of prefixes, each with its RFC
export {
  CLOSED_PORTS,
  EXIT_REJECTS,
  type ExitPolicy,
  type ExitReject,
  exitRefusal,
  type PortRange,
} from './exit-policy.ts';
