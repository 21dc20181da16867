import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('./stop-request.ts', import.meta.url).href;
const FLAGS = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e'];
/** Says `ready`, then why it was asked to stop, then `again`; lives until it was asked twice or need not wait. */
const PROGRAM = (sources: string, waits: boolean): string =>
  `import { StopRequest } from '${MODULE}';
   const stop = new StopRequest(${sources});
   const alive = setInterval(() => {}, 1000);
   console.log('ready');
   console.log(await stop.asked);
   ${waits ? "await stop.askedAgain; console.log('again');" : ''}
   clearInterval(alive);
   stop.release();`;

function started(program: string) {
  const child = spawn(process.execPath, [...FLAGS, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.text += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const hears = (text: string) =>
    expect.poll(() => said.text, { timeout: 30_000 }).toMatch(new RegExp(text));
  return { child, ended, hears, said };
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s asks, and the program ends',
  async (signal) => {
    const { child, ended, hears, said } = started(PROGRAM('{ eof: false, parent: false }', false));
    await hears('ready');
    child.kill(signal);
    expect([await ended, said.text]).toEqual([0, `ready\n${signal}\n`]);
  },
);

test('a second signal right behind the first is its echo, a later one is another', async () => {
  const { child, ended, hears, said } = started(PROGRAM('{ eof: false, parent: false }', true));
  await hears('ready');
  child.kill('SIGINT');
  await hears('SIGINT');
  const asks = setInterval(() => child.kill('SIGINT'), 100);
  expect(await ended).toBe(0);
  clearInterval(asks);
  expect(said.text).toBe('ready\nSIGINT\nagain\n');
});

test('the end of input asks where it is minded, and nowhere else', async () => {
  const minds = started(PROGRAM('{ eof: true, parent: false }', false));
  const does = started(PROGRAM('{ eof: false, parent: false }', false));
  await Promise.all([minds.hears('ready'), does.hears('ready')]);
  minds.child.stdin.end();
  does.child.stdin.end();
  expect([await minds.ended, minds.said.text]).toEqual([0, 'ready\nend of input\n']);
  does.child.kill('SIGTERM');
  expect([await does.ended, does.said.text]).toEqual([0, 'ready\nSIGTERM\n']);
});

test.runIf(process.platform !== 'win32')('so does the death of the parent', async () => {
  const inner = PROGRAM('{ eof: false, parent: true }', false);
  const outer = `import { spawn } from 'node:child_process';
    spawn(process.execPath, ${JSON.stringify([...FLAGS, inner])}, { stdio: ['ignore', 'inherit', 'inherit'] });`;
  const { child, ended, hears, said } = started(outer);
  await hears('ready');
  child.kill('SIGKILL');
  // The pipe closes when the inner one has ended too.
  await ended;
  expect(said.text).toBe('ready\nthe parent is gone\n');
});
