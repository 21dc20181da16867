// One authenticated, encrypted hop. A link sits on one host stream and looks, from above, like one: the same
// five verbs (opened receive ended transmit closed), so an application cannot tell it from the plain thing.
//
//   handshake.ts   which messages, and what they prove: pqNK, then an introduction         PROTOCOL §4
//   record.ts      sealed lengths and bodies, keys that change                             PROTOCOL §5
//   link.ts        the machine: octets in pieces, credit, half-close, time-outs
//   liveness.ts    time-outs, padding into silence                                         PROTOCOL §5.5
//   links.ts       all links of a root, under one user
//   admission.ts   who may start a handshake at all, before any key is touched             PROTOCOL §4.4
export {
  ADMISSION_REJECTS,
  Admission,
  type AdmissionReject,
  type Origin,
  originOf,
} from './admission.ts';
export { AnswerHandshake, dialHandshake, type Handshake } from './handshake.ts';
export { Link, type LinkShared, UNIT_MAX } from './link.ts';
export { type LinkPort, Links, type LinksOptions } from './links.ts';
export { CONTENT_AT, RECORD_DATA, RECORD_MAX, RecordOpener, RecordSealer } from './record.ts';
export { LINK_REJECTS, type LinkReject } from './rejects.ts';
