import { expect, test } from 'vitest';
import { ChunkPool } from '#core/base/chunk-pool.ts';
import { NS_PER_S } from '#core/base/time.ts';
import { TEST_ONLY_ANCHOR } from '#core/host/fixtures/test-only-tls.case.ts';
import { DotClient, Switchboard, type Timed } from '#core/node/mod.ts';
import { SimHost } from '../host.ts';
import { Network } from '../network/mod.ts';
import { World } from '../world.ts';
import { TEST_NETWORK_ANCHOR } from './certificates.ts';
import { ResolverSession, type Session, TlsService, zoneOf } from './mod.ts';

// The stub resolver as a node runs it, over simulated TCP and TLS: what leaves the machine, and what does not.

const AT = Object.freeze({ ip: Uint8Array.of(10, 0, 0, 2), port: 853 });
const WEB = Uint8Array.of(203, 0, 113, 1);

/** A root that has nothing but a resolver to ask. */
class Asker extends Switchboard {
  readonly pool: ChunkPool = new ChunkPool(1024 * 1024);
  readonly answers: { readonly ticket: number; readonly addresses: readonly Uint8Array[] }[] = [];
  readonly dot: DotClient;
  protected readonly timed: readonly Timed[];

  constructor(world: World, name: string, anchorsPem: string) {
    super();
    this.dot = new DotClient({
      port: this,
      random: world.random('asker'),
      pool: this.pool,
      upstream: { at: AT, name, anchorsPem },
      answered: (_nowUs, ticket, addresses) => this.answers.push({ ticket, addresses }),
    });
    this.timed = [this.dot];
  }

  protected happened(): void {
    // It needs no clock.
  }
}

type Played = {
  readonly world: World;
  readonly asker: Asker;
  readonly asked: readonly string[];
  /** Octets that came out of TLS at the resolver. */
  readonly received: () => number;
  readonly ask: (ticket: number, name: string, seconds?: number) => void;
  readonly resolver: SimHost;
};

function play(name: string, anchorsPem: string): Played {
  const world = new World('dot');
  const network = new Network(world);
  const hosts = [1, 2].map(
    (n) => new SimHost(network, { name: `host ${n}`, ips: [Uint8Array.of(10, 0, 0, n)] }),
  );
  const [near, far] = hosts as [SimHost, SimHost];
  network.addLink(near.node, far.node, { delayNs: 5e6, rateBps: 0, lossPpm: 0, queueBytes: 1e6 });
  const asked: string[] = [];
  let received = 0;
  const zone = zoneOf(new Map([['web.test', WEB]]));
  far.start(
    () =>
      new TlsService(AT, () => {
        const session: Session = new ResolverSession(zone, (one) => asked.push(one));
        return {
          receive: (nowUs, bytes, start, end) => {
            received += end - start;
            session.receive(nowUs, bytes, start, end);
          },
          transmit: (...call) => session.transmit(...call),
        };
      }),
  );
  let asker: Asker | undefined;
  near.start(() => {
    asker = new Asker(world, name, anchorsPem);
    return asker;
  });
  world.run(NS_PER_S);
  if (asker === undefined) throw new Error('the asker runs');
  const { dot } = asker;
  const ask = (ticket: number, one: string, seconds = 10): void => {
    dot.lookup(near.nowUs(), ticket, one);
    near.turn();
    world.run(world.nowNs + seconds * NS_PER_S);
  };
  return { world, asker, asked, received: () => received, ask, resolver: far };
}

test('names are resolved over TLS, one connection for all, and none is asked for twice', () => {
  const { asker, asked, ask } = play('resolver.spn.test', TEST_NETWORK_ANCHOR);
  ask(1, 'web.test');
  ask(2, 'nowhere.test');
  ask(3, 'web.test');
  expect(asker.answers).toEqual([
    { ticket: 1, addresses: [WEB] },
    { ticket: 2, addresses: [] },
    { ticket: 3, addresses: [WEB] },
  ]);
  expect(asked).toEqual(['web.test', 'web.test', 'nowhere.test', 'nowhere.test']);
  expect([asker.dot.rejects.total, asker.pool.used]).toEqual([0, 0]);
});

test.each([
  ['another name', 'other.spn.example', TEST_NETWORK_ANCHOR],
  ['no anchor', 'resolver.spn.test', ''],
  ['an anchor that did not issue it', 'resolver.spn.test', TEST_ONLY_ANCHOR],
])(
  'a resolver that cannot prove who it is (%s) hears no octet of a question',
  (_, name, anchors) => {
    const { asker, asked, received, ask } = play(name, anchors);
    ask(1, 'web.test');
    ask(2, 'web.test');
    expect(asker.answers.map(({ addresses }) => addresses)).toEqual([[], []]);
    expect([asked, received(), asker.pool.used]).toEqual([[], 0, 0]);
  },
);

test('a resolver that dies: the question fails in time, the next one finds it again', () => {
  const { world, asker, ask, resolver } = play('resolver.spn.test', TEST_NETWORK_ANCHOR);
  ask(1, 'web.test');
  resolver.stop('killed');
  ask(2, 'later.test');
  expect(asker.answers).toHaveLength(2);
  expect([asker.dot.deadlineUs * 1000 > world.nowNs, asker.pool.used]).toEqual([true, 0]);
});
