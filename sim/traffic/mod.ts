// What people do on a network, from seeds: pages, files, lookups, calls and games. A kind and its parameters
// (traffic.ts) give a list of things to do with times and sizes (plan.ts), drawn from stated distributions without
// logarithms or powers (draw.ts). Each user draws each kind from a stream of his own.
//
// Times are planned ahead: who waits for a slow page begins the next one no later. A call is a stream of small
// messages here, not of datagrams: what is late holds up what follows.
export { HEAVY_RANGES, type HeavyTail, meanHeavy, meanTable } from './draw.ts';
export { OBJECTS_MAX, planTraffic } from './plan.ts';
export type {
  BulkTraffic,
  CallTraffic,
  DnsTraffic,
  Doing,
  GameTraffic,
  Message,
  TrafficKind,
  TrafficPlan,
  WebTraffic,
} from './traffic.ts';
