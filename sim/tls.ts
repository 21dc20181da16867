import { concatBytes } from '#core/base/bytes.ts';
import { RECORD_PAYLOAD_MAX, SEND_BACKLOG } from '#core/base/limits.ts';
import type { Suite } from '#core/crypto/mod.ts';
import type { Cause, Driver, HostCommand, Random } from '#core/host/mod.ts';
import { parseIp } from '#core/wire/mod.ts';
import { certificates, clientHello, decodeChain, finished, serverHello } from './tls-handshake.ts';
import {
  CONTENT,
  HEADER_LEN,
  RANDOM_LEN,
  RECORD_MAX,
  RecordSeal,
  SEAL_LEN,
} from './tls-records.ts';
import { TlsSide } from './tls-side.ts';
import { chainDer, isUsable, judge } from './tls-verdict.ts';

/** What a filter needs of its host. */
export type TlsSurroundings = {
  readonly random: Random;
  readonly suite: Suite;
  /** Known to the world only: part of every key. */
  readonly secret: string;
  readonly scratch: Uint8Array;
  wallMs(): number;
  later(action: () => void): void;
};

const CLOSE_NOTIFY: readonly number[] = Object.freeze([1, 0]);
const BAD_CERTIFICATE: readonly number[] = Object.freeze([2, 42]);

type Step = 'hello' | 'flight' | 'finish' | 'open';

/**
 * The contract's TLS filter. Records have TLS 1.3's sizes and are really sealed; certificates are really
 * judged. What is simulated is the key agreement. All work happens in events of its own, never in a call.
 */
export class TlsFilter {
  readonly plain: TlsSide;
  readonly cipher: TlsSide;
  readonly #command: HostCommand & { kind: 'tls' };
  readonly #driver: Driver;
  readonly #around: TlsSurroundings;
  #step: Step;
  /** What the client said first, as this side knows it. */
  #clientHello: Uint8Array = new Uint8Array(0);
  #sealing: RecordSeal | undefined;
  #opening: RecordSeal | undefined;
  #chain: Uint8Array = new Uint8Array(0);
  #peerIsDone = false;
  #weAreDone = false;
  #isScheduled = false;

