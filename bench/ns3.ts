import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '#sim/mod.ts';
import { measureChain } from './chain.ts';
import type { Rate } from './simulator.ts';

const SOURCE: string = fileURLToPath(new URL('./ns3/chain.cc', import.meta.url));
const HEADER = '/usr/include/ns3/core-module.h';
const MODULES: readonly string[] = Object.freeze([
  ...['point-to-point', 'internet', 'applications', 'traffic-control', 'network', 'core'],
]);
/** How to get what is missing. */
const INSTALL = 'apt-get install g++ libns3-dev';

/** Why there can be no second opinion here; undefined where there can. */
export function ns3Missing(): string | undefined {
  if (!existsSync(SOURCE)) return 'its experiments are in the source tree; clone it first';
  const hasCompiler = spawnSync('g++', ['--version']).status === 0;
  return existsSync(HEADER) && hasCompiler ? undefined : `not installed: ${INSTALL}`;
}

/** The network simulator of others, as Debian has it, with experiments of ours. Disposing removes the program. */
export class Ns3 implements Disposable {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'spn-ns3-'));

  /** Compiles the experiments, which takes some seconds. */
  constructor() {
    const libraries = MODULES.map((name) => `-lns3-${name}`);
    const args = ['-O3', '-std=c++17', '-o', this.#program, SOURCE, ...libraries];
    const { status, stderr } = spawnSync('g++', args, { encoding: 'utf8' });
    if (status === 0) return;
    this[Symbol.dispose]();
    throw new Error(`ns-3 does not compile: ${stderr.split('\n')[0]}`);
  }

  /** The chain of measureChain. */
  chain(packets: number): Rate {
    const [count = 0, seconds = 0] = this.#run('hops', packets);
    return { count, perSecond: count / seconds };
  }

  /** Mean nanoseconds in the system of equal packets of 1,000 octets by chance, on a link of 8 Mbit/s. */
  md1(rho: number, packets: number): number {
    return this.#run('md1', rho, packets)[0] as number;
  }

  /** Octets a second of a NewReno stream that loses a share of its packets, over so many virtual seconds. */
  tcp(share: number, rttMs: number, seconds: number): number {
    return this.#run('tcp', share, rttMs, seconds)[0] as number;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #program(): string {
    return join(this.#folder, 'chain');
  }

  #run(...words: readonly (string | number)[]): readonly number[] {
    const { status, stdout } = spawnSync(this.#program, words.map(String), { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ns-3 ended with ${status}`);
    return stdout.trim().split(' ').map(Number);
  }
}

/** Packet-hops a second on the same chain, by turns: medians, and the median of each turn's ratio. */
export function compareWithNs3(
  ns3: Ns3,
  rounds: number,
): { readonly ours: number; readonly theirs: number; readonly ratio: number } {
  const turns = Array.from({ length: rounds }, () => {
    const theirs = ns3.chain(30_000).perSecond;
    return { theirs, ours: measureChain(400_000).perSecond };
  });
  return {
    ours: median(turns.map(({ ours }) => ours)),
    theirs: median(turns.map(({ theirs }) => theirs)),
    ratio: median(turns.map(({ ours, theirs }) => ours / theirs)),
  };
}
