import type { Id } from '#core/base/slab.ts';
import type { HostCommand, Root } from '#core/host/mod.ts';
import { WrappedRoot } from '../wrapped-root.ts';

/**
 * What a program wrote to one of its streams and read from it, in octets, and when: kept between the program and its
 * host, so that neither is taken at its word.
 */
export class Account {
  readonly host: string;
  readonly id: Id;
  /** A stream of the network, or which side of a TLS filter. */
  readonly kind: 'network' | 'plain' | 'cipher';
  /** For the plain side of a TLS client: whom it wants to talk to. */
  readonly peerName: string;
  written = 0;
  read = 0;
  /** Octets that were offered last and not taken: the host holds them. */
  held = 0;
  isClosed = false;
  /** World time of the first octet each way; Infinity before. */
  firstWrittenNs: number = Infinity;
  firstReadNs: number = Infinity;
  /** Whose octets are read here, once that is known. */
  peer: Account | undefined;
  /** What was written and read since somebody last compared: pairs of octets so far and world time. */
  writes: number[] = [];
  reads: number[] = [];

  constructor(host: string, id: Id, kind: Account['kind'], peerName = '') {
    this.host = host;
    this.id = id;
    this.kind = kind;
    this.peerName = peerName;
  }
}

/** All streams of all programs of a run. */
export class Ledger {
  readonly #nowNs: () => number;
  readonly #hosts = new Map<string, Map<Id, Account>>();
  readonly #closed = new Map<string, Account[]>();

  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  /** A root whose streams are kept account of. A host that starts again begins with empty books. */
  keep(host: string, root: Root): Root {
    const accounts = new Map<Id, Account>();
    this.#hosts.set(host, accounts);
    return new LedgerRoot(root, host, accounts, this.#nowNs, (account) => {
      const others = this.#closed.get(host) ?? [];
      others.push(account);
      this.#closed.set(host, others);
    });
  }

  of(host: string, id: Id): Account | undefined {
    return this.#hosts.get(host)?.get(id);
  }

  /** Plain sides of TLS on a host: those that are open, and those that closed since this was asked last. */
  *asking(host: string): Iterable<Account> {
    for (const account of this.#hosts.get(host)?.values() ?? [])
      if (account.peerName !== '') yield account;
    const closed = this.#closed.get(host);
    this.#closed.delete(host);
    if (closed !== undefined) yield* closed;
  }
}

class LedgerRoot extends WrappedRoot {
  readonly #host: string;
  readonly #accounts: Map<Id, Account>;
  readonly #nowNs: () => number;
  readonly #closedAsking: (account: Account) => void;

  constructor(
    inner: Root,
    host: string,
    accounts: Map<Id, Account>,
    nowNs: () => number,
    closedAsking: (account: Account) => void,
  ) {
    super(inner);
    this.#closedAsking = closedAsking;
    this.#host = host;
    this.#accounts = accounts;
    this.#nowNs = nowNs;
  }

  override opened(nowUs: number, id: Id): void {
    this.#account(id);
    super.opened(nowUs, id);
  }

  override receive(nowUs: number, id: Id, bytes: Uint8Array, start: number, end: number): number {
    const account = this.#account(id);
    const taken = super.receive(nowUs, id, bytes, start, end);
    account.held = end - start - taken;
    if (taken > 0) {
      const nowNs = this.#nowNs();
      account.read += taken;
      if (account.firstReadNs === Infinity) account.firstReadNs = nowNs;
      if (account.kind === 'network') account.reads.push(account.read, nowNs);
    }
    return taken;
  }

  override transmit(nowUs: number, id: Id, out: Uint8Array, start: number, end: number): number {
    const written = super.transmit(nowUs, id, out, start, end);
    if (written > 0) {
      const account = this.#account(id);
      const nowNs = this.#nowNs();
      account.written += written;
      if (account.firstWrittenNs === Infinity) account.firstWrittenNs = nowNs;
      if (account.kind === 'network') account.writes.push(account.written, nowNs);
    }
    return written;
  }

  override closed(...call: Parameters<Root['closed']>): void {
    const account = this.#accounts.get(call[1]);
    if (account !== undefined) {
      account.isClosed = true;
      if (account.peerName !== '') this.#closedAsking(account);
    }
    this.#accounts.delete(call[1]);
    super.closed(...call);
  }

  override pollCommand(): HostCommand | undefined {
    const command = super.pollCommand();
    if (command?.kind === 'tls') {
      const { plain, cipher, as } = command;
      const peerName = as.role === 'client' ? as.name : '';
      this.#accounts.set(plain, new Account(this.#host, plain, 'plain', peerName));
      this.#accounts.set(cipher, new Account(this.#host, cipher, 'cipher'));
    }
    return command;
  }

  #account(id: Id): Account {
    let account = this.#accounts.get(id);
    if (account === undefined) {
      account = new Account(this.#host, id, 'network');
      this.#accounts.set(id, account);
    }
    return account;
  }
}
