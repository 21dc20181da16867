import { type ChildProcess, execFile, fork } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from '#sim/mod.ts';
import { programsHere, RealNetwork } from '#sim/real/mod.ts';

const RELAY = fileURLToPath(new URL('./pipe-relay.ts', import.meta.url));
const HOPS = 3;
const NODES = 6;
const LIMIT_S = 300;
const MB = 1_000_000;

export type HopRates = {
  /** MB/s of each download, in pairs that followed one another. */
  readonly plain: readonly number[];
  readonly hops: readonly number[];
  /** Median of hops / plain, pair by pair. */
  readonly ratio: number;
  /** Downloads of which an octet was missing or another. */
  readonly altered: number;
};

/**
 * curl fetches `megabytes` MB from one server through three processes that copy, and through three nodes of a real
 * network, in turn, `pairs` times. Needs curl.
 */
export async function measureThreeHops(megabytes: number, pairs: number): Promise<HopRates> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-hops-'));
  const file = randomFillSync(Buffer.alloc(megabytes * MB));
  const server = await serve(file);
  const { port } = server.address() as AddressInfo;
  const say = (): void => undefined;
  const network = new RealNetwork({ nodes: NODES, folder, programs: programsHere(), say });
  const relays: ChildProcess[] = [];
  try {
    await network.start();
    let plainPort = port;
    for (let i = 0; i < HOPS; i++) {
      const relay = fork(RELAY, [String(plainPort)]);
      relays.push(relay);
      plainPort = await portOf(relay);
    }
    const wanted = digest(file);
    let altered = 0;
    const fetched = async (...args: readonly string[]): Promise<number> => {
      const out = join(folder, 'fetched');
      const rate = await curl(out, args);
      if (digest(readFileSync(out)) !== wanted) altered += 1;
      return rate;
    };
    const plain: number[] = [];
    const hops: number[] = [];
    for (let i = 0; i < pairs; i++) {
      plain.push(await fetched(`http://127.0.0.1:${plainPort}/`));
      const proxy = ['--socks5-hostname', network.proxy];
      hops.push(await fetched(...proxy, `http://files.spn.test:${port}/`));
    }
    return {
      plain,
      hops,
      ratio: median(hops.map((rate, i) => rate / (plain[i] as number))),
      altered,
    };
  } finally {
    for (const relay of relays) relay.disconnect();
    await network.stop();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** MB/s, as curl measures it. */
async function curl(out: string, args: readonly string[]): Promise<number> {
  const common = ['-sS', '--max-time', String(LIMIT_S), '-o', out, '-w', '%{speed_download}'];
  const { stdout } = await promisify(execFile)('curl', [...common, ...args]);
  return Number(stdout) / MB;
}

function serve(file: Uint8Array): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-length', file.length);
    response.end(file);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function portOf(relay: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    relay.on('message', ({ port }: { port: number }) => resolve(port));
    relay.on('exit', (code) => reject(new Error(`a relay exited with ${code}`)));
  });
}

function digest(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}
