// Scenarios are data: topology, who says what to whom, what must hold. To add one: CONTRIBUTING.
import type { Scenario } from '#sim/mod.ts';
import { aroundTheWorld } from './around-the-world.ts';
import { busyEvening } from './busy-evening.ts';
import { chaos } from './chaos.ts';
import { firstLight } from './first-light.ts';
import { homeLine } from './home-line.ts';
import { lossyLink } from './lossy-link.ts';
import { noRoute } from './no-route.ts';
import { nodeCrash } from './node-crash-mid-download.ts';
import { restartReplay } from './restart-replay.ts';
import { slowReader } from './slow-reader.ts';
import { slowVisitor } from './slow-visitor.ts';
import { twoNodes } from './two-nodes.ts';
import { whoSeesWhat } from './who-sees-what.ts';

export { smallNetwork } from './small-network.ts';

export const SCENARIOS: readonly Scenario[] = Object.freeze([
  firstLight,
  aroundTheWorld,
  homeLine,
  whoSeesWhat,
  nodeCrash,
  noRoute,
  slowVisitor,
  busyEvening,
  chaos,
  restartReplay,
  twoNodes,
  lossyLink,
  slowReader,
]);
