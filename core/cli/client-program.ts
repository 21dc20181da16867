import type { Command } from 'commander';
import { makeProgram, planned, withMap } from './command-line.ts';
import { type ClientOptions, planClient } from './plan.ts';
import { runClient } from './run-client.ts';

/** What `spn` takes. */
export function clientProgram(): Command {
  const program = makeProgram('spn', 'Carries connections of applications over several nodes.');

  withMap(
    program
      .command('run')
      .description('takes SOCKS5 and HTTP CONNECT on this machine, until SIGTERM or SIGINT'),
  )
    .option(
      '--listen <ip:port>',
      'where applications come; an address of this machine alone',
      '127.0.0.1:0',
    )
    .option('--hops <n>', 'nodes on the way, 1 to 5', '3')
    .option('--stop-at-eof', 'stop when standard input ends: for programs that start this one')
    .addHelpText(
      'after',
      '\nExample: spn run --snapshot ./snapshot --trust ./trust.json --listen 127.0.0.1:1080',
    )
    .action((options: ClientOptions) => runClient(planned(planClient(options))));
  return program;
}
