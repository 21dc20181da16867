import { renderValidation } from '#sim/report/mod.ts';
import {
  allowanceOf,
  type Case,
  type Given,
  type Ground,
  isRight,
  type Quantity,
  WITHIN_95,
} from '#sim/theory/mod.ts';
import { commit } from './commit.ts';
import { LAB } from './invocation.ts';

export const VALIDATION_PAGE = 'validation.html';

/** A case, and what it found. */
export type Judged = {
  readonly one: Case;
  readonly given: Given;
  readonly quantities: readonly Quantity[];
};

type Found = {
  readonly judged: readonly Judged[];
  readonly ground: Ground;
  /** Why there is no second opinion. */
  readonly missing: string | undefined;
  readonly command: string;
};

/** The page about what was measured; its pictures are measured for it, from the same seed. */
export function validationPage({ judged, ground, missing, command }: Found): string {
  const { seed, plant } = ground;
  return renderValidation({
    seed,
    commit: commit(),
    command,
    ...(plant === undefined ? {} : { plant }),
    ...(missing === undefined ? {} : { missing: `ns-3: ${missing}` }),
    cases: judged.map(({ one, given, quantities }) => ({
      name: one.name,
      about: one.about,
      params: given.values,
      command: [LAB, 'validate', one.name, ...settingsOf(one, given)].join(' '),
      quantities: quantities.map((quantity) => ({
        ...quantity,
        halfWidth: WITHIN_95 * quantity.standardError,
        allowed: allowanceOf(quantity),
        ok: isRight(quantity),
      })),
      ...(one.picture === undefined ? {} : { picture: one.picture(given, ground) }),
    })),
  });
}

/** Those that are not as they are by default. */
function settingsOf({ parameters }: Case, { values }: Given): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === parameters[key]?.default ? [] : ['--set', `${key}=${value}`],
  );
}
