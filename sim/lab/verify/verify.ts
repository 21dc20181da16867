import { nearest } from '#sim/scenario/mod.ts';
import { CLAIM_NAMES, type ClaimName } from '../claim-names.ts';
import { commit } from '../commit.ts';
import { UsageFault } from '../fault.ts';
import { IS_SINGLE_FILE } from '../invocation.ts';
import { mark, print, progress, table } from '../print.ts';
import { HOUSE } from './house.ts';
import type { Claim, Found, Row } from './row.ts';
import { SIMULATED_NETWORK } from './simulated-network.ts';
import { THREE_HOPS } from './three-hops.ts';

const CLAIMS: { readonly [Name in ClaimName]: readonly Claim[] } = Object.freeze({
  house: HOUSE,
  'three-hops': THREE_HOPS,
  'simulated-network': SIMULATED_NETWORK,
});

/** Re-runs every claim of an issue, or of all. Exit 1 when one misses its bar. */
export async function verify(
  issue: string | undefined,
  options: { readonly json?: true },
): Promise<number> {
  if (IS_SINGLE_FILE) {
    throw new UsageFault(
      'verify runs tests and other processes from a source tree; clone it first',
    );
  }
  const chosen = CLAIM_NAMES.filter((name) => issue === undefined || name === issue);
  if (issue !== undefined && chosen.length === 0) {
    throw new UsageFault(`nothing to verify under "${issue}"${nearest(issue, CLAIM_NAMES)}`);
  }
  const rows: Row[] = [];
  for (const name of chosen) {
    for (const { measure, ...claim } of CLAIMS[name]) {
      progress(`... ${claim.claim}`);
      rows.push({ ...claim, ...(await measured(measure)) });
    }
  }
  const ok = rows.every((row) => row.ok);
  if (options.json === true) {
    await print(
      JSON.stringify({ schemaVersion: 1, issue: issue ?? 'all', commit: commit(), rows }),
    );
  } else {
    const lines = rows.map((row) => [
      mark(row.ok),
      row.claim,
      row.bar,
      `${row.measured} ${row.unit}`,
    ]);
    await print(table([['', 'claim', 'bar', 'measured'], ...lines]));
    await print(
      `\n  commit ${commit()}: ${rows.filter((row) => row.ok).length} of ${rows.length} hold`,
    );
  }
  return ok ? 0 : 1;
}

async function measured(measure: Claim['measure']): Promise<Found> {
  try {
    return await measure();
  } catch (error) {
    return {
      measured: `failed: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      ok: false,
    };
  }
}
