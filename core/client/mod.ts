// The user's side. So far the door by which applications come in: a local proxy that any of them can speak to,
// SOCKS5 or HTTP CONNECT on one port. Names go through unresolved. Credentials are not checked; they name an
// isolation class, so that one user can be several.
//
//   entry.ts           the machine of one connection: sniffs the protocol, takes exactly the negotiation
//   negotiation.ts     what a protocol must tell it, and every reason to refuse
//   socks.ts           SOCKS5: RFC 1928, RFC 1929
//   http-connect.ts    HTTP CONNECT: RFC 9110, RFC 9112; http-reply.ts its responses: RFC 9209
//   isolation.ts       credentials as a label: RFC 7617
export { Entry } from './entry.ts';
export { ENTRY_REJECTS, type EntryReject, type EntryRequest } from './negotiation.ts';
