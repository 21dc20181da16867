import { type Cause, END, type StreamOwner, type StreamPort } from '#core/host/mod.ts';
import { concatBytes } from '../base/bytes.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { Bench } from './bench.case.ts';
import { Front } from './mod.ts';

// Applications at the client's door, as their host serves them. For tests only.

const READ = 70_000;

/** One application's connection. */
export class App {
  readonly id: Id;
  /** What it still has to say, and whether it ends behind that. */
  outbox: Uint8Array = new Uint8Array(0);
  endsAfter = false;
  /** It reads nothing while this is set. */
  isDeaf = false;
  received: Uint8Array = new Uint8Array(0);
  sawEnd = false;
  closed: Cause | undefined;
  endTold = false;

  constructor(id: Id) {
    this.id = id;
  }

  /** Nothing comes behind an end: whoever has ended says no more. */
  say(...octets: readonly (Uint8Array | readonly number[])[]): this {
    if (this.endTold) return this;
    this.outbox = concatBytes(this.outbox, ...octets.map((one) => Uint8Array.from(one)));
    return this;
  }
}

/** A front with its circuits, and the applications. */
export class Door implements StreamPort {
  readonly bench: Bench;
  readonly front: Front;
  readonly apps: Map<Id, App> = new Map<Id, App>();
  readonly #aborts: Id[] = [];
  #nextId = 1;

  constructor(bench: Bench = new Bench()) {
    this.bench = bench;
    this.front = new Front(this, () => bench.circuits);
    bench.user = (streams) => this.front.streams(streams);
    bench.changed = (nowUs) => this.front.changed(nowUs);
  }

  connect(_owner: StreamOwner): Id {
    return NO_ID;
  }

  take(_owner: StreamOwner): Id {
    return this.#nextId++;
  }

  tls(): undefined {
    return undefined;
  }

  wake(_id: Id): void {
    // Everybody is served at each turn.
  }

  abort(id: Id): void {
    this.#aborts.push(id);
  }

  /** An application comes; undefined when it is turned away. */
  come(): App | undefined {
    const id = this.front.accept(this.bench.nowUs, { ip: Uint8Array.of(127, 0, 0, 1), port: 9 });
    if (id === NO_ID) return undefined;
    const app = new App(id);
    this.apps.set(id, app);
    return app;
  }

  guest(): App {
    const app = this.come();
    if (app === undefined) throw new Error('there is room');
    return app;
  }

  /** The application is gone without a word. */
  leave(app: App): void {
    this.#close(app, 'reset');
    this.run();
  }

  /** Serves applications and circuits until nothing moves. */
  run(): void {
    for (let isQuiet = false; !isQuiet; ) {
      isQuiet = true;
      this.bench.mesh.run();
      for (const app of [...this.apps.values()]) if (this.#serve(app)) isQuiet = false;
      for (const id of this.#aborts.splice(0)) {
        const app = this.apps.get(id);
        if (app !== undefined) this.#close(app, 'local');
      }
    }
  }

  wait(us: number): void {
    this.run();
    this.bench.wait(us, this.front);
    this.run();
  }

  #serve(app: App): boolean {
    const { front, bench } = this;
    let moved = false;
    if (app.outbox.length > 0 && app.closed === undefined) {
      const taken = front.receive(bench.nowUs, app.id, app.outbox, 0, app.outbox.length);
      app.outbox = app.outbox.subarray(taken);
      moved = taken > 0;
    }
    if (app.outbox.length === 0 && app.endsAfter && !app.endTold) {
      app.endTold = true;
      front.ended(bench.nowUs, app.id);
      moved = true;
    }
    if (!app.isDeaf && !app.sawEnd) {
      const out = new Uint8Array(READ);
      const given = front.transmit(bench.nowUs, app.id, out, 0, READ);
      if (given > 0) app.received = concatBytes(app.received, out.subarray(0, given));
      if (given === END) app.sawEnd = true;
      moved ||= given !== 0;
    }
    if (app.sawEnd && app.endTold) this.#close(app, 'ended');
    return moved;
  }

  #close(app: App, cause: Cause): void {
    if (app.closed !== undefined) return;
    app.closed = cause;
    this.apps.delete(app.id);
    this.front.closed(this.bench.nowUs, app.id, cause);
  }
}

export const GREETING: readonly number[] = Object.freeze([5, 1, 0]);
/** CONNECT to web.test, port 443. */
export const CONNECT: readonly number[] = Object.freeze([
  ...[5, 1, 0, 3, 8, 0x77, 0x65, 0x62, 0x2e, 0x74, 0x65, 0x73, 0x74],
  ...[1, 187],
]);

/** Greeting and password of an isolation class of one letter. */
export function credentials(letter: number): readonly number[] {
  return [5, 1, 2, 1, 1, letter, 1, 0x78];
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
