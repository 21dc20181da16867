import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished, ROOT } from './processes.ts';
import type { Found } from './row.ts';

/** README's first command in a clone of what is committed. `startMaxS`: seconds the start may take. */
export async function cleanClone(startMaxS: number): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-clone-'));
  try {
    const at = join(folder, 'spn');
    const clone = await finished('git', ['clone', '--quiet', ROOT, at]);
    const install = await finished('npm', ['ci'], { cwd: at });
    const start = await finished('npm', ['start'], { cwd: at });
    const ok = clone.code === 0 && install.code === 0 && start.code === 0;
    return {
      measured: `npm ci ${install.seconds.toFixed(1)} s, npm start ${start.seconds.toFixed(1)} s`,
      ok: ok && start.seconds <= startMaxS,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
