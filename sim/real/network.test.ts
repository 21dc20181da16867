// A network of processes, used by a program that knows nothing of it.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createCipheriv, createHash, hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Child, type NodeProcess, programsHere, RealNetwork } from './mod.ts';
import { HAS_PROC, isDialled, isUsed, middleOf, octetsMoved, processesWith } from './proc.case.ts';

const LIMIT_MS = 60_000;
/** Octets of which no two blocks are equal: a key stream. */
const FILE = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
  Buffer.alloc(20_000_000),
);
const FILE_SHA256 = hash('sha256', FILE);
/** Why these tests cannot be had here. */
const SKIPPED: string | undefined = !HAS_PROC
  ? 'no /proc to see processes in'
  : spawnSync('curl', ['--version']).status !== 0
    ? 'no curl here: apt-get install curl'
    : undefined;
/** curl's own codes: a connection that broke, and a proxy that said no. */
const CURL_BROKEN: readonly number[] = [18, 52, 55, 56];
const CURL_PROXY = 97;

const folder = mkdtempSync(join(tmpdir(), 'spn-real-'));
const events: string[] = [];
const network = new RealNetwork({
  nodes: 6,
  folder,
  programs: programsHere(),
  say: (line) => events.push(line),
});
let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer(serve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
  if (SKIPPED === undefined) await network.start();
}, LIMIT_MS);

