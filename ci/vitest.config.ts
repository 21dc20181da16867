import { defineConfig, type ViteUserConfig } from 'vitest/config';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 26 || (major === 26 && minor < 10)) {
  throw new Error(`tests run on Node 26.10 or newer, not ${process.versions.node}: use "npm test"`);
}

const tests: readonly string[] = ['core', 'sim', 'bench', 'ci', 'scenarios'].map(
  (folder) => `${folder}/**/*.test.ts`,
);
/** Replaces a module for its whole process: needs one of its own, and modules that Vite loads. */
const REPLACES = 'core/relay/crowded.test.ts';

const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [...tests],
          exclude: [REPLACES],
          // Modules keep no state (a gate sees to it), so files share a process; Node itself strips the types.
          isolate: false,
          experimental: { viteModuleRunner: false },
        },
      },
      { extends: true, test: { name: 'replacing', include: [REPLACES] } },
    ],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    reporters: ['default'],
  },
});

export default config;
