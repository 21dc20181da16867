import { UsageFault } from './fault.ts';

/** The seed a person gave, or 1. */
export function seedOf(seed = '1'): string {
  if (!/^(0|[1-9][0-9]{0,14})$/.test(seed))
    throw new UsageFault(`--seed takes a whole number of up to 15 digits, not "${seed}"`);
  return seed;
}
