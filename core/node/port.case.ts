import {
  type Cause,
  END,
  type Endpoint,
  type StreamOwner,
  type StreamPort,
  type TlsRole,
} from '#core/host/mod.ts';
import { type Id, NO_ID } from '../base/slab.ts';

// A root's port and the host's streams behind it, as small as they can be. For tests only.

/** One host stream: what it brings, what it was given. */
export type HostEnd = {
  readonly id: Id;
  readonly owner: StreamOwner;
  /** Octets that wait to be taken, whether its peer ends behind them. */
  arriving: number[];
  peerEnds: boolean;
  endTold: boolean;
  readonly given: number[];
  gaveEnd: boolean;
  closed: Cause | undefined;
};

/** Serves whom was woken, and nobody else. */
export class TestPort implements StreamPort {
  readonly ends: Map<Id, HostEnd> = new Map<Id, HostEnd>();
  readonly tlsRoles: TlsRole[] = [];
  readonly #woken = new Set<Id>();
  readonly #aborts: Id[] = [];
  /** Connections it will make, then no more. */
  room: number = Number.POSITIVE_INFINITY;
  #nextId = 1;

  connect(owner: StreamOwner, _to: Endpoint): Id {
    return this.take(owner);
  }

  take(owner: StreamOwner): Id {
    if (this.room <= 0) return NO_ID;
    this.room -= 1;
    const id = this.#nextId++;
    const end = { id, owner, arriving: [], peerEnds: false, endTold: false, given: [] };
    this.ends.set(id, { ...end, gaveEnd: false, closed: undefined });
    return id;
  }

  tls(
    plain: StreamOwner,
    cipher: StreamOwner,
    as: TlsRole,
  ): { readonly plain: Id; readonly cipher: Id } | undefined {
    this.tlsRoles.push(as);
    const ids = { plain: this.take(plain), cipher: this.take(cipher) };
    return ids.plain === NO_ID || ids.cipher === NO_ID ? undefined : ids;
  }

  wake(id: Id): void {
    this.#woken.add(id);
  }

  abort(id: Id): void {
    this.#aborts.push(id);
  }

  end(id: Id): HostEnd {
    const end = this.ends.get(id);
    if (end === undefined) throw new Error(`nothing has the id ${id}`);
    return end;
  }

  /** Offers what has arrived, in pieces of this size, until less is taken. */
  offer(id: Id, piece: number): void {
    const end = this.end(id);
    while (end.arriving.length > 0 && end.closed === undefined) {
      const bytes = Uint8Array.from(end.arriving.slice(0, piece));
      const taken = end.owner.receive(0, id, bytes, 0, bytes.length);
      end.arriving.splice(0, taken);
      if (taken < bytes.length) return;
    }
    if (end.arriving.length > 0 || !end.peerEnds || end.endTold || end.closed !== undefined) return;
    end.endTold = true;
    end.owner.ended(0, id);
  }

  pull(id: Id, room: number): void {
    const end = this.end(id);
    const out = new Uint8Array(room);
    while (!end.gaveEnd && end.closed === undefined) {
      const given = end.owner.transmit(0, id, out, 0, room);
      if (given === 0) return;
      if (given === END) end.gaveEnd = true;
      else for (let i = 0; i < given; i++) end.given.push(out[i] as number);
    }
  }

  close(id: Id, cause: Cause): void {
    const end = this.ends.get(id);
    if (end === undefined || end.closed !== undefined) return;
    end.closed = cause;
    end.owner.closed(0, id, cause);
  }

  /** Performs what was asked for, for as long as somebody asks. */
  run(piece = 1000, room = 1000): void {
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (const id of this.#aborts.splice(0)) this.close(id, 'local');
      for (const id of [...this.#woken]) {
        this.#woken.delete(id);
        if (this.ends.get(id)?.closed !== undefined) continue;
        isQuiet = false;
        this.end(id).owner.woken(0, id);
        this.offer(id, piece);
        this.pull(id, room);
      }
      if (this.#aborts.length > 0) isQuiet = false;
      for (const [id, { endTold, gaveEnd, closed }] of this.ends)
        if (endTold && gaveEnd && closed === undefined) {
          this.close(id, 'ended');
          isQuiet = false;
        }
    }
  }
}
