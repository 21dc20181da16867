import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SLOW } from './slowest-first.ts';

const HOME = fileURLToPath(new URL('..', import.meta.url));

test.each(SLOW)('%s is there', (path) => {
  expect(existsSync(join(HOME, path))).toBe(true);
});
