import {
  decodeQuery,
  encodeAnswer,
  FrameReader,
  nameKey,
  parseHostName,
  type Query,
  RCODE_NO_ERROR,
  RCODE_NO_SUCH_NAME,
  TYPE_A,
  writeFrame,
} from '#core/dns/mod.ts';
import type { Session } from './tls-service.ts';

const FRAME_HEAD_LEN = 2;
const TTL_S = 300;

/** Names of a test network and their IPv4 addresses. */
export type Zone = (name: string) => Uint8Array | undefined;

/** A resolver that knows its zone and nothing else: one connection of the DNS over TLS it speaks. */
export class ResolverSession implements Session {
  readonly #zone: Zone;
  readonly #asked: (name: string) => void;
  readonly #frames = new FrameReader();
  #pending: Uint8Array = new Uint8Array(0);

  /** `asked` hears of every question. */
  constructor(zone: Zone, asked: (name: string) => void) {
    this.#zone = zone;
    this.#asked = asked;
  }

  receive(_nowUs: number, bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      at += this.#frames.offer(bytes, at, end);
      const { message } = this.#frames;
      if (message === undefined) continue;
      const query = decodeQuery(message);
      if (typeof query !== 'string') this.#answer(query);
    }
  }

  transmit(_nowUs: number, out: Uint8Array, start: number, end: number): number {
    const length = Math.min(this.#pending.length, end - start);
    out.set(this.#pending.subarray(0, length), start);
    this.#pending = this.#pending.slice(length);
    return length;
  }

  #answer(query: Query): void {
    const { name, type } = query.question;
    const text = name.map((label) => String.fromCharCode(...label)).join('.');
    this.#asked(text);
    const address = this.#zone(text);
    const records =
      address === undefined || type !== TYPE_A
        ? []
        : [{ kind: 'address' as const, owner: name, ttlS: TTL_S, address }];
    const rcode = address === undefined ? RCODE_NO_SUCH_NAME : RCODE_NO_ERROR;
    const zone = { owner: name.slice(-1), ttlS: TTL_S, minimumS: TTL_S };
    const message = encodeAnswer(query, { rcode, records, zone });
    const framed = new Uint8Array(this.#pending.length + FRAME_HEAD_LEN + message.length);
    framed.set(this.#pending);
    writeFrame(message, framed, this.#pending.length);
    this.#pending = framed;
  }
}

/** A zone of exact names, in any case of ASCII. */
export function zoneOf(names: ReadonlyMap<string, Uint8Array>): Zone {
  const keyOf = (name: string): string => nameKey(parseHostName(name) ?? []);
  const known = new Map([...names].map(([name, ip]) => [keyOf(name), ip] as const));
  return (name) => known.get(keyOf(name));
}
