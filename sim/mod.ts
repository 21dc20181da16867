// The simulated world.
//
// A world is one clock, one queue and one order. Time is whole nanoseconds. Whatever happens is an event with
// a time, a class, a destination, a source and a number from that source; those five decide its place, so
// neither memory addresses, nor the order of a hash table, nor the machine's mood have a say. An event makes
// one actor act, and an actor schedules events. Nothing else exists (world.ts, event-queue.ts).
//
// Chance comes from named streams, each seeded from the world's seed and its own name (random.ts). Every link
// and every host draws from its own, so a host more changes nothing for the others.
//
// A run leaves three fingerprints. `trace` is SHA-256 over every event, every packet and its octets where it
// enters the network, and every verdict (audit.ts). `state` is over what is left at the end, `draws` over what
// was drawn. Equal hashes: the same run. Where they part, the difference is real, because the ambient clock,
// randomness, timers and promises are trapped while a world runs (traps.ts).
//
// The network (network/mod.ts) moves packets over links with a delay, a rate, a queue and troubles, one event a
// packet and hop, and shows them to taps that change nothing. Upon it a kernel: reliable streams with
// retransmission, flow and congestion control, and datagram sockets.
//
// Where things stand in the world, and what that costs in time, is geography/: a model, and measurements from CSV.
//
// A host (host.ts) is the simulated half of the host contract: the same driver as on a real machine over the
// simulated kernel, clock, disk (store.ts) and TLS (tls.ts). What passes host.case.ts here and there cannot
// tell one from the other. Hosts sleep, stop, lose power and start again.
//
// Whoever wants to know more than hashes is a recorder (recorder.ts): shown every event with its slot in the queue,
// every fate of a packet, every verdict. Packets become a file for Wireshark (capture/), events lines of JSON, chains
// of causes, and the place where two runs part (trace/).
//
// Above all that: programs that talk (workload/), networks of several hops (overlay/), what people do in them
// (traffic/), what goes wrong and heals (faults/), what is judged while a run goes on (claims/), who hears what
// (observer/), and runs as data with what must hold (scenario/).
// What a run leaves for people is a page (report/). What a network must do because it is one is measured against
// formulas (theory/).

export { CLASS } from './event-queue.ts';
export {
  type AccessClass,
  attachedAt,
  cityOf,
  pairsBetween,
  parseMatrix,
} from './geography/mod.ts';
export { SimHost } from './host.ts';
export type { RootMaker, SimHostOptions, SimRoot } from './host-options.ts';
export { Network, type Pipe, type PipeOptions, PROTOCOL } from './network/mod.ts';
export { Overlay, type OverlayPlan } from './overlay/mod.ts';
export { median } from './quantile.ts';
export { RandomStream } from './random.ts';
export { FATE, Recorder, Recorders } from './recorder.ts';
export {
  isCaught,
  nearest,
  PLANTS,
  parseToken,
  plantsOf,
  type Recipe,
  type RunOutcome,
  resolveSettings,
  runRecipe,
  type Scenario,
  tokenOf,
} from './scenario/mod.ts';
export { SimStore } from './store.ts';
export { AmbientTrap, type TrapName } from './traps.ts';
export { type Actor, World, type WorldHashes, type WorldOptions } from './world.ts';
