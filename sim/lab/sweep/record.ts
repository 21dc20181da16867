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

/** What a line holds; undefined when it is torn or was changed. */
export function openRecord(line: string): RunRecord | undefined {
  const sha256 = line.slice(HEAD.length, HEAD.length + DIGEST_LEN);
  const text = line.slice(RUN_AT, -1);
  if (line !== `${HEAD}${sha256}${MIDDLE}${text}}` || digestOf(text) !== sha256) return undefined;
  return { sha256, run: JSON.parse(text) as SweepRun };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
