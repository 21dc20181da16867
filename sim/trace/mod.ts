// What happened in a run, for people who ask: shown by recorders, after the fact, by running it again.
//
// event-lines.ts writes all of it down, a line of JSON for each event, packet and conclusion. why.ts follows causes
// back from an event. difference.ts finds the first record in which two runs differ; trace-reader.ts says what a
// record is. A recorder that has seen enough leaves the run (halt.ts).
export { type Difference, difference } from './difference.ts';
export { EventLines } from './event-lines.ts';
export type { Told } from './telling.ts';
export { why } from './why.ts';
