import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { SCENARIOS } from '#scenarios/mod.ts';
import { resolveSettings, tokenOf } from '#sim/mod.ts';
import { runLab } from './commands.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A command that hangs is one that failed. */
const LIMIT_MS = 50_000;
const SHORT = ['--set', 'octets=1000'];

function tokenOfShort(...settings: readonly string[]): string {
  const scenario = SCENARIOS.find(({ name }) => name === 'two-nodes');
  const settled = scenario && resolveSettings(scenario, ['octets=1000', ...settings]);
  if (scenario === undefined || settled === undefined || 'fault' in settled)
    throw new Error('it is');
  return tokenOf({ scenario, seed: '1', ...settled });
}

const TOKEN = tokenOfShort();

function lab(...args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const flags = ['--disable-warning=ExperimentalWarning', MAIN];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
  });
  return { code: status, out: stdout, err: stderr };
}

/** The same in this process. */
async function within(...args: readonly string[]) {
  const said = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest) => {
    said.out += text;
    // Whoever waits for the octets to be gone is told that they are.
    for (const told of rest as unknown[]) if (typeof told === 'function') told();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
  try {
    return { code: await runLab(args), ...said };
  } finally {
    vi.restoreAllMocks();
  }
}

test('a word it does not know is a usage error of the program', () => {
  const { code, out, err } = lab('rnu');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain("unknown command 'rnu'");
});

