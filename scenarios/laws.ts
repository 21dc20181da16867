import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';

/** What holds of any network of several hops in which all goes well. */
export const LAWS: Scenario['mustHold'] = frozen<Scenario['mustHold']>([
  'conserved',
  'octets-conserved',
  'credits-conserved',
  'causal',
  'progress',
]);
