import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import type { HostEvent, TlsVerdict } from '#core/host/mod.ts';

/** Who the peer of an established connection is, judged anew for every connection, resumed or not. */
export function judgePeer(
  socket: TLSSocket,
  name: string,
): Pick<HostEvent & { kind: 'verified' }, 'verdict' | 'resumed' | 'spki'> {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined)
    return { verdict: 'other', resumed: socket.isSessionReused(), spki: new Uint8Array(0) };
  const der = certificate.publicKey.export({ type: 'spki', format: 'der' });
  // Node's type says Error; what is there is the code, or the text when it has none.
  const refusal: unknown = socket.authorized ? undefined : socket.authorizationError;
  const verdict =
    refusal === undefined || refusal === null
      ? isNamed(socket, name)
      : verdictOf(refusal instanceof Error ? refusal.message : String(refusal));
  return {
    verdict,
    resumed: socket.isSessionReused(),
    spki: new Uint8Array(createHash('sha256').update(der).digest()),
  };
}

/** A verdict from the code with which OpenSSL refused a chain. */
export function verdictOf(code: string): TlsVerdict {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return 'wrong-name';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return 'expired';
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_UNTRUSTED':
      return 'unknown-issuer';
    default:
      return 'other';
  }
}

/** What a client says it wants; an address is never said (RFC 6066 section 3). */
export function servernameOf(name: string): string {
  return isIP(name) === 0 ? name : '';
}

function isNamed(socket: TLSSocket, name: string): TlsVerdict {
  return checkServerIdentity(name, socket.getPeerCertificate(true)) === undefined
    ? 'ok'
    : 'wrong-name';
}
