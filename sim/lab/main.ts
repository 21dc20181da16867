// spn-lab: simulated networks, run, repeated and checked. Exit 0: all assertions hold; 1: one failed; 2: usage.
import { runLab } from './commands.ts';

// A reader that has seen enough (`| head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runLab(process.argv.slice(2));
