import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { SCENARIOS } from '#scenarios/mod.ts';
import { parseToken } from '#sim/scenario/mod.ts';
import { print } from '../print.ts';
import { execute } from '../run.ts';
import { READY } from './local-engine.ts';
import { sealRun } from './record.ts';

/**
 * Ends this process when the one that started it is gone, whatever this one is busy with: a run holds the loop, so
 * a thread of its own looks. It is given as text because a single file holds no second module.
 */
const WATCH = `
  const parent = process.ppid;
  const isAlive = () => {
    try {
      process.kill(parent, 0);
      return process.ppid === parent;
    } catch (error) {
      return error.code === 'EPERM';
    }
  };
  setInterval(() => { if (!isAlive()) process.kill(process.pid, 'SIGKILL'); }, 500);
`;

/** A worker of `sweep`: runs the tokens it is given, a JSON list a line, until its input ends. */
export async function sweepWorker(): Promise<number> {
  new Worker(WATCH, { eval: true, stdin: false }).unref();
  await print(READY);
  for await (const line of createInterface({ input: process.stdin })) {
    for (const token of JSON.parse(line) as readonly string[]) {
      const recipe = parseToken(token, SCENARIOS);
      if ('fault' in recipe) throw new Error(recipe.fault);
      await print(sealRun(execute(recipe, token)));
    }
  }
  return 0;
}
