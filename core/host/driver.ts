import { assert } from '../base/assert.ts';
import { CREDIT_MIN, SEND_BACKLOG, STREAMS_MAX, TURN_BUDGET } from '../base/limits.ts';
import { type Id, NO_ID, slotOf } from '../base/slab.ts';
import type { Micros } from '../base/time.ts';
import { Bindings } from './bindings.ts';
import {
  type Cause,
  END,
  type Endpoint,
  type HostCommand,
  type HostEvent,
  type Root,
} from './contract.ts';
import type { DatagramBatch } from './datagram-batch.ts';
import { assertEndpoint } from './endpoint.ts';
import type { HostIo, HostStream } from './host-io.ts';

type Slot = {
  readonly id: Id;
  readonly stream: HostStream;
  opened: boolean;
  /** Offered and not taken yet. The stream is paused while there is some. */
  held: Uint8Array | undefined;
  peerEnded: boolean;
  endedTold: boolean;
  weEnded: boolean;
  /** Pulling stopped for lack of credit, not for lack of octets. */
  starved: boolean;
  cause: Cause | undefined;
};

/**
 * The host's half of the contract, shared by both hosts so that it cannot differ: stream life, what is held
 * back, credit, the order of commands and wakes, the budget of a turn. Does no I/O and knows no clock.
 */
export class Driver {
  readonly #root: Root;
  readonly #io: HostIo;
  readonly #slots: (Slot | undefined)[] = [];
  readonly #bindings = new Bindings();
  /** Sockets that filled their batch: they are asked again. */
  readonly #talking = new Set<Id>();
  #turning = false;
  /** Wakes that may be served before the host lets other input in; spent across inputs, so that none hides in many. */
  #left = TURN_BUDGET;
  #isAgainAsked = false;
  #streams = 0;
  #armedUs: Micros = Infinity;

  constructor(root: Root, io: HostIo) {
    this.#root = root;
    this.#io = io;
  }

  /** Streams alive, for bounds and tests. */
  get streams(): number {
    return this.#streams;
  }

  // ---- what a host reports -------------------------------------------------------------------------------

  event(event: HostEvent): void {
    const seen = this.#bindings.seen(event);
    if (seen === undefined) return;
    this.#root.handle(this.#io.nowUs(), seen);
    this.turn();
  }

  /** A connection arrived. `makeStream` is asked for only when the root wants it; false: reset it. */
  accepted(listener: Id, from: Endpoint, makeStream: (id: Id) => HostStream): boolean {
    if (this.#streams >= STREAMS_MAX || !this.#bindings.isBound(listener, 'listen')) return false;
    const id = this.#root.accept(this.#io.nowUs(), listener, from);
    if (id !== NO_ID) {
      this.#add(id, makeStream(id));
      this.opened(id);
    } else this.turn();
    return id !== NO_ID;
  }

  opened(id: Id): void {
    const slot = this.#slot(id);
    if (slot === undefined || slot.opened) return;
    slot.opened = true;
    this.#root.opened(this.#io.nowUs(), id);
    this.#pull(slot);
    this.turn();
  }

  /** Octets came. They are the host's again when this returns: what the root left is copied. */
  received(id: Id, bytes: Uint8Array, start: number, end: number): void {
    const slot = this.#slot(id);
    if (slot === undefined) return;
    let at = start;
    if (slot.held === undefined) at += this.#root.receive(this.#io.nowUs(), id, bytes, start, end);
    assert(at <= end, 'a root takes no more than it was offered');
    if (at < end) this.#hold(slot, bytes, at, end);
    this.turn();
  }

  /** The peer ended its direction: told behind the last octet. */
  ended(id: Id): void {
    const slot = this.#slot(id);
    if (slot === undefined) return;
    slot.peerEnded = true;
    this.#tellEnded(slot);
    this.turn();
  }

  /** The stream is gone. `ended` waits for what is held; anything else overtakes it. */
  closed(id: Id, cause: Cause): void {
    const slot = this.#slot(id);
    if (slot === undefined) return;
    slot.cause = cause;
    if (cause !== 'ended' || slot.endedTold) this.#close(slot, cause);
    this.turn();
  }

  /** The network took octets: there may be credit again. */
  writable(id: Id): void {
    const slot = this.#slot(id);
    if (slot === undefined || !slot.starved) return;
    this.#pull(slot);
    this.turn();
  }

  datagrams(id: Id, batch: DatagramBatch): void {
    if (!this.#bindings.isBound(id, 'bind')) return;
    this.#root.receiveDatagrams(this.#io.nowUs(), id, batch);
    this.turn();
  }

  timeout(): void {
    this.#armedUs = Infinity;
    const nowUs = this.#io.nowUs();
    if (this.#root.deadlineUs <= nowUs) this.#root.handleTimeout(nowUs);
    this.turn();
  }

  /** The host has let other input in since it was asked to: there is a budget again. */
  again(): void {
    this.#left = TURN_BUDGET;
    this.#isAgainAsked = false;
    this.turn();
  }

  /** Serves commands, and wakes until there are none or the budget is spent. Hosts call it after any input. */
  turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    this.#performAll();
    for (; this.#left > 0; this.#left--) {
      const id = this.#root.pollWake(this.#io.nowUs());
      if (id !== NO_ID) this.#serve(id);
      else if (this.#talking.size === 0) break;
      // One batch a round: neither talking sockets nor wakes keep the other waiting.
      const [talking] = this.#talking;
      if (talking !== undefined) this.#pullDatagrams(talking);
      this.#performAll();
    }
    this.#turning = false;
    if (this.#left === 0 && !this.#isAgainAsked) {
      this.#isAgainAsked = true;
      this.#io.again();
    }
    if (this.#root.deadlineUs !== this.#armedUs) {
      this.#armedUs = this.#root.deadlineUs;
      this.#io.arm(this.#armedUs);
    }
  }

  // ---- the root's wishes ---------------------------------------------------------------------------------

  #performAll(): void {
    for (;;) {
      const command = this.#root.pollCommand();
      if (command === undefined) return;
      this.#perform(command);
    }
  }

  #perform(command: HostCommand): void {
    switch (command.kind) {
      case 'connect':
        assertEndpoint(command.to);
        this.#add(command.id, this.#io.connect(command.id, command.to));
        return;
      case 'abort': {
        const slot = this.#slot(command.id);
        if (slot !== undefined) {
          slot.stream.abort();
          this.#close(slot, 'local');
        }
        return;
      }
      case 'listen':
      case 'bind':
        assertEndpoint(command.at);
        this.#bindings.begin(command.id, command.kind);
        return this.#io[command.kind](command.id, command.at);
      case 'unbind':
        if (this.#bindings.end(command.id)) this.#io.unbind(command.id);
        return;
      case 'tls': {
        const { plain, cipher } = this.#io.tls(command);
        this.#add(command.cipher, cipher).opened = true;
        this.#add(command.plain, plain);
        return;
      }
      case 'put':
      case 'append':
        return this.#io.store(command);
    }
  }

  #serve(id: Id): void {
    const slot = this.#slot(id);
    if (slot !== undefined) {
      this.#offerHeld(slot);
      this.#pull(slot);
    } else this.#talking.add(id);
  }

  #pull(slot: Slot): void {
    slot.starved = false;
    if (!slot.opened) return;
    while (!slot.weEnded && slot.cause === undefined) {
      const credit = SEND_BACKLOG - slot.stream.unsent;
      if (credit < CREDIT_MIN) {
        slot.starved = true;
        return;
      }
      const out = slot.stream.lend();
      const end = credit < out.length ? credit : out.length;
      const written = this.#root.transmit(this.#io.nowUs(), slot.id, out, 0, end);
      if (written === 0) return;
      if (written === END) {
        slot.weEnded = true;
        slot.stream.end();
      } else {
        assert(written > 0 && written <= end, 'a root writes within its credit');
        slot.stream.write(written);
      }
    }
  }

