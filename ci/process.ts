import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a process ended and what it printed. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/** What to run, and where its output goes: 'collect' keeps it, 'show' passes it on. */
export interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly output: 'collect' | 'show';
  readonly env?: Readonly<Record<string, string>>;
  /** After this long it is stopped, and has failed. */
  readonly limitSeconds: number;
}

/** Runs a process to its end. Never rejects: what cannot start has failed with code 127. */
export function run(what: Run): Promise<Ended> {
  const before = performance.now();
  return new Promise((resolve) => {
    const child = spawn(what.command, [...what.args], {
      cwd: what.cwd,
      env: { ...process.env, ...what.env },
      stdio: [
        'ignore',
        what.output === 'show' ? 'inherit' : 'pipe',
        what.output === 'show' ? 'inherit' : 'pipe',
      ],
      timeout: what.limitSeconds * 1000,
    });
    let output = '';
    const end = (code: number): void =>
      resolve({ code, output, seconds: (performance.now() - before) / 1000 });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code, signal) =>
      end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
