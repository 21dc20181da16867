import { defineConfig, type ViteUserConfig } from 'vitest/config';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 26 || (major === 26 && minor < 10)) {
  throw new Error(`tests run on Node 26.10 or newer, not ${process.versions.node}: use "npm test"`);
}

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['core', 'sim', 'bench', 'ci', 'scenarios'].map((folder) => `${folder}/**/*.test.ts`),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    reporters: ['default'],
  },
});

export default config;