  constructor(command: HostCommand & { kind: 'tls' }, driver: Driver, around: TlsSurroundings) {
    this.#command = command;
    this.#driver = driver;
    this.#around = around;
    const work = (): void => this.#workSoon();
    this.plain = new TlsSide(command.plain, around.scratch, {
      work,
      aborted: () => around.later(() => this.#close(this.cipher, 'reset')),
    });
    this.cipher = new TlsSide(command.cipher, around.scratch, {
      work,
      aborted: () => around.later(() => this.#close(this.plain, 'reset')),
    });
    this.#step = command.as.role === 'client' ? 'flight' : 'hello';
    around.later(() => this.#start());
  }

  #start(): void {
    const { as } = this.#command;
    if (as.role === 'client') {
      const random = new Uint8Array(RANDOM_LEN);
      this.#around.random.fill(random);
      const hello = clientHello(random, parseIp(as.name) === undefined ? as.name : '');
      this.#clientHello = hello.subarray(HEADER_LEN);
      this.cipher.toGive.push(hello);
    } else if (!isUsable(as.chainPem, as.keyPem)) return this.#fail('untrusted');
    this.#work();
  }

  #workSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#around.later(() => {
      this.#isScheduled = false;
      this.#work();
    });
  }

  /** Moves octets as far as the readers at both sides allow. */
  #work(): void {
    this.#open();
    this.#seal();
    this.#give(this.cipher);
    this.#give(this.plain);
    this.#finish();
  }

  // ---- from the wire -------------------------------------------------------------------------------------

  #open(): void {
    const before = this.cipher.written.length;
    while (
      !this.plain.isGone &&
      !this.cipher.isGone &&
      !this.#peerIsDone &&
      this.plain.toGive.length < SEND_BACKLOG
    ) {
      if (this.cipher.written.length < HEADER_LEN) break;
      const length = (this.cipher.written.at(3) << 8) | this.cipher.written.at(4);
      if (length > RECORD_MAX + SEAL_LEN) return this.#fail('reset');
      if (this.cipher.written.length < HEADER_LEN + length) break;
      this.#record(this.cipher.written.take(HEADER_LEN + length));
    }
    if (this.plain.isGone || this.#peerIsDone) this.cipher.written.clear();
    if (this.cipher.written.length < before) this.#driver.writable(this.cipher.id);
  }

  #record(record: Uint8Array): void {
    if (record[0] === CONTENT.handshake) {
      if (this.#step === 'hello') return this.#answerHello(record.subarray(HEADER_LEN));
      if (this.#step === 'flight' && this.#sealing === undefined) {
        return this.#agree(this.#clientHello, record.subarray(HEADER_LEN));
      }
      return this.#fail('reset');
    }
    const opened = this.#opening?.open(record);
    if (opened === undefined) return this.#fail('reset');
    const { type, content } = opened;
    if (type === CONTENT.alert) {
      if (content[0] === CLOSE_NOTIFY[0] && this.#step === 'open') this.#peerIsDone = true;
      else this.#fail('reset');
    } else if (type === CONTENT.data && this.#step === 'open') this.plain.toGive.push(content);
    else if (type === CONTENT.handshake && this.#step === 'flight') this.#certificates(content);
    else if (type === CONTENT.handshake && this.#step === 'finish') this.#opened();
    else this.#fail('reset');
  }

  #answerHello(content: Uint8Array): void {
    const { as } = this.#command;
    if (as.role !== 'server' || content.length < RANDOM_LEN) return this.#fail('reset');
    const random = new Uint8Array(RANDOM_LEN);
    this.#around.random.fill(random);
    const hello = serverHello(random);
    this.#agree(content, hello.subarray(HEADER_LEN));
    this.cipher.toGive.push(hello);
    if (this.#sealing !== undefined)
      this.cipher.toGive.push(certificates(chainDer(as.chainPem), this.#sealing));
    this.#step = 'finish';
  }

  /** Both sides know both hellos, or have other keys. */
  #agree(client: Uint8Array, server: Uint8Array): void {
    const { secret, suite } = this.#around;
    const isClient = this.#command.as.role === 'client';
    const up = new RecordSeal(suite, secret, 'up', client, server);
    const down = new RecordSeal(suite, secret, 'down', client, server);
    this.#sealing = isClient ? up : down;
    this.#opening = isClient ? down : up;
  }

  #certificates(content: Uint8Array): void {
    this.#chain = concatBytes(this.#chain, content);
    const chain = decodeChain(this.#chain);
    const { as } = this.#command;
    if (chain === undefined || as.role !== 'client' || this.#sealing === undefined) return;
    const { verdict, spki } = judge(chain, as.name, as.anchorsPem, this.#around.wallMs());
    this.#driver.event({ kind: 'verified', id: this.plain.id, verdict, resumed: false, spki });
    if (this.plain.isGone) return;
    if (verdict !== 'ok') {
      this.cipher.toGive.push(this.#sealing.seal(CONTENT.alert, Uint8Array.from(BAD_CERTIFICATE)));
      return this.#fail('untrusted');
    }
    this.cipher.toGive.push(finished(this.#sealing));
    this.#opened();
  }

  #opened(): void {
    this.#step = 'open';
    this.#driver.opened(this.plain.id);
  }

  // ---- towards the wire ----------------------------------------------------------------------------------

  #seal(): void {
    if (this.#sealing === undefined || this.#step !== 'open') return;
    const before = this.plain.written.length;
    while (this.plain.written.length > 0 && this.cipher.toGive.length < SEND_BACKLOG) {
      const content = this.plain.written.take(
        Math.min(this.plain.written.length, RECORD_PAYLOAD_MAX),
      );
      this.cipher.toGive.push(this.#sealing.seal(CONTENT.data, content));
    }
    if (this.plain.isEnding && this.plain.written.length === 0 && !this.#weAreDone) {
      this.#weAreDone = true;
      this.cipher.toGive.push(this.#sealing.seal(CONTENT.alert, Uint8Array.from(CLOSE_NOTIFY)));
    }
    if (this.plain.written.length < before) this.#driver.writable(this.plain.id);
  }

  // ---- ends ----------------------------------------------------------------------------------------------

  #give(side: TlsSide): void {
    const { toGive } = side;
    while (toGive.length > 0 && !side.isPaused && !side.isGone) {
      const bytes = toGive.take(Math.min(toGive.length, RECORD_MAX));
      this.#driver.received(side.id, bytes, 0, bytes.length);
      this.#workSoon();
    }
    if (side.isGone) toGive.clear();
  }

  #finish(): void {
    if (this.plain.toGive.length === 0 && this.#peerIsDone) this.#tellEnd(this.plain);
    if (this.cipher.toGive.length === 0 && this.#weAreDone) this.#tellEnd(this.cipher);
    const isCut = this.cipher.isEnding && !this.#peerIsDone && this.plain.toGive.length === 0;
    if (isCut && !this.plain.isGone) this.#fail('reset');
    if (this.plain.wasEnded && this.#weAreDone) this.#close(this.plain, 'ended');
    if (this.cipher.wasEnded && this.cipher.isEnding) this.#close(this.cipher, 'ended');
  }

  #tellEnd(side: TlsSide): void {
    if (side.wasEnded || side.isGone) return;
    side.wasEnded = true;
    this.#driver.ended(side.id);
  }

  /** The filter is over before its time. What the peer must still be told is offered first. */
  #fail(cause: Cause): void {
    this.#give(this.cipher);
    this.#close(this.plain, cause);
    this.#close(this.cipher, 'reset');
  }

  #close(side: TlsSide, cause: Cause): void {
    if (side.isGone) return;
    side.isGone = true;
    this.#driver.closed(side.id, cause);
  }
}
