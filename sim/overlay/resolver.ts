import { concatBytes } from '#core/base/bytes.ts';
import { US_PER_MS } from '#core/base/time.ts';
import {
  decodeQuery,
  encodeAnswer,
  FrameReader,
  nameKey,
  parseHostName,
  type Query,
  RCODE_NO_ERROR,
  RCODE_NO_SUCH_NAME,
  RCODE_SERVER_FAILURE,
  TYPE_A,
  writeFrame,
} from '#core/dns/mod.ts';
import { parseIp } from '#core/wire/mod.ts';
import type { DnsTrouble } from '../faults/mod.ts';
import type { Session } from './tls-service.ts';

const FRAME_HEAD_LEN = 2;
const TTL_S = 300;

/** Names of a test network and their IPv4 addresses. */
export type Zone = (name: string) => Uint8Array | undefined;

/** What is wrong with a resolver now, and how a session is asked again at a time. */
export type Troubled = {
  readonly now: () => DnsTrouble | undefined;
  readonly wakeAt: (timeUs: number) => void;
};

const SOUND: Troubled = Object.freeze<Troubled>({
  now: () => undefined,
  wakeAt: () => undefined,
});

/** A resolver that knows its zone and nothing else: one connection of the DNS over TLS it speaks. */
export class ResolverSession implements Session {
  readonly #zone: Zone;
  readonly #asked: (name: string) => void;
  readonly #frames = new FrameReader();
  readonly #trouble: Troubled;
  /** Answers to come, each in its frame, and when. */
  readonly #answers: { readonly dueUs: number; readonly framed: Uint8Array }[] = [];
  #pending: Uint8Array = new Uint8Array(0);

  /** `asked` hears of every question. */
  constructor(zone: Zone, asked: (name: string) => void, trouble: Troubled = SOUND) {
    this.#zone = zone;
    this.#asked = asked;
    this.#trouble = trouble;
  }

  receive(nowUs: number, bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      at += this.#frames.offer(bytes, at, end);
      const { message } = this.#frames;
      if (message === undefined) continue;
      const query = decodeQuery(message);
      if (typeof query !== 'string') this.#answer(nowUs, query);
    }
  }

  transmit(nowUs: number, out: Uint8Array, start: number, end: number): number {
    for (let next = this.#answers[0]; next !== undefined; next = this.#answers[0]) {
      if (next.dueUs > nowUs) {
        this.#trouble.wakeAt(next.dueUs);
        break;
      }
      this.#answers.shift();
      this.#pending = concatBytes(this.#pending, next.framed);
    }
    const length = Math.min(this.#pending.length, end - start);
    out.set(this.#pending.subarray(0, length), start);
    this.#pending = this.#pending.slice(length);
    return length;
  }

  #answer(nowUs: number, query: Query): void {
    const { name, type } = query.question;
    const text = name.map((label) => String.fromCharCode(...label)).join('.');
    this.#asked(text);
    const trouble = this.#trouble.now();
    if (trouble?.how === 'silent') return;
    const lie = trouble?.how === 'lies' ? trouble : undefined;
    const address = lie === undefined ? this.#zone(text) : parseIp(lie.ip);
    const ttlS = lie?.ttlS ?? TTL_S;
    const records =
      address === undefined || type !== TYPE_A
        ? []
        : [{ kind: 'address' as const, owner: name, ttlS, address }];
    const known = address === undefined ? RCODE_NO_SUCH_NAME : RCODE_NO_ERROR;
    const zone = { owner: name.slice(-1), ttlS, minimumS: ttlS };
    const message =
      trouble?.how === 'fails'
        ? encodeAnswer(query, { rcode: RCODE_SERVER_FAILURE, records: [] })
        : encodeAnswer(query, { rcode: known, records, zone });
    const framed = new Uint8Array(FRAME_HEAD_LEN + message.length);
    writeFrame(message, framed, 0);
    const slowMs = trouble?.how === 'slow' ? trouble.slowMs : 0;
    this.#answers.push({ dueUs: nowUs + slowMs * US_PER_MS, framed });
  }
}

/** A zone of exact names, in any case of ASCII. */
export function zoneOf(names: ReadonlyMap<string, Uint8Array>): Zone {
  const keyOf = (name: string): string => nameKey(parseHostName(name) ?? []);
  const known = new Map([...names].map(([name, ip]) => [keyOf(name), ip] as const));
  return (name) => known.get(keyOf(name));
}
