import { toHex } from '#core/base/bytes.ts';
import type { Network, Pipe } from '../network/mod.ts';
import { type Heard, ms } from '../observer/mod.ts';

/** Looks for one octet string wherever it must not be: on links, in what relays have in clear, in logs. */
export class CanaryWatch {
  /** Where it was first, in words. */
  found: string | undefined;
  looked = 0;
  readonly #canary: Buffer;
  readonly #hex: string;

  constructor(canary: Uint8Array) {
    this.#canary = Buffer.from(canary);
    this.#hex = toHex(canary);
  }

  watch(network: Network, pipe: Pipe): void {
    network.tapPipe(pipe, ({ timeNs, bytes, start, end }) => {
      if (start === end) return;
      const payload = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      this.#look(payload, () => `the canary in clear on ${pipe.name} at ${ms(timeNs)}`);
    });
  }

  view(host: string, { octets, what, timeNs }: Heard): void {
    const said = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
    this.#look(said, () => `the canary ${what} by ${host} at ${ms(timeNs)}`);
  }

  line(line: string): void {
    this.looked += 1;
    if (line.includes(this.#hex)) this.found ??= `the canary in a log line: ${line.slice(0, 60)}`;
  }

  #look(octets: Buffer, where: () => string): void {
    this.looked += 1;
    if (this.found === undefined && octets.includes(this.#canary)) this.found = where();
  }
}
