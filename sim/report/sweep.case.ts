// A sweep of three rates and two delays, made up.
import type { SweepData, SweepValue } from './sweep-data.ts';

const RATES = [10, 20, 40];
const DELAYS = [1, 5];

/** `text` is put wherever a name goes. */
export function manyRuns(text = ''): SweepData {
  const points = DELAYS.flatMap((delay) =>
    RATES.map((rate) => ({
      label: `delay=${delay} rate=${rate}${text}`,
      curve: `delay=${delay}${text}`,
      x: rate,
    })),
  );
  const value = (mean: number, isFirst: boolean): SweepValue => ({
    ...{ n: 20, mean, halfWidth: mean / 10, min: mean / 2, max: mean * 2 },
    ...(isFirst ? {} : { againstFirst: { n: 20, mean: mean - 10, halfWidth: 3 } }),
  });
  const still: SweepValue = { n: 20, mean: 7, halfWidth: 0, min: 7, max: 7 };
  return {
    title: `made-up${text}`,
    about: `two delays at three rates${text}`,
    command: `lab sweep made-up${text}`,
    facts: [[`seeds${text}`, `1 to 20${text}`]],
    runs: 120,
    points,
    axis: { name: `rate${text}`, unit: `Mbit/s${text}` },
    metrics: [
      {
        name: `latency${text}`,
        unit: `ms${text}`,
        values: points.map(({ x }, i) => value(x + 8 * i, i === 0)),
      },
      { name: `still${text}`, unit: '', values: points.map(() => still) },
    ],
    assertions: [
      { name: `delivered${text}`, kind: 'eventually', ok: true, runs: 120, failed: 0, command: '' },
      {
        name: `seen${text}`,
        kind: 'sometimes',
        ok: false,
        runs: 120,
        failed: 3,
        command: `lab replay${text}`,
      },
    ],
    faults: [],
  };
}
