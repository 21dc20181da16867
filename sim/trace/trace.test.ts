import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '#core/base/bytes.ts';
import { Capture } from '../capture/mod.ts';
import type { EventQueue } from '../event-queue.ts';
import { pattern } from '../pump.case.ts';
import { FATE, Recorder, Recorders } from '../recorder.ts';
import { type Scene, type Shown, show } from '../talk.case.ts';
import type { WorldHashes } from '../world.ts';
import { difference } from './difference.ts';
import { EventLines } from './event-lines.ts';
import { why } from './why.ts';

const MS = 1_000_000;

const LINK = fc.record({
  delayNs: fc.nat(30 * MS),
  rateBps: fc.constantFrom(0, 5_000_000, 50_000_000),
  queueBytes: fc.constantFrom(15_000, 1_000_000),
  queue: fc.constantFrom('drop-tail' as const, 'codel' as const, 'fq-codel' as const),
  lossPpm: fc.constantFrom(0, 30_000),
  jitterNs: fc.constantFrom(0, 3 * MS),
  keepsOrder: fc.boolean(),
  duplicatePpm: fc.constantFrom(0, 30_000),
  damagePpm: fc.constantFrom(0, 30_000),
});
const SCENE = fc.record<Scene>({
  seed: fc.string(),
  near: LINK,
  far: LINK,
  up: fc.nat(60_000).map((length) => pattern(length, 1)),
  down: fc.nat(60_000).map((length) => pattern(length, 2)),
});
const FULL: Scene = {
  seed: 'x',
  near: { delayNs: 5 * MS, rateBps: 50_000_000, lossPpm: 10_000 },
  far: { delayNs: 5 * MS, rateBps: 10_000_000, queue: 'codel' },
  up: pattern(700_000, 1),
  down: pattern(300_000, 2),
};

/** The lines about a run, and the run. */
function linesOf(scene: Scene) {
  const pieces: string[] = [];
  const recorder = new EventLines((text) => pieces.push(text), { token: 'x' });
  const shown = show(scene, recorder);
  recorder.end();
  const lines = pieces.join('').trimEnd().split('\n');
  return { pieces, shown, lines: lines.map((line) => JSON.parse(line)) };
}

test('whoever looks on changes nothing', () => {
  fc.assert(
    fc.property(SCENE, (scene) => {
      const capture = new Capture(() => undefined, '');
      const lines = new EventLines(() => undefined, {});
      expect(show(scene, new Recorders([capture, lines])).hashes).toEqual(show(scene).hashes);
    }),
    { numRuns: 20 },
  );
});

test('lines are whole, in order, and count what the world counts', () => {
  fc.assert(
    fc.property(SCENE, (scene) => {
      const { lines, shown } = linesOf(scene);
      expect(lines[0]).toEqual({ type: 'run', schemaVersion: 1, token: 'x' });
      const events = lines.filter(({ type }) => type === 'event');
      expect(events.map(({ event }) => event)).toEqual(events.map((_, i) => i + 1));
      expect(events.length).toBe(shown.world.events);
      for (const { event, cause } of events) expect(cause).toBeLessThan(event);
      for (const { there, back } of shown.links)
        for (const pipe of [there, back]) {
          const fates = (fate: string) =>
            lines.filter((line) => line.at === pipe.name && line.fate === fate).length;
          expect([fates('entered'), fates('lost'), fates('dropped'), fates('doubled')]).toEqual([
            ...[pipe.sent, pipe.lost, pipe.dropped, pipe.duplicated],
          ]);
          expect(fates('arrived')).toBe(pipe.delivered);
        }
      expect(lines.at(-1)).toMatchObject({ type: 'verdict', event: 0, words: 'it is over' });
    }),
    { numRuns: 20 },
  );
});

