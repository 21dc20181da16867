import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeIdentity } from '#core/crypto/mod.ts';
import { encodeSnapshot } from '#core/directory/mod.ts';
import { draftOf, makeNode, NOW_MS, stewards, suite, trust } from '#core/directory/network.case.ts';
import type { Endpoint, Root } from '#core/host/mod.ts';
import { testRandom } from '#core/link/pair.case.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { ClientNode, LinkNode, type LinkUser, RelayNode, SNAPSHOT_DOCUMENT } from './mod.ts';

// Whatever happens to a root: what was due and was called is not due again. A deadline that stays in the past keeps a
// processor busy for nothing.

const AT: Endpoint = Object.freeze({ ip: Uint8Array.of(10, 9, 0, 1), port: 9001 });
const DAY_MS = 86_400_000;

const FILES = [
  encodeSnapshot(
    suite,
    {
      ...draftOf(...[1, 2, 3, 5, 6, 7].map((n) => makeNode(n))),
      serial: 3,
      validFromMs: NOW_MS - DAY_MS,
      validUntilMs: NOW_MS + DAY_MS,
    },
    stewards,
  ),
  encodeSnapshot(
    suite,
    { ...draftOf(makeNode(1)), serial: 4, validUntilMs: NOW_MS + DAY_MS },
    stewards,
  ),
  new Uint8Array(9),
];

const NOBODY = Object.freeze({
  listening: () => undefined,
  notListening: () => undefined,
  notCounted: () => undefined,
  stated: () => undefined,
  mapped: () => undefined,
  changed: () => undefined,
});

const USER: LinkUser = Object.freeze({
  deadlineUs: Number.POSITIVE_INFINITY,
  handleTimeout: () => undefined,
  started: () => undefined,
  notListening: () => undefined,
  opened: () => undefined,
  receive: (_nowUs: number, _id: Id, _bytes: Uint8Array, start: number, end: number) => end - start,
  ended: () => undefined,
  transmit: () => 0,
  closed: () => undefined,
});

const ROOTS: { readonly [name: string]: () => Root } = Object.freeze({
  'a node that only links': () => {
    const random = testRandom(1);
    const identity = makeIdentity(suite, random, new Uint8Array(32).fill(1), 0xffff_fffe);
    return new LinkNode({ suite, random, identity, listen: AT, user: () => USER });
  },
  'a client that only links': () =>
    new LinkNode({ suite, random: testRandom(2), user: () => USER }),
  'a relay that is an exit': () => {
    const random = testRandom(3);
    const upstream = { at: { ...AT, port: 853 }, name: 'resolver.test', anchorsPem: '' };
    return new RelayNode({
      suite,
      random,
      identity: makeIdentity(suite, random, new Uint8Array(32).fill(3), 0xffff_fffe),
      store: { values: new Map(), logs: new Map() },
      listen: AT,
      trust,
      exit: { upstream },
      user: NOBODY,
    });
  },
  'a client': () =>
    new ClientNode({ suite, random: testRandom(4), listen: AT, trust, hops: 3, user: NOBODY }),
});

/** A host that opens, breaks and ends what it is asked for as the test says. */
class Fates {
  readonly #root: Root;
  readonly #ids: Id[] = [];
  #listener: Id = NO_ID;
  nowUs = 0;

  constructor(root: Root) {
    this.#root = root;
    root.handle(0, { kind: 'wall', wallMs: NOW_MS, uncertaintyMs: 0, slept: false });
    this.settle();
    root.handle(0, { kind: 'stored', key: 'boot' });
    this.settle();
  }

  /** Performs what was asked, until nothing is. */
  settle(): void {
    const root = this.#root;
    for (let command = root.pollCommand(); command !== undefined; command = root.pollCommand()) {
      if (command.kind === 'abort') this.close(this.#ids.indexOf(command.id), 'local');
      else if (command.kind === 'connect') this.#ids.push(command.id);
      else if (command.kind === 'tls') this.#ids.push(command.plain, command.cipher);
      else if (command.kind === 'listen') {
        this.#listener = command.id;
        root.handle(this.nowUs, { kind: 'bound', id: command.id, at: command.at });
      }
    }
    for (let id = root.pollWake(this.nowUs); id !== NO_ID; id = root.pollWake(this.nowUs)) {
      const out = new Uint8Array(66_000);
      for (
        let turn = 0;
        turn < 50 && root.transmit(this.nowUs, id, out, 0, out.length) > 0;
        turn++
      );
    }
  }

  /** Lets time pass: each deadline is called when it is due, and is then over. */
  wait(us: number): void {
    const untilUs = this.nowUs + us;
    for (let calls = 0; this.#root.deadlineUs <= untilUs; calls++) {
      this.nowUs = Math.max(this.nowUs, Math.ceil(this.#root.deadlineUs));
      this.#root.handleTimeout(this.nowUs);
      this.settle();
      expect(this.#root.deadlineUs).toBeGreaterThan(this.nowUs);
      expect(calls).toBeLessThan(100_000);
    }
    this.nowUs = untilUs;
  }

  come(): void {
    const id = this.#root.accept(this.nowUs, this.#listener, {
      ip: Uint8Array.of(10, 1, 1, 1),
      port: 5,
    });
    if (id !== NO_ID) this.#ids.push(id);
    if (id !== NO_ID) this.#root.opened(this.nowUs, id);
  }

  id(n: number): Id {
    return this.#ids[n % Math.max(this.#ids.length, 1)] ?? NO_ID;
  }

  close(at: number, cause: 'local' | 'reset' | 'ended'): void {
    const id = this.#ids[at];
    if (id === undefined) return;
    this.#ids.splice(at, 1);
    this.#root.closed(this.nowUs, id, cause);
  }

  act(what: string, n: number, octets: Uint8Array): void {
    const root = this.#root;
    const id = this.id(n);
    if (what === 'come') this.come();
    else if (what === 'opened') root.opened(this.nowUs, id);
    else if (what === 'receive') root.receive(this.nowUs, id, octets, 0, octets.length);
    else if (what === 'socks') {
      const said = Uint8Array.of(5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 1, 0, 80);
      root.receive(this.nowUs, id, said, 0, said.length);
    } else if (what === 'ended') root.ended(this.nowUs, id);
    else if (what === 'closed') this.close(n, n % 2 === 0 ? 'reset' : 'ended');
    else if (what === 'document')
      root.handle(this.nowUs, {
        kind: 'document',
        name: SNAPSHOT_DOCUMENT,
        bytes: FILES[n % FILES.length] as Uint8Array,
      });
    else if (what === 'clock') {
      const wallMs = NOW_MS + (n - 20) * 0.1 * DAY_MS + n / 3;
      root.handle(this.nowUs, { kind: 'wall', wallMs, uncertaintyMs: 1, slept: n % 2 === 0 });
    } else this.wait([1, 1000, 300_000, 11e6, 40e6, 4000e6][n % 6] as number);
    this.settle();
  }
}

const step = fc.tuple(
  fc.constantFrom(
    ...['come', 'opened', 'receive', 'socks', 'ended', 'closed', 'document', 'document', 'clock'],
    ...['wait', 'wait', 'wait'],
  ),
  fc.nat(40),
  fc.uint8Array({ minLength: 1, maxLength: 30 }),
);

test.each(Object.keys(ROOTS))('%s: nothing that is over is due, whatever happens', (name) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const root = ROOTS[name]?.();
      if (root === undefined) throw new Error('there is such a root');
      const fates = new Fates(root);
      for (const [what, n, octets] of steps) fates.act(what, n, octets);
      fates.wait(60e6);
    }),
    { numRuns: 40 },
  );
});
