import { expect, test } from 'vitest';
import { CREDIT_MIN, IO_CHUNK, SEND_BACKLOG } from '../base/limits.ts';
import type { InScene } from './arena.case.ts';

/** More than any network between two hosts keeps. */
const BOUNDLESS = 256 * 1024 * 1024;
/** Octets that buffers between two hosts may hold, whatever they are. */
const BOUND = 64 * 1024 * 1024;

const OPENED_L: readonly string[] = Object.freeze(['accept l.1', 'opened l.1']);

/** What is held, what is asked for, and when. */
export function describeBackPressure(inScene: InScene): void {
  describeIn(inScene);
  describeOut(inScene);
  describeWakes(inScene);
}

function describeIn(inScene: InScene): void {
  test(
    'octets not taken are held and offered again after a wake, and only then',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 0;
      a.send('c', 10);
      await scene.said(b, 'receive l.1 0 of 10');
      await scene.settle();
      expect(b.stream('l.1').offers).toBe(1);
      b.take('l.1', 5);
      await scene.said(b, 'receive l.1 5 of 10');
      await scene.settle();
      b.wake('l.1');
      await scene.said(b, 'receive l.1 5');
      await scene.settle();
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'receive l.1 0 of 10',
        'receive l.1 5 of 10',
        'receive l.1 5',
      ]);
      expect(b.stream('l.1').isInOrder).toBe(true);
    }),
  );

  test(
    'a reader that takes one octet a wake gets them all in order',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 1;
      a.send('c', 4);
      await scene.said(b, 'receive l.1 1 of 4');
      b.wake('l.1');
      b.wake('l.1');
      b.wake('l.1');
      await scene.until(() => b.stream('l.1').received === 4, 'all four octets');
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'receive l.1 1 of 4',
        'receive l.1 1 of 3',
        'receive l.1 1 of 2',
        'receive l.1 1',
      ]);
    }),
  );

  test(
    'the end is told behind what is held',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 0;
      a.send('c', 10);
      await scene.said(b, 'receive l.1 0 of 10');
      a.end('c');
      await scene.settle();
      expect(b.lines).not.toContain('ended l.1');
      b.take('l.1', 10);
      await scene.said(b, 'ended l.1');
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'receive l.1 0 of 10',
        'receive l.1 10',
        'ended l.1',
      ]);
    }),
  );

  test(
    'closed(ended) waits for what is held',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 0;
      a.send('c', 10);
      a.end('c');
      await scene.said(b, 'receive l.1 0 of 10');
      b.end('l.1');
      await scene.said(a, 'closed c ended');
      await scene.settle();
      expect(b.lines).not.toContain('closed l.1 ended');
      b.take('l.1', 10);
      await scene.said(b, 'closed l.1 ended');
      expect(b.about('l.1')).toEqual([
        ...OPENED_L,
        'receive l.1 0 of 10',
        // The wake that asks for our end offers what is held as well.
        'receive l.1 0 of 10',
        'end l.1',
        'receive l.1 10',
        'ended l.1',
        'closed l.1 ended',
      ]);
    }),
  );

  test(
    'a reader that takes nothing stops its peer, and a wake starts it again',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 0;
      a.send('c', BOUNDLESS);
      const stalled = await scene.standstill(() => a.stream('c').sent);
      expect(stalled).toBeGreaterThan(0);
      expect(stalled).toBeLessThan(BOUND);
      expect(b.stream('l.1').offers).toBe(1);
      b.take('l.1', Number.POSITIVE_INFINITY);
      await scene.until(() => b.stream('l.1').received > stalled, 'more than was stalled');
      expect(b.stream('l.1').isInOrder).toBe(true);
    }),
  );
}

function describeOut(inScene: InScene): void {
  test(
    'credit is a whole record at least and a chunk at most',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.send('c', 1_500_000);
      await scene.said(b, 'receive l.1 1500000');
      const { creditMin, creditMax } = a.stream('c');
      expect(creditMin).toBeGreaterThanOrEqual(CREDIT_MIN);
      expect(creditMax).toBeLessThanOrEqual(Math.min(IO_CHUNK, SEND_BACKLOG));
    }),
  );

  test(
    'at first no more than the backlog is asked for',
    inScene(async (scene) => {
      const { a } = await scene.pair();
      a.send('c', BOUNDLESS);
      // Nothing has left yet: the host answers within the call that steered it.
      expect(a.stream('c').sent).toBeGreaterThan(0);
      expect(a.stream('c').sent).toBeLessThanOrEqual(SEND_BACKLOG);
    }),
  );

  test(
    'an idle stream is not asked while another one is busy',
    inScene(async (scene) => {
      const { a, b, at } = await scene.pair();
      a.connect('d', at);
      await scene.until(() => a.isOpen('d') && b.isOpen('l.2'), 'a second stream');
      const before = a.stream('c').transmits;
      a.send('d', 3_000_000);
      await scene.said(b, 'receive l.2 3000000');
      expect(a.stream('c').transmits).toBe(before);
    }),
  );
}

function describeWakes(inScene: InScene): void {
  test(
    'a wake is one question: a stream with nothing to say is asked once',
    inScene(async (scene) => {
      const { a } = await scene.pair();
      const before = a.stream('c').transmits;
      a.together(() => {
        a.wake('c');
        a.wake('c');
        a.wake('c');
      });
      await scene.settle();
      expect(a.stream('c').transmits).toBe(before + 1);
    }),
  );

  test(
    'commands come before wakes',
    inScene(async (scene) => {
      const { probe, at } = await scene.listener();
      const { probe: a } = await scene.party();
      a.connect('c', at);
      await scene.until(() => probe.isOpen('l.1') && a.isOpen('c'), 'an open stream');
      const before = a.lines.length;
      a.tracing = true;
      a.together(() => {
        a.send('c', 1);
        a.connect('d', { ip: scene.arena.nowhere, port: 9 });
        a.connect('e', { ip: scene.arena.nowhere, port: 9 });
      });
      expect(a.lines.slice(before, before + 5)).toEqual([
        'connect d',
        'connect e',
        'wake c',
        'transmit c 1',
        'transmit c 0',
      ]);
    }),
  );

  test(
    'a wake for a stream that is gone reaches nobody, even when its slot lives again',
    inScene(async (scene) => {
      const { a, b, at } = await scene.pair();
      const late = a.idOf('c');
      a.abort('c');
      // Slots are used in turn: after 64 more streams the slot of `c` has a new holder.
      for (let i = 0; i < 64; i++) {
        a.connect('d', at);
        if (i < 63) a.abort('d');
      }
      await scene.until(() => a.isOpen('d'), 'the last stream');
      await scene.settle();
      const before = a.stream('d').transmits;
      a.wakeId(late);
      await scene.settle();
      expect(a.idOf('d') & 0xfffff).toBe(late & 0xfffff);
      expect(a.stream('d').transmits).toBe(before);
      expect(b.lines).toContain('closed l.1 reset');
    }),
  );

  test(
    'a wake before the stream opens asks for nothing',
    inScene(async (scene) => {
      const { at } = await scene.listener();
      const { probe: a } = await scene.party();
      a.together(() => {
        a.connect('c', at);
        a.wake('c');
      });
      expect(a.stream('c').transmits).toBe(0);
      await scene.until(() => a.isOpen('c'), 'an open stream');
      expect(a.stream('c').transmits).toBe(1);
    }),
  );
}
