import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { TlsVerdict } from '#core/host/mod.ts';
import { parseIp } from '#core/wire/mod.ts';

/** What a client thinks of a server's chain, and SHA-256 of the server's key. */
export type Judgement = { readonly verdict: TlsVerdict; readonly spki: Uint8Array };

function pemBlocks(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** The certificates of a PEM text as DER, leaf first as written. Empty when one is not readable. */
export function chainDer(pem: string): readonly Uint8Array[] {
  return readCertificates(pemBlocks(pem)).map((certificate) => new Uint8Array(certificate.raw));
}

/** Whether a server may use this chain: it reads, and the key belongs to the leaf. */
export function isUsable(chainPem: string, keyPem: string): boolean {
  try {
    const [leaf] = readCertificates(pemBlocks(chainPem));
    return leaf?.checkPrivateKey(createPrivateKey(keyPem)) ?? false;
  } catch {
    return false;
  }
}

/** Judges a chain as OpenSSL and Node do: the issuer first, then the dates, then the name. */
export function judge(
  chain: readonly Uint8Array[],
  name: string,
  anchorsPem: string,
  wallMs: number,
): Judgement {
  const certificates = readCertificates(chain);
  const [leaf] = certificates;
  if (leaf === undefined) return { verdict: 'other', spki: new Uint8Array(0) };
  const spki = new Uint8Array(
    createHash('sha256')
      .update(leaf.publicKey.export({ type: 'spki', format: 'der' }))
      .digest(),
  );
  const anchors = readCertificates(pemBlocks(anchorsPem));
  const path = pathToAnchor(leaf, certificates, anchors);
  if (path === undefined) return { verdict: 'unknown-issuer', spki };
  if (!path.every((certificate) => isInDate(certificate, wallMs)))
    return { verdict: 'expired', spki };
  const isNamed = parseIp(name) === undefined ? leaf.checkHost(name) : leaf.checkIP(name);
  return { verdict: isNamed === undefined ? 'wrong-name' : 'ok', spki };
}

function pathToAnchor(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const path = [leaf];
  for (let last = leaf; path.length <= chain.length + 1; ) {
    if (anchors.some((anchor) => anchor.fingerprint256 === last.fingerprint256)) return path;
    const anchor = anchors.find((candidate) => isIssuedBy(last, candidate));
    if (anchor !== undefined) return [...path, anchor];
    const issuer = chain.find(
      (candidate) => !path.includes(candidate) && isIssuedBy(last, candidate),
    );
    if (issuer === undefined) return undefined;
    path.push(issuer);
    last = issuer;
  }
  return undefined;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isInDate({ validFromDate, validToDate }: X509Certificate, wallMs: number): boolean {
  return validFromDate.getTime() <= wallMs && wallMs <= validToDate.getTime();
}

function readCertificates(texts: readonly (string | Uint8Array)[]): readonly X509Certificate[] {
  try {
    return texts.map((text) => new X509Certificate(text));
  } catch {
    return [];
  }
}
