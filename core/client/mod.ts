// The user's side: applications come in by a local proxy that any of them can speak to, SOCKS5 or HTTP CONNECT on
// one port, and leave by circuits. Names go through unresolved. Credentials are not checked; they name an isolation
// class, and no circuit ever serves two classes.
//
//   circuits.ts        our circuits: which are made, which takes a new stream, when they go
//   front.ts           applications' connections, joined to streams
//   entry.ts           the machine of one connection: sniffs the protocol, takes exactly the negotiation
//   negotiation.ts     what a protocol must tell it, and every reason to refuse
//   socks.ts           SOCKS5: RFC 1928, RFC 1929
//   http-connect.ts    HTTP CONNECT: RFC 9110, RFC 9112; http-reply.ts its responses: RFC 9209
//   isolation.ts       credentials as a label: RFC 7617
export { Circuits, type CircuitsOptions, type OurCircuit } from './circuits.ts';
export { Entry } from './entry.ts';
export { Front, type FrontCount } from './front.ts';
export { ENTRY_REJECTS, type EntryReject, type EntryRequest } from './negotiation.ts';