  #pullDatagrams(id: Id): void {
    this.#talking.delete(id);
    if (!this.#bindings.isBound(id, 'bind')) return;
    const batch = this.#io.lendBatch();
    batch.clear();
    this.#root.transmitDatagrams(this.#io.nowUs(), id, batch);
    if (batch.count > 0) this.#io.sendDatagrams(id, batch);
    if (batch.count === batch.capacity) this.#talking.add(id);
  }

  // ---- one stream ----------------------------------------------------------------------------------------

  #hold(slot: Slot, bytes: Uint8Array, start: number, end: number): void {
    const before = slot.held;
    const kept = new Uint8Array((before?.length ?? 0) + end - start);
    if (before !== undefined) kept.set(before);
    kept.set(bytes.subarray(start, end), before?.length ?? 0);
    slot.held = kept;
    slot.stream.pause();
  }

  #offerHeld(slot: Slot): void {
    const held = slot.held;
    if (held === undefined) return;
    const taken = this.#root.receive(this.#io.nowUs(), slot.id, held, 0, held.length);
    if (taken < held.length) {
      // Moved down only when half of its memory is empty: a slow reader costs no copy of all at each step.
      const isHalfEmpty = 2 * (held.length - taken) <= held.buffer.byteLength;
      slot.held = isHalfEmpty ? held.slice(taken) : held.subarray(taken);
      return;
    }
    slot.held = undefined;
    slot.stream.resume();
    this.#tellEnded(slot);
  }

  #tellEnded(slot: Slot): void {
    if (!slot.peerEnded || slot.endedTold || slot.held !== undefined) return;
    slot.endedTold = true;
    this.#root.ended(this.#io.nowUs(), slot.id);
    if (slot.cause === 'ended') this.#close(slot, 'ended');
  }

  #close(slot: Slot, cause: Cause): void {
    this.#slots[slotOf(slot.id)] = undefined;
    this.#streams -= 1;
    this.#root.closed(this.#io.nowUs(), slot.id, cause);
  }

  #add(id: Id, stream: HostStream): Slot {
    assert(this.#slots[slotOf(id)] === undefined, 'a slot holds one stream');
    const slot: Slot = {
      id,
      stream,
      opened: false,
      held: undefined,
      peerEnded: false,
      endedTold: false,
      weEnded: false,
      starved: false,
      cause: undefined,
    };
    this.#slots[slotOf(id)] = slot;
    this.#streams += 1;
    return slot;
  }

  #slot(id: Id): Slot | undefined {
    const slot = this.#slots[slotOf(id)];
    return slot !== undefined && slot.id === id ? slot : undefined;
  }
}
