import { expect, test } from 'vitest';
import { asciiBytes } from '../base/bytes.ts';
import type { InScene } from './arena.case.ts';

const OPENED_C: readonly string[] = Object.freeze(['connect c', 'opened c']);
const OPENED_L: readonly string[] = Object.freeze(['accept l.1', 'opened l.1']);
const MAPPED: Uint8Array = new Uint8Array(16).fill(0xff, 10, 12).fill(1, 12);

/** Where two hosts are likeliest to differ: aborts in the midst of things, resets, ids that are gone. */
export function describeEdges(inScene: InScene): void {
  describeAborts(inScene);
  describeResets(inScene);
  describeUnbinding(inScene);
  describeAlone(inScene);
}

function describeAborts(inScene: InScene): void {
  test.each([
    ['opened', 'connect c', 'opened c'],
    ['receive', 'opened c', 'receive c 3'],
    ['ended', 'receive c 3', 'ended c'],
    ['transmit', 'ended c', 'end c'],
  ])('an abort within `%s` is the last that happens', (_call, before, at) =>
    inScene(async (scene) => {
      const { probe: b, at: where } = await scene.listener();
      const { probe: a } = await scene.party();
      b.onLine = (line) => {
        if (line !== 'opened l.1') return;
        b.send('l.1', 3);
        b.end('l.1');
      };
      a.onLine = (line) => {
        if (line === at) a.abort('c');
        else if (line === 'ended c') a.end('c');
      };
      a.connect('c', where);
      await scene.said(a, 'closed c local');
      await scene.settle();
      const lines = a.about('c');
      expect(lines.slice(lines.indexOf(before))).toEqual([before, at, 'abort c', 'closed c local']);
    })(),
  );

  test(
    'an abort within `accept` comes behind `opened`',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      const { probe: a } = await scene.party();
      b.onLine = (line) => {
        if (line === 'accept l.1') b.abort('l.1');
      };
      a.connect('c', at);
      await scene.said(a, 'closed c reset');
      await scene.settle();
      expect(b.about('l.1')).toEqual([...OPENED_L, 'abort l.1', 'closed l.1 local']);
    }),
  );

  test(
    'an abort, wake or unbind of what is closed is harmless, also within `closed`',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      const id = a.idOf('c');
      const again = (): void => {
        a.command({ kind: 'abort', id });
        a.command({ kind: 'unbind', id });
        a.wakeId(id);
      };
      a.onLine = (line) => {
        if (line === 'closed c local') again();
      };
      a.abort('c');
      await scene.said(b, 'closed l.1 reset');
      again();
      await scene.settle();
      expect(a.lines.filter((line) => line.startsWith('closed'))).toEqual(['closed c local']);
    }),
  );
}

function describeResets(inScene: InScene): void {
  test(
    'a half-close, then a reset from the other side',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      a.end('c');
      await scene.said(b, 'ended l.1');
      b.abort('l.1');
      await scene.said(a, 'closed c reset');
      expect(a.about('c')).toEqual([...OPENED_C, 'end c', 'closed c reset']);
    }),
  );

  test.each([false, true])(
    'a reset overtakes what nobody reads, and needs no wake; after our own end: %s',
    (weEnd) =>
      inScene(async (scene) => {
        const { a, b } = await scene.pair();
        b.stream('l.1').appetite = 0;
        a.send('c', 3);
        await scene.said(b, 'receive l.1 0 of 3');
        if (weEnd) {
          b.end('l.1');
          await scene.said(a, 'ended c');
        }
        a.abort('c');
        await scene.said(b, 'closed l.1 reset');
        await scene.settle();
        expect(b.lines.at(-1)).toBe('closed l.1 reset');
        expect(b.lines).not.toContain('ended l.1');
      })(),
  );

  test(
    'an honest end that nobody reads stays until it is read, however long',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      b.stream('l.1').appetite = 0;
      a.send('c', 100_000);
      a.end('c');
      await scene.said(a, 'end c');
      b.end('l.1');
      await scene.said(b, 'end l.1');
      await scene.settle();
      await scene.settle();
      expect(b.lines.filter((line) => /^(?:ended|closed)/.test(line))).toEqual([]);
      b.take('l.1', Number.POSITIVE_INFINITY);
      await scene.said(b, 'closed l.1 ended');
      expect(b.about('l.1').slice(-2)).toEqual(['ended l.1', 'closed l.1 ended']);
      expect([b.stream('l.1').received, b.stream('l.1').isInOrder]).toEqual([100_000, true]);
    }),
  );

  test(
    'a lot both ways, and both ends behind it',
    inScene(async (scene) => {
      const { a, b } = await scene.pair();
      for (const [probe, name] of [[a, 'c'] as const, [b, 'l.1'] as const])
        probe.together(() => {
          probe.send(name, 8_000_000);
          probe.end(name);
        });
      await scene.said(a, 'closed c ended');
      await scene.said(b, 'closed l.1 ended');
      for (const stream of [a.stream('c'), b.stream('l.1')])
        expect([stream.received, stream.isInOrder]).toEqual([8_000_000, true]);
    }),
  );
}

