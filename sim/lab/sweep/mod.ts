// Many runs of one scenario: every seed at every choice of parameters (grid.ts), and what they come to (summary.ts,
// statistics.ts).
//
// A run is its token, so it can be made anywhere, by anybody, as often as he likes. An engine (engine.ts) is given
// tokens and answers with records: a run and the digest of its text (record.ts). The one here has processes on this
// machine (local-engine.ts, worker-process.ts), each of which is this lab under a hidden command (worker.ts). It may
// be killed at any moment; its tokens are given to another. What is answered twice must be answered alike (ledger.ts).
// conduct.ts says what is run next, so that what comes out depends on the grid alone; a folder (shelf.ts) keeps what
// is done for a second start of the same commit. sweep.ts is the command; show.ts and page.ts are what people see.
export { type Conducted, conduct } from './conduct.ts';
export { gridOf } from './grid.ts';
export { LocalEngine } from './local-engine.ts';
export { RUN_LIMIT_MS, resultText, sweep } from './sweep.ts';
export { sweepWorker } from './worker.ts';
