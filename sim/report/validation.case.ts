// Data for the tests of the page of formulas.
import type { ValidationData } from './mod.ts';

export const PICTURE: NonNullable<ValidationData['cases'][number]['picture']> = {
  x: { name: 'rho', unit: 'of the rate' },
  y: { name: 'time in the system', unit: 'ns' },
  formula: [
    [0.1, 1.06e6],
    [0.5, 1.5e6],
    [0.9, 5.5e6],
  ],
  measured: [
    [0.1, 1.07e6],
    [0.5, 1.48e6],
    [0.9, 5.6e6],
  ],
  halfWidths: [1e4, 1e4, 3e5],
};

export const CASE: ValidationData['cases'][number] = {
  name: 'm-d-1',
  about: 'T = S + rho S / (2 (1 - rho))',
  params: { rho: 0.7 },
  command: 'npm run --silent lab -- validate m-d-1',
  quantities: [
    {
      kind: 'equals',
      quantity: 'time in the system',
      unit: 'ns',
      expected: 2_166_670,
      measured: 2_161_770,
      halfWidth: 16_000,
      allowed: 32_600,
      ok: true,
    },
    {
      kind: 'atMost',
      quantity: 'a share',
      unit: '',
      expected: 0.0592593,
      measured: 0.0537196,
      halfWidth: 0,
      allowed: 0,
      ok: true,
    },
  ],
  picture: PICTURE,
};
export const FORMULAS: ValidationData = {
  seed: '7',
  commit: 'abc1234',
  command: 'npm run --silent lab -- validate',
  cases: [CASE, { ...CASE, name: 'other', quantities: CASE.quantities.slice(1) }],
};
