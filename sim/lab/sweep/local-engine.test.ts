import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RandomStream } from '#sim/mod.ts';
import type { Answer } from './engine.ts';
import { LocalEngine } from './local-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'spn-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker that does what its tokens say: `MARK once` kills itself unless the file is there that it makes. */
const WORKER = `
  const { createHash } = require('node:crypto');
  const { existsSync, writeFileSync } = require('node:fs');
  console.log('ready');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    for (const token of JSON.parse(line)) {
      const [word, file] = token.split(' ');
      if (word === 'die' || (word === 'once' && !existsSync(file))) {
        if (file) writeFileSync(file, '');
        process.kill(process.pid, 'SIGKILL');
      }
      if (word === 'hang') for (;;);
      if (word === 'babble') console.log('what?');
      if (word === 'tear') { process.stdout.write('{"sha256":"'); process.exit(3); }
      const run = { token, seed: '1', params: {}, hashes: {}, metrics: {}, assertions: [] };
      const text = JSON.stringify(run);
      console.log('{"sha256":"' + createHash('sha256').update(text).digest('hex') + '","run":' + text + '}');
    }
  });
`;

function engineOf(program: string, { workers = 2, limitMs = 20_000 } = {}): LocalEngine {
  return new LocalEngine({ command: [process.execPath, '-e', program], workers, limitMs });
}

async function answersOf(engine: LocalEngine): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let next = await engine.next(); next !== undefined; next = await engine.next())
    answers.push(next);
  return answers.toSorted((a, b) => (a.token < b.token ? -1 : 1));
}

function isGone(pid: number): boolean {
  try {
    return process.kill(pid, 0) !== true;
  } catch {
    return true;
  }
}

describe('an engine of processes', () => {
  test('answers every token once, whoever dies at it and how often, as long as somebody lives', async () => {
    const engine = engineOf(WORKER);
    const once = `once ${join(folder, 'once')}`;
    engine.submit({ tokens: ['a', once, 'b', 'die', 'c'] });
    engine.submit({ tokens: ['d', 'tear', 'e'] });
    engine.submit({ tokens: ['babble', 'f'] });
    const answers = await answersOf(engine);
    const lost = answers.flatMap((answer) =>
      'lost' in answer ? [[answer.token, answer.lost]] : [],
    );
    expect(answers.map(({ token }) => token)).toEqual(
      ['a', 'b', 'babble', 'c', 'd', 'die', 'e', 'f', once, 'tear'].toSorted(),
    );
    expect(lost).toEqual([
      ['babble', 'said nonsense'],
      ['die', 'SIGKILL'],
      ['tear', 'exit 3'],
    ]);
    await engine.cancel();
  });

  test('whoever is killed from outside, and when: nothing is missing', async () => {
    const engine = engineOf(WORKER);
    const tokens = Array.from({ length: 400 }, (_, i) => `token ${i}`);
    for (let i = 0; i < tokens.length; i += 4) engine.submit({ tokens: tokens.slice(i, i + 4) });
    const random = new RandomStream('kills', 'local engine');
    const answers: Answer[] = [];
    for (let next = await engine.next(); next !== undefined; next = await engine.next()) {
      answers.push(next);
      const { pids } = engine;
      const victim = pids[random.below(pids.length)];
      if (random.below(40) === 0 && victim !== undefined) process.kill(victim, 'SIGKILL');
    }
    await engine.cancel();
    expect(answers.filter((answer) => 'lost' in answer)).toEqual([]);
    expect(answers.map(({ token }) => token).toSorted()).toEqual(tokens.toSorted());
  });

  test('what hangs is given up after its time, and the rest goes on', async () => {
    const engine = engineOf(WORKER, { workers: 1, limitMs: 300 });
    engine.submit({ tokens: ['a', 'hang', 'b'] });
    const answers = await answersOf(engine);
    expect(answers.map(({ token }) => token)).toEqual(['a', 'b', 'hang']);
    expect(answers.at(-1)).toEqual({ token: 'hang', lost: 'no result in 0.3 s' });
    await engine.cancel();
  });

  test('says so when workers do not start', async () => {
    const silent = engineOf('process.exit(7)');
    silent.submit({ tokens: ['a'] });
    await expect(silent.next()).rejects.toThrow('workers do not start (exit 7)');
    await silent.cancel();
    const absent = new LocalEngine({ command: ['/nowhere/lab'], workers: 1, limitMs: 1_000 });
    absent.submit({ tokens: ['a'] });
    await expect(absent.next()).rejects.toThrow('workers do not start (spawn /nowhere/lab ENOENT)');
    await absent.cancel();
  });

  test('cancelled in the midst of work, it answers no more and nothing of it lives', async () => {
    const engine = engineOf(WORKER);
    engine.submit({ tokens: ['a', 'hang'] });
    engine.submit({ tokens: ['b', 'hang'] });
    await engine.next();
    await engine.next();
    const { pids } = engine;
    await engine.cancel();
    expect([await engine.next(), pids.length, pids.every(isGone)]).toEqual([undefined, 2, true]);
  });

  test('has no more workers than shards, or than it may', async () => {
    const engine = engineOf(WORKER, { workers: 8 });
    engine.submit({ tokens: ['a', 'b'] });
    engine.submit({ tokens: ['c'] });
    expect(engine.pids).toHaveLength(2);
    await answersOf(engine);
    await engine.cancel();
  });
});
