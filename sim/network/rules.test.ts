import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ip } from '../pump.case.ts';
import { World } from '../world.ts';
import { type Link, Network } from './network.ts';
import { PROTOCOL, UDP_HEADERS } from './packet.ts';
import { DROP, PASS, type Rule } from './rules.ts';

const MS = 1_000_000;

/** a -- b, and packets of chosen lengths from a to b. */
function line() {
  const world = new World('rules');
  const network = new Network(world);
  const arrived: { readonly octets: number; readonly ns: number }[] = [];
  const a = network.addNode('a', [ip(1)]);
  const b = network.addNode('b', [ip(2)], {
    deliver: (packet) => {
      arrived.push({ octets: network.packets.wireOctets(packet), ns: world.nowNs });
      network.packets.release(packet);
    },
  });
  const link = network.addLink(a, b, { delayNs: MS });
  const send = (octets: number) => {
    const { packets } = network;
    const packet = packets.take();
    packets.source[packet] = network.addresses.find(a, ip(1));
    packets.dest[packet] = network.addresses.find(a, ip(2));
    packets.protocol[packet] = PROTOCOL.udp;
    packets.length[packet] = octets - UDP_HEADERS;
    network.send(a, packet);
  };
  return { world, network, a, b, link, arrived, send };
}

test('a rule drops, delays and passes what enters, and not after its scope', () => {
  const { world, network, link, arrived, send } = line();
  const all = () => [100, 200, 300].forEach(send);
  {
    using _rule = network.rule({
      judge: ({ wireOctets }) => [PASS, DROP, 5 * MS][wireOctets / 100 - 1] as number,
    });
    all();
    expect(link.there.inFlight).toBe(2);
  }
  all();
  world.run(20 * MS);
  const late = { octets: 300, ns: 6 * MS };
  const [first, second, third] = [100, 200, 300].map((octets) => ({ octets, ns: MS }));
  expect(arrived).toEqual([first, first, second, third, late]);
  expect([link.there.dropped, link.there.inFlight, network.packets.used]).toEqual([1, 0, 0]);
});

test('of several that judge, delays add up and one that drops is enough', () => {
  const { world, network, link, arrived, send } = line();
  using _one = network.rule({ pipes: [link.there], judge: () => 2 * MS });
  using _two = network.rule({ judge: () => 3 * MS });
  using _other = network.rule({ pipes: [link.back], judge: () => DROP });
  send(100);
  const three = network.rule({ judge: () => DROP });
  send(200);
  three[Symbol.dispose]();
  three[Symbol.dispose]();
  world.run(20 * MS);
  expect(arrived).toEqual([{ octets: 100, ns: 6 * MS }]);
});

test('a rule for all pipes holds for those that are made later, until it ends', () => {
  const { network, a, b } = line();
  const rule = network.rule({ judge: () => DROP, change: { mtu: 1280 } });
  const { there } = network.addLink(a, b, { delayNs: 0 });
  expect([there.mtu, there.judge === undefined]).toEqual([1280, false]);
  rule[Symbol.dispose]();
  expect([there.mtu, there.judge]).toEqual([1500, undefined]);
});

/** What a pipe does, found out from outside: loss, length and delay of one packet. */
function probe(
  link: Link,
  world: World,
  send: (octets: number) => void,
  arrived: { ns: number }[],
) {
  const [startNs, before] = [world.nowNs, arrived.length];
  send(1000);
  world.run(world.nowNs + 100 * MS);
  const ns = arrived.length > before ? (arrived.at(-1) as { ns: number }).ns - startNs : -1;
  return { ns, mtu: link.there.mtu };
}

test('rules that change a pipe stack, and end in any order: what is left is what holds', () => {
  const change = fc.record(
    {
      delayNs: fc.nat(9 * MS),
      rateBps: fc.constantFrom(0, 8_000_000, 80_000_000),
      lossPpm: fc.constantFrom(0, 1_000_000),
      mtu: fc.integer({ min: 1000, max: 1500 }),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(change, fc.record({ ends: fc.nat(20) }), fc.record({ own: change }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      const { world, network, link, arrived, send } = line();
      let held: { readonly rule: Disposable; readonly change: NonNullable<Rule['change']> }[] = [];
      let own = { delayNs: MS };
      const expectSame = () => {
        // The model: everything said, one over the other.
        const all = { rateBps: 0, lossPpm: 0, mtu: 1500, ...own };
        for (const one of held) Object.assign(all, one.change);
        const takesNs = all.rateBps === 0 ? 0 : (1000 * 8e9) / all.rateBps;
        const ns = all.lossPpm > 0 ? -1 : all.delayNs + takesNs;
        expect(probe(link, world, send, arrived)).toEqual({ ns, mtu: all.mtu });
      };
      for (const one of steps) {
        if ('ends' in one) {
          const ended = held[one.ends % Math.max(1, held.length)];
          ended?.rule[Symbol.dispose]();
          held = held.filter((other) => other !== ended);
        } else if ('own' in one) {
          own = { delayNs: MS, ...one.own };
          link.there.change(own);
        } else held.push({ rule: network.rule({ change: one }), change: one });
        expectSame();
      }
      for (const { rule } of held.reverse()) rule[Symbol.dispose]();
      held = [];
      expectSame();
    }),
    { numRuns: 50 },
  );
});

test('a run in which a rule came and went without a packet is the run without it', () => {
  const run = (isRuled: boolean) => {
    const { world, network, send } = line();
    send(100);
    world.run(5 * MS);
    if (isRuled) {
      using _change = network.rule({ change: { delayNs: 7, rateBps: 9, mtu: 600 } });
      using _judge = network.rule({ judge: () => DROP });
    }
    send(200);
    world.run(10 * MS);
    return world.hashes();
  };
  expect(run(true)).toEqual(run(false));
});
