import { END } from '#core/host/mod.ts';
import { fillContent, wrongContent } from '../workload/mod.ts';
import { TALK, TalkAnswers } from './talk.ts';
import type { Session } from './tls-service.ts';

// What a browser and a website say to each other inside TLS. A request is its length and the number of a page, then
// content of that length; the answer is content of the page's length, then the end.
//
//   page 4 | octets of the request's content 4 | octets wanted 4 | content
//
// A call or a game says TALK for the first and how many messages it will say for the second: talk.ts.

export const REQUEST_HEAD_LEN = 12;

/** What may be wrong with a website: octets it leaves off the end of a page, and that it never ends. */
export type Fault = { readonly forgets: number; readonly hangs: boolean };

/** One visit of one page. */
export class Website implements Session {
  readonly #head: number[] = [];
  #page = 0;
  #expected = 0;
  #length = 0;
  #talk: TalkAnswers | undefined;
  /** Octets of content that came and went. */
  received = 0;
  sent = 0;
  #isEnded = false;
  /** Octets that were not what the page's visitor must have sent. */
  wrong = 0;
  readonly #forgets: number;
  readonly #hangs: boolean;
  readonly #counted: (wrong: number) => void;
  readonly #asked: (page: number) => void;

  /** `counted` hears of octets that arrived altered, `asked` of the page that is wanted. */
  constructor(
    { forgets, hangs }: Fault,
    counted: (wrong: number) => void,
    asked: (page: number) => void,
  ) {
    this.#asked = asked;
    this.#forgets = forgets;
    this.#hangs = hangs;
    this.#counted = counted;
  }

  receive(_nowUs: number, bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (this.#head.length < REQUEST_HEAD_LEN && at < end) {
      this.#head.push(bytes[at++] as number);
      if (this.#head.length < REQUEST_HEAD_LEN) continue;
      this.#page = this.#number(0);
      this.#expected = this.#number(4);
      if (this.#expected === TALK) this.#talk = new TalkAnswers(this.#page, this.#number(8));
      else this.#length = this.#number(8) - this.#forgets;
      this.#asked(this.#page);
    }
    const wrong =
      this.#talk?.receive(bytes, at, end) ??
      wrongContent(this.#page, true, this.received, bytes, at, end);
    this.received += end - at;
    if (wrong > 0) this.#counted(wrong);
  }

  transmit(_nowUs: number, out: Uint8Array, start: number, end: number): number {
    if (this.#head.length < REQUEST_HEAD_LEN) return 0;
    if (this.#talk === undefined && this.received < this.#expected) return 0;
    const length = Math.min(end - start, (this.#talk?.owed ?? this.#length) - this.sent);
    fillContent(this.#page, false, this.sent, out, start, start + length);
    this.sent += length;
    if (length > 0) return length;
    if (this.#isEnded || this.#hangs || this.#talk?.isWhole === false) return 0;
    this.#isEnded = true;
    return END;
  }

  #number(at: number): number {
    return this.#head.slice(at, at + 4).reduce((value, octet) => value * 256 + octet, 0);
  }
}
