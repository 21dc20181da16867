import { SimHost } from '../host.ts';
import {
  type CongestionKind,
  type Link,
  type LinkOptions,
  Network,
  RECEIVE_BUFFER,
} from '../network/mod.ts';
import { type Contact, type Flow, inhabit } from '../workload/mod.ts';
import type { World } from '../world.ts';
import type { Ground } from './ground.ts';

const NS_PER_MS = 1_000_000;
const START_MS = 20;
const SERVER_IP: readonly number[] = Object.freeze([10, 0, 0, 1]);
/** More than a sender sends in any case that stands by itself or within its ranges. */
const ENDLESS = 4_000_000_000;

/** A segment with octets in it, as it enters the link. */
export type Segment = { readonly timeNs: number; readonly seq: number; readonly length: number };

/** Senders that send all they may to one host: each over a way of its own, then all over `link`. */
export class Transfer {
  readonly world: World;
  readonly link: Link;
  /** First position each sender has not sent yet, by its number. */
  readonly frontier: number[];

  constructor(
    ground: Ground,
    senders: number,
    link: LinkOptions,
    congestion: CongestionKind = 'reno',
    sent: (sender: number, segment: Segment) => void = () => undefined,
    receiveBuffer: number = RECEIVE_BUFFER,
  ) {
    this.world = ground.world();
    const network = new Network(this.world);
    const router = network.addNode('router');
    const ips = [Uint8Array.from(SERVER_IP)];
    const server = new SimHost(network, { name: 'server', ips, receiveBuffer });
    const names = Array.from({ length: senders }, (_, i) => `sender ${i}`);
    this.frontier = names.map(() => 1);
    const hosts = names.map((name, i) => {
      const host = new SimHost(network, { name, ips: [Uint8Array.of(10, 0, 1, i)], congestion });
      network.addLink(host.node, router, { delayNs: 0 });
      return host;
    });
    this.link = ground.laid(network.addLink(router, server.node, link), link);
    network.tapPipe(this.link.there, ({ from, timeNs, seq, start, end }) => {
      const sender = from[3] as number;
      if (end === start) return;
      sent(sender, { timeNs, seq, length: end - start });
      this.frontier[sender] = Math.max(this.frontier[sender] as number, seq + end - start);
    });
    const flows = names.map((from, i): Flow => {
      const base = { id: i + 1, from, to: 'server', startMs: START_MS, downLen: 0 };
      return { ...base, upLen: ENDLESS, ending: 'dialler-first' };
    });
    const listen = { ip: Uint8Array.from(SERVER_IP), port: 80 };
    const contact: Contact = {
      endpoint: listen,
      refusing: { ...listen, port: 9 },
      node: undefined,
    };
    const contacts = new Map([['server', contact]]);
    const common = { arrangement: 'plain', flows, suite: network.suite, contacts } as const;
    server.start(({ random }) => inhabit({ ...common, name: 'server', random, listen }).root);
    for (const [i, host] of hosts.entries())
      host.start(({ random }) => inhabit({ ...common, name: names[i] as string, random }).root);
  }

  /** Lets time pass. */
  run(ms: number): void {
    this.world.run(this.world.nowNs + Math.round(ms * NS_PER_MS));
  }

  /** Octets a second that a sender sent for the first time in the next `ms`. */
  rate(sender: number, ms: number): number {
    const before = this.frontier[sender] as number;
    this.run(ms);
    return ((this.frontier[sender] as number) - before) / (ms / 1000);
  }
}
