import { expect, test } from 'vitest';
import type { InScene } from './arena.case.ts';

const OPENED_C: readonly string[] = Object.freeze(['connect c', 'opened c']);
const OPENED_L: readonly string[] = Object.freeze(['accept l.1', 'opened l.1']);

/** Life of streams and listeners. */
export function describeStreams(inScene: InScene): void {
  describeLife(inScene);
  describeEnds(inScene);
  describeRefusals(inScene);
  describeListeners(inScene);
}

function describeLife(inScene: InScene): void {
  test(
    'a connection opens at both ends, and the listener learns from where',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      const { probe: a, host } = await scene.party();
      a.connect('c', at);
      await scene.until(() => a.isOpen('c') && b.isOpen('l.1'), 'both ends open');
      expect(a.lines).toEqual(['wall', ...OPENED_C]);
      expect(b.lines).toEqual(['wall', 'listen l', 'bound l', ...OPENED_L]);
      expect(b.stream('l.1').from?.ip).toEqual(host.ip);
      expect(b.stream('l.1').from?.port).toBeGreaterThan(0);
    }),
  );

  test.each([1, 2, 1_000, 16_384, 65_791, 65_792, 65_793, 300_000])(
    '%i octets arrive whole and in order',
    (octets) =>
      inScene(async (scene) => {
        const { a, b } = await scene.pair();
        a.send('c', octets);
        await scene.said(b, `receive l.1 ${octets}`);
        expect(b.stream('l.1').isInOrder).toBe(true);
        expect(b.about('l.1')).toEqual([...OPENED_L, `receive l.1 ${octets}`]);
      })(),
  );

  test(
    'both directions carry at once',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.send('c', 500_000);
      b.send('l.1', 400_000);
      await scene.said(b, 'receive l.1 500000');
      await scene.said(a, 'receive c 400000');
      expect([a.stream('c').isInOrder, b.stream('l.1').isInOrder]).toEqual([true, true]);
    }),
  );

  test(
    'what is sent before the stream opens waits for that',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      const { probe: a } = await scene.party();
      a.together(() => {
        a.connect('c', at);
        a.send('c', 5);
        a.end('c');
      });
      expect(a.about('c')).toEqual(['connect c']);
      await scene.said(b, 'ended l.1');
      expect(a.about('c')).toEqual([...OPENED_C, 'end c']);
      expect(b.about('l.1')).toEqual([...OPENED_L, 'receive l.1 5', 'ended l.1']);
    }),
  );

  test(
    'streams between the same two hosts do not mix',
    inScene(async (scene) => {
      const { a, b, at } = await scene.pair();
      a.connect('d', at);
      await scene.until(() => a.isOpen('d') && b.isOpen('l.2'), 'a second stream');
      a.together(() => {
        a.send('c', 7);
        a.send('d', 70_000);
      });
      await scene.said(b, 'receive l.2 70000');
      await scene.said(b, 'receive l.1 7');
      expect([b.stream('l.1').isInOrder, b.stream('l.2').isInOrder]).toEqual([true, true]);
    }),
  );
}

