import { frozen } from '#core/base/frozen.ts';
import type { Scenario } from '#sim/mod.ts';

const DAY_MS = 86_400_000;

/** Whoever heard a CREATE says it again: in the same boot, after a restart, a day early or late, from elsewhere. */
export const restartReplay: Scenario = frozen<Scenario>({
  name: 'restart-replay',
  about:
    'CREATEs that were heard are said again: in the same boot, after kill and restart, with other clocks',
  params: {
    days: {
      default: 1,
      min: 0,
      max: 30,
      unit: 'days',
      about: 'by which clocks are moved, each way',
    },
  },
  plan: ({ days = 0 }) => ({
    replays: [
      { isRestarted: false, clockMs: 0 },
      { isRestarted: true, clockMs: 0 },
      { isRestarted: true, clockMs: days * DAY_MS },
      { isRestarted: true, clockMs: -days * DAY_MS },
    ].flatMap((time) => [
      { ...time, by: 'same' as const },
      { ...time, by: 'other' as const },
    ]),
  }),
  mustHold: ['none-opens'],
});
