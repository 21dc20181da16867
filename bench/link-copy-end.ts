// One end of a copy, as a process of its own: `serve plain|link` or `send plain|link PORT OCTETS [STATEMENT]`.
// Speaks with its parent by messages. Started by link-copy.ts only.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as dialPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex, toHex } from '#core/base/bytes.ts';
import { makeIdentity, nodeIdOf } from '#core/crypto/mod.ts';
import { createNativeSuite } from '#core/crypto/native/mod.ts';
import { END, type Endpoint } from '#core/host/mod.ts';
import type { LinkPort } from '#core/link/mod.ts';
import { LinkNode, type LinkUser } from '#core/node/mod.ts';
import { NodeHost } from '#core/platform/mod.ts';
import { decodeStatement, encodeStatement } from '#core/wire/mod.ts';

const [role, kind, port = '0', octets = '0', statementHex = ''] = process.argv.slice(2);
const LOOPBACK: Endpoint = { ip: Uint8Array.of(127, 0, 0, 1), port: Number(port) };
const PIECE = 16_384;
const suite = createNativeSuite();

function tell(message: object): void {
  process.send?.(message);
}

function servePlain(): void {
  const server = createServer((socket) => {
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
    });
    socket.on('end', () => {
      socket.end();
      server.close();
      tell({ received });
      process.disconnect?.();
    });
  });
  server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as { port: number }).port }));
}

function sendPlain(): void {
  const piece = Buffer.alloc(PIECE * 4);
  let left = Number(octets);
  const socket = dialPlain(Number(port), '127.0.0.1');
  const pump = (): void => {
    if (left === Number(octets)) tell({ started: true });
    while (left > 0) {
      left -= piece.length;
      if (!socket.write(piece)) return;
    }
    socket.end();
  };
  socket
    .on('connect', pump)
    .on('drain', pump)
    .resume()
    .on('close', () => process.disconnect?.());
}

function runLink(): void {
  const folder = mkdtempSync(join(tmpdir(), 'spn-copy-'));
  const isServer = role === 'serve';
  let node: LinkNode | undefined;
  const finish = (): void => {
    void host.stop().then(() => {
      rmSync(folder, { recursive: true, force: true });
      process.disconnect?.();
    });
  };
  const host = new NodeHost(
    ({ random }) => {
      const identity = makeIdentity(suite, random, new Uint8Array(32).fill(1), 0xffff_fffe);
      node = new LinkNode({
        suite,
        random,
        ...(isServer ? { identity, listen: { ...LOOPBACK, port: 0 } } : {}),
        user: (links) => new Copier(links, isServer, () => node, finish),
      });
      return node;
    },
    { storeFolder: folder },
  );
}

/** Sends or counts octets; the content is of no interest here. */
class Copier implements LinkUser {
  readonly deadlineUs = Number.POSITIVE_INFINITY;
  readonly #links: LinkPort;
  readonly #isServer: boolean;
  readonly #node: () => LinkNode | undefined;
  readonly #finish: () => void;
  #left = Number(octets);
  #received = 0;
  #isOver = false;

  constructor(
    links: LinkPort,
    isServer: boolean,
    node: () => LinkNode | undefined,
    finish: () => void,
  ) {
    this.#links = links;
    this.#isServer = isServer;
    this.#node = node;
    this.#finish = finish;
  }

  started(nowUs: number, listening: Endpoint | undefined): void {
    if (this.#isServer) {
      const statement = this.#node()?.statement;
      if (statement !== undefined)
        tell({ port: listening?.port, statement: toHex(encodeStatement(statement)) });
      return;
    }
    const statement = decodeStatement(fromHex(statementHex) ?? new Uint8Array(0));
    if (statement === undefined) throw new Error('the statement is not one');
    this.#links.dial(
      nowUs,
      LOOPBACK,
      nodeIdOf(suite, statement.certificate.identityKey),
      statement,
    );
  }

  notListening(_nowUs: number, cause: string): void {
    throw new Error(`cannot listen: ${cause}`);
  }

  handleTimeout(): void {
    // It waits for nothing.
  }

  opened(_nowUs: number, id: number): void {
    tell({ started: true });
    this.#links.wake(id);
  }

  receive(_nowUs: number, _id: number, _bytes: Uint8Array, start: number, end: number): number {
    this.#received += end - start;
    return end - start;
  }

  ended(_nowUs: number, id: number): void {
    this.#links.wake(id);
    if (this.#isServer) tell({ received: this.#received });
    this.#isOver = true;
  }

  transmit(_nowUs: number, _id: number, _out: Uint8Array, start: number, end: number): number {
    if (this.#isServer) return this.#isOver ? END : 0;
    if (this.#left <= 0) return END;
    const length = Math.min(PIECE, end - start);
    this.#left -= length;
    return length;
  }

  closed(): void {
    setImmediate(this.#finish);
  }
}

if (kind === 'plain') {
  if (role === 'serve') servePlain();
  else sendPlain();
} else runLink();
