// What the programs say about what was typed, run in this process. programs.test.ts starts them.
import { expect, test, vi } from 'vitest';
import { clientProgram } from './client-program.ts';
import { runProgram } from './command-line.ts';
import { nodeProgram } from './node-program.ts';

type Program = 'spn-node' | 'spn';

async function typed(program: Program, ...args: readonly string[]) {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
  try {
    const code = await runProgram(program === 'spn' ? clientProgram() : nodeProgram(), args);
    return { code, ...said };
  } finally {
    vi.restoreAllMocks();
  }
}

test.each([
  ['spn-node', []],
  ['spn-node', ['init']],
  ['spn-node', ['run']],
  ['spn', []],
  ['spn', ['run']],
] as const)('%s %j says how it is used', async (program, command) => {
  const { code, out, err } = await typed(program, ...command, '--help');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`Usage: ${program}`);
  if (command.length > 0) expect(out).toContain(`Example: ${program} ${command[0]} -`);
});

test.each([
  ['spn-node', ['init', '--dir', 'd', '--dirr', '1'], "unknown option '--dirr'"],
  ['spn-node', ['rnu'], "unknown command 'rnu'"],
  ['spn-node', ['init'], "required option '--dir <dir>' not specified"],
  [
    'spn-node',
    ['run', '--dir', 'd', '--listen', '1', '--snapshot', 's', '--trust', 't'],
    '--listen takes',
  ],
  ['spn', ['run', '--snapshot', 's', '--trust', 't', '--hops', '6'], '--hops takes'],
  [
    'spn',
    ['run', '--snapshot', 's', '--trust', 't', '--listen', '0.0.0.0:1'],
    'of this machine alone',
  ],
] as const)('%s %j is wrong use', async (program, args, message) => {
  const { code, out, err } = await typed(program, ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
});
