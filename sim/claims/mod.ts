// What must hold of a run, judged while it runs.
//
// A claim is one of three kinds (vigil.ts): always, looked at between events; eventually, by the end or so long after
// a phase began; sometimes, at least once in this run, or in one run of a sweep. The vigil looks on from the world,
// changes nothing, and keeps the first moment that decided a claim.
//
// Claims that hold of any run: packets are conserved on every pipe (packets.ts), octets of streams from program to
// program (octets.ts), credit of circuits and streams (credits.ts); nothing comes before its cause (causality.ts);
// whoever can go on goes on (progress.ts). They take nobody at his word: ledger.ts keeps account between programs and
// hosts, pairs.ts finds the two ends of a stream by their addresses. Where somebody on the way gives addresses other
// names, each end is looked at alone.
export { type Asker, causal } from './causality.ts';
export { creditsConserved, type Program } from './credits.ts';
export { Ledger } from './ledger.ts';
export { type Crossing, octetsConserved } from './octets.ts';
export { PacketWatch } from './packets.ts';
export { Pairs } from './pairs.ts';
export { PathDelays } from './path-delays.ts';
export { circuitSpeakers, ProgressWatch, type Speaker, type Task } from './progress.ts';
export {
  type Always,
  type Claim,
  type Eventually,
  type Finding,
  inWords,
  type Promised,
  type Sometimes,
  Vigil,
} from './vigil.ts';
