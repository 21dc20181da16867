import fc from 'fast-check';
import { expect, test } from 'vitest';
import { END } from '#core/host/mod.ts';
import { STREAM_OUTBOX, STREAM_WINDOW } from '../base/limits.ts';
import { CellPipe, StreamEnd } from './streams.case.ts';

// Both ends of the streams of a circuit over cells that are neither lost nor forged, in any interleaving: whatever
// the applications do, octets come in order and once, an end behind the last, and in the end nothing is held.

class Play {
  readonly client = new StreamEnd(true);
  readonly last = new StreamEnd(false);
  readonly #up = new CellPipe(this.client, this.last);
  readonly #down = new CellPipe(this.last, this.client);

  step([action, isClient, which, amount]: readonly [string, boolean, number, number]): void {
    const [own, far] = isClient ? [this.client, this.last] : [this.last, this.client];
    const [pipe, other] = isClient ? [this.#up, this.#down] : [this.#down, this.#up];
    const streams = [...own.sides.keys()];
    const stream = streams[which % Math.max(streams.length, 1)];
    if (action === 'open' && this.client.sides.size < 12) this.client.open();
    else if (action === 'fill') pipe.fill(amount % 5 === 0 ? 16_328 : 456, other);
    else if (action === 'deliver') pipe.deliver();
    else if (stream !== undefined) this.#act(action, own, far, stream, amount);
    this.#check();
  }

  #act(action: string, own: StreamEnd, far: StreamEnd, stream: number, amount: number): void {
    const side = own.side(stream);
    if (action === 'push' && !side.isEnded && side.mayPush) own.push(stream, 1 + (amount % 90_000));
    else if (action === 'end' && amount % 4 === 0 && !side.isEnded) own.end(stream);
    else if (action === 'pull') own.pull(stream, 1 + (amount % 70_000), far);
    else if (action === 'grant' && own === this.last) own.streams.granted(stream);
    else if (action === 'reset' && amount % 8 === 0) own.giveUp(stream, 'policy');
  }

  #check(): void {
    for (const { pool, sides } of [this.client, this.last])
      expect(pool.used).toBeLessThanOrEqual(
        sides.size * (STREAM_WINDOW + STREAM_OUTBOX + 3 * 4096),
      );
  }

  /** Everybody ends; each end is then served only when it says that there is something to do. */
  finish(): void {
    for (const own of [this.client, this.last])
      for (const [stream, side] of own.sides) if (!side.isEnded) own.end(stream);
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = !this.#carry();
      for (const own of [this.client, this.last]) {
        const far = own === this.client ? this.last : this.client;
        for (const [stream, side] of [...own.sides])
          while (side.mayPull && own.pull(stream, 50_000, far) !== 0) isQuiet = false;
      }
    }
    for (const own of [this.client, this.last]) {
      expect(own.streams.size).toBe(0);
      expect(own.pool.used).toBe(0);
    }
    for (const [stream, side] of this.client.sides) {
      const far = this.last.side(stream);
      // Each end knows how it ended: cleanly, or by a reset of either.
      for (const one of [side, far]) expect(one.sawEnd || one.cause !== undefined).toBe(true);
      if (side.cause === undefined && far.cause === undefined)
        expect([side.pulled, far.pulled]).toEqual([far.pushed, side.pushed]);
    }
  }

  #carry(): boolean {
    let moved = false;
    for (const [own, pipe, other] of [
      [this.client, this.#up, this.#down],
      [this.last, this.#down, this.#up],
    ] as const) {
      while (own.isAwake && pipe.fill(456, other)) moved = true;
      while (pipe.cells.length > 0) {
        pipe.deliver();
        moved = true;
      }
      // Streams the last hop has not heard of when it was asked to end everything.
      for (const [stream, side] of own.sides)
        if (!side.isEnded) {
          own.end(stream);
          moved = true;
        }
    }
    return moved;
  }
}

const action = fc.constantFrom(
  ...['open', 'push', 'push', 'push', 'end', 'pull', 'pull', 'grant', 'reset'],
  ...['fill', 'fill', 'fill', 'deliver', 'deliver', 'deliver'],
);
const step = fc.tuple(action, fc.boolean(), fc.nat(40), fc.nat(1_000_000));

test('any interleaving of many streams: in order, once, an end behind the last octet, and nothing is left', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: 'max' }), (steps) => {
      const play = new Play();
      for (const one of steps) play.step(one);
      play.finish();
    }),
    { numRuns: 120 },
  );
});

test('a stream given up has no clean end, although the far end had ended it', () => {
  const play = new Play();
  const stream = play.client.open();
  for (const [action, isClient] of [
    ['fill', true],
    ['deliver', true],
    ['push', false],
    ['end', false],
    ['fill', false],
    ['deliver', false],
    ['reset', true],
  ] as const)
    play.step([action, isClient, 0, 0]);
  expect(play.client.pull(stream, 1, play.last)).toBe(0);
  play.finish();
});

test('a reader that reads nothing stops its writer at the window, and others go on', () => {
  const play = new Play();
  const [slow, quick] = [play.client.open(), play.client.open()];
  for (let turn = 0; turn < 3000; turn++) {
    for (const stream of [slow, quick])
      if (play.client.side(stream).mayPush) play.client.push(stream, 4000);
    play.step(['fill', true, 0, 0]);
    play.step(['deliver', true, 0, 0]);
    play.step(['fill', false, 0, 0]);
    play.step(['deliver', false, 0, 0]);
    const known = play.last.sides.get(quick);
    if (known?.mayPull === true) expect(play.last.pull(quick, 8000, play.client)).not.toBe(END);
  }
  expect(play.client.side(slow).pushed).toBe(STREAM_WINDOW + STREAM_OUTBOX);
  expect(play.last.side(quick).pulled).toBeGreaterThan(20 * STREAM_WINDOW);
  play.finish();
});
