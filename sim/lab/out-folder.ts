import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageFault } from './fault.ts';

/** The file that people open. */
export const PAGE = 'report.html';
/** Octets of log that are written at once. */
const CHUNK = 1 << 16;

/** What `--out` names: takes a run's log as it comes, and its report. Whatever cannot be written is the user's. */
export class OutFolder {
  readonly #folder: string;
  readonly #log: number;
  #pending = '';

  constructor(folder: string) {
    this.#folder = resolve(folder);
    this.#log = this.#attempt(() => {
      makeFolder(this.#folder);
      return openSync(join(this.#folder, 'log.txt'), 'w');
    });
  }

  log(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= CHUNK) this.#flush();
  }

  report(report: object): void {
    this.#flush();
    const path = join(this.#folder, 'run.json');
    this.#attempt(() => writeFileSync(path, `${JSON.stringify(report, undefined, 2)}\n`));
  }

  /** The page about the run. */
  page(html: string): void {
    this.#attempt(() => writeFileSync(join(this.#folder, PAGE), html));
  }

  close(): void {
    closeSync(this.#log);
  }

  #flush(): void {
    // While a world runs, Buffer.from would be noticed: it takes memory as it was.
    const octets = new TextEncoder().encode(this.#pending);
    this.#pending = '';
    this.#attempt(() => {
      for (let at = 0; at < octets.length; ) at += writeSync(this.#log, octets, at);
    });
  }

  #attempt<Made>(work: () => Made): Made {
    return attempt(this.#folder, work);
  }
}

/** One file in the folder that `--out` names, empty until it is written; what cannot be is known at once. */
export function openFile(folder: string, name: string): (text: string) => void {
  const path = join(resolve(folder), name);
  const write = (text: string): void => attempt(path, () => writeFileSync(path, text));
  attempt(path, () => makeFolder(dirname(path)));
  write('');
  return write;
}

/** Work in the folder of `--out`: that it cannot be done is the user's to mend. */
export function attempt<Made>(folder: string, work: () => Made): Made {
  try {
    return work();
  } catch (error) {
    const { code, path = folder } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageFault(`--out: cannot write ${path} (${code}); name a folder that is yours`);
  }
}

/** Makes a folder and those above it. Node's own `recursive` never returns where a parent refuses with ENOENT. */
export function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
}
