import type { Root } from '#core/host/mod.ts';
import type { Heard } from '../observer/mod.ts';
import { WrappedRoot } from '../wrapped-root.ts';

/** A root whose every octet, in and out, is heard: inside and outside of TLS alike. */
export class HearingRoot extends WrappedRoot {
  readonly #hear: (heard: Heard) => void;
  readonly #nowNs: () => number;

  constructor(inner: Root, nowNs: () => number, hear: (heard: Heard) => void) {
    super(inner);
    this.#nowNs = nowNs;
    this.#hear = hear;
  }

  override receive(...call: Parameters<Root['receive']>): number {
    const [, , bytes, start] = call;
    const taken = super.receive(...call);
    this.#note('received', bytes, start, start + taken);
    return taken;
  }

  override transmit(...call: Parameters<Root['transmit']>): number {
    const [, , out, start] = call;
    const written = super.transmit(...call);
    this.#note('sent', out, start, start + written);
    return written;
  }

  #note(what: string, bytes: Uint8Array, start: number, end: number): void {
    if (end > start) this.#hear({ timeNs: this.#nowNs(), what, octets: bytes.slice(start, end) });
  }
}