function describeUnbinding(inScene: InScene): void {
  test(
    'nobody is accepted after the unbind, whoever was waiting',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      const { probe: a } = await scene.party();
      b.onLine = (line) => {
        if (line === 'accept l.1') b.unbind('l');
      };
      const names = ['c', 'd', 'e', 'f'];
      a.together(() => {
        for (const name of names) a.connect(name, at);
      });
      await scene.until(
        () => a.lines.filter((l) => l.startsWith('closed')).length === 3,
        'refusals',
      );
      await scene.settle();
      expect(b.lines.filter((line) => line.startsWith('accept'))).toEqual(['accept l.1']);
      expect(b.about('l')).toEqual(['listen l', 'bound l', 'unbind l', 'unbound l local']);
      expect(names.filter((name) => a.isOpen(name)).length).toBe(1);
    }),
  );

  test(
    'an unbind overtakes a failure to bind: unbound once, local',
    inScene(async (scene) => {
      const { probe: b, at } = await scene.listener();
      b.bind('u', at);
      await scene.said(b, 'bound u');
      b.together(() => {
        b.listen('m', at);
        b.bind('v', at);
        b.unbind('m');
        b.unbind('v');
      });
      await scene.said(b, 'unbound m local');
      await scene.said(b, 'unbound v local');
      await scene.settle();
      expect(b.about('m')).toEqual(['listen m', 'unbind m', 'unbound m local']);
      expect(b.about('v')).toEqual(['bind v', 'unbind v', 'unbound v local']);
    }),
  );

  test(
    'no datagram comes after the unbind',
    inScene(async (scene) => {
      const { probe: b, host } = await scene.party();
      b.bind('u', { ip: host.ip, port: 0 });
      await scene.said(b, 'bound u');
      const { probe: a, host: other } = await scene.party();
      a.bind('v', { ip: other.ip, port: 0 });
      await scene.said(a, 'bound v');
      const to = b.addressOf('u');
      if (to === undefined) throw new Error('bound has an address');
      b.onLine = (line) => {
        if (line === 'datagram u 1') b.unbind('u');
      };
      a.sendDatagram('v', to, asciiBytes('x'));
      await scene.said(b, 'unbind u');
      a.sendDatagram('v', to, asciiBytes('late'));
      await scene.said(b, 'unbound u local');
      await scene.settle();
      expect(b.about('u').slice(2)).toEqual(['datagram u 1', 'unbind u', 'unbound u local']);
    }),
  );
}

function describeAlone(inScene: InScene): void {
  test(
    'a root connects to its own listener: both ends are its own',
    inScene(async (scene) => {
      const { probe, at } = await scene.listener();
      probe.connect('c', at);
      await scene.until(() => probe.isOpen('c') && probe.isOpen('l.1'), 'both ends open');
      probe.send('c', 100_000);
      probe.send('l.1', 50_000);
      await scene.said(probe, 'receive l.1 100000');
      await scene.said(probe, 'receive c 50000');
      probe.end('c');
      probe.end('l.1');
      await scene.said(probe, 'closed c ended');
      await scene.said(probe, 'closed l.1 ended');
      expect(probe.about('l.1').slice(0, 2)).toEqual(OPENED_L);
    }),
  );

  test.each(['connect', 'listen', 'bind', 'datagram'])(
    '%s: an IPv4-mapped address is a mistake of the root',
    (what) =>
      inScene(async (scene) => {
        const { probe, host } = await scene.party();
        const at = { ip: MAPPED, port: 9 };
        probe.bind('u', { ip: host.ip, port: 0 });
        await scene.said(probe, 'bound u');
        expect(() => {
          if (what === 'connect') probe.connect('c', at);
          else if (what === 'listen') probe.listen('l', at);
          else if (what === 'bind') probe.bind('v', at);
          else probe.sendDatagram('u', at, asciiBytes('x'));
        }).toThrow('invariant broken');
      })(),
  );
}
