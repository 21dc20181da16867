import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StopRequest } from '#core/platform/mod.ts';
import { programsHere, RealNetwork } from '#sim/real/mod.ts';
import { UsageFault } from './fault.ts';
import { print } from './print.ts';

/** A path of three hops, and about 90 MB of memory a process. */
const NODES_MIN = 3;
const NODES_MAX = 20;

export type NetworkOptions = { readonly nodes: string; readonly dir?: string };

/** A real network of processes on this machine, until somebody asks it to stop. */
export async function network(options: NetworkOptions): Promise<number> {
  const nodes = /^[0-9]{1,2}$/.test(options.nodes) ? Number(options.nodes) : 0;
  if (nodes < NODES_MIN || nodes > NODES_MAX)
    throw new UsageFault(
      `--nodes takes a whole number from ${NODES_MIN} to ${NODES_MAX}, not "${options.nodes}"`,
    );
  const programs = programsHere();
  const folder = options.dir === undefined ? undefined : makeFolder(resolve(options.dir));
  const place = folder ?? mkdtempSync(join(tmpdir(), 'spn-network-'));
  const stop = new StopRequest({ eof: false, parent: true });
  const say = (line: string): void => void print(line);
  const running = new RealNetwork({ nodes, folder: place, programs, say });
  try {
    await print(`starting ${nodes} nodes and a client; what they keep is in ${place}`);
    const starting = running.start();
    await Promise.race([starting.then(() => welcome(running)).then(() => stop.asked), stop.asked]);
  } finally {
    await running.stop();
    stop.release();
    if (folder === undefined) rmSync(place, { recursive: true, force: true });
  }
  await print('stopped');
  return 0;
}

function welcome({ proxy, pageUrl }: RealNetwork): Promise<void> {
  return print(
    [
      `proxy: socks5h://${proxy}`,
      `try:   curl --socks5-hostname ${proxy} ${pageUrl}`,
      'TEST NETWORK: nobody else runs these nodes, so it hides nothing; its names are those below .spn.test',
      'Ctrl-C ends all of it',
    ].join('\n'),
  );
}

function makeFolder(folder: string): string {
  try {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageFault(`--dir: cannot make ${folder} (${code}); name a folder that is yours`);
  }
}