afterAll(async () => {
  await network.stop();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

beforeEach(({ skip }) => {
  if (SKIPPED !== undefined) skip(SKIPPED);
});

/** `/file`: all of it; `/slow`: half, and the rest never. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-length', FILE.length);
  if (request.url !== '/slow') response.end(FILE);
  else response.write(FILE.subarray(0, FILE.length / 2));
}

type Fetched = { readonly code: number; readonly sha256: string; readonly err: string };

function curl(...args: readonly string[]): Promise<Fetched> {
  const child: ChildProcess = spawn('curl', ['-sS', '--max-time', '45', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const hash = createHash('sha256');
  let err = '';
  child.stdout?.on('data', (bytes: Uint8Array) => hash.update(bytes));
  child.stderr?.on('data', (bytes: Uint8Array) => {
    err += bytes;
  });
  return new Promise((resolve) =>
    child.on('close', (code) => resolve({ code: code ?? -1, sha256: hash.digest('hex'), err })),
  );
}

function socks(path: string, host = 'files.spn.test', at: number = port): Promise<Fetched> {
  return curl('--socks5-hostname', network.proxy, `http://${host}:${at}${path}`);
}

const WHOLE: () => Fetched = () => ({
  code: 0,
  sha256: FILE_SHA256,
  err: '',
});

/** Every file below a folder. */
function filesOf(place: string): readonly string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('six nodes and a client', () => {
  test('20 MB come whole through three hops', async () => {
    expect(await socks('/file')).toEqual(WHOLE());
  });

  test('and by HTTP CONNECT', async () => {
    const url = `http://files.spn.test:${port}/file`;
    expect(await curl('--proxytunnel', '-x', `http://${network.proxy}`, url)).toEqual(WHOLE());
  });

  test('the page of the lab is there, under the name it is printed with', async () => {
    const { code } = await curl('--socks5-hostname', network.proxy, network.pageUrl);
    expect(code).toBe(0);
  });

  test('a refused port, a name that is none and a closed port have codes of their own', async () => {
    const unused = createServer();
    await new Promise<void>((done) => unused.listen(0, '127.0.0.1', done));
    const { port: refused } = unused.address() as AddressInfo;
    await new Promise((done) => unused.close(done));
    for (const [host, at, reply] of [
      ['files.spn.test', refused, 5],
      ['nowhere.example', port, 4],
      ['files.spn.test', 25, 2],
      ['127.1.0.1', port, 2],
    ] as const) {
      const { code, err } = await socks('/', host, at);
      expect([host, code]).toEqual([host, CURL_PROXY]);
      expect(err).toContain(`(${reply})`);
    }
  });

  test('when the middle node is killed the download fails, and the next one does not', async () => {
    const before = octetsMoved(network);
    const broken = socks('/slow');
    const middle = await vi.waitUntil(() => middleOf(network, port, before), LIMIT_MS);
    middle.child.kill('SIGKILL');
    const { code, err } = await broken;
    expect(CURL_BROKEN, `curl ended with ${code}: ${err}`).toContain(code);
    expect(err).not.toBe('');
    expect(await socks('/file')).toEqual(WHOLE());
    await expect.poll(() => events.at(-1)).toContain('signed: 5 nodes');
    expect(events.find((line) => line.startsWith(`${middle.name} ended`))).toMatch(
      /\(SIGKILL: .*\); start it again with: .* run --dir /,
    );
  });

  test('a node that is started again in its folder is signed for, and comes back into use', async () => {
    const gone = network.nodes.find(({ child }) => !child.isRunning) as NodeProcess;
    const { serial } = network;
    const others: Child[] = [];
    const again = new Child('again', ['sh'], ['-c', `exec ${gone.again} --stop-at-eof`]);
    try {
      await again.line(/^keys: epoch \d+, start 2$/, LIMIT_MS);
      await expect.poll(() => network.serial, { timeout: LIMIT_MS }).toBeGreaterThan(serial);
      expect(events.at(-1)).toContain('signed: 6 nodes');
      await again.line(/^snapshot: .*this one among them, /, LIMIT_MS);
      const trust = join(folder, 'trust.json');
      const args = ['run', '--snapshot', network.snapshotFile, '--trust', trust, '--stop-at-eof'];
      const newcomer = new Child('newcomer', programsHere().client, args);
      others.push(newcomer);
      // The client that lost it does without it for a while; another has no such memory. Every user name is a circuit
      // of its own, so sooner or later one leads over it.
      const [, proxy = ''] = await newcomer.line(/^proxy: socks5h:\/\/(\S+)$/, LIMIT_MS);
      for (let user = 0; !isDialled(`${gone.ip}:${gone.port}`) && user < 40; user++) {
        const auth = ['--proxy-user', `${user}:x`];
        const { code } = await curl('--socks5-hostname', proxy, ...auth, network.pageUrl);
        expect(code).toBe(0);
      }
      expect(isDialled(`${gone.ip}:${gone.port}`)).toBe(true);
    } finally {
      await Promise.all(others.map((child) => child.stop()));
      await again.stop();
    }
  });

  test('keys are for their owner, and no line and no file says who talked to whom', () => {
    for (const { dir, child } of network.nodes) {
      const key = join(dir, 'identity.key');
      expect(statSync(key).mode & 0o777).toBe(0o600);
      for (const text of [
        ...child.lines,
        ...filesOf(dir).map((path) => readFileSync(path, 'latin1')),
      ])
        expect(/files\.spn|nowhere|127\.0\.0\.1/.test(text)).toBe(false);
    }
    const said = network.client.lines.filter((line) => !line.startsWith('proxy: ')).join('\n');
    expect(said).not.toMatch(/files\.spn|nowhere|127\.0\.0\.1/);
  });

  test('nothing is left running, and no port is open', async () => {
    const places = [network.proxy, ...network.nodes.map(({ ip, port: at }) => `${ip}:${at}`)];
    expect(places.filter(isUsed).length).toBeGreaterThan(5);
    await network.stop();
    expect(processesWith(folder)).toEqual([]);
    expect(places.filter(isUsed)).toEqual([]);
  });
});

describe.concurrent('the lab', () => {
  const main = fileURLToPath(new URL('../lab/main.ts', import.meta.url));

  function started(dir: string): Child {
    const flags = ['--disable-warning=ExperimentalWarning', main];
    return new Child(
      'lab',
      [process.execPath, ...flags],
      ['network', '--nodes', '3', '--dir', dir],
    );
  }

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'says how to use its network, and after %s no process of it is left',
    async (signal) => {
      const dir = join(folder, `lab-${signal}`);
      const lab = started(dir);
      const [, proxy = ''] = await lab.line(/^proxy: socks5h:\/\/(127\.0\.0\.1:\d+)$/, LIMIT_MS);
      await lab.line(new RegExp(`^try: {3}curl --socks5-hostname ${proxy} http://hello`), LIMIT_MS);
      await lab.line(/^TEST NETWORK: /, LIMIT_MS);
      expect(processesWith(dir).length).toBe(5);
      lab.kill(signal);
      expect(await lab.ended).toBe(signal === 'SIGINT' ? 'exit 0' : 'SIGKILL');
      await vi.waitFor(() => expect(processesWith(dir)).toEqual([]), LIMIT_MS);
      expect(isUsed(proxy)).toBe(false);
    },
  );

  test('stopped while it starts, it leaves nothing either', async () => {
    const dir = join(folder, 'lab-early');
    const lab = started(dir);
    await lab.line(/^starting 3 nodes/, LIMIT_MS);
    lab.kill('SIGINT');
    expect(await lab.ended).toBe('exit 0');
    expect(processesWith(dir)).toEqual([]);
  });
});
