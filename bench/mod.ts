// Measurements, never assertions: what a record costs (record-cost.ts) and a CREATE (create-cost.ts), how fast the
// simulator is (simulator.ts) and a large network in it (many-nodes.ts), what a link keeps of a plain copy between two
// processes (link-copy.ts), and what three hops of real processes keep of three that only copy (three-hops.ts).
export { measureCreateCost } from './create-cost.ts';
export { type CopyRates, measureLinkCopy } from './link-copy.ts';
export { type ManyNodes, measureManyNodes } from './many-nodes.ts';
export { measureRecordCost, type RecordCost } from './record-cost.ts';
export { measureEvents, measurePacketHops, type Rate } from './simulator.ts';
export { type HopRates, measureThreeHops } from './three-hops.ts';
