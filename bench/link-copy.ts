import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const END = fileURLToPath(new URL('./link-copy-end.ts', import.meta.url));
const MIB = 1024 * 1024;

export type CopyRates = {
  /** MB/s of each run, in pairs that followed one another. */
  readonly plain: readonly number[];
  readonly link: readonly number[];
  /** Median of link / plain, pair by pair. */
  readonly ratio: number;
};

/** Copies `mib` MiB between two processes over loopback, plain and through a link in turn, `pairs` times. */
export async function measureLinkCopy(mib: number, pairs: number): Promise<CopyRates> {
  const plain: number[] = [];
  const link: number[] = [];
  for (let i = 0; i < pairs; i++) {
    plain.push(await copy('plain', mib * MIB));
    link.push(await copy('link', mib * MIB));
  }
  const ratios = link.map((rate, i) => rate / (plain[i] as number)).sort((a, b) => a - b);
  return { plain, link, ratio: ratios[Math.floor(ratios.length / 2)] as number };
}

/** MB/s from the open connection or link to the last octet at the other end. */
async function copy(kind: 'plain' | 'link', octets: number): Promise<number> {
  const server = start(['serve', kind]);
  const ready = await message(server, 'port');
  const sender = start([
    'send',
    kind,
    String(ready['port']),
    String(octets),
    String(ready['statement'] ?? ''),
  ]);
  const done = message(server, 'received');
  await message(sender, 'started');
  const startNs = process.hrtime.bigint();
  const { received } = await done;
  const tookNs = Number(process.hrtime.bigint() - startNs);
  await Promise.all([gone(server), gone(sender)]);
  if (Number(received) !== octets) throw new Error(`${received} of ${octets} octets arrived`);
  return (octets / tookNs) * 1e3;
}

function start(args: readonly string[]): ChildProcess {
  return fork(END, args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
}

function message(child: ChildProcess, key: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    child.on('message', (said: Record<string, unknown>) => {
      if (key in said) resolve(said);
    });
    child.on('exit', (code) => reject(new Error(`an end of the copy exited with ${code}`)));
  });
}

function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) =>
    child.exitCode === null ? child.on('exit', () => resolve()) : resolve(),
  );
}
