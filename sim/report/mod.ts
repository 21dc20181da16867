// What a run leaves behind, as one page for people. `renderReport` (page.ts) takes plain data (data.ts) and gives
// one HTML file that opens from disk: no network, no font, no script that it cannot do without.
//
// Text reaches the page through one template tag that escapes it (escape.ts); the page's own policy would stop
// what got past. Drawings are SVG made here: the matrix of who sees what (matrix.ts), the network (placement.ts,
// topology.ts), messages in their layers (sealed.ts, sequence.ts), curves (scale.ts, chart.ts, cdf.ts). Each is
// also there in words or as a table. Many runs are one page too (sweep.ts), with means and their intervals
// (intervals.ts). The banner (verdict.ts) never claims more than the parts below it. A page
// shows at most what limits.ts says, and counts the rest.
export type {
  AssertionRow,
  CoalitionRow,
  FaultRow,
  HostRole,
  Latencies,
  Message,
  Metric,
  ReportData,
  Series,
  Threshold,
  Topology,
  TopologyHost,
  TopologyLink,
  Verdict,
  WhoSeesWhat,
} from './data.ts';
export { renderReport } from './page.ts';
export { renderSweep, type SweepData } from './sweep.ts';
export { renderValidation, type ValidationData } from './validation.ts';
