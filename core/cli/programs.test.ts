// The programs as people start them.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSnapshot, type NodeDraft, type SnapshotDraft } from '#core/directory/mod.ts';
import { bodyLengthOf, makeNode, stewards, suite } from '#core/directory/network.case.ts';
import { toHex } from '../base/bytes.ts';

type Program = 'spn-node' | 'spn';
type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

const LIMIT_MS = 50_000;
const folder = mkdtempSync(join(tmpdir(), 'spn-programs-'));
const data = join(folder, 'node');
const trustFile = join(folder, 'trust.json');
const running = new Set<ChildProcess>();

beforeAll(() => {
  const keys = stewards.map(({ publicKey }) => toHex(publicKey));
  writeFileSync(trustFile, JSON.stringify({ threshold: 2, keys }));
  expect(ended('spn-node', 'init', '--dir', data).code).toBe(0);
});

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function commandOf(program: Program, args: readonly string[]): readonly string[] {
  const entry = fileURLToPath(new URL(`./${program}.ts`, import.meta.url));
  return ['--disable-warning=ExperimentalWarning', entry, ...args];
}

/** Runs a program that ends by itself. */
function ended(program: Program, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandOf(program, args), {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  return { code: status, out: stdout, err: stderr.replaceAll(folder, 'DIR') };
}

/** The same, beside others. */
function endedLater(program: Program, ...args: readonly string[]): Promise<Ended> {
  const options = { encoding: 'utf8', timeout: LIMIT_MS } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, commandOf(program, args), options, (_, out, err) =>
      resolve({ code: child.exitCode, out, err: err.replaceAll(folder, 'DIR') }),
    );
  });
}

/** Starts a program that runs on: what it says, and its end. */
function started(program: Program, ...args: readonly string[]) {
  const child = spawn(process.execPath, commandOf(program, args), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said.text += text;
    });
  const end = new Promise<number | null>((resolve) =>
    child.on('close', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  return { child, said, end };
}

function heard(said: { readonly text: string }, what: string | RegExp): Promise<void> {
  const line = typeof what === 'string' ? new RegExp(`^${what}`, 'm') : what;
  return expect.poll(() => said.text, { timeout: LIMIT_MS }).toMatch(line);
}

function draft(nodes: readonly NodeDraft[]): SnapshotDraft {
  const nowMs = Date.now();
  return {
    isTest: true,
    serial: 7,
    validFromMs: nowMs - 1_000,
    validUntilMs: nowMs + 3_600_000,
    nodes,
  };
}

function fresh(...numbers: readonly number[]): readonly NodeDraft[] {
  return numbers.map((n) => makeNode(n, Date.now()));
}

let files = 0;
/** Puts a file where a snapshot is looked for, whole. */
function written(bytes: Uint8Array, path: string = join(folder, `snapshot-${files++}`)): string {
  writeFileSync(`${path}~`, bytes);
  renameSync(`${path}~`, path);
  return path;
}

function nodeArgs(snapshot: string, listen = '127.0.0.1:0', dir: string = data): readonly string[] {
  return ['run', '--dir', dir, '--listen', listen, '--snapshot', snapshot, '--trust', trustFile];
}

function clientArgs(snapshot: string): readonly string[] {
  return ['run', '--snapshot', snapshot, '--trust', trustFile];
}

test('wrong use and help reach whoever started a program', () => {
  const wrong = ended('spn', 'rnu');
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  expect(wrong.err).toContain("unknown command 'rnu'");
  const help = ended('spn-node', 'run', '--help');
  expect([help.code, help.err]).toEqual([0, '']);
  expect(help.out).toContain('Usage: spn-node run');
});

test('an identity is made once, and one that others may read is not used', () => {
  const again = ended('spn-node', 'init', '--dir', data);
  expect([again.code, again.out]).toEqual([78, '']);
  expect(again.err).toMatch(/^spn-node: cannot create the key file .*it is there already.*\n$/);
  const open = join(folder, 'open');
  expect(ended('spn-node', 'init', '--dir', open).out).toMatch(/^node: [0-9a-f]{64}\n$/);
  chmodSync(join(open, 'identity.key'), 0o644);
  const { code, out, err } = ended('spn-node', ...nodeArgs('s', '127.0.0.1:0', open));
  expect([code, out]).toEqual([78, '']);
  expect(err).toBe(
    'spn-node: others may use the key file DIR/open/identity.key: run chmod go= DIR/open/identity.key\n',
  );
  expect(readdirSync(open)).toEqual(['identity.key']);
});

test('what is wrong with a file it was given is one line, and nothing has been touched', () => {
  const bad = join(folder, 'bad.json');
  writeFileSync(bad, '{"threshold": 4, "keys": []}');
  const args = ['run', '--snapshot', 's', '--trust', bad];
  const { code, out, err } = ended('spn', ...args);
  expect([code, out]).toEqual([78, '']);
  expect(err).toBe('spn: --trust DIR/bad.json: "keys": 1 to 32 keys are expected, not 0\n');
  const exit = ['--exit', '--resolver', 'tls://127.0.0.1:853#r.example', '--resolver-ca', bad];
  const node = ended('spn-node', ...nodeArgs('s'), ...exit);
  expect(node.code).toBe(78);
  expect(node.err).toMatch(/^spn-node: --resolver-ca DIR\/bad.json has no certificate.*\n$/);
  expect(existsSync(join(data, 'store'))).toBe(false);
});

test('a first snapshot that is refused ends both programs with the reason', async () => {
  const nowMs = Date.now();
  const good = encodeSnapshot(suite, draft(fresh(1, 2)), stewards);
  const forged = good.slice();
  const at = bodyLengthOf(good) + 1 + 32 + 10;
  forged[at] = (forged[at] as number) ^ 1;
  const [twin] = fresh(1) as [NodeDraft];
  const old = { ...draft(fresh(1)), validFromMs: nowMs - 2_000, validUntilMs: nowMs - 1_000 };
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [forged, 'signature-forged'],
    [encodeSnapshot(suite, old, stewards), 'expired'],
    [encodeSnapshot(suite, draft([twin, { ...twin, port: 9_002 }]), stewards), 'duplicate-node'],
    [encodeSnapshot(suite, draft(fresh(1)), stewards.slice(0, 1)), 'too-few-signatures'],
    [good.subarray(0, 100), 'malformed'],
  ];
  const clients = cases.map(([bytes]) => endedLater('spn', ...clientArgs(written(bytes))));
  for (const [i, [, reason]] of cases.entries()) {
    const client = (await clients[i]) as Ended;
    expect([client.code, client.out]).toEqual([78, '']);
    expect(client.err).toMatch(new RegExp(`^spn: snapshot refused: ${reason}: .*\\n$`));
  }
  const node = ended('spn-node', ...nodeArgs(written(forged)));
  expect(node.code).toBe(78);
  expect(node.err).toMatch(/^spn-node: snapshot refused: signature-forged: .*\n$/);
  expect(existsSync(join(data, 'running'))).toBe(false);
});

