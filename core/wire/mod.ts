// Octets and their meaning: addresses, and the signed documents and fixed messages of PROTOCOL §2 and §4.
// Pure layouts. Every decoder answers a value or undefined for any octets, and refuses trailing ones.
export { formatEndpoint, formatIp, parseEndpoint, parseIp, unmapIp } from './address.ts';
export { Reader, Writer } from './cursor.ts';
export {
  DESTINATION_MAX,
  type Destination,
  decodeDestination,
  encodeDestination,
  parseHost,
} from './destination.ts';
export {
  decodeIntroduction,
  encodeIntroduction,
  INTRODUCTION_LEN,
  type Introduction,
} from './introduction.ts';
export {
  CERTIFICATE_LEN,
  type Certificate,
  decodeCertificate,
  decodeStatement,
  encodeCertificate,
  encodeStatement,
  STATEMENT_LEN,
  type Statement,
} from './statement.ts';
