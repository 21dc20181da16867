import { assert } from '#core/base/assert.ts';

// The pcapng file format (draft-ietf-opsawg-pcapng): blocks of whole 32-bit words, here in little-endian order.

const SECTION = 0x0a0d_0d0a;
const INTERFACE = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
/** Packets begin with an IPv4 or IPv6 header. */
const LINKTYPE_RAW = 101;
/** Options: of any block; of a section; of an interface. */
const OPT_COMMENT = 1;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
/** Ten to the minus nine. */
const NANOSECONDS = 9;
/** Octets of an enhanced packet block in front of the packet. */
const PACKET_HEAD = 28;
const BUFFER_OCTETS: number = 256 * 1024;
const NS_PER_MS = 1_000_000;
const TWO_32 = 0x1_0000_0000;

/** Takes octets that are lent for the call: the bytes of a file, in order. */
export type Sink = (octets: Uint8Array) => void;

/** Writes a pcapng file through one buffer. A packet is written in place between `open` and `close`. */
export class PcapngWriter {
  /** Where a packet is written: from what `open` answers on. */
  readonly bytes: Uint8Array = new Uint8Array(BUFFER_OCTETS);
  readonly #view: DataView = new DataView(this.bytes.buffer);
  readonly #sink: Sink;
  #at = 0;
  /** Where the open block begins; -1 when none is open. */
  #block = -1;
  #interfaces = 0;

  /** `comment` is about the whole file. */
  constructor(sink: Sink, application: string, comment: string) {
    this.#sink = sink;
    this.#begin(SECTION, 64 + 4 * (application.length + comment.length));
    this.#u32(BYTE_ORDER_MAGIC);
    // Version 1.0, and a length of the section that is not known in advance.
    this.#u32(1);
    this.#u32(0xffff_ffff);
    this.#u32(0xffff_ffff);
    this.#text(OPT_COMMENT, comment);
    this.#text(SHB_USERAPPL, application);
    this.#end(true);
  }

  /** One more interface; answers its number. Times on it are in nanoseconds. */
  addInterface(name: string, description: string): number {
    this.#begin(INTERFACE, 64 + 4 * (name.length + description.length));
    this.#u32(LINKTYPE_RAW);
    this.#u32(0);
    this.#text(IF_NAME, name);
    this.#text(IF_DESCRIPTION, description);
    this.#option(IF_TSRESOL, 1);
    this.#u32(NANOSECONDS);
    this.#end(true);
    return this.#interfaces++;
  }

  /** Begins a packet of at most `octets`: at `ns` after `epochMs`, ms since 1970. Answers where it goes in `bytes`. */
  open(onInterface: number, epochMs: number, ns: number, octets: number): number {
    this.#begin(ENHANCED_PACKET, PACKET_HEAD + octets);
    this.#u32(onInterface);
    const ms = epochMs + Math.floor(ns / NS_PER_MS);
    const low = (ms % TWO_32) * NS_PER_MS + (ns % NS_PER_MS);
    this.#u32(Math.floor(ms / TWO_32) * NS_PER_MS + Math.floor(low / TWO_32));
    this.#u32(low % TWO_32);
    this.#at += 8;
    return this.#at;
  }

  /** Ends it: so many octets were written, and this is to be said about it, if anything. */
  close(octets: number, comment: string | undefined): void {
    assert(this.#block >= 0, 'a packet is begun before it ends');
    this.#view.setUint32(this.#at - 8, octets, true);
    this.#view.setUint32(this.#at - 4, octets, true);
    this.#skip(octets);
    if (comment !== undefined) this.#text(OPT_COMMENT, comment);
    this.#end(comment !== undefined);
  }

  /** Hands over what is not handed over yet. */
  flush(): void {
    assert(this.#block < 0, 'no packet is open');
    this.#sink(this.bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  /** A block for which `room` octets, and as many again as a comment takes, are free. */
  #begin(type: number, room: number): void {
    const needed = room + 4096;
    assert(
      this.#block < 0 && needed <= BUFFER_OCTETS,
      'one block at a time, smaller than a buffer',
    );
    if (this.#at + needed > BUFFER_OCTETS) this.flush();
    this.#block = this.#at;
    this.#u32(type);
    this.#u32(0);
  }

  #end(hasOptions: boolean): void {
    if (hasOptions) this.#u32(0);
    const length = this.#at + 4 - this.#block;
    this.#view.setUint32(this.#block + 4, length, true);
    this.#u32(length);
    this.#block = -1;
  }

  #text(code: number, text: string): void {
    const octets = new TextEncoder().encode(text);
    this.#option(code, octets.length);
    this.bytes.set(octets, this.#at);
    this.#skip(octets.length);
  }

  #option(code: number, length: number): void {
    this.#view.setUint16(this.#at, code, true);
    this.#view.setUint16(this.#at + 2, length, true);
    this.#at += 4;
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Goes past octets that were written, and fills up to whole words. */
  #skip(octets: number): void {
    this.#at += octets;
    while (this.#at % 4 !== 0) this.bytes[this.#at++] = 0;
  }
}
