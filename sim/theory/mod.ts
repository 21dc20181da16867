// What a network must do because it is one: formulas of queueing theory and of the RFCs, and experiments on the public
// network of the simulator that measure the same. Whoever doubts a figure of the lab begins here.
//
//   case.ts          what a case is, and when it is right
//   estimate.ts      means of series whose values depend on each other
//   chain.ts         packets over links in a row;   timing.ts, queues.ts, aqm.ts, buckets.ts, wires.ts: cases on it
//   transfer.ts      senders that share a link;     streams.ts, receive-window.ts: cases on it
export { type Case, Given, give, isRight, type Quantity } from './case.ts';
export { cases } from './cases.ts';
export { estimateOf } from './estimate.ts';