test.each([
  [['run', 'two-node'], 'unknown scenario "two-node"; did you mean "two-nodes"?'],
  [
    ['run', 'two-nodes', '--set', 'octet=1'],
    'unknown parameter "octet" of two-nodes; did you mean "octets"?',
  ],
  [['run', 'two-nodes', '--set', 'octets=-1'], 'from 0 to 100000000 (octets), not "-1"'],
  [
    ['run', 'two-nodes', '--set', 'plant=skipseal'],
    'unknown plant "skipseal"; did you mean "skip-seal"?',
  ],
  [['run', 'two-nodes', '--set', 'plant=constructor'], 'unknown plant "constructor"'],
  [['run', 'two-nodes', '--set', 'toString=1'], 'unknown parameter "toString"'],
  [['run', 'two-nodes', '--set', 'plant=hoard'], 'cannot show the plant "hoard"; it can show'],
  [['run', 'two-nodes', ...SHORT, '--set', 'octets=7'], '"octets" is set twice'],
  [
    ['run', 'two-nodes', '--set', 'plant=skip-seal', '--set', 'plant=skip-seal'],
    '"plant" is set twice',
  ],
  [['run', 'two-nodes', ...SHORT, '--out', MAIN], 'cannot write'],
  [['run', 'two-nodes', ...SHORT, '--out', join(MAIN, 'below')], 'cannot write'],
  [['run', 'two-nodes', ...SHORT, '--out', '/proc/nope'], 'cannot write'],
  [['run', 'two-nodes', '--seed', 'one'], '--seed takes a whole number'],
  [['run', 'two-nodes', '--sed', '1'], "unknown option '--sed'"],
  [['rnu'], "unknown command 'rnu'"],
  [['run', 'two-nodes', ...SHORT, '--pcap', '/proc/nope'], '--pcap: cannot write /proc/nope'],
  [['run', 'two-nodes', ...SHORT, '--pcap', 'x', '--events', './x'], 'name the same file'],
  [['replay', 'v1:x'], 'not a token'],
  [['replay', 'v1:000000000000:1:two-nodes'], 'names no commit'],
  [['replay', 'v1:000000000000:1:two-nodes@0123abc'], 'commit 0123abc made it'],
  [['replay', 'v1:000000000000:1:gone@0123abc+'], 'commit 0123abc+ made it'],
  [['replay', 'v1:000000000000:1:two-nodes@HEAD'], 'not a token'],
  [['diff', 'v1:x', 'v1:x'], 'not a token'],
  [['diff', 'v1:x'], 'missing required argument'],
  [['why', 'v1:x', '1'], 'not a token'],
  [['why', TOKEN, 'one'], '<event> takes a whole number from 1'],
  [['why', TOKEN, '1', '--depth', '0'], '--depth takes a whole number from 1'],
  [['why', TOKEN, '999999'], 'event 999999 is beyond the run: it has events 1 to '],
  [['verify', 'hose'], 'did you mean "house"?'],
  [['validate', 'm-d-2'], 'unknown case "m-d-2"; did you mean "m-d-1"?'],
  [['validate', 'm-d-1', '--set', 'rho=1'], 'is a number from 0.05 to 0.95 (of the rate), not "1"'],
  [['validate', 'm-d-1', '--set', 'rtt=50'], 'unknown parameter "rtt" of m-d-1'],
  [['validate', 'rto', '--set', 'rtt=50', '--set', 'rtt=60'], '"rtt" is set twice'],
  [
    ['validate', '--set', 'rtt=300'],
    'is refused by reno-sawtooth (20 to 200 ms), mathis (20 to 200 ms), cubic (70 to 200 ms), fairness',
  ],
  [['validate', '--set', 'rtt=300'], 'name cases that take it: slow-start, rto, bandwidth-delay'],
  [['validate', 'rto', 'cubic', '--set', 'rtt=1'], 'refused by rto (20 to 500 ms), cubic'],
  [['validate', '--set', 'rhoo=0.5'], 'unknown parameter "rhoo" of'],
  [
    ['validate', '--set', 'plant=lostcarry'],
    'unknown plant "lostcarry"; did you mean "lost-carry"?',
  ],
  [['validate', '--set', 'plant=constructor'], 'unknown plant "constructor"'],
  [
    ['validate', 'm-m-1', 'rto', '--set', 'plant=lost-carry'],
    'm-m-1, rto cannot show the plant "lost-carry"; pipelining can',
  ],
  [['validate', 'm-d-1', '--out', '/proc/nope'], 'cannot write'],
])('%j is a usage error of at most two lines', async (args, message) => {
  const { code, out, err } = await within(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(message);
  expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
});

test('a run, its replay and its files say the same; a plant exits 1 and is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-lab-'));
  const first = lab('run', 'two-nodes', '--set', 'octets=5000', '--json', '--out', folder);
  expect(first.code).toBe(0);
  const report = JSON.parse(first.out);
  expect(Object.keys(report).sort()).toEqual(
    [
      ...['assertions', 'events', 'hashes', 'metrics', 'params', 'scenario', 'schemaVersion'],
      ...['seed', 'token', 'virtualSeconds', 'wallSeconds'],
    ].sort(),
  );
  const again = JSON.parse(lab('replay', report.token, '--json').out);
  expect(again.hashes).toEqual(report.hashes);
  expect(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).hashes).toEqual(report.hashes);
  const log = readFileSync(join(folder, 'log.txt'), 'utf8');
  expect(log).toMatch(/^\d+\.\d{6} ms client: stream \d+ opened$/m);
  const broken = lab('run', 'two-nodes', '--set', 'octets=5000', '--set', 'plant=skip-seal');
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/FAILED\s+sealed/);
  rmSync(folder, { recursive: true });
});

test('a recorded run is the same run, and its files are whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-lab-'));
  const [pcap, events] = [join(folder, 'run.pcapng'), join(folder, 'events.jsonl')];
  const plain = JSON.parse((await within('replay', TOKEN, '--json')).out);
  const files = ['--pcap', pcap, '--events', events, '--out', folder];
  const { code, out } = await within('replay', TOKEN, '--json', ...files);
  const report = JSON.parse(out);
  expect([code, report.hashes]).toEqual([0, plain.hashes]);
  expect(readFileSync(pcap).readUInt32BE(0)).toBe(0x0a0d0d0a);
  const lines = readFileSync(events, 'utf8').trimEnd().split('\n');
  const counted = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'event');
  expect(counted.length).toBe(report.events);
  rmSync(folder, { recursive: true });
});

