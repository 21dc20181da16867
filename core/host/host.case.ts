// The acceptance suite of the host contract: whatever a root may rely on, said once for every host. A host
// that passes is one that a root cannot tell from the others. Transcripts are literal, so two hosts that pass
// gave equal answers. arena.case.ts says what a host brings along.
import { describe } from 'vitest';
import { type HostArena, type InScene, Scene } from './arena.case.ts';
import { describeBackPressure } from './host-back-pressure.case.ts';
import { describeClocks } from './host-clocks.case.ts';
import { describeDatagrams } from './host-datagrams.case.ts';
import { describeEdges } from './host-edges.case.ts';
import { describeInOrder } from './host-order.case.ts';
import { describeStore } from './host-store.case.ts';
import { describeStreams } from './host-streams.case.ts';
import { describeTls } from './host-tls.case.ts';
import { describeTampering } from './host-tls-tampering.case.ts';

export type { HostArena, MakeRoot, RunningRoot } from './arena.case.ts';

/** What every host must do. */
export function describeHost(name: string, makeArena: () => HostArena | Promise<HostArena>): void {
  const inScene: InScene = (body) => async () => {
    const scene = new Scene(await makeArena());
    try {
      await body(scene);
      scene.check();
    } finally {
      await scene.arena.stop();
    }
  };
  describe(name, () => {
    describe('streams', () => describeStreams(inScene));
    describe('edges of a life', () => describeEdges(inScene));
    describe('any order', () => describeInOrder(inScene));
    describe('back-pressure and wakes', () => describeBackPressure(inScene));
    describe('clocks and timers', () => describeClocks(inScene));
    describe('datagrams', () => describeDatagrams(inScene));
    describe('storage', () => describeStore(inScene));
    describe('TLS', () => describeTls(inScene));
    describe('TLS that somebody tampers with', () => describeTampering(inScene));
  });
}
