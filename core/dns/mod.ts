// Names into addresses for exits: a stub resolver that asks one recursive resolver over TLS (RFC 7858) and has no
// other way to ask, so a name never leaves in clear. The owner opens the TLS stream and hands over its plain side.
//
//   name.ts            labels as octets, and which names are equal
//   message-reader.ts  any octets in, a value or one named refusal out; compressed names
//   message.ts         header, question, records, EDNS
//   answer.ts          what a response says: aliases followed, times, absence
//   encode.ts          questions, and answers for whoever plays the resolver
//   frame.ts           messages on a stream
//   lookup.ts          one name, two questions, everybody who waits
//   flights.ts         ids under way
//   retry.ts           when to connect again
//   cache.ts           what was answered, for as long as it is good
//   stub.ts            the machine
export {
  type AnswerReject,
  decodeAnswer,
  RCODE_NO_ERROR,
  RCODE_NO_SUCH_NAME,
  RCODE_SERVER_FAILURE,
  type Verdict,
} from './answer.ts';
export {
  type AnswerContent,
  type AnswerRecord,
  encodeAnswer,
  encodeQuery,
} from './encode.ts';
export { FrameReader, writeFrame } from './frame.ts';
export type { DnsFailure } from './lookup.ts';
export {
  decodeHead,
  decodeQuery,
  type Head,
  type Query,
  type QueryReject,
  type Question,
  TYPE_A,
  TYPE_AAAA,
} from './message.ts';
export { type DnsName, nameKey, parseHostName } from './name.ts';
export {
  type DnsAnswer,
  DOT_REJECTS,
  type DotReject,
  DotStub,
  type DotStubOptions,
} from './stub.ts';
