import { equalBytes } from '#core/base/bytes.ts';
import { isCertified, isStatementOf } from '#core/crypto/mod.ts';
import {
  decodeCertificate,
  decodeStatement,
  encodeCertificate,
  encodeStatement,
  formatEndpoint,
  parseEndpoint,
} from '#core/wire/mod.ts';
import { EPOCH, wallAt } from './peer.ts';
import { type Decoder, isSame, onOctets, type Scene } from './scene.ts';

// What is decoded by itself. A document has one encoding, so what was decoded must encode to the same octets; and
// what was altered must not pass for signed. An endpoint has several texts, so its own text must mean the same.

export function documents(scene: Scene): readonly Decoder[] {
  return [certificates(scene), statements(scene), endpoints(scene)];
}

function certificates(scene: Scene): Decoder {
  const { suite, identity } = scene;
  const wallMs = wallAt(EPOCH).at(0);
  const valid = encodeCertificate(identity.certificate);
  return onOctets(scene, 'certificate', valid, (octets) => {
    const decoded = decodeCertificate(octets);
    if (decoded === undefined) return 'verdict';
    if (!isSame(encodeCertificate(decoded), octets)) return 'forgery';
    return isCertified(suite, decoded, wallMs) === isSame(octets, valid) ? 'value' : 'forgery';
  });
}

function statements(scene: Scene): Decoder {
  const { suite, keys, nodeId } = scene;
  const wallMs = wallAt(EPOCH).at(0);
  const valid = encodeStatement(keys.statement);
  return onOctets(scene, 'statement', valid, (octets) => {
    const decoded = decodeStatement(octets);
    if (decoded === undefined) return 'verdict';
    if (!isSame(encodeStatement(decoded), octets)) return 'forgery';
    const isTaken = isStatementOf(suite, decoded, nodeId, wallMs);
    return isTaken === isSame(octets, valid) ? 'value' : 'forgery';
  });
}

function endpoints(scene: Scene): Decoder {
  return onOctets(scene, 'endpoint', textOctets('[2001:db8::192.0.2.33]:65535'), (octets) => {
    const endpoint = parseEndpoint(octetsText(octets));
    if (endpoint === undefined) return 'verdict';
    const again = parseEndpoint(formatEndpoint(endpoint));
    const isKept = again?.port === endpoint.port && equalBytes(again.ip, endpoint.ip);
    return isKept ? 'value' : 'forgery';
  });
}

function textOctets(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function octetsText(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}