function describeEnds(inScene: InScene): void {
  test(
    'the dialler ends first: the other direction goes on until it ends too',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.send('c', 3);
      a.end('c');
      await scene.said(b, 'ended l.1');
      b.send('l.1', 1_000);
      await scene.said(a, 'receive c 1000');
      b.end('l.1');
      await scene.said(a, 'closed c ended');
      await scene.said(b, 'closed l.1 ended');
      await scene.settle();
      expect(a.about('c')).toEqual([
        ...OPENED_C,
        'end c',
        'receive c 1000',
        'ended c',
        'closed c ended',
      ]);
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'receive l.1 3',
        'ended l.1',
        'end l.1',
        'closed l.1 ended',
      ]);
    }),
  );

  test(
    'the listener ends first: the other direction goes on until it ends too',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.end('l.1');
      await scene.said(a, 'ended c');
      a.send('c', 200_000);
      await scene.said(b, 'receive l.1 200000');
      a.end('c');
      await scene.said(a, 'closed c ended');
      await scene.said(b, 'closed l.1 ended');
      await scene.settle();
      expect(a.about('c')).toEqual([...OPENED_C, 'ended c', 'end c', 'closed c ended']);
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'end l.1',
        'receive l.1 200000',
        'ended l.1',
        'closed l.1 ended',
      ]);
    }),
  );

  test(
    'END comes behind everything that was written before it',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.together(() => {
        a.send('c', 1_000_000);
        a.end('c');
      });
      await scene.said(b, 'ended l.1');
      expect(b.about('l.1')).toEqual([...OPENED_L, 'receive l.1 1000000', 'ended l.1']);
      expect(b.stream('l.1').isInOrder).toBe(true);
    }),
  );

  test(
    'an abort is local here and a reset there, once, and then there is nothing',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.abort('c');
      expect(a.about('c')).toEqual([...OPENED_C, 'abort c', 'closed c local']);
      await scene.said(b, 'closed l.1 reset');
      await scene.settle();
      expect(a.about('c')).toEqual([...OPENED_C, 'abort c', 'closed c local']);
      expect(b.about('l.1')).toEqual([...OPENED_L, 'closed l.1 reset']);
    }),
  );

  test(
    'an abort overtakes octets that nobody takes: the peer never sees an end',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.take('l.1', 0);
      a.send('c', 100_000_000);
      await scene.standstill(() => a.stream('c').sent);
      a.abort('c');
      await scene.said(a, 'closed c local');
      b.take('l.1', Number.POSITIVE_INFINITY);
      await scene.said(b, 'closed l.1 reset');
      expect(b.lines).not.toContain('ended l.1');
    }),
  );

  test(
    'an abort after our own END is a reset all the same',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.end('c');
      await scene.said(b, 'ended l.1');
      a.abort('c');
      b.send('l.1', 1);
      await scene.said(b, 'closed l.1 reset');
      expect(a.about('c')).toEqual([...OPENED_C, 'end c', 'abort c', 'closed c local']);
    }),
  );

  test(
    'a stream aborted before it opens never opens',
    inScene(async (scene) => {
      const { at } = await scene.listener();
      const { probe: a } = await scene.party();
      a.together(() => {
        a.connect('c', at);
        a.abort('c');
      });
      await scene.settle();
      expect(a.about('c')).toEqual(['connect c', 'abort c', 'closed c local']);
    }),
  );

  test(
    'a host that stops resets nobody twice',
    inScene(async (scene) => {
      const { probe: b, host, at } = await scene.listener();
      const { probe: a } = await scene.party();
      a.connect('c', at);
      await scene.until(() => b.isOpen('l.1'), 'an open stream');
      await host.stop();
      await scene.said(a, 'closed c reset');
      await scene.settle();
      expect(a.about('c')).toEqual([...OPENED_C, 'closed c reset']);
      expect(b.about('l.1')).toEqual(OPENED_L);
    }),
  );
}

function describeRefusals(inScene: InScene): void {
  test(
    'nobody listens: refused',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      b.unbind('l');
      await scene.said(b, 'unbound l local');
      const { probe: a } = await scene.party();
      a.connect('c', at);
      await scene.said(a, 'closed c refused');
      expect(a.about('c')).toEqual(['connect c', 'closed c refused']);
      expect(b.about('l')).toEqual(['listen l', 'bound l', 'unbind l', 'unbound l local']);
    }),
  );

  test(
    'a root that accepts nobody: the dialler sees a reset',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      const { probe: a } = await scene.party();
      b.refuses = true;
      a.connect('c', at);
      await scene.said(a, 'closed c reset');
      await scene.settle();
      // Whether it opened for a moment is the race of two hosts, not a promise.
      const lines = a.about('c').filter((line) => line !== 'opened c');
      expect(lines).toEqual(['connect c', 'closed c reset']);
      expect(b.about('l')).toEqual(['listen l', 'bound l', 'refuse l']);
      expect(b.about('l.1')).toEqual([]);
    }),
  );

  test(
    'an address there is no way to: unreachable',
    inScene(async (scene) => {
      const { probe: a } = await scene.party();
      a.connect('c', { ip: scene.arena.nowhere, port: 9 });
      await scene.said(a, 'closed c unreachable');
      expect(a.about('c')).toEqual(['connect c', 'closed c unreachable']);
    }),
  );
}

function describeListeners(inScene: InScene): void {
  test(
    'listening on port 0 gives a port',
    inScene(async (scene) => {
      const { probe, host, at } = await scene.listener();
      expect(at.port).toBeGreaterThan(0);
      expect(at.ip).toEqual(host.ip);
      expect(probe.about('l')).toEqual(['listen l', 'bound l']);
    }),
  );

  test(
    'a taken port is in use, and the first listener goes on',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      b.listen('m', at);
      await scene.said(b, 'unbound m in-use');
      const { probe: a } = await scene.party();
      a.connect('c', at);
      await scene.until(() => b.isOpen('l.1'), 'an open stream');
      expect(b.about('m')).toEqual(['listen m', 'unbound m in-use']);
    }),
  );

  test(
    'unbinding a listener leaves its streams alone',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.unbind('l');
      await scene.said(b, 'unbound l local');
      a.send('c', 10);
      await scene.said(b, 'receive l.1 10');
      expect(b.about('l')).toEqual(['listen l', 'bound l', 'unbind l', 'unbound l local']);
    }),
  );

  test(
    'a listener unbound before it is bound is unbound once',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.together(() => {
        probe.listen('l', { ip: host.ip, port: 0 });
        probe.unbind('l');
      });
      await scene.said(probe, 'unbound l local');
      await scene.settle();
      expect(probe.about('l')).toEqual(['listen l', 'unbind l', 'unbound l local']);
    }),
  );
}