test('diff finds where runs part, and that equal ones do not', async () => {
  expect(await within('diff', TOKEN, TOKEN)).toMatchObject({ code: 0, err: '' });
  const planted = await within('diff', TOKEN, tokenOfShort('plant=short-octet'), '--json');
  const found = JSON.parse(planted.out);
  expect([planted.code, found.hashes]).toEqual([1, ['trace']]);
  // The octet is missing far into the run: in the packet that would have carried it.
  expect(found.records).toBeGreaterThan(20);
  expect(found.left.words).toMatch(/^sends TCP .* octets$/);
  expect(found.left.words).not.toBe(found.right.words);
  const counted = await within('diff', TOKEN, tokenOfShort('plant=miscount'));
  expect(counted.code).toBe(1);
  expect(counted.out).toMatch(/^the same .*; they differ in state at the end$/m);
  const other = SCENARIOS.find(({ name }) => name === 'lossy-link');
  if (other === undefined) throw new Error('it is');
  const settled = resolveSettings(other, ['octets=1']);
  if ('fault' in settled) throw new Error(settled.fault);
  const elsewhere = tokenOf({ scenario: other, seed: '2', ...settled });
  const apart = await within('diff', TOKEN, elsewhere);
  expect(apart.code).toBe(1);
  expect(apart.out).toMatch(/^ {2}< +#\d+ .*\n {2}> +#\d+ /m);
});

test('why goes back to the start of a program', async () => {
  const { code, out } = await within('why', TOKEN, '40', '--depth', '2');
  expect(code).toBe(0);
  expect(out).toMatch(/^event 40, and behind it \d+ causes, newest first\n\n {2}#40 +\d/);
  expect(out).toMatch(/\.\.\. \d+ more \.\.\.\n {2}#\d+ .* client +the program starts\n/);
});

test('validate prints an object a line, and sets each case what it has', async () => {
  const cases = ['store-and-forward', 'slow-start'];
  const args = ['validate', ...cases, '--set', 'rtt=50', '--set', 'hops=2', '--json'];
  const { code, out } = await within(...args);
  expect(code).toBe(0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  expect(lines.map((line) => line.case)).toEqual([
    'store-and-forward',
    ...Array.from({ length: 5 }, () => 'slow-start'),
  ]);
  expect(Object.keys(lines[0]).sort()).toEqual(
    [
      ...['allowed', 'case', 'expected', 'kind', 'measured', 'ok', 'params', 'quantity'],
      ...['standardError', 'tolerance', 'unit'],
    ].sort(),
  );
  expect([lines[0].params.hops, lines[1].params]).toEqual([2, { rtt: 50 }]);
});

test('a planted defect in the physics exits 1 and is named with what found it', async () => {
  const { code, out } = await within('validate', 'pipelining', '--set', 'plant=lost-carry');
  expect(code).toBe(1);
  expect(out).toMatch(/FAILED\s+time until the last/);
  expect(out).toContain('plant lost-carry: pipelining: time until the last');
});

test('validate leaves a page, and ns-3 is skipped with a reason where a defect is planted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spn-lab-'));
  const plant = ['--set', 'plant=reordering-ignored'];
  const cases = ['jitter-reordering', 'slow-start', 'ns-3'];
  const { code, out } = await within('validate', ...cases, ...plant, '--out', folder, '--json');
  expect(code).toBe(1);
  expect(out).toContain('{"case":"ns-3","skipped":"a defect is planted"}');
  const page = readFileSync(join(folder, 'validation.html'), 'utf8');
  expect(page).toContain('<svg');
  expect(page).toContain('jitter-reordering');
  rmSync(folder, { recursive: true });
});

test('a list has every scenario and case, and nothing but JSON when asked for it', async () => {
  const { code, out } = lab('list', '--json');
  expect(code).toBe(0);
  const found = JSON.parse(out).cases.find((one: { name: string }) => one.name === 'pipelining');
  expect(found.parameters.hops).toMatchObject({ default: 4, min: 1, max: 32, unit: 'links' });
  expect(found.plants).toEqual(['lost-carry']);
  const text = (await within('list')).out;
  expect(text).toMatch(/validate m-d-1 .*\n {2}--set rho=0.7 +0\.05 to 0\.95 of the rate/);
  expect(JSON.parse(out).scenarios.map((scenario: { name: string }) => scenario.name)).toEqual([
    ...SCENARIOS.map(({ name }) => name),
  ]);
});
