// The commands of the lab. Each loads what it needs when it is asked for: a wrong word is answered at once.
import { Command, CommanderError } from 'commander';
import { UserFault } from '#core/platform/mod.ts';
import { CLAIM_NAMES } from './claim-names.ts';
import { UsageFault } from './fault.ts';
import { IS_SINGLE_FILE, LAB } from './invocation.ts';

const EXIT_USAGE = 2;

/** Runs one command; answers the exit status: 0 all assertions hold; 1 one failed; 2 usage. */
export async function runLab(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = new Command(IS_SINGLE_FILE ? 'spn-lab' : 'lab')
    .description(
      'Runs simulated networks from seeds, repeats them from tokens, and checks what we claim.',
    )
    .configureHelp({ showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .exitOverride();

  const finish = (answer: number): void => {
    status = answer;
  };
  addRuns(program, finish);
  addSweep(program, finish);
  addRest(program, finish);

  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof UsageFault || error instanceof UserFault) {
      process.stderr.write(`lab: ${error.message}\n`);
      return EXIT_USAGE;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    throw error;
  }
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Of one run. */
function addRuns(program: Command, finish: (status: number) => void): void {
  program
    .command('list')
    .description('scenarios and cases of validate: parameters, what they hold, what can be planted')
    .option('--json', 'one object for machines')
    .addHelpText('after', `\nExample: ${LAB} list`)
    .action(async (options) => {
      const { list } = await import('./list.ts');
      finish(await list(options));
    });

  program
    .command('run <scenario>')
    .description('one scenario in the simulator')
    .option('--seed <n>', 'whole number all randomness comes from (default 1)')
    .option('--set <key=value>', 'a parameter, or plant=NAME for a defect; repeatable', collect, [])
    .option('--json', 'one object for machines')
    .option('--out <dir>', 'write run.json and log.txt there')
    .option('--pcap <file>', 'write its packets there, for Wireshark (pcapng)')
    .option('--events <file>', 'write there what happens, an object a line: events, packets')
    .addHelpText('after', `\nExample: ${LAB} run two-nodes --seed 7 --set octets=1000000`)
    .action(async (scenario, options) => {
      const { run } = await import('./run.ts');
      finish(await run(scenario, options));
    });

  program
    .command('replay <token>')
    .description('the run a token stands for, exactly')
    .option('--json', 'one object for machines')
    .option('--out <dir>', 'write run.json and log.txt there')
    .option('--pcap <file>', 'write its packets there, for Wireshark (pcapng)')
    .option('--events <file>', 'write there what happens, an object a line: events, packets')
    .addHelpText(
      'after',
      `\nExample: ${LAB} replay "$(${LAB} run two-nodes --json | jq -r .token)"`,
    )
    .action(async (token, options) => {
      const { replay } = await import('./run.ts');
      finish(await replay(token, options));
    });
  addQuestions(program, finish);
}

/** Of what happened in runs, and why. */
function addQuestions(program: Command, finish: (status: number) => void): void {
  program
    .command('diff <token> <token>')
    .description('the first thing that differs between two runs; 0 when nothing does')
    .option('--json', 'one object for machines')
    .addHelpText(
      'after',
      `\nExample: ${LAB} diff "$(${LAB} run two-nodes --json | jq -r .token)" \\\n` +
        `  "$(${LAB} run two-nodes --set rate=50 --json | jq -r .token)"`,
    )
    .action(async (left, right, options) => {
      const { diff } = await import('./diff.ts');
      finish(await diff(left, right, options));
    });

  program
    .command('why <token> <event>')
    .description('what caused an event, and what caused that, back to the start')
    .option('--depth <n>', 'so many causes are shown (default 20)')
    .option('--json', 'one object for machines')
    .addHelpText(
      'after',
      `\nExample: ${LAB} why "$(${LAB} run two-nodes --json | jq -r .token)" 400`,
    )
    .action(async (token, event, options) => {
      const { why } = await import('./why.ts');
      finish(await why(token, event, options));
    });
}

/** Many runs. */
function addSweep(program: Command, finish: (status: number) => void): void {
  program
    .command('sweep <scenario>')
    .description('one scenario with many seeds, at every choice of parameters, on several workers')
    .requiredOption('--seeds <A..B>', 'whole numbers, both included; the same at every grid point')
    .option(
      '--set <key=values>',
      'a parameter: v1,v2 or from..to/count, or plant=NAME; repeatable',
      collect,
      [],
    )
    .option('--workers <n>', 'processes, 1 to 64 (default: one for each processor)')
    .option(
      '--until <width>',
      'seeds only until 95 % intervals are that share of their mean to either side: 0.05, or METRIC=0.05',
    )
    .option('--json', 'one object for machines')
    .option(
      '--out <dir>',
      'keep results and a page there; the same again, of the same commit, goes on from them',
    )
    .addHelpText(
      'after',
      '\nA worker that dies or is silent for 5 minutes is replaced; a run that three of them end in is given up.' +
        '\n--until runs 32 seeds of each point at least. Intervals that ended their own sweep are optimistic:' +
        '\nof what is lopsided or rare they cover the mean less often than 95 %.' +
        `\n\nExample: ${LAB} sweep lossy-link --seeds 1..100 --set loss=10000..50000/5`,
    )
    .action(async (scenario, options) => {
      const { sweep } = await import('./sweep/mod.ts');
      finish(await sweep(scenario, options));
    });

  program
    .command('sweep-worker', { hidden: true })
    .description('runs the tokens that a sweep gives it')
    .action(async () => {
      const { sweepWorker } = await import('./sweep/mod.ts');
      finish(await sweepWorker());
    });
}

/** Of more than one. */
function addRest(program: Command, finish: (status: number) => void): void {
  program
    .command('verify [claim]')
    .description('re-runs what we claim and prints claimed against measured')
    .option('--json', 'one object for machines')
    .addHelpText('after', `\nClaims: ${CLAIM_NAMES.join(', ')}\nExample: ${LAB} verify house`)
    .action(async (claim, options) => {
      const { verify } = await import('./verify/mod.ts');
      finish(await verify(claim, options));
    });

  program
    .command('validate [case...]')
    .description('the simulated network against formulas, laws and ns-3: queues, losses, streams')
    .option('--set <key=value>', 'a parameter, or plant=NAME for a defect; repeatable', collect, [])
    .option('--seed <n>', 'whole number all randomness comes from (default 1)')
    .option('--json', 'an object a line for machines')
    .option('--out <dir>', 'write validation.html there')
    .addHelpText(
      'after',
      `\nCases, their parameters and plants: ${LAB} list\nExample: ${LAB} validate m-d-1 --set rho=0.9`,
    )
    .action(async (cases, options) => {
      const { validate } = await import('./validate.ts');
      finish(await validate(cases, options));
    });

  program
    .command('network')
    .description('a real network of processes on this machine, with a proxy to use it by')
    .option('--nodes <n>', 'how many, 3 to 20; every second one is an exit', '6')
    .option(
      '--dir <dir>',
      'where nodes keep their identities; else they are made anew and forgotten',
    )
    .addHelpText('after', `\nExample: ${LAB} network --nodes 6`)
    .action(async (options) => {
      const { network } = await import('./network.ts');
      finish(await network(options));
    });

  program
    .command('walk <what>')
    .description('the path of one cell through the whole system, with file and line per step')
    .option('--seed <n>', 'whole number all randomness comes from (default 1)')
    .option('--json', 'one object for machines')
    .addHelpText('after', `\nExample: ${LAB} walk cell`)
    .action(async (what, options) => {
      const { walk } = await import('./walk/mod.ts');
      finish(await walk(what, options));
    });

  program
    .command('start', { hidden: true })
    .description('two nodes in the simulator and over loopback, side by side')
    .action(async () => {
      const { start } = await import('./start.ts');
      finish(await start());
    });
}
