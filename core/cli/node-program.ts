import type { Command } from 'commander';
import { makeProgram, planned, say, withMap } from './command-line.ts';
import { type NodeOptions, planNode } from './plan.ts';
import { initNode, runNode } from './run-node.ts';

/** What `spn-node` takes. */
export function nodeProgram(): Command {
  const program = makeProgram(
    'spn-node',
    'Runs a node of the network: a relay, and an exit if it is given a resolver. It keeps no record of traffic.',
  );

  program
    .command('init')
    .description('makes a data folder with a new identity; never touches one that is there')
    .requiredOption('--dir <dir>', 'the folder; made if it is not there')
    .addHelpText('after', '\nExample: spn-node init --dir ./node')
    .action(({ dir }: { dir: string }) => say(`node: ${initNode(dir)}`));

  withMap(
    program
      .command('run')
      .description(
        'runs the node of a data folder until SIGTERM or SIGINT; a second one does not wait',
      )
      .requiredOption('--dir <dir>', 'made by init')
      .requiredOption('--listen <ip:port>', 'where clients and other nodes come, over TCP'),
  )
    .option('--exit', 'let circuits end here and connect to the world')
    .option(
      '--resolver <tls://ip:port#name>',
      'an exit asks it for names, over TLS and not at all otherwise',
    )
    .option('--resolver-ca <file>', 'certificates (PEM) of who may vouch for the resolver')
    .option('--stop-at-eof', 'stop when standard input ends: for programs that start this one')
    .addHelpText(
      'after',
      '\nExample: spn-node run --dir ./node --listen 192.0.2.7:9001 --snapshot ./snapshot --trust ./trust.json',
    )
    .action((options: NodeOptions) => runNode(planned(planNode(options))));
  return program;
}
