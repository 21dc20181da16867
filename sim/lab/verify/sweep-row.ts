import { labCommand } from '../invocation.ts';
import { scenarioOf } from '../run.ts';
import { conduct, gridOf, LocalEngine, RUN_LIMIT_MS, resultText } from '../sweep/mod.ts';
import type { Found } from './row.ts';

const RUNS = 1_000;
const SETTINGS: readonly string[] = Object.freeze(['octets=5000', 'loss=50000']);

/** One sweep by one worker, and by two of which one is killed: the results are compared octet by octet. */
export async function sweepRow(runs: number = RUNS): Promise<Found> {
  const alone = await swept(runs, 1, false);
  const two = await swept(runs, 2, true);
  const isSame = alone.text === two.text;
  return {
    measured:
      `${runs} runs: ${isSame ? 'identical' : 'they DIFFER'}, ${(alone.text.length / 1e6).toFixed(1)} MB; ` +
      `${(runs / alone.seconds).toFixed(0)} runs a second by one worker, ` +
      `${(runs / two.seconds).toFixed(0)} by two with ${two.killed} killed`,
    ok: isSame && two.killed === 1,
  };
}

async function swept(
  runs: number,
  workers: number,
  isKilling: boolean,
): Promise<{ readonly text: string; readonly seconds: number; readonly killed: number }> {
  const grid = gridOf(scenarioOf('lossy-link'), `1..${runs}`, SETTINGS);
  const command = labCommand('sweep-worker');
  const engine = new LocalEngine({ command, workers, limitMs: RUN_LIMIT_MS });
  const startMs = performance.now();
  let heard = 0;
  let killed = 0;
  try {
    const conducted = await conduct(grid, engine, {
      heard: () => {
        heard += 1;
        const [victim] = engine.pids;
        if (!isKilling || heard !== Math.ceil(runs / 3) || victim === undefined) return;
        if (process.kill(victim, 'SIGKILL')) killed += 1;
      },
    });
    const seconds = (performance.now() - startMs) / 1000;
    return { text: resultText(grid, conducted), seconds, killed };
  } finally {
    await engine.cancel();
  }
}
