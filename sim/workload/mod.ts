// What programs say over streams, as data (flow.ts, content.ts), and the programs that say it (flow-end.ts,
// flow-app.ts), over links or plain streams (arrangement.ts). The lab runs the same on real sockets.
export {
  type Arrangement,
  type Contact,
  type Inhabitant,
  type InhabitantOptions,
  inhabit,
} from './arrangement.ts';
export { CANARY, fillContent, wrongContent } from './content.ts';
export { type Ending, expectedTranscript, type Flow, type Transcript } from './flow.ts';
export { FlowApp } from './flow-app.ts';
export type { FlowEnd } from './flow-end.ts';
export { type FlowTraffic, trafficFlows } from './traffic-flows.ts';
