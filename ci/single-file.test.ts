// That the last file of a name is taken again, and only when its parts are the same. The builder is a stand-in.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Made, makeSingleFile } from './single-file.ts';

const top = mkdtempSync(join(tmpdir(), 'spn-single-'));
let folder = top;
beforeEach(() => {
  folder = mkdtempSync(join(top, 'case-'));
  writeFileSync(at('module.mjs'), 'one');
  writeFileSync(at('runtime'), 'a Node');
  writeFileSync(at('builder'), BUILDER, { mode: 0o755 });
});
afterAll(() => rmSync(top, { recursive: true }));

/** Writes runtime and module behind each other, and a line for each time it was asked. */
const BUILDER = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { main, executable, output } = JSON.parse(readFileSync(process.argv[3], 'utf8'));
appendFileSync('asked', 'x');
writeFileSync(output, readFileSync(executable, 'utf8') + readFileSync(main, 'utf8'));
`;

function at(name: string): string {
  return join(folder, name);
}

function make(): Promise<Made> {
  return makeSingleFile({
    builder: at('builder'),
    runtime: at('runtime'),
    module: at('module.mjs'),
    output: at('out/program'),
    cache: at('cache'),
  });
}

function asked(): number {
  return readFileSync(at('asked'), 'utf8').length;
}

test('the same parts: the same file, made once', async () => {
  const first = await make();
  rmSync(at('out'), { recursive: true });
  const { octets, sha256 } = await make();
  expect([octets, sha256]).toEqual([first.octets, first.sha256]);
  expect(readFileSync(at('out/program'), 'utf8')).toBe('a Nodeone');
  expect(asked()).toBe(1);
});

test.each(['module.mjs', 'runtime'])('another %s: made anew', async (part) => {
  await make();
  writeFileSync(at(part), 'another');
  await make();
  expect(readFileSync(at('out/program'), 'utf8')).toContain('another');
  expect(asked()).toBe(2);
});

test('what was kept in part, or changed since, is made anew', async () => {
  await make();
  rmSync(at('cache/program.key'));
  await make();
  writeFileSync(at('cache/program'), 'something else');
  await make();
  expect(readFileSync(at('out/program'), 'utf8')).toBe('a Nodeone');
  expect(asked()).toBe(3);
});
