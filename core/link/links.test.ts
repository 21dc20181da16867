import { expect, test } from 'vitest';
import { createNobleSuite } from '#core/crypto/noble/mod.ts';
import {
  HANDSHAKE_US,
  PREFIX_EARN_US,
  PREFIX_HALF_OPEN_MAX,
  PREFIX_INBOUND_MAX,
} from '../base/limits.ts';
import { NO_ID } from '../base/slab.ts';
import { FROM, join, makeClient, makeNode, type NodeParty } from './links.case.ts';
import { testRandom } from './pair.case.ts';

const HOUR_US = 3_600_000_000;
const GARBAGE: Uint8Array = new Uint8Array(4_000).fill(7);

function node(): NodeParty {
  return makeNode(createNobleSuite(), testRandom(1));
}

/** How many streams of one prefix come in, slowly, before one is refused. */
function roomOf({ links }: NodeParty): number {
  let come = 0;
  while (links.accept(++come * HOUR_US, FROM) !== NO_ID);
  expect(links.rejects.get('prefix-half-open-limit')).toBe(1);
  return come - 1;
}

test('whatever became of the streams before, so many may be half-open, no more and no less', () => {
  const fates: readonly ((party: NodeParty) => void)[] = [
    () => undefined,
    // A link, and then gone.
    (party) =>
      party.links.closed(
        0,
        join(makeClient(createNobleSuite(), testRandom(2)), party).into,
        'reset',
      ),
    // Failed, aborted, gone.
    (party) => {
      const id = party.links.accept(0, FROM);
      party.links.opened(0, id);
      party.links.receive(0, id, GARBAGE, 0, GARBAGE.length);
      party.links.closed(0, id, 'local');
    },
    // Gone before it said anything.
    (party) => party.links.closed(0, party.links.accept(0, FROM), 'reset'),
    // No id was left.
    (party) => {
      party.port.hasIds = false;
      for (let i = 0; i < PREFIX_HALF_OPEN_MAX; i++) party.links.accept(i * PREFIX_EARN_US, FROM);
      expect(party.links.rejects.get('inbound-limit')).toBe(PREFIX_HALF_OPEN_MAX);
      party.port.hasIds = true;
    },
  ];
  for (const befall of fates) {
    const party = node();
    befall(party);
    expect(roomOf(party)).toBe(PREFIX_HALF_OPEN_MAX);
  }
});

test('a stream that found no id left does not count as alive', () => {
  const { links, port } = node();
  port.hasIds = false;
  for (let i = 1; i <= PREFIX_INBOUND_MAX; i++) links.accept(i * PREFIX_EARN_US, FROM);
  expect(links.rejects.get('inbound-limit')).toBe(PREFIX_INBOUND_MAX);
  port.hasIds = true;
  expect(links.accept(HOUR_US, FROM)).not.toBe(NO_ID);
});

test('a user hears of an inbound link once it is one, and of its end only then', () => {
  const stranger = node();
  const id = stranger.links.accept(0, FROM);
  stranger.links.opened(0, id);
  stranger.links.receive(0, id, GARBAGE, 0, GARBAGE.length);
  stranger.links.closed(0, id, 'local');
  expect(stranger.user.log).toEqual([]);

  const party = node();
  const client = makeClient(createNobleSuite(), testRandom(2));
  const { out, into } = join(client, party);
  party.links.closed(0, into, 'reset');
  client.links.closed(0, out, 'ended');
  expect(party.user.log).toEqual(['opened', 'closed reset']);
  expect(client.user.log).toEqual(['opened', 'closed ended']);
});

test('a dial that comes to nothing is told all the same, with what was wrong with it', () => {
  const client = makeClient(createNobleSuite(), testRandom(2));
  const { id, statement } = node();
  const out = client.links.dial(0, FROM, id, statement);
  client.links.closed(0, out, 'refused');
  expect(client.user.log).toEqual(['closed refused']);
});

test('an opening has its time from the dial, however late the stream opens', () => {
  const client = makeClient(createNobleSuite(), testRandom(2));
  const { id, statement } = node();
  const out = client.links.dial(0, FROM, id, statement);
  expect(client.links.deadlineUs).toBe(HANDSHAKE_US);
  client.links.opened(HANDSHAKE_US - 1, out);
  expect(client.links.deadlineUs).toBe(HANDSHAKE_US);
});

test('what follows on a failed stream is thrown away, and its end is asked for once', () => {
  const party = node();
  const id = party.links.accept(0, FROM);
  party.links.opened(0, id);
  const octets = new Uint8Array(60_000);
  expect(party.links.receive(0, id, octets, 0, octets.length)).toBe(octets.length);
  expect(party.links.receive(0, id, octets, 100, octets.length)).toBe(octets.length - 100);
  expect(party.links.transmit(0, id, octets, 0, octets.length)).toBe(0);
  party.links.woken(0, id);
  expect(party.port.aborted).toEqual([id]);
  expect(party.links.rejects.total).toBe(1);
});

test('nobody is dialled before the clock is known', () => {
  // A clock that was never set seems to show epoch 0.
  const first = makeNode(createNobleSuite(), testRandom(1), 0);
  const early = makeClient(createNobleSuite(), testRandom(2), false);
  expect(early.links.dial(0, FROM, first.id, first.statement)).toBe(NO_ID);
  const { id, statement } = node();
  const timely = makeClient(createNobleSuite(), testRandom(2));
  expect(timely.links.dial(0, FROM, id, statement)).not.toBe(NO_ID);
  expect(timely.links.dial(0, FROM, new Uint8Array(32), statement)).toBe(NO_ID);
});
