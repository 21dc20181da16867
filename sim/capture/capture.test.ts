import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatBytes } from '#core/base/bytes.ts';
import { type LinkOptions, Network, type Pipe, PROTOCOL } from '../network/mod.ts';
import { pattern } from '../pump.case.ts';
import { address, type Scene, show } from '../talk.case.ts';
import { World } from '../world.ts';
import { Capture } from './capture.ts';
import { type ReadFile, type ReadFrame, readFrame, readPcapng } from './reader.case.ts';

const MS = 1_000_000;

/** What is written about whatever `run` does, and how large the pieces were. */
function captured(run: (capture: Capture) => void): {
  readonly file: ReadFile;
  readonly pieces: readonly number[];
} {
  const pieces: Uint8Array[] = [];
  const capture = new Capture((octets) => pieces.push(octets.slice()), 'about the run');
  run(capture);
  capture.end();
  return {
    file: readPcapng(concatBytes(...pieces)),
    pieces: pieces.map(({ length }) => length),
  };
}

type Packet = {
  readonly isV6: boolean;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly payload: Uint8Array;
};

const PACKET = fc.record<Packet>({
  isV6: fc.boolean(),
  protocol: fc.constantFrom(PROTOCOL.tcp, PROTOCOL.udp),
  ports: fc.tuple(fc.nat(65_535), fc.nat(65_535)),
  seq: fc.oneof(
    fc.nat(100),
    fc.nat(2 ** 31 - 1).map((n) => n * 16 + 15),
  ),
  ack: fc.oneof(
    fc.nat(100),
    fc.nat(2 ** 31 - 1).map((n) => n * 16 + 7),
  ),
  flags: fc.constantFrom(1, 2, 4, 16, 17, 18, 20),
  window: fc.nat(1_000_000),
  payload: fc.uint8Array({ maxLength: 1_400 }),
});

/** Sends packets one behind the other from one end of a link to the other; answers what entered it. */
function send(packets: readonly Packet[], link: LinkOptions, capture: Capture) {
  const world = new World('capture', { recorder: capture });
  const network = new Network(world);
  const ips = (last: number) => [address(last, { isV6: false }), address(last, { isV6: true })];
  const source = network.addNode('source', ips(1));
  const router = network.addNode('router');
  const sink = network.addNode('sink', ips(2), {
    deliver: (packet) => network.packets.release(packet),
  });
  const first = network.addLink(source, router, { delayNs: 7 }).there;
  const second = network.addLink(router, sink, link).there;
  const entered: { readonly ns: number; readonly pipe: Pipe }[] = [];
  network.tapPipe(first, ({ timeNs }) => entered.push({ ns: timeNs, pipe: first }));
  for (const [i, one] of packets.entries()) {
    world.run(i * 100_000);
    const slab = network.packets;
    const packet = slab.take();
    const family = { isV6: one.isV6 };
    slab.source[packet] = network.addresses.find(source, address(1, family));
    slab.dest[packet] = network.addresses.find(source, address(2, family));
    slab.protocol[packet] = one.protocol;
    [slab.sourcePort[packet], slab.destPort[packet]] = one.ports;
    slab.seq[packet] = one.seq;
    slab.ack[packet] = one.ack;
    slab.flags[packet] = one.flags;
    slab.window[packet] = one.window;
    slab.length[packet] = one.payload.length;
    slab.page(packet).set(one.payload, slab.payloadAt(packet));
    network.send(source, packet);
  }
  world.run(world.nowNs + 10_000 * MS);
  return { entered, second, epochMs: world.epochMs };
}

