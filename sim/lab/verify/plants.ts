import { isCaught, type PlantName } from '#sim/scenario/mod.ts';
import type { RunReport } from '../run.ts';
import { finished, lab, VITEST } from './processes.ts';
import type { Found } from './row.ts';

const WANTED: readonly PlantName[] = Object.freeze<PlantName[]>([
  'clock',
  'random',
  'timer',
  'promise',
  'module-state',
  'skip-seal',
  'flip-bit',
  'short-octet',
  'double-close',
  'miscount',
]);

/** Every defect is caught by its own oracle and by name, and every rule of the source by its planted violation. */
export async function plants(): Promise<Found> {
  const missed: string[] = [];
  for (const plant of WANTED) {
    const settings = ['--set', `plant=${plant}`, '--set', 'octets=20000'];
    const { code, stdout } = await lab(['run', 'two-nodes', ...settings, '--json']);
    const { assertions } = JSON.parse(stdout) as RunReport;
    if (code !== 1 || !isCaught(plant, assertions)) missed.push(plant);
  }
  const inSource = await finished(process.execPath, [...VITEST, 'ci/boundary']);
  if (inSource.code !== 0) missed.push('in the source (ci/boundary.test.ts)');
  return {
    measured: `${WANTED.length} at run time, all rules in source; missed: ${missed.join(', ') || 'none'}`,
    ok: missed.length === 0,
  };
}
