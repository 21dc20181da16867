import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { type Bundle, bundle } from './bundle.ts';
import { generatorsIn } from './generators.ts';
import { PROGRAMS } from './programs.ts';

const HOME = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'spn-bundle-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Bundles a program that imports a name from a module of the tree, and uses it. */
function planted(name: string, module: string): Promise<Bundle> {
  return written(`import { ${name} } from '${join(HOME, module)}';\nconsole.log(${name});\n`);
}

function written(text: string): Promise<Bundle> {
  const file = join(folder, 'program.ts');
  writeFileSync(file, text);
  return bundle(file, HOME);
}

const SHIPPED = PROGRAMS.filter(({ simulates }) => !simulates);

// A loop and not test.each: the table may have no such program yet.
test('no program but one that simulates contains a generator', async () => {
  for (const { name, entry } of SHIPPED)
    expect([name, generatorsIn(await bundle(entry, HOME))]).toEqual([name, []]);
});

test.each([
  ['createSeededSuite', 'core/crypto/seeded/mod.ts', ['the seeded suite', 'noble']],
  ['createNobleSuite', 'core/crypto/noble/mod.ts', ['noble']],
  ['RandomStream', 'sim/mod.ts', ['the simulator']],
])(
  'a program that uses %s is caught, by its files and by its text',
  async (name, module, found) => {
    const { code, files } = await planted(name, module);
    expect(generatorsIn({ code, files: [] })).toEqual(found);
    expect(generatorsIn({ code: '', files })).toEqual(found);
  },
);

test('a program that uses what stands beside the generators is not', async () => {
  for (const [name, module] of [
    ['createNativeSuite', 'core/crypto/native/mod.ts'],
    ['PqnkInitiator', 'core/crypto/mod.ts'],
    ['NodeHost', 'core/platform/mod.ts'],
    ['LinkNode', 'core/node/mod.ts'],
  ] as const) {
    const made = await planted(name, module);
    expect(made.code).toContain(name);
    expect([name, generatorsIn(made)]).toEqual([name, []]);
  }
});

test('the lab has all of them: the search finds what it looks for in a whole program', async () => {
  const { code, files } = await bundle('sim/lab/main.ts', HOME);
  const all = ['the simulator', 'the seeded suite', 'noble'];
  expect(generatorsIn({ code, files: [] })).toEqual(all);
  expect(generatorsIn({ code: '', files })).toEqual(all);
});

test('the same tree gives the same octets', async () => {
  const [one, other] = [
    await bundle('sim/lab/main.ts', HOME),
    await bundle('sim/lab/main.ts', HOME),
  ];
  expect(one.code === other.code).toBe(true);
  expect(one.code).not.toContain(HOME);
});

test.each([
  ["import 'no-such-package';", /no-such-package/],
  ["import './no-such-file.ts';", /no-such-file/],
  ["console.log(await import('https://example.net/a.js'));", /example\.net/],
])('a program that would load something at run time is refused: %s', async (text, message) => {
  await expect(written(text)).rejects.toThrow(message);
});
