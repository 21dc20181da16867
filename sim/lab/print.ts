// How results look on a terminal and in a pipe: no colours off a terminal or under NO_COLOR, tables by spaces.

const USE_COLOR: boolean = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;

function green(text: string): string {
  return USE_COLOR ? `\u001b[32m${text}\u001b[0m` : text;
}

function red(text: string): string {
  return USE_COLOR ? `\u001b[31m${text}\u001b[0m` : text;
}

export function bold(text: string): string {
  return USE_COLOR ? `\u001b[1m${text}\u001b[0m` : text;
}

/** `ok` or `FAILED`, four to six columns wide. */
export function mark(ok: boolean): string {
  return ok ? green('ok    ') : red('FAILED');
}

/** Columns as wide as their widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, visible(cell));
    });
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - visible(cell))).join('  ');
  return rows.map((row) => indent + line(row).trimEnd()).join('\n');
}

/** Writes all of it before it resolves, also into a pipe. */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error == null ? resolve() : reject(error)));
  });
}

/** Progress for people: on a terminal's error stream, and nowhere else. */
export function progress(text: string): void {
  if (process.stderr.isTTY === true) process.stderr.write(`${text}\n`);
}

export function number(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

function visible(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colour codes
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}
