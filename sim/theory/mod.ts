// What a network must do because it is one: formulas of queueing theory and of the RFCs, and experiments on the public
// network of the simulator that measure the same. Whoever doubts a figure of the lab begins here.
//
//   case.ts          what a case is, and when it is right
//   estimate.ts      means of series whose values depend on each other
//   chain.ts         packets over links in a row;   timing.ts, queues.ts, finite-queues.ts, aqm.ts, buckets.ts,
//                    wires.ts, accounts.ts: cases on it
//   transfer.ts      senders that share a link;     streams.ts, sawtooths.ts: cases on it
//   laws.ts          two worlds that are to be compared; law-cases.ts: the laws, as cases on it
//   picture.ts       a formula's curve with what was measured of it, for the page
//   ground.ts        what experiments stand on, and defects planted below them (plants.ts)
export {
  allowanceOf,
  type Case,
  Given,
  give,
  isRight,
  isTelling,
  type Quantity,
  WITHIN_95,
} from './case.ts';
export { cases } from './cases.ts';
export { estimateOf } from './estimate.ts';
export { Ground } from './ground.ts';
export type { Picture } from './picture.ts';
export { isPhysicsPlant, PHYSICS_PLANTS, type PhysicsPlant, SHOWN_BY } from './plants.ts';
