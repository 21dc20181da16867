import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '#core/host/mod.ts';
import { NodeHost, UserFault } from '#core/platform/mod.ts';
import { ResolverSession, TlsService, type Zone } from '#sim/overlay/mod.ts';

// What a network of processes has around it, in this process and on loopback: a resolver and a page.

const LOOPBACK = '127.0.0.1';
const POLL_MS = 5;
const LIMIT_MS = 10_000;

/** Every name below .spn.test, and localhost, is this machine. There are no others. */
const loopbackZone: Zone = (name) =>
  /(?:^|\.)spn\.test$|^localhost$/i.test(name) ? Uint8Array.of(127, 0, 0, 1) : undefined;

/** DNS over TLS with the certificate of test networks. */
export class LoopbackResolver {
  readonly at: Endpoint;
  readonly #host: NodeHost;

  private constructor(host: NodeHost, at: Endpoint) {
    this.#host = host;
    this.at = at;
  }

  static async start(): Promise<LoopbackResolver> {
    const at = { ip: Uint8Array.of(127, 0, 0, 1), port: 0 };
    const service = new TlsService(at, () => new ResolverSession(loopbackZone, () => undefined));
    const host = new NodeHost(() => service, {});
    const endMs = performance.now() + LIMIT_MS;
    while (service.boundAt === undefined) {
      if (performance.now() > endMs) {
        await host.stop();
        throw new UserFault(`the resolver cannot listen at ${LOOPBACK}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return new LoopbackResolver(host, service.boundAt);
  }

  stop(): Promise<void> {
    return this.#host.stop();
  }
}

/** One page that says who, in its eyes, asked for it. */
export class HelloPage {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://hello.spn.test:${(server.address() as AddressInfo).port}/`;
  }

  static async start(): Promise<HelloPage> {
    const server = createServer((request, response) => {
      const { remoteAddress, remotePort } = request.socket;
      response.setHeader('content-type', 'text/plain');
      response.end(
        `You came out of an exit. To this page you are ${remoteAddress}:${remotePort}.\n`,
      );
    });
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject).listen(0, LOOPBACK, resolve);
    });
    return new HelloPage(server);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
