import { expect, test } from 'vitest';
import type { Endpoint, HostEvent, StreamOwner } from '#core/host/mod.ts';
import { STREAMS_MAX } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { type Acceptor, Switchboard, type Timed } from './switchboard.ts';

const AT: Endpoint = Object.freeze({ ip: Uint8Array.of(10, 0, 0, 1), port: 5 });

class Board extends Switchboard {
  protected readonly timed: readonly Timed[] = [];
  readonly unbound: string[] = [];
  readonly #acceptor: Acceptor = {
    accept: () => NO_ID,
    bound: () => undefined,
    unbound: (_nowUs, cause) => this.unbound.push(cause),
  };

  protected happened(_nowUs: number, _event: HostEvent): void {
    // Nothing here is about the whole.
  }

  ask(): Id {
    const id = this.listen(this.#acceptor, AT);
    this.pollCommand();
    return id;
  }
}

test('a listener that is gone gives its id back, once', () => {
  const board = new Board();
  for (let i = 0; i < STREAMS_MAX + 5; i++) {
    const id = board.ask();
    expect(id).not.toBe(NO_ID);
    board.handle(0, { kind: 'unbound', id, cause: 'in-use' });
    board.handle(0, { kind: 'unbound', id, cause: 'in-use' });
  }
  expect(board.unbound).toHaveLength(STREAMS_MAX + 5);
});

test('octets for nobody are taken, so that no host keeps them', () => {
  const board = new Board();
  expect(board.receive(0, 3, new Uint8Array(50), 10, 30)).toBe(20);
  const owner = { closed: () => undefined } as unknown as StreamOwner;
  const id = board.connect(owner, AT);
  board.closed(0, id, 'reset');
  expect(board.receive(0, id, new Uint8Array(50), 0, 50)).toBe(50);
  expect(board.transmit(0, id, new Uint8Array(50), 0, 50)).toBe(0);
});
