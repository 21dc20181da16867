// What the core tells about itself: counters by reason. No sinks here, and no names of people or places.
export { Counters, type Tally } from './counters.ts';