test('lines are handed over in pieces, and say who, what, when and whence', () => {
  const { pieces, lines } = linesOf(FULL);
  expect(pieces.length).toBeGreaterThan(10);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
  const at = lines.findIndex(({ fate }) => fate === 'arrived');
  expect(lines.slice(at - 1, at + 1)).toEqual([
    {
      type: 'event',
      event: 4,
      ns: 5_011_521,
      class: 'packet',
      who: 'router',
      by: 'client',
      words:
        'comes from pipe client>router: TCP 10.0.0.1:32768 > 10.0.0.2:80 ' +
        'SYN seq 0 ack 0 window 65535, mss 1440, 0 octets',
      cause: 3,
    },
    {
      type: 'packet',
      event: 4,
      ns: 5_011_521,
      fate: 'arrived',
      at: 'pipe client>router',
      since: 3,
      packet: 0,
      protocol: 'TCP',
      from: '10.0.0.1:32768',
      to: '10.0.0.2:80',
      length: 0,
      wire: 72,
      flags: 'SYN',
      seq: 0,
      ack: 0,
      window: 65_535,
    },
  ]);
});

test('why goes back from cause to cause, as the lines have them', () => {
  const some = fc.tuple(SCENE, fc.nat(), fc.integer({ min: 1, max: 30 }));
  fc.assert(
    fc.property(some, ([scene, any, depth]) => {
      const { lines, shown } = linesOf(scene);
      const causes = new Map<number, number>();
      for (const { type, event, cause, fate, since } of lines) {
        if (type === 'event') causes.set(event, cause);
        if (fate === 'arrived') causes.set(event, since);
      }
      const event = 1 + (any % shown.world.events);
      const chain: number[] = [];
      for (let at = event; at > 0; at = causes.get(at) ?? 0) chain.push(at);
      const found = why((recorder) => show(scene, recorder).hashes, event, depth);
      if ('events' in found) throw new Error('there is such an event');
      expect(found.depth).toBe(chain.length);
      expect(found.newest.map((told) => told.event)).toEqual(chain.slice(0, depth));
      expect(found.first?.event).toBe(chain.length > depth ? chain.at(-1) : undefined);
      for (const told of found.newest)
        expect(lines).toContainEqual(expect.objectContaining({ type: 'event', ...told }));
    }),
    { numRuns: 15 },
  );
});

test('an event that never was has no cause', () => {
  const { events } = show(FULL).world;
  const play = (recorder: Recorder) => show(FULL, recorder).hashes;
  expect(why(play, events + 1, 5)).toEqual({ events });
  expect(why(play, events, 2)).toMatchObject({ depth: 28, newest: [{ event: events }, {}] });
});

/** Every record of a trace, kept whole: what `difference` finds without keeping them. */
class Everything extends Recorder {
  readonly all: string[] = [];

  override event(queue: EventQueue, slot: number): void {
    super.event(queue, slot);
    const fields = [queue.rankAt(slot), queue.kindAt(slot), queue.aAt(slot), queue.bAt(slot)];
    this.all.push(`${this.world?.nowNs} ${fields.join(' ')}`);
  }

  override packet(fate: number, packet: number): void {
    if (fate !== FATE.sent || this.network === undefined) return;
    const { packets } = this.network;
    const ends = [packets.source, packets.dest, packets.sourcePort, packets.destPort];
    const rest = [packets.protocol, packets.flags, packets.seq, packets.ack, packets.window];
    const options = [packets.optionOctets[packet], ...packets.said(packet)];
    const at = packets.payloadAt(packet);
    const payload = packets.page(packet).subarray(at, at + (packets.length[packet] as number));
    const fields = [...ends, ...rest].map((field) => field[packet]);
    this.all.push(`${fields} ${options} ${toHex(payload)}`);
  }

  override verdict(text: string): void {
    this.all.push(text);
  }
}

/** Several worlds, one after the other, as one run. */
function playAll(scenes: readonly Scene[], recorder: Recorder): WorldHashes {
  const shown: Shown[] = scenes.map((scene) => show(scene, recorder));
  const joined = (name: keyof WorldHashes): string => {
    const hash = createHash('sha256');
    for (const { hashes } of shown) hash.update(hashes[name]);
    return hash.digest('hex');
  };
  return { trace: joined('trace'), state: joined('state'), draws: joined('draws') };
}

