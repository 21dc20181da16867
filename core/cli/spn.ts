// spn: the client. Exit 0: it was asked to stop; 2: usage; 78: something it was given is wrong, and starting again
// will not help; 1: anything else.
import { clientProgram } from './client-program.ts';
import { runProgram, survivePipes } from './command-line.ts';

survivePipes();
process.exitCode = await runProgram(clientProgram(), process.argv.slice(2));
