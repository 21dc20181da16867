import { X509Certificate } from 'node:crypto';
import { UserFault } from '#core/platform/mod.ts';
import { ANCHORS_FILE_MAX } from '../base/limits.ts';
import { readSmallFile } from './small-file.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, every one of which can be read. Throws UserFault. */
export function readAnchors(path: string): string {
  const blocks = readSmallFile('--resolver-ca', path, ANCHORS_FILE_MAX).match(BLOCK) ?? [];
  if (blocks.length === 0)
    throw new UserFault(`--resolver-ca ${path} has no certificate: name a file in PEM`);
  for (const [i, block] of blocks.entries())
    if (!isCertificate(block))
      throw new UserFault(
        `--resolver-ca ${path}: certificate ${i + 1} of ${blocks.length} is none`,
      );
  return `${blocks.join('\n')}\n`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
