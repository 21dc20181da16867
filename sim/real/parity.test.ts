import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AeadKey, Suite } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { createSeededSuite } from '#core/crypto/seeded/mod.ts';
import { NodeHost } from '#core/platform/mod.ts';
import { RandomStream } from '../mod.ts';
import { type Flow, type Inhabitant, inhabit } from '../workload/mod.ts';
import { expected, manyFlows, mismatches, runOnLoopback, simulate } from './mod.ts';

const FLOWS: readonly Flow[] = manyFlows(8, '1').map((flow) => ({
  ...flow,
  upLen: Math.min(flow.upLen, 100_000),
  downLen: Math.min(flow.downLen, 100_000),
}));

test.each(['plain', 'links'] as const)('%s: both worlds see what the flows say', async (kind) => {
  const suite = createNativeSuite();
  expect(mismatches(expected(FLOWS), simulate(kind, FLOWS, createSeededSuite()))).toEqual([]);
  const found = mismatches(expected(FLOWS), await runOnLoopback(kind, FLOWS, suite));
  expect(JSON.stringify(found)).toBe('[]');
});

test('octets altered within a link are seen in both worlds, at the end that got them', async () => {
  const flows = FLOWS.slice(0, 1).map((flow) => ({ ...flow, upLen: 20_000, downLen: 20_000 }));
  const suite = withAlteredContent(createNativeSuite());
  const simulated = simulate('links', flows, withAlteredContent(createSeededSuite()));
  expect(mismatches(expected(flows), simulated).map(({ end }) => end)).toEqual([
    'dialler',
    'answerer',
  ]);
  expect(mismatches(simulated, await runOnLoopback('links', flows, suite))).toEqual([]);
});

test.each(['plain', 'links'] as const)(
  '%s: a port in use is one line, and nothing is thrown into the host',
  async (arrangement) => {
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
    const { port } = taken.address() as AddressInfo;
    const folder = mkdtempSync(join(tmpdir(), 'spn-taken-'));
    let made: Inhabitant | undefined;
    const host = new NodeHost(
      ({ random }) => {
        made = inhabit({
          arrangement,
          name: 'node',
          flows: [],
          suite: createNativeSuite(),
          random,
          listen: { ip: Uint8Array.of(127, 0, 0, 1), port },
          contacts: new Map(),
        });
        return made.root;
      },
      { storeFolder: folder },
    );
    try {
      await expect.poll(() => made?.app.fault).toBe('node cannot listen: in-use');
    } finally {
      await host.stop();
      await new Promise((done) => taken.close(done));
      rmSync(folder, { recursive: true });
    }
  },
);

/** A suite that opens long blocks a little wrong: what a sealed link itself can never notice. */
function withAlteredContent(suite: Suite): Suite {
  const random = new RandomStream('1', 'altered');
  return {
    ...suite,
    aead: (octets): AeadKey => {
      const key = suite.aead(octets);
      return {
        seal: (...call) => key.seal(...call),
        open: (...call) => {
          const opened = key.open(...call);
          const [, , , , out, at] = call;
          const place = at + 1_000 + random.below(100);
          if (opened > 2_000) out[place] = (out[place] as number) ^ 1;
          return opened;
        },
        destroy: () => key.destroy(),
      };
    },
  };
}
