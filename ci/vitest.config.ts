import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { SlowestFirst } from './slowest-first.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 26 || (major === 26 && minor < 10)) {
  throw new Error(`tests run on Node 26.10 or newer, not ${process.versions.node}: use "npm test"`);
}

const tests: readonly string[] = ['core', 'sim', 'bench', 'ci', 'scenarios'].map(
  (folder) => `${folder}/**/*.test.ts`,
);
/** Each in a process of its own: two replace a module, which Vite must load; the last leaves hosts behind. */
const ALONE = [
  'core/relay/crowded.test.ts',
  'core/relay/waiting.test.ts',
  'core/platform/node/throwing.test.ts',
];

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [...tests],
          exclude: [...ALONE],
          // Modules of core and sim keep no state (a gate sees to it), so files share a process; Node strips the types.
          isolate: false,
          experimental: { viteModuleRunner: false },
        },
      },
      { extends: true, test: { name: 'alone', include: [...ALONE] } },
    ],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    restoreMocks: true,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    testTimeout: 60_000,
    reporters: ['default'],
  },
});

export default config;
