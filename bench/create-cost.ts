import { CreateOpened, CreateRequest } from '#core/circuit/mod.ts';
import { makeIdentity, makeNodeKeys, type NodeKeys } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { systemRandom } from '#core/platform/mod.ts';
import { median } from '#sim/mod.ts';

const BATCH = 50;
const INNER_LEN = 8_000;

/**
 * What a CREATE costs one hop: opening it, making what goes on, and answering. Milliseconds of the thread's
 * processor time, the median of batches; making the requests is the clients' part and not counted.
 */
export function measureCreateCost(batches: number): { readonly msPerHop: number } {
  const suite = createNativeSuite();
  const random = systemRandom();
  const path = [1, 2, 3].map((i): NodeKeys => {
    const identity = makeIdentity(suite, random, new Uint8Array(32).fill(i), 0xffff_fffe);
    return makeNodeKeys(suite, random, identity, 1);
  });
  const [entry] = path as [NodeKeys];
  const statements = path.map(({ statement }) => statement);
  const inner = new Uint8Array(INNER_LEN);
  const figures: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const bodies = Array.from({ length: BATCH }, () => {
      const request = CreateRequest.make(suite, random, statements, new Uint8Array(0));
      if (typeof request === 'number') throw new Error('the keys are keys');
      return request.body;
    });
    const before = process.threadCpuUsage();
    for (const body of bodies) {
      const opened = CreateOpened.open(suite, entry.onion, entry.statement, body);
      opened?.nextBody(random);
      if (opened?.answer(random, 0, inner) === undefined) throw new Error('it opens');
    }
    const { user, system } = process.threadCpuUsage(before);
    figures.push((user + system) / 1000 / BATCH);
  }
  return { msPerHop: median(figures) };
}
