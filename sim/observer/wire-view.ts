import { type Network, type Pipe, PROTOCOL } from '../network/mod.ts';

/** What somebody with a hand on some links sees without any key. */
export class WireView {
  /** Addresses in packet headers, as text, with when each was first seen. */
  readonly addresses: Map<string, number> = new Map<string, number>();
  /** Packets of DNS in clear, UDP or TCP, and the first of them in words. */
  dnsPackets = 0;
  firstDns = '';
  packets = 0;
  /** Marks found in payloads: which, and when first, in words. */
  readonly found: Map<string, string> = new Map<string, string>();
  readonly #marks: readonly { readonly name: string; readonly octets: Buffer }[];

  /** `marks`: octet strings to look for, by name. */
  constructor(marks: ReadonlyMap<string, Uint8Array>) {
    this.#marks = [...marks].map(([name, octets]) => ({
      name,
      octets: Buffer.from(octets),
    }));
  }

  watch(network: Network, pipe: Pipe): void {
    network.tapPipe(pipe, (seen) => {
      this.packets += 1;
      for (const ip of [seen.fromText, seen.toText])
        if (!this.addresses.has(ip)) this.addresses.set(ip, seen.timeNs);
      const isDns = seen.sourcePort === DNS_PORT || seen.destPort === DNS_PORT;
      const carries = seen.protocol === PROTOCOL.udp || seen.protocol === PROTOCOL.tcp;
      if (isDns && carries && this.dnsPackets++ === 0)
        this.firstDns = `from ${seen.fromText} to ${seen.toText} at ${ms(seen.timeNs)}`;
      if (seen.start === seen.end) return;
      const payload = Buffer.from(
        seen.bytes.buffer,
        seen.bytes.byteOffset + seen.start,
        seen.end - seen.start,
      );
      for (const { name, octets } of this.#marks)
        if (!this.found.has(name) && payload.includes(octets))
          this.found.set(name, `on ${pipe.name} at ${ms(seen.timeNs)}`);
    });
  }
}

const DNS_PORT = 53;

/** Nanoseconds as people read them. */
export function ms(timeNs: number): string {
  return `${(timeNs / 1e6).toFixed(3)} ms`;
}
