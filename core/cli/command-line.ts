import { Command, CommanderError } from 'commander';
import { statusOf, UsageFault } from './exit.ts';
import type { Fault } from './trust.ts';

/** A program whose wrong use ends with status 2 and one line. */
export function makeProgram(name: string, about: string): Command {
  return new Command(name)
    .description(about)
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .exitOverride();
}

/** What every program that goes by a map is told: where it is, and whose word it is. */
export function withMap(command: Command): Command {
  return command
    .requiredOption(
      '--snapshot <file>',
      'the signed map; waited for, and followed when it is replaced',
    )
    .option(
      '--trust <file>',
      'whose snapshots count: {"threshold": 1, "keys": ["<64 hex digits>"]}',
    )
    .option('--steward <key...>', 'or their keys in hex: more than half of them must sign');
}

/** A reader that has seen enough does not end a program that does other things. */
export function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}

/** Runs what was typed; answers the exit status. It is set, never forced: whatever was printed gets out. */
export async function runProgram(program: Command, args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const status = statusOf(error);
    if (status === undefined || !(error instanceof Error)) throw error;
    process.stderr.write(`${program.name()}: ${error.message}\n`);
    return status;
  }
}

/** A plan, or the line that says why there is none. */
export function planned<Plan extends object>(plan: Plan | Fault): Plan {
  if ('fault' in plan) throw new UsageFault(plan.fault);
  return plan;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
