// What goes wrong around programs, as data, and that it is over when it is over.
//
// A fault (fault.ts) has a kind, a time, and for what lasts a length. It happens to a ground (ground.ts): hosts and
// links by name, whatever network they are of. Each kind says what it does and how that is taken back, in one place
// (apply.ts); one without its way back does not compile. The player (player.ts) is an actor of the world: it lets
// faults begin and end at their times, keeps a book of those in force, and heals by clearing all of them. Whether
// something of them is left it does not take from its book but from the ground itself, read before and after.
//
// A run with faults has phases: warm, chaos, heal, quiet. Faults happen in chaos alone. At heal all are cleared at
// once, and there is time to recover; in quiet nothing goes wrong, so what is asked for must come, or something has
// been broken for good. Plans whose phases or faults are impossible are refused before they run (check.ts). Faults may
// also come out of the seed (swarm.ts).
//
// What real machines do, here too: a parted or cut network is silent, nobody is told. A program that is killed leaves
// its kernel, which ends its streams; a power cut takes the kernel, and peers hear nothing until they ask. A disk keeps
// what was answered for. Of the rest it keeps some of the first writes, and after a power cut perhaps part of the next,
// which whoever reads the disk then takes away (store.ts). A machine that has another address keeps the connections of
// the old one, and they are mute. Wall clocks are set, or go wrong unnoticed; the clock that timers go by stands still
// in sleep and may run fast or slow, and never goes back.
export { apply, type Undo } from './apply.ts';
export { checkFaults, type FaultScope, type Fields } from './check.ts';
export {
  type CertificateTrouble,
  type DnsTrouble,
  describeFault,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultOf,
  type Phases,
} from './fault.ts';
export { conditionOf, firstDifference, type Ground } from './ground.ts';
export { FaultPlayer } from './player.ts';
export { drawSwarm, type Swarm } from './swarm.ts';
