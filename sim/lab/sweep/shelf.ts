import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { attempt, makeFolder, PAGE } from '../out-folder.ts';
import type { Shelf } from './conduct.ts';
import { digestOf, openRecord, type RunRecord } from './record.ts';

/** Digits of a token's digest that name its file. */
const NAME_DIGITS = 24;

/** The folder of `--out`: a file for each run, and what they come to. What cannot be written is the user's to mend. */
export class FolderShelf implements Shelf {
  readonly #folder: string;
  readonly #runs: string;
  /** Files that were there and not as they were written. */
  spoiled = 0;

  constructor(folder: string) {
    this.#folder = resolve(folder);
    this.#runs = join(this.#folder, 'runs');
    attempt(this.#folder, () => makeFolder(this.#runs));
  }

  take(token: string): RunRecord | undefined {
    const path = this.#pathOf(token);
    const text = attempt(path, () => readIfThere(path));
    if (text === undefined) return undefined;
    const record = text.endsWith('\n') ? openRecord(text.slice(0, -1)) : undefined;
    if (record?.run.token === token) return record;
    this.spoiled += 1;
    return undefined;
  }

  put(token: string, { sha256, run }: RunRecord): void {
    this.#write(this.#pathOf(token), `{"sha256":"${sha256}","run":${JSON.stringify(run)}}\n`);
  }

  /** What is over: the result, the page about it, and what the machine had to do with it. */
  finish(result: string, page: string, machine: object): void {
    this.#write(join(this.#folder, 'sweep.json'), `${result}\n`);
    this.#write(join(this.#folder, PAGE), page);
    this.#write(join(this.#folder, 'machine.json'), `${JSON.stringify(machine, undefined, 2)}\n`);
  }

  #pathOf(token: string): string {
    return join(this.#runs, `${digestOf(token).slice(0, NAME_DIGITS)}.json`);
  }

  /** Whole or not at all: whoever is ended in the midst of it leaves what was there. */
  #write(path: string, text: string): void {
    const aside = `${path}.${process.pid}`;
    attempt(path, () => {
      try {
        writeFileSync(aside, text);
        renameSync(aside, path);
      } catch (error) {
        rmSync(aside, { force: true });
        throw error;
      }
    });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