/** A frame says what the packet was. */
function expectFrame(frame: ReadFrame, sent: Packet): void {
  const isTcp = sent.protocol === PROTOCOL.tcp;
  const isSyn = (sent.flags & 2) !== 0;
  const units = isSyn ? Math.min(sent.window, 65_535) : Math.ceil(sent.window / 256);
  expect(frame).toEqual({
    from: address(1, sent),
    to: address(2, sent),
    protocol: sent.protocol,
    sourcePort: sent.ports[0],
    destPort: sent.ports[1],
    seq: isTcp ? sent.seq % 2 ** 32 : 0,
    ack: isTcp ? sent.ack % 2 ** 32 : 0,
    flags: isTcp ? sent.flags : 0,
    window: isTcp ? units : 0,
    payload: sent.payload,
    isHeaderRight: true,
    isBodyRight: true,
  });
}

test('any packets over any link: each once as it was sent, and once more where something happened to it', () => {
  const link = fc.record({
    delayNs: fc.nat(50 * MS),
    rateBps: fc.constantFrom(0, 1_000_000, 30_000_000),
    queueBytes: fc.constantFrom(1_500, 6_000, 100_000),
    queue: fc.constantFrom('drop-tail' as const, 'codel' as const),
    lossPpm: fc.constantFrom(0, 300_000),
    duplicatePpm: fc.constantFrom(0, 300_000),
    damagePpm: fc.constantFrom(0, 300_000),
  });
  const many = fc.array(PACKET, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(many, link, (packets, options) => {
      let sent: ReturnType<typeof send> | undefined;
      const { file } = captured((capture) => {
        sent = send(packets, options, capture);
      });
      if (sent === undefined) throw new Error('sent');
      const { entered, second, epochMs } = sent;
      const plain = file.packets.filter(({ comment }) => comment === undefined);
      expect(plain.map(({ ns }) => ns)).toEqual(
        entered.map(({ ns }) => BigInt(epochMs) * 1_000_000n + BigInt(ns)),
      );
      for (const [i, { frame }] of plain.entries())
        expectFrame(readFrame(frame), packets[i] as Packet);
      const said = (word: string) =>
        file.packets.filter(({ comment }) => comment?.includes(word) === true);
      const counts = ['dropped', 'lost', 'doubled'].map((word) => said(word).length);
      expect(counts).toEqual([second.dropped, second.lost, second.duplicated]);
      for (const { comment, frame } of file.packets)
        expect(readFrame(frame).isBodyRight).toBe(comment?.includes('damaged') !== true);
    }),
    { numRuns: 60 },
  );
});

const SCENE: Scene = {
  seed: 'x',
  near: { delayNs: 5 * MS, rateBps: 20_000_000, lossPpm: 20_000 },
  far: { delayNs: 5 * MS, rateBps: 10_000_000, queueBytes: 20_000 },
  up: pattern(300_000, 1),
  down: pattern(500_000, 2),
};

test('interfaces are pipes, times are nanoseconds, the file is handed over in pieces of one buffer', () => {
  const { file, pieces } = captured((capture) => show(SCENE, capture));
  expect(file.comment).toBe('about the run');
  expect(file.interfaces[0]).toEqual({
    name: 'client>router',
    description: 'pipe client>router',
    link: 101,
    resolution: 9,
  });
  expect(file.interfaces.map(({ name }) => name).sort()).toEqual([
    ...['client>router', 'router>client', 'router>server', 'server>router'],
  ]);
  expect(pieces.length).toBeGreaterThan(3);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(256 * 1024);
});

test('what is dropped or lost in the first pipe is there once, with a comment', () => {
  const shown: { dropped: number; lost: number }[] = [];
  const { file } = captured((capture) => {
    const { links } = show({ ...SCENE, near: { ...SCENE.near, queueBytes: 8_000 } }, capture);
    shown.push(...links.map(({ there }) => there));
  });
  const [near] = shown;
  const named = file.packets.filter(({ on }) => file.interfaces[on]?.name === 'client>router');
  const said = (word: string) =>
    named.filter(({ comment }) => comment === `${word} pipe client>router`).length;
  expect([said('dropped before'), said('lost in')]).toEqual([near?.dropped, near?.lost]);
  expect(Math.min(said('dropped before'), said('lost in'))).toBeGreaterThan(0);
});
