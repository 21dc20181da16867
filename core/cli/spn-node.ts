// spn-node: a volunteer's node. Exit 0: it was asked to stop; 2: usage; 78: something it was given is wrong, and
// starting again will not help; 1: anything else.

import { runProgram, survivePipes } from './command-line.ts';
import { nodeProgram } from './node-program.ts';

survivePipes();
process.exitCode = await runProgram(nodeProgram(), process.argv.slice(2));
