// Adversaries that only look. A party is who it is by the links it has its hands on (wire-view.ts) and by the keys its
// own machine makes (ears.ts); from that alone it is worked out who holds which fact, alone or with one other
// (who-sees-what.ts), and whether two strangers hold an equal string (windows.ts) by which they could tell that two
// circuits are one.
export { Ears, type Heard } from './ears.ts';
export { Timeline } from './timeline.ts';
export {
  type Coalition,
  coalitions,
  dnsName,
  FACTS,
  type Party,
  type Secrets,
  type Shared,
  sharedOctets,
} from './who-sees-what.ts';
export { ms, WireView } from './wire-view.ts';
