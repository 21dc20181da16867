// Measurements, never assertions: what a record costs (record-cost.ts) and a CREATE (create-cost.ts), how fast the
// simulator is (simulator.ts), beside ns-3 (chain.ts, ns3.ts), with a large network (many-nodes.ts) or 10,000 hosts
// (beacons.ts) in it, what a link keeps of a plain copy between two
// processes (link-copy.ts), and what three hops of real processes keep of three that only copy (three-hops.ts).

export { type Beacons, measureBeacons } from './beacons.ts';
export { measureChain } from './chain.ts';
export { measureCreateCost } from './create-cost.ts';
export { type CopyRates, measureLinkCopy } from './link-copy.ts';
export { type ManyNodes, measureManyNodes } from './many-nodes.ts';
export { compareWithNs3, Ns3, ns3Missing } from './ns3.ts';
export { measureRecordCost, type RecordCost } from './record-cost.ts';
export { measureEvents, measurePacketHops, type Rate } from './simulator.ts';
export { type HopRates, measureThreeHops } from './three-hops.ts';