const CHANGE = fc.oneof(
  fc.constant((scene: Scene): Scene => scene),
  fc.string().map((seed) => (scene: Scene) => ({ ...scene, seed })),
  fc.nat().map((any) => (scene: Scene) => {
    const up = scene.up.slice();
    if (up.length > 0) up[any % up.length] = (up[any % up.length] as number) ^ 1;
    return { ...scene, up };
  }),
  fc.constant((scene: Scene) => ({ ...scene, down: scene.down.slice(0, -1) })),
  fc.constant((scene: Scene) => ({ ...scene, far: { ...scene.far, queueBytes: 40_000 } })),
  fc.constant((scene: Scene) => ({ ...scene, near: { ...scene.near, lossPpm: 29_000 } })),
  fc.constant((scene: Scene) => ({ ...scene, near: { ...scene.near, mtu: 1_400 } })),
);

test('two runs part where a comparison of everything says', () => {
  const scenes = fc.array(SCENE, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(scenes, CHANGE, fc.boolean(), (left, change, isLonger) => {
      const changed = left.map((scene, i) => (i === left.length - 1 ? change(scene) : scene));
      const right = isLonger ? [...changed, ...left.slice(0, 1)] : changed;
      const [one, other] = [new Everything(), new Everything()];
      const hashes = [playAll(left, one), playAll(right, other)] as const;
      const found = difference(
        (recorder) => playAll(left, recorder),
        (recorder) => playAll(right, recorder),
      );
      const shorter = Math.min(one.all.length, other.all.length);
      const differs = one.all.findIndex((record, i) => record !== other.all[i]);
      expect(found.records).toBe(differs < 0 ? shorter : differs);
      expect(found.left === undefined).toBe(found.records === one.all.length);
      expect(found.right === undefined).toBe(found.records === other.all.length);
      expect(found.common.length).toBe(Math.min(5, found.records));
      const isSame = hashes[0].trace === hashes[1].trace;
      expect(found.hashes.includes('trace')).toBe(!isSame);
      if (hashes[0].draws === hashes[1].draws && isSame) expect(found.draws).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

test('a late octet is found among many records, and with which draws', () => {
  const up = FULL.up.slice();
  up[690_000] = 0;
  const found = difference(
    (recorder) => show(FULL, recorder).hashes,
    (recorder) => show({ ...FULL, up }, recorder).hashes,
  );
  expect(found.records).toBeGreaterThan(4_000);
  expect(found.left).toMatchObject({ who: 'client', words: expect.stringMatching(/^sends TCP/) });
  expect(found.right).toEqual(found.left);
  expect(found.draws).toEqual([]);
  const seeds = difference(
    (recorder) => show(FULL, recorder).hashes,
    (recorder) => show({ ...FULL, seed: 'y' }, recorder).hashes,
  );
  const names = seeds.draws.map(({ name }) => name);
  expect(names).toContain('pipe client>router');
  expect(names).toContain('pipe router>client');
});

test('what a segment says in its options is part of the trace, and of its words', () => {
  const found = difference(
    (recorder) => show(FULL, recorder).hashes,
    (recorder) => show({ ...FULL, near: { ...FULL.near, mtu: 1_400 } }, recorder).hashes,
  );
  expect([found.left?.words, found.right?.words]).toEqual([
    expect.stringMatching(/^sends TCP .* SYN .*, mss 1440, 0 octets$/),
    expect.stringMatching(/^sends TCP .* SYN .*, mss 1340, 0 octets$/),
  ]);
  const { lines } = linesOf(FULL);
  const words = lines.map((line) => `${line.words}`);
  expect(words.find((text) => text.includes('sack'))).toMatch(
    / ACK seq \d+ ack (\d+) window \d+, sack \d+-\d+, \d+ octets$/,
  );
});
