import { expect, test } from 'vitest';
import type { Cause, HostCommand, HostEvent, StreamOwner } from '#core/host/mod.ts';
import { STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { type Acceptor, Switchboard, type Timed } from './mod.ts';

const AT = Object.freeze({ ip: Uint8Array.of(127, 0, 0, 1), port: 9 });

class Board extends Switchboard {
  readonly timed: Timed[] = [];
  readonly events: string[] = [];

  happened(_nowUs: number, event: HostEvent): void {
    this.events.push(event.kind);
  }

  override listen(acceptor: Acceptor, at: typeof AT): Id {
    return super.listen(acceptor, at);
  }

  get commands(): readonly HostCommand[] {
    const all: HostCommand[] = [];
    for (let one = this.pollCommand(); one !== undefined; one = this.pollCommand()) all.push(one);
    return all;
  }
}

function owner(log: string[], name: string): StreamOwner {
  return {
    woken: (_nowUs, id) => log.push(`${name} woken ${id}`),
    opened: (_nowUs, id) => log.push(`${name} opened ${id}`),
    receive: (_nowUs, _id, _bytes, start, end) => (end - start) >> 1,
    ended: (_nowUs, id) => log.push(`${name} ended ${id}`),
    transmit: () => 7,
    closed: (_nowUs, id, cause: Cause) => log.push(`${name} closed ${id} ${cause}`),
  };
}

test('what the host says of an id comes to whom the id belongs, until it is closed', () => {
  const board = new Board();
  const log: string[] = [];
  const [a, b] = [board.connect(owner(log, 'a'), AT), board.take(owner(log, 'b'))];
  board.opened(0, a);
  board.ended(0, b);
  expect(board.receive(0, a, new Uint8Array(10), 0, 10)).toBe(5);
  expect(board.transmit(0, b, new Uint8Array(10), 0, 10)).toBe(7);
  board.closed(0, a, 'reset');
  board.closed(0, a, 'reset');
  board.opened(0, a);
  expect(board.receive(0, a, new Uint8Array(10), 0, 10)).toBe(10);
  expect(board.transmit(0, a, new Uint8Array(10), 0, 10)).toBe(0);
  board.abort(a);
  board.wake(a);
  expect(board.pollWake(0)).toBe(NO_ID);
  expect(log).toEqual([`a opened ${a}`, `b ended ${b}`, `a closed ${a} reset`]);
  expect(board.commands).toEqual([{ kind: 'connect', id: a, to: AT }]);
});

test('an id is used again, and then it is another', () => {
  const board = new Board();
  const log: string[] = [];
  const first = board.take(owner(log, 'a'));
  for (let n = 1; n < STREAMS_MAX; n++) board.take(owner(log, 'x'));
  expect(board.take(owner(log, 'b'))).toBe(NO_ID);
  expect(board.connect(owner(log, 'b'), AT)).toBe(NO_ID);
  board.closed(0, first, 'local');
  expect(board.tls(owner(log, 'p'), owner(log, 'c'), ROLE)).toBeUndefined();
  const second = board.take(owner(log, 'b'));
  expect(second).not.toBe(NO_ID);
  expect(second).not.toBe(first);
  board.opened(0, first);
  board.opened(0, second);
  expect(log.filter((line) => line.startsWith('b'))).toEqual([`b opened ${second}`]);
  expect(board.commands).toEqual([]);
});

const ROLE = Object.freeze({ role: 'client', name: 'a.test', anchorsPem: '' } as const);

test('a wake is told to its owner first, and once', () => {
  const board = new Board();
  const log: string[] = [];
  const id = board.take(owner(log, 'a'));
  board.wake(id);
  board.wake(id);
  expect([board.pollWake(0), board.pollWake(0), log]).toEqual([id, NO_ID, [`a woken ${id}`]]);
});

test('a listener that is gone accepts nothing more, and its id is free', () => {
  const board = new Board();
  const log: string[] = [];
  const listener = board.listen(
    {
      accept: () => 5,
      bound: (_nowUs, at) => log.push(`bound ${at.port}`),
      unbound: (_nowUs, cause) => log.push(`unbound ${cause}`),
    },
    AT,
  );
  expect(board.accept(0, listener, AT)).toBe(5);
  board.handle(0, { kind: 'bound', id: listener, at: AT });
  for (let n = 0; n < 2; n++) board.handle(0, { kind: 'unbound', id: listener, cause: 'in-use' });
  expect(board.accept(0, listener, AT)).toBe(NO_ID);
  expect(log).toEqual(['bound 9', 'unbound in-use']);
  board.handle(0, { kind: 'stored', key: 'k' });
  expect(board.events).toEqual(['stored']);
});

test('the earliest deadline counts, and only who is due is called', () => {
  const board = new Board();
  expect(board.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  const calls: string[] = [];
  for (const [name, deadlineUs] of [
    ['a', 5],
    ['b', 9],
  ] as const)
    board.timed.push({ deadlineUs, handleTimeout: () => calls.push(name) });
  expect(board.deadlineUs).toBe(5);
  board.handleTimeout(7);
  expect(calls).toEqual(['a']);
});
