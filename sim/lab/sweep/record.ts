import { createHash } from 'node:crypto';
import type { RunReport } from '../run.ts';

/** What a run of a sweep leaves: as `run --json` says it, without what the machine had to do with it. */
export type SweepRun = Omit<RunReport, 'wallSeconds'>;

/** A run under the digest of its text. Two runs of one token have one digest, wherever they ran. */
export type RunRecord = { readonly sha256: string; readonly run: SweepRun };

const HEAD = '{"sha256":"';
const MIDDLE = '","run":';
const DIGEST_LEN = 64;
const RUN_AT = HEAD.length + DIGEST_LEN + MIDDLE.length;

/** One line of JSON: what workers say, and what files hold. */
export function sealRun({ wallSeconds: _, ...run }: RunReport): string {
  const text = JSON.stringify(run);
  return `${HEAD}${digestOf(text)}${MIDDLE}${text}}`;
}

/** What a line holds; undefined when it is torn, was changed, or holds no result of a run. */
export function openRecord(line: string): RunRecord | undefined {
  const sha256 = line.slice(HEAD.length, HEAD.length + DIGEST_LEN);
  const text = line.slice(RUN_AT, -1);
  if (line !== `${HEAD}${sha256}${MIDDLE}${text}}` || digestOf(text) !== sha256) return undefined;
  const run: unknown = JSON.parse(text);
  return isRun(run) ? { sha256, run } : undefined;
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether all is there that a sweep reads. */
function isRun(value: unknown): value is SweepRun {
  const { token, seed, params, hashes, metrics, assertions } = (value ?? {}) as Partial<SweepRun>;
  return (
    typeof token === 'string' &&
    typeof seed === 'string' &&
    [params, hashes, metrics].every(isObject) &&
    Object.values(metrics ?? {}).every((one) => isObject(one) && Number.isFinite(one.value)) &&
    Array.isArray(assertions) &&
    assertions.every((one) => isObject(one) && typeof one.ok === 'boolean')
  );
}

function isObject<T>(value: T | null | undefined): value is T & object {
  return typeof value === 'object' && value !== null;
}