test('a port in use is one line and status 1', async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  try {
    const at = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    const node = await new Promise<Ended>((resolve) =>
      resolve(ended('spn-node', ...nodeArgs('s', at))),
    );
    const client = ended('spn', ...clientArgs('s'), '--listen', at);
    const why = `cannot listen at ${at}: another program does; stop it, or name another port\n`;
    expect([node.code, node.err]).toEqual([1, `spn-node: ${why}`]);
    expect([client.code, client.err]).toEqual([1, `spn: ${why}`]);
  } finally {
    taken.close();
  }
});

test('a node waits for its map, follows it, says what network it is, and leaves nothing running', async () => {
  const path = join(folder, 'followed');
  const { child, said, end } = started('spn-node', ...nodeArgs(path));
  await heard(said, 'listening: 127.0.0.1:\\d+$');
  await heard(said, `waiting for ${path}: it is not there$`);
  written(encodeSnapshot(suite, draft(fresh(1, 2)), stewards), path);
  await heard(said, 'snapshot: serial 7, 2 nodes, this one not among them');
  await heard(said, 'TEST NETWORK: ');
  written(new Uint8Array(50), path);
  await heard(said, 'snapshot refused: malformed: ');
  written(encodeSnapshot(suite, { ...draft(fresh(1, 2, 3)), serial: 8 }, stewards), path);
  await heard(said, 'snapshot: serial 8, 3 nodes');
  const second = ended('spn-node', ...nodeArgs(path));
  expect([second.code, second.err]).toEqual([
    78,
    expect.stringMatching(
      new RegExp(`^spn-node: the data folder .* in use by process ${child.pid}: `),
    ),
  ]);
  expect(readdirSync(data).sort()).toEqual(['identity.key', 'lock', 'running', 'store']);
  child.kill('SIGTERM');
  expect(await end).toBe(0);
  expect(said.text).toMatch(/\nstopped\n$/);
  expect(readdirSync(data).sort()).toEqual(['identity.key', 'lock', 'store']);
  expect(readFileSync(join(data, 'store/values/statement')).length).toBe(2638);
});

test('a client says why there is no circuit, each reason once', async () => {
  const two = written(encodeSnapshot(suite, draft(fresh(1, 2)), stewards));
  const few = started('spn', ...clientArgs(two));
  await heard(few.said, 'TEST NETWORK: ');
  await heard(
    few.said,
    'no circuit: The network has fewer working nodes than this path has hops.$',
  );
  few.child.kill('SIGINT');
  expect(await few.end).toBe(0);
  // Nobody listens there.
  const away = fresh(1, 2, 3, 5).map((node, i) => ({
    ...node,
    ip: Uint8Array.of(127, i + 1, 0, 1),
    port: 1,
    isExit: true,
  }));
  const dead = started('spn', ...clientArgs(written(encodeSnapshot(suite, draft(away), stewards))));
  await heard(dead.said, 'no circuit: the first node is gone or was never there');
  dead.child.kill('SIGTERM');
  expect(await dead.end).toBe(0);
  expect(dead.said.text.match(/^no circuit/gm)).toHaveLength(1);
  expect(dead.said.text).not.toContain('proxy:');
});

test('a program that is to stop at the end of input does', () => {
  const args = commandOf('spn', [...clientArgs(join(folder, 'nowhere')), '--stop-at-eof']);
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', input: '' });
  expect([status, stdout.split('\n').at(-2)]).toEqual([0, 'stopped']);
});
