import { DNS_POINTERS_MAX } from '../base/limits.ts';
import { type DnsName, NAME_MAX } from './name.ts';

/** Every way the octets of any message are refused. */
export type MessageReject =
  | 'too-long' // more than DNS_MESSAGE_MAX
  | 'short' // ends before it is complete
  | 'trailing' // goes on after it is complete
  | 'truncated' // says so itself, where nothing needs to be
  | 'opcode-unexpected'
  | 'question-count' // not exactly one
  | 'class-unexpected' // a question about something else than the Internet
  | 'label-invalid' // a label type of RFC 2673 or none
  | 'name-too-long'
  | 'pointer-invalid' // not strictly backwards, or into the header
  | 'pointer-limit'
  | 'rdata-length' // not what its type has
  | 'edns-invalid'; // twice, in the wrong place, of another owner than the root, options that do not fill it

export const HEADER_LEN = 12;

/**
 * Reads a message from any octets. The first refusal sticks, and yields zeros and empty names from there: loops
 * stop at it, the caller looks at it at the end.
 */
export class MessageReader {
  readonly bytes: Uint8Array;
  at = 0;
  reject: MessageReject | undefined;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  fail(reject: MessageReject): void {
    this.reject ??= reject;
  }

  u16(): number {
    if (!this.#has(2)) return 0;
    this.at += 2;
    return this.#octet(this.at - 2) * 0x100 + this.#octet(this.at - 1);
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  skip(length: number): void {
    if (this.#has(length)) this.at += length;
  }

  /** A copy of the next `length` octets; empty when they are not there. */
  octets(length: number): Uint8Array {
    if (!this.#has(length)) return new Uint8Array(0);
    this.at += length;
    return this.bytes.slice(this.at - length, this.at);
  }

  /**
   * A name, compressed or not (RFC 1035 section 4.1.4). A pointer leads to before the piece it stands in, so there
   * is no way round.
   */
  name(): DnsName {
    const labels: Uint8Array[] = [];
    let length = 1;
    let pointers = 0;
    let pieceAt = this.at;
    let at = this.at;
    let behind = -1;
    while (this.reject === undefined) {
      const first = this.#octet(at);
      if (at >= this.bytes.length || (first >= 0xc0 && at + 1 >= this.bytes.length))
        this.fail('short');
      else if (first === 0) {
        this.at = behind < 0 ? at + 1 : behind;
        return labels;
      } else if (first >= 0xc0) {
        const target = (first & 0x3f) * 0x100 + this.#octet(at + 1);
        if (behind < 0) behind = at + 2;
        if (target >= pieceAt || target < HEADER_LEN) this.fail('pointer-invalid');
        else if (++pointers > DNS_POINTERS_MAX) this.fail('pointer-limit');
        at = target;
        pieceAt = target;
      } else if (first > 0x3f) this.fail('label-invalid');
      else {
        length += 1 + first;
        if (length > NAME_MAX) this.fail('name-too-long');
        else if (first >= this.bytes.length - at) this.fail('short');
        else labels.push(this.bytes.slice(at + 1, at + 1 + first));
        at += 1 + first;
      }
    }
    return [];
  }

  #octet(at: number): number {
    return this.bytes[at] ?? 0;
  }

  #has(length: number): boolean {
    if (this.reject === undefined && length > this.bytes.length - this.at) this.reject = 'short';
    return this.reject === undefined;
  }
}
