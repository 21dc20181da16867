import { expect, test } from 'vitest';
import { asciiBytes } from '../base/bytes.ts';
import { BATCH_DATAGRAMS, DATAGRAM_MAX } from '../base/limits.ts';
import type { InScene, Party, Scene } from './arena.case.ts';
import type { Endpoint } from './mod.ts';
import { patternAt } from './probe-stream.case.ts';

/** Datagram sockets. */
export function describeDatagrams(inScene: InScene): void {
  describeTravel(inScene);
  describeSockets(inScene);
}

async function bound(scene: Scene): Promise<Party & { readonly at: Endpoint }> {
  const { probe, host } = await scene.party();
  probe.bind('u', { ip: host.ip, port: 0 });
  await scene.said(probe, 'bound u');
  return { probe, host, at: probe.addressOf('u') as Endpoint };
}

function pattern(octets: number): Uint8Array {
  return new Uint8Array(octets).map((_, i) => patternAt(i));
}

function describeTravel(inScene: InScene): void {
  test(
    'a datagram arrives with its sender, and the answer finds the way back',
    inScene(async (scene) => {
      const { probe: a, at: atA } = await bound(scene);
      const { probe: b, at: atB } = await bound(scene);
      a.sendDatagram('u', atB, asciiBytes('question'));
      await scene.said(b, 'datagram u 8');
      expect(b.datagrams).toEqual([{ from: atA, bytes: asciiBytes('question') }]);
      b.sendDatagram('u', b.datagrams[0]?.from as Endpoint, asciiBytes('reply'));
      await scene.said(a, 'datagram u 5');
      expect(a.datagrams).toEqual([{ from: atB, bytes: asciiBytes('reply') }]);
      expect(a.lines).toEqual(['wall', 'bind u', 'bound u', 'datagram u 5']);
    }),
  );

  test(
    'boundaries are kept, the empty and the largest datagram included',
    inScene(async (scene) => {
      const { probe: a } = await bound(scene);
      const { probe: b, at } = await bound(scene);
      const sizes = [3, 0, 1, DATAGRAM_MAX];
      a.together(() => {
        for (const size of sizes) a.sendDatagram('u', at, pattern(size));
      });
      await scene.until(() => b.datagrams.length === sizes.length, 'all datagrams');
      expect(b.about('u').slice(2)).toEqual([
        'datagram u 3',
        'datagram u 0',
        'datagram u 1',
        `datagram u ${DATAGRAM_MAX}`,
      ]);
      for (const { bytes } of b.datagrams) expect(bytes).toEqual(pattern(bytes.length));
    }),
  );

  test(
    'a burst larger than two batches is asked for at one wake',
    inScene(async (scene) => {
      const { probe: a } = await bound(scene);
      const { probe: b, at } = await bound(scene);
      const count = 2 * BATCH_DATAGRAMS + 5;
      a.together(() => {
        for (let i = 0; i < count; i++) a.sendDatagram('u', at, new Uint8Array([i]));
      });
      await scene.until(() => b.datagrams.length === count, 'the whole burst');
      expect(b.datagrams.map(({ bytes }) => bytes[0])).toEqual(
        Array.from({ length: count }, (_, i) => i),
      );
    }),
  );

  test(
    'however many are queued, one wake is enough to be asked for all',
    inScene(async (scene) => {
      const { probe: a } = await bound(scene);
      const { at } = await bound(scene);
      a.together(() => {
        for (let i = 0; i < 10_000; i++) a.sendDatagram('u', at, new Uint8Array(1));
      });
      await scene.until(() => a.waitingDatagrams === 0, 'all were asked for');
    }),
  );

  test(
    'while a socket talks on and on, streams and commands have their turn',
    inScene(async (scene) => {
      const { probe: b, at: atB } = await scene.listener();
      const { probe: a, at } = await bound(scene);
      const talk = 25_000;
      a.connect('c', atB);
      await scene.until(() => b.isOpen('l.1') && a.isOpen('c'), 'an open stream');
      a.together(() => {
        for (let i = 0; i < talk; i++) a.sendDatagram('u', at, new Uint8Array(1));
      });
      expect(a.waitingDatagrams).toBeGreaterThan(0);
      a.send('c', 5);
      a.connect('d', atB);
      await scene.said(b, 'receive l.1 5');
      await scene.until(() => a.isOpen('d'), 'a second stream');
      expect(a.waitingDatagrams).toBeLessThan(talk);
      await scene.until(() => a.waitingDatagrams === 0, 'all were asked for');
    }),
  );

  test(
    'a datagram to nobody is lost without a word',
    inScene(async (scene) => {
      const { probe: a } = await bound(scene);
      const { probe: b, at } = await bound(scene);
      b.unbind('u');
      await scene.said(b, 'unbound u local');
      a.sendDatagram('u', at, asciiBytes('anybody?'));
      a.sendDatagram('u', { ip: scene.arena.nowhere, port: 9 }, asciiBytes('anybody?'));
      await scene.settle();
      expect(a.lines).toEqual(['wall', 'bind u', 'bound u']);
      expect(b.lines).toEqual(['wall', 'bind u', 'bound u', 'unbind u', 'unbound u local']);
    }),
  );

  test(
    'after a loss the socket still works',
    inScene(async (scene) => {
      const { probe: a } = await bound(scene);
      const { probe: b, at } = await bound(scene);
      a.sendDatagram('u', { ip: scene.arena.nowhere, port: 9 }, asciiBytes('lost'));
      await scene.settle();
      a.sendDatagram('u', at, asciiBytes('here'));
      await scene.said(b, 'datagram u 4');
      expect(b.datagrams.map(({ bytes }) => bytes)).toEqual([asciiBytes('here')]);
    }),
  );
}

function describeSockets(inScene: InScene): void {
  test(
    'a taken port is in use',
    inScene(async (scene) => {
      const { probe, at } = await bound(scene);
      probe.bind('v', at);
      await scene.said(probe, 'unbound v in-use');
      expect(probe.about('v')).toEqual(['bind v', 'unbound v in-use']);
    }),
  );

  test(
    'a wake before the socket is bound asks for nothing',
    inScene(async (scene) => {
      const { probe: b, at } = await bound(scene);
      const { probe: a, host } = await scene.party();
      a.together(() => {
        a.bind('u', { ip: host.ip, port: 0 });
        a.sendDatagram('u', at, asciiBytes('early'));
      });
      expect(a.lines).toEqual(['wall', 'bind u']);
      await scene.said(a, 'bound u');
      a.wake('u');
      await scene.said(b, 'datagram u 5');
      expect(a.lines).toEqual(['wall', 'bind u', 'bound u']);
    }),
  );

  test(
    'a socket unbound before it is bound is unbound once',
    inScene(async (scene) => {
      const { probe, host } = await scene.party();
      probe.together(() => {
        probe.bind('u', { ip: host.ip, port: 0 });
        probe.unbind('u');
        probe.unbind('u');
      });
      await scene.said(probe, 'unbound u local');
      await scene.settle();
      expect(probe.about('u')).toEqual(['bind u', 'unbind u', 'unbind u', 'unbound u local']);
    }),
  );

  test(
    'a TCP listener and a UDP socket may have the same port',
    inScene(async (scene) => {
      const { probe, at } = await scene.listener();
      probe.bind('u', at);
      await scene.said(probe, 'bound u');
      expect(probe.addressOf('u')).toEqual(at);
    }),
  );
}
