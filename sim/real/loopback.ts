import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '#core/crypto/mod.ts';
import { NodeHost, UserFault } from '#core/platform/mod.ts';
import {
  type Arrangement,
  type Contact,
  type Flow,
  type Inhabitant,
  inhabit,
} from '../workload/mod.ts';
import { seen, type Transcripts } from './transcripts.ts';

const LOOPBACK_IP: readonly number[] = Object.freeze([127, 0, 0, 1]);
const POLL_MS = 5;
const LIMIT_MS = 60_000;

/** Runs flows between hosts over loopback TCP: the same roots by the same function as in the simulator. */
export async function runOnLoopback(
  arrangement: Arrangement,
  flows: readonly Flow[],
  suite: Suite,
): Promise<Transcripts> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-loopback-'));
  const running: { readonly host: NodeHost; readonly inhabitant: Inhabitant }[] = [];
  const contacts = new Map<string, Contact>();
  const start = (name: string, listens: boolean): Inhabitant => {
    let made: Inhabitant | undefined;
    const host = new NodeHost(
      ({ random }) => {
        const listen = listens ? { listen: { ip: Uint8Array.from(LOOPBACK_IP), port: 0 } } : {};
        made = inhabit({ arrangement, name, flows, suite, random, contacts, ...listen });
        return made.root;
      },
      { storeFolder: join(folder, name) },
    );
    if (made === undefined) throw new Error('a host makes its root at once');
    running.push({ host, inhabitant: made });
    return made;
  };
  try {
    for (const name of new Set(flows.map((flow) => flow.to))) {
      const server = start(name, true);
      await until(() => isListening(server.app), `${name} to listen`);
      const contact = server.contact(Uint8Array.from(LOOPBACK_IP));
      if (contact !== undefined) contacts.set(name, contact);
    }
    for (const name of new Set(flows.map((flow) => flow.from))) start(name, false);
    await until(
      () => running.every(({ inhabitant }) => inhabitant.app.isDone),
      'every stream to close',
    );
    return seen(
      flows,
      running.map(({ inhabitant }) => inhabitant),
    );
  } finally {
    await Promise.all(running.map(({ host }) => host.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws what the user can mend: a port that is taken, an address that is not ours. */
function isListening({ listening, fault }: Inhabitant['app']): boolean {
  if (fault !== undefined) throw new UserFault(fault);
  return listening !== undefined;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
