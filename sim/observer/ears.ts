import type { AeadKey, Suite } from '#core/crypto/mod.ts';

/** One thing a party sealed or opened, in clear, in the order it happened. */
export type Heard = { readonly timeNs: number; readonly what: string; readonly octets: Uint8Array };

/** Octets one host may be heard for: enough for the scenarios that listen, and a stop for those that should not. */
const HEARD_MAX = 64 * 1024 * 1024;

/** Hears at one host what its own keys open and seal: its decrypted view, and nothing it could not know. */
export class Ears {
  readonly heard: Heard[] = [];
  /** True when there was more than it may keep: then nothing may be concluded. */
  isOverfull = false;
  readonly #nowNs: () => number;
  #octets = 0;

  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  /** The host's suite, overheard. */
  listen(suite: Suite): Suite {
    return {
      ...suite,
      aead: (key) => this.#overhear(suite.aead(key)),
    };
  }

  #overhear(key: AeadKey): AeadKey {
    return {
      seal: (counter, bytes, start, end, out, at, associated) => {
        this.#note('sealed', bytes, start, end);
        return key.seal(counter, bytes, start, end, out, at, associated);
      },
      open: (counter, bytes, start, end, out, at, associated) => {
        const length = key.open(counter, bytes, start, end, out, at, associated);
        if (length > 0) this.#note('opened', out, at, at + length);
        return length;
      },
      destroy: () => key.destroy(),
    };
  }

  #note(what: string, bytes: Uint8Array, start: number, end: number): void {
    this.#octets += end - start;
    if (this.#octets > HEARD_MAX) this.isOverfull = true;
    else this.heard.push({ timeNs: this.#nowNs(), what, octets: bytes.slice(start, end) });
  }
}
