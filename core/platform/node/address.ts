import { formatIp, parseIp } from '#core/wire/mod.ts';

/** Addresses whose text or octets are remembered: those of the peers of one busy moment. */
const REMEMBERED = 1024;

/** The octets of an address as Node writes it: without scope, IPv4-mapped as its 4. Undefined: no address. */
export function octetsOf(text: string): Uint8Array | undefined {
  const scope = text.indexOf('%');
  return parseIp(scope < 0 ? text : text.slice(0, scope));
}

/** Remembers the octets of texts it has seen. What it answers is shared: read only. */
export class AddressReader {
  readonly #known = new Map<string, Uint8Array>();

  octets(text: string): Uint8Array | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const octets = octetsOf(text);
    if (octets === undefined) return undefined;
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(text, octets);
    return octets;
  }
}

/** Remembers the texts of addresses it has printed. */
export class AddressPrinter {
  readonly #known = new Map<number, string>();
  readonly #mapped: boolean;

  /** `mapped`: IPv4 addresses are written as a socket of IPv6 wants them. */
  constructor(mapped: boolean) {
    this.#mapped = mapped;
  }

  text(ip: Uint8Array): string {
    if (ip.length !== 4) return formatIp(ip);
    const key = new DataView(ip.buffer, ip.byteOffset, 4).getUint32(0);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const text = this.#mapped ? `::ffff:${formatIp(ip)}` : formatIp(ip);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(key, text);
    return text;
  }
}
