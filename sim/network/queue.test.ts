import { expect, test } from 'vitest';
import { PacketSlab, PROTOCOL, UDP_HEADERS } from './packet.ts';
import { type QueueKind, queueOf } from './queue.ts';

const MS = 1_000_000;

function bench(kind: Exclude<QueueKind, 'drop-tail'>) {
  const packets = new PacketSlab();
  const dropsMs: number[] = [];
  const clock = { ms: 0 };
  const queue = queueOf(kind, packets, 1e9, (packet) => {
    dropsMs.push(clock.ms);
    packets.release(packet);
  });
  const push = (octets: number, flow = 0): number => {
    const packet = packets.take();
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    packets.source[packet] = 0;
    packets.dest[packet] = 1;
    packets.sourcePort[packet] = flow;
    packets.destPort[packet] = 9;
    queue.push(packet, clock.ms * MS);
    return packet;
  };
  const pull = (): number => {
    const packet = queue.pull(clock.ms * MS);
    if (packet >= 0) packets.release(packet);
    return packet;
  };
  return { queue, dropsMs, clock, push, pull };
}

/** A packet comes and one goes every millisecond, and fifty wait, until so many were dropped since. Answers when. */
function stand({ dropsMs, clock, push, pull }: ReturnType<typeof bench>, drops: number) {
  const before = dropsMs.length;
  for (let n = 0; n < 50; n++) push(1000);
  while (dropsMs.length < before + drops) {
    const gone = dropsMs.length;
    clock.ms += 1;
    push(1000);
    pull();
    for (let n = gone; n < dropsMs.length; n++) push(1000);
  }
  return dropsMs.slice(before);
}

/** In milliseconds, and a millisecond on the safe side: looked at every so often. */
const gaps = (ms: readonly number[]): number[] =>
  ms.slice(1).map((at, i) => at - (ms[i] as number));

test('CoDel drops after 5 ms too much for 100 ms, then after 100 / sqrt(n) (RFC 8289, 4.2, 4.3, 5.3)', () => {
  const scene = bench('codel');
  const drops = stand(scene, 20);
  expect(drops[0]).toBe(5 + 100);
  let dueMs = 105;
  for (let n = 1; n < 20; n++) {
    dueMs += 100 / Math.sqrt(n);
    expect(drops[n]).toBe(Math.ceil(dueMs - 1e-4));
  }
});

test('who waited for less than 5 ms is not late, however long the queue is there', () => {
  const { dropsMs, clock, push, pull } = bench('codel');
  for (let n = 0; n < 4; n++) push(1000);
  for (; clock.ms < 2000; clock.ms++) {
    push(1000);
    pull();
  }
  expect(dropsMs).toEqual([]);
  for (let n = 0; n < 2; n++) push(1000);
  for (; clock.ms < 2200; clock.ms++) {
    push(1000);
    pull();
  }
  expect(dropsMs).not.toEqual([]);
});

test.each([
  ['soon', 100, Math.ceil(100 / Math.sqrt(9))],
  ['after 16 intervals', 1700, 100],
])(
  'who drops again %s goes on as often as it left off, or begins anew (RFC 8289, 5.4)',
  (_, pauseMs, gapMs) => {
    const scene = bench('codel');
    stand(scene, 10);
    while (scene.pull() >= 0);
    scene.clock.ms += pauseMs;
    scene.pull();
    const again = stand(scene, 2);
    expect(gaps(again)).toEqual([gapMs]);
  },
);

test('a flow that is new is next, with a quantum, before all that wait (RFC 8290, 4.2)', () => {
  const { push, pull } = bench('fq-codel');
  for (let n = 0; n < 30; n++) for (const heavy of [1, 2]) push(1000, heavy);
  for (let n = 0; n < 7; n++) pull();
  const first = [push(500, 3), push(500, 3), push(500, 3)];
  const more = push(500, 3);
  expect([pull(), pull(), pull()]).toEqual(first);
  // Its quantum is used up: it is behind the two now.
  const others = Array.from({ length: 3 }, () => pull());
  expect(others).not.toContain(more);
});
