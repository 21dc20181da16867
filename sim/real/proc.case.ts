import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Child } from './child.ts';
import type { RealNetwork } from './network.ts';
import type { NodeProcess } from './node-process.ts';

// What the kernel says of processes. Linux alone: it is read from /proc.

export const HAS_PROC: boolean = existsSync('/proc/net/tcp');

type Connection = { readonly local: string; readonly remote: string; readonly inode: string };

/** Octets each running node has written so far. */
export function octetsMoved(network: RealNetwork): ReadonlyMap<NodeProcess, number> {
  const running = network.nodes.filter(({ child }) => child.isRunning);
  return new Map(running.map((node) => [node, octetsOf(node.child.pid)]));
}

/**
 * The node in the middle of what has flowed from `port` since `before`: of those that have moved a million octets and
 * are not at `port` themselves, the one that another of them has dialled. It may be a home of the client too, which
 * talks to it then. Undefined until all three have moved that much.
 */
export function middleOf(
  network: RealNetwork,
  port: number,
  before: ReadonlyMap<NodeProcess, number>,
): NodeProcess | undefined {
  const moving = [...octetsMoved(network)]
    .filter(([node, octets]) => octets - (before.get(node) ?? 0) > 1_000_000)
    .map(([node]) => ({ node, remotes: remotesOf(node.child) }))
    .filter(({ remotes }) => !remotes.has(`127.0.0.1:${port}`));
  const isDialledBy = ({ ip, port: at }: NodeProcess): boolean =>
    moving.some(({ remotes }) => remotes.has(`${ip}:${at}`));
  return moving.find(({ node }) => isDialledBy(node))?.node;
}

/** Where the sockets of a process are connected to. */
function remotesOf({ pid }: Child): ReadonlySet<string> {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      const target = existsSync(`/proc/${pid}/fd/${fd}`) ? linkOf(`/proc/${pid}/fd/${fd}`) : '';
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '';
    }),
  );
  return new Set(
    connections()
      .filter(({ inode }) => inodes.has(inode))
      .map(({ remote }) => remote),
  );
}

/** Ports at which somebody listens or talks, of this address. */
export function isUsed(address: string): boolean {
  return connections().some(({ local, inode }) => local === address && inode !== '0');
}

/** Somebody is connected to this address. */
export function isDialled(address: string): boolean {
  return connections().some(({ remote, inode }) => remote === address && inode !== '0');
}

/** Process ids whose command line has this text. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => commandLineOf(name).includes(text))
    .map(Number);
}

function octetsOf(pid: number): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1] ?? 0);
}

function connections(): readonly Connection[] {
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .slice(1, -1)
    .map((line) => {
      const [, local = '', remote = '', , , , , , , inode = ''] = line.trim().split(/\s+/);
      return { local: addressOf(local), remote: addressOf(remote), inode };
    });
}

/** `0100007F:1F90` as 127.0.0.1:8080. */
function addressOf(hex: string): string {
  const octets = (hex.slice(0, 8).match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16));
  return `${octets.reverse().join('.')}:${Number.parseInt(hex.slice(9), 16)}`;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
