import { KeyRing, makeIdentity, nodeIdOf, type Suite } from '#core/crypto/mod.ts';
import type { Endpoint, Random, StreamPort } from '#core/host/mod.ts';
import type { Statement } from '#core/wire/mod.ts';
import { EPOCH_MS } from '../base/limits.ts';
import { type Id, NO_ID } from '../base/slab.ts';
import { WallClock } from '../base/wall-clock.ts';
import { type LinkPort, Links } from './links.ts';
import { EPOCH, IO_LEN, PlainUser, wallAt } from './pair.case.ts';

// All links of a root, whose host is the test. For tests only.

export const FROM: Endpoint = Object.freeze({ ip: Uint8Array.of(192, 0, 2, 1), port: 9 });

/** Hands out ids while there are any, and remembers what it was asked to abort. */
class TestPort implements StreamPort {
  hasIds = true;
  readonly aborted: Id[] = [];
  readonly woken: Id[] = [];
  #next = 0;

  connect(): Id {
    return this.take();
  }

  take(): Id {
    return this.hasIds ? this.#next++ : NO_ID;
  }

  tls(): undefined {
    return undefined;
  }

  wake(id: Id): void {
    this.woken.push(id);
  }

  abort(id: Id): void {
    this.aborted.push(id);
  }
}

export type Party = {
  readonly links: Links;
  readonly port: TestPort;
  readonly user: PlainUser;
  /** What the user of the links may do. */
  readonly linkPort: LinkPort;
};

/** Who dials: a client. `knowsTime` false: it has not been told what time it is. */
export function makeClient(suite: Suite, random: Random, knowsTime = true): Party {
  const wall = knowsTime ? wallAt(EPOCH) : new WallClock();
  return makeParty((port, user) => new Links({ suite, random, port, wall, user }));
}

export type NodeParty = Party & {
  readonly keys: KeyRing;
  readonly statement: Statement;
  readonly id: Uint8Array;
};

/** Who answers: a node in the middle of its epoch. */
export function makeNode(suite: Suite, random: Random, epoch: number = EPOCH): NodeParty {
  const identity = makeIdentity(suite, random, new Uint8Array(32).fill(5), epoch + 9);
  const keys = new KeyRing(suite, random, identity, 0);
  keys.turn((epoch + 0.5) * EPOCH_MS);
  const statement = keys.live[0]?.statement as Statement;
  const party = makeParty(
    (port, user) => new Links({ suite, random, port, wall: wallAt(epoch), identity, keys, user }),
  );
  return { ...party, keys, statement, id: nodeIdOf(suite, identity.certificate.identityKey) };
}

/** Carries what `from` has to say on one stream to a stream of `to`; answers how many octets. */
export function carry(from: Party, out: Id, to: Party, into: Id): number {
  const octets = new Uint8Array(IO_LEN);
  const written = Math.max(0, from.links.transmit(0, out, octets, 0, octets.length));
  for (let at = 0; at < written; ) at += to.links.receive(0, into, octets, at, written);
  return written;
}

/** A link between the two: the ids it has at either end. */
export function join(client: Party, node: NodeParty): { readonly out: Id; readonly into: Id } {
  const out = client.links.dial(0, FROM, node.id, node.statement);
  const into = node.links.accept(0, FROM);
  client.links.opened(0, out);
  node.links.opened(0, into);
  for (let turn = 0; turn < 2; turn++) {
    carry(client, out, node, into);
    carry(node, into, client, out);
  }
  return { out, into };
}

function makeParty(
  make: (port: TestPort, user: (linkPort: LinkPort) => PlainUser) => Links,
): Party {
  const port = new TestPort();
  const user = new PlainUser();
  let linkPort: LinkPort | undefined;
  const links = make(port, (given) => {
    linkPort = given;
    return user;
  });
  return { links, port, user, linkPort: linkPort as unknown as LinkPort };
}
