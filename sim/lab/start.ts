import { createNativeSuite, createSeededSuite } from '#core/crypto/native/mod.ts';
import { SCENARIOS } from '#scenarios/mod.ts';
import { mismatches, runOnLoopback, simulate } from '#sim/real/mod.ts';
import { isOverlay, resolveSettings } from '#sim/scenario/mod.ts';
import { LAB } from './invocation.ts';
import { bold, mark, print, table } from './print.ts';
import { execute } from './run.ts';

const DRAWING = [
  '      simulated                                   real',
  '  client ==link== node                      client ==link== node',
  '     |               |                         |               |',
  '  [ simulated host: packets, queues ]       [ Node: loopback TCP sockets ]',
  '     |_______ one driver, one root _______________|',
].join('\n');

/** The main job: one core in two worlds, side by side. */
export async function start(): Promise<number> {
  const scenario = SCENARIOS.find(({ name }) => name === 'two-nodes');
  if (scenario === undefined) return 1;
  const settings = resolveSettings(scenario, []);
  if ('fault' in settings) return 1;
  const report = execute({ scenario, seed: '1', ...settings });
  const plan = scenario.plan(settings.params);
  if (isOverlay(plan)) return 1;
  const { flows } = plan;
  await print(
    `${bold('two-nodes')}: a client and a node, authenticated and encrypted, in the simulator and over loopback TCP`,
  );
  await print(`${DRAWING}\n`);
  const startMs = performance.now();
  const real = await runOnLoopback('links', flows, createNativeSuite());
  const realSeconds = (performance.now() - startMs) / 1000;
  const simulated = simulate('links', flows, createSeededSuite());
  const rows = flows.flatMap((flow) =>
    (['dialler', 'answerer'] as const).map((end) => {
      const here = simulated.get(flow.id)?.[end].join(', ') || '(nothing)';
      const there = real.get(flow.id)?.[end].join(', ') || '(nothing)';
      return [`${flow.id}`, flow.ending, end, here, here === there ? '=' : '#', there];
    }),
  );
  await print(table([['flow', 'ending', 'end', 'simulated', ' ', 'loopback'], ...rows]));
  const differing = mismatches(simulated, real);
  const isHolding = report.assertions.every(({ ok }) => ok);
  await print('');
  const verdict = `${differing.length} transcripts differ between the two worlds`;
  await print(`  ${mark(differing.length === 0)} ${flows.length} flows, both ends: ${verdict}`);
  const took = `${report.virtualSeconds.toFixed(2)} virtual s in ${report.wallSeconds} s`;
  await print(
    `  ${mark(isHolding)} ${report.assertions.length} assertions in the simulator, ${took}`,
  );
  await print(`         loopback took ${realSeconds.toFixed(2)} s`);
  await print(`\n  again:        ${LAB} replay ${report.token}`);
  await print(`  now break it: ${LAB} run two-nodes --set plant=skip-seal`);
  await print(`  what is here: ${LAB} list`);
  return differing.length === 0 && isHolding ? 0 : 1;
}
