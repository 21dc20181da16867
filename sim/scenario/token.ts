import { createHash } from 'node:crypto';
import type { Params, PlantName, Scenario } from './scenario.ts';
import { PLANTS, plantsOf } from './scenario.ts';

// A run is a token: v1:<scenario hash>:<seed>:<recipe>@<commit>. The recipe names the scenario and what differs from
// its defaults; the hash covers all that the scenario resolves to, so an old token never replays as something else.
// The commit says where it does replay; it may be left out, and decides nothing.

/** Raised when the same scenario, seed and parameters come to mean another run: part of every token's hash. */
const SEMANTICS = 3;
const VERSION = 'v1';
const HASH_DIGITS = 12;
const TOKEN = /^v1:([^:@]*):(0|[1-9][0-9]{0,14}):([^:@]*)(?:@([0-9a-f]{7,40}\+?))?$/;

/** All a run depends on. */
export type Recipe = {
  readonly scenario: Scenario;
  /** Text without colons or white space; usually a number. */
  readonly seed: string;
  readonly params: Params;
  readonly plant: PlantName | undefined;
};

/** `commit`: hex digits, with a plus where the tree had changes that it lacks. */
export function tokenOf(recipe: Recipe, commit?: string): string {
  const text = [VERSION, scenarioHash(recipe), recipe.seed, recipeText(recipe)].join(':');
  return commit === undefined ? text : `${text}@${commit}`;
}

export type TokenFault = { readonly fault: string };

/** The run a token stands for, or why it stands for none here. */
export function parseToken(token: string, scenarios: readonly Scenario[]): Recipe | TokenFault {
  const [, hash, seed, text, commit] = TOKEN.exec(token) ?? [];
  if (hash === undefined || seed === undefined || text === undefined) {
    return {
      fault:
        `not a token: "${token}" ` +
        '(a token is v1:<hash>:<seed>:<recipe>@<commit>, as "run" prints it)',
    };
  }
  const origin = commit === undefined ? 'it names no commit' : `commit ${commit} made it`;
  const [name, ...settings] = text.split(',');
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined)
    return { fault: `the token is for scenario "${name}", which does not exist here: ${origin}` };
  const resolved = resolveSettings(scenario, settings);
  if ('fault' in resolved) return { fault: `${resolved.fault}: ${origin}` };
  const recipe = { scenario, seed, ...resolved };
  const here = scenarioHash(recipe);
  if (here === hash) return recipe;
  return {
    fault: `the token was made by another version of "${name}" (hash ${hash}, here ${here}): ${origin}`,
  };
}

/** Parameters from `key=value` texts, the others at their defaults. `plant=NAME` plants a defect. */
export function resolveSettings(
  scenario: Scenario,
  settings: readonly string[],
): { readonly params: Params; readonly plant: PlantName | undefined } | TokenFault {
  const params = new Map(
    Object.entries(scenario.params).map(([name, param]) => [name, param.default]),
  );
  let plant: PlantName | undefined;
  const seen = new Set<string>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const key = at < 0 ? setting : setting.slice(0, at);
    if (seen.has(key)) return { fault: `"${key}" is set twice` };
    seen.add(key);
    const value = setting.slice(at + 1);
    if (key === 'plant' && at > 0) {
      if (!Object.hasOwn(PLANTS, value)) {
        return { fault: `unknown plant "${value}"${nearest(value, Object.keys(PLANTS))}` };
      }
      plant = value as PlantName;
      const shown = plantsOf(scenario);
      if (!shown.includes(plant)) {
        return {
          fault: `${scenario.name} cannot show the plant "${plant}"; it can show ${shown.join(', ')}`,
        };
      }
      continue;
    }
    const param = Object.hasOwn(scenario.params, key) ? scenario.params[key] : undefined;
    if (param === undefined) {
      const known = [...params.keys(), 'plant'];
      return { fault: `unknown parameter "${key}" of ${scenario.name}${nearest(key, known)}` };
    }
    const number = /^-?[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (at < 0 || !(number >= param.min && number <= param.max)) {
      return {
        fault:
          `parameter "${key}" takes a whole number from ${param.min} to ${param.max} ` +
          `(${param.unit}), not "${at < 0 ? '' : value}"`,
      };
    }
    params.set(key, number);
  }
  return { params: Object.fromEntries(params), plant };
}

/** `; did you mean "x"?` for the closest known word, or the list when none is close. */
export function nearest(word: string, known: readonly string[]): string {
  let best = '';
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const isClose = bestDistance <= Math.max(2, best.length / 2);
  return isClose ? `; did you mean "${best}"?` : `; there is ${known.join(', ')}`;
}

function recipeText({ scenario, params, plant }: Recipe): string {
  const changed = Object.entries(scenario.params)
    .filter(([name, param]) => params[name] !== param.default)
    .map(([name]) => `${name}=${params[name]}`);
  return [scenario.name, ...changed, ...(plant === undefined ? [] : [`plant=${plant}`])].join(',');
}

function scenarioHash({ scenario, params, plant }: Recipe): string {
  const meaning = {
    semantics: SEMANTICS,
    name: scenario.name,
    plan: scenario.plan(params),
    mustHold: scenario.mustHold,
    plant,
  };
  return createHash('sha256').update(canonical(meaning)).digest('hex').slice(0, HASH_DIGITS);
}

/** One text for one value: keys sorted, strings with their length, whole numbers only. */
function canonical(value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error('scenarios hold whole numbers only');
    return `i${value};`;
  }
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join('')}]`;
  const entries = Object.entries(value as object).filter(([, held]) => held !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, held]) => canonical(key) + canonical(held)).join('')}}`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
