import type { Trust } from '#core/directory/mod.ts';
import { UserFault } from '#core/platform/mod.ts';
import { TRUST_FILE_MAX } from '../base/limits.ts';
import type { TrustSource } from './plan.ts';
import { readSmallFile } from './small-file.ts';
import { parseTrust } from './trust.ts';

/** Throws UserFault. */
export function readTrust(source: TrustSource): Trust {
  if ('trust' in source) return source.trust;
  const trust = parseTrust(readSmallFile('--trust', source.file, TRUST_FILE_MAX));
  if ('fault' in trust) throw new UserFault(`--trust ${source.file}${trust.fault}`);
  return trust;
}
