import type { Cause, Endpoint } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { toHex } from '../base/bytes.ts';
import { RECORD_PAYLOAD_MAX } from '../base/limits.ts';
import type { Id } from '../base/slab.ts';
import type { Carrier } from './carrier.ts';

// Carriers with links between them that nothing but the test delays, cuts or changes: what crosses is the content of
// records, in clear. For tests only.

type End = {
  readonly party: Party;
  readonly id: Id;
  readonly other: () => End;
  isOpen: boolean;
  isOver: boolean;
};

/** One who has links: what a root's `Links` are, without cryptography. */
export class Party implements LinkPort {
  readonly name: string;
  /** 32 octets for a node; undefined for a client. */
  readonly nodeId: Uint8Array | undefined;
  carrier: Carrier | undefined;
  readonly ends: Map<Id, End> = new Map<Id, End>();
  readonly woken: Set<Id> = new Set<Id>();
  /** Links that were woken while they were held. */
  readonly stuck: Set<Id> = new Set<Id>();
  readonly #mesh: Mesh;

  constructor(mesh: Mesh, name: string, nodeId: Uint8Array | undefined) {
    this.#mesh = mesh;
    this.name = name;
    this.nodeId = nodeId;
  }

  dial(_nowUs: number, _to: Endpoint, nodeId: Uint8Array): Id {
    return this.#mesh.dial(this, nodeId);
  }

  wake(id: Id): void {
    this.woken.add(id);
  }

  abort(id: Id): void {
    const end = this.ends.get(id);
    if (end !== undefined) this.#mesh.cut(end, 'local');
  }

  peerId(id: Id): Uint8Array | undefined {
    return this.ends.get(id)?.other().party.nodeId;
  }
}

/** Hears of every record before it arrives, and says what arrives instead; undefined: nothing does, now or ever. */
export type Meddler = (from: string, to: string, record: Uint8Array) => Uint8Array | undefined;

export class Mesh {
  nowUs = 0;
  meddle: Meddler = (_from, _to, record) => record;
  /** Between these, as `from to`, nothing moves for now. */
  readonly held: Set<string> = new Set<string>();
  /** Dials to these never open, those to others that nobody is called fail. */
  readonly silent: Set<string> = new Set<string>();
  readonly #parties: Party[] = [];
  readonly #events: (() => void)[] = [];
  #nextId = 1;

  add(name: string, nodeId: Uint8Array | undefined, make: (port: Party) => Carrier): Party {
    const party = new Party(this, name, nodeId);
    party.carrier = make(party);
    this.#parties.push(party);
    return party;
  }

  dial(from: Party, nodeId: Uint8Array): Id {
    const name = toHex(nodeId);
    const to = this.#parties.find((party) => party.nodeId && toHex(party.nodeId) === name);
    const near: End = { ...this.#end(from), other: () => far };
    const far: End = { ...this.#end(to ?? from), other: () => near };
    from.ends.set(near.id, near);
    if (to === undefined) this.#events.push(() => this.#close(near, 'refused'));
    else if (!this.silent.has(to.name)) {
      to.ends.set(far.id, far);
      this.#events.push(() => {
        for (const end of [far, near]) {
          if (end.isOver) continue;
          end.isOpen = true;
          end.party.carrier?.opened(this.nowUs, end.id);
        }
      });
    }
    return near.id;
  }

  /** One end gives a link up: both hear of it, next. */
  cut(end: End, cause: Cause): void {
    for (const [one, why] of [
      [end, cause],
      [end.other(), 'reset'],
    ] as const) {
      if (one.isOver) continue;
      one.isOver = true;
      this.#events.push(() => this.#close(one, why));
    }
  }

  /** What was held goes on. */
  release(): void {
    this.held.clear();
    for (const { stuck, woken } of this.#parties) {
      for (const id of stuck) woken.add(id);
      stuck.clear();
    }
    this.run();
  }

  /** The link between two is lost. */
  lose(a: Party, b: Party): void {
    for (const end of a.ends.values()) if (end.other().party === b) this.cut(end, 'reset');
  }

  /** Carries everything until nobody has anything to say. */
  run(): void {
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        event();
        isQuiet = false;
      }
      for (const party of this.#parties)
        for (const id of [...party.woken]) {
          party.woken.delete(id);
          if (this.#carry(party, id)) isQuiet = false;
        }
    }
  }

  #carry(party: Party, id: Id): boolean {
    const end = party.ends.get(id);
    if (end?.isOpen !== true || end.isOver) return false;
    if (this.held.has(`${party.name} ${end.other().party.name}`)) {
      party.stuck.add(id);
      return false;
    }
    const out = new Uint8Array(RECORD_PAYLOAD_MAX);
    let moved = false;
    for (;;) {
      const length = party.carrier?.transmit(this.nowUs, id, out, 0, out.length) ?? 0;
      if (length === 0 || end.isOver) return moved;
      moved = true;
      const far = end.other();
      const record = this.meddle(party.name, far.party.name, out.slice(0, length));
      if (record !== undefined)
        far.party.carrier?.receive(this.nowUs, far.id, record, 0, record.length);
    }
  }

  #end(party: Party): Omit<End, 'other'> {
    return { party, id: this.#nextId++, isOpen: false, isOver: false };
  }

  #close(end: End, cause: Cause): void {
    if (!end.party.ends.delete(end.id)) return;
    end.isOver = true;
    end.party.carrier?.closed(this.nowUs, end.id, cause);
  }
}
