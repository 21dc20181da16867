import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from '#core/crypto/mod.ts';
import { NodeHost } from '#core/platform/mod.ts';
import {
  type Arrangement,
  type Contact,
  type Flow,
  type Inhabitant,
  inhabit,
  type Transcript,
} from '../workload/mod.ts';

const LOOPBACK_IP: readonly number[] = Object.freeze([127, 0, 0, 1]);
const POLL_MS = 5;
const LIMIT_MS = 60_000;

/** Runs flows between hosts over loopback TCP: the same roots by the same function as in the simulator. */
export async function runOnLoopback(
  arrangement: Arrangement,
  flows: readonly Flow[],
  suite: Suite,
): Promise<ReadonlyMap<number, Transcript>> {
  const folder = mkdtempSync(join(tmpdir(), 'spn-loopback-'));
  const running: { readonly host: NodeHost; readonly inhabitant: Inhabitant }[] = [];
  const contacts = new Map<string, Contact>();
  const start = (name: string, isListening: boolean): Inhabitant => {
    let made: Inhabitant | undefined;
    const host = new NodeHost(
      ({ random }) => {
        const listen = isListening ? { listen: { ip: Uint8Array.from(LOOPBACK_IP), port: 0 } } : {};
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
      await until(() => server.app.listening !== undefined, `${name} to listen`);
      const contact = server.contact(Uint8Array.from(LOOPBACK_IP));
      if (contact !== undefined) contacts.set(name, contact);
    }
    for (const name of new Set(flows.map((flow) => flow.from))) start(name, false);
    await until(
      () => running.every(({ inhabitant }) => inhabitant.app.isDone),
      'every stream to close',
    );
    return new Map(flows.map((flow) => [flow.id, transcript(flow, running)]));
  } finally {
    await Promise.all(running.map(({ host }) => host.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

function transcript(
  flow: Flow,
  running: readonly { readonly inhabitant: Inhabitant }[],
): Transcript {
  const all = running.map(({ inhabitant }) => inhabitant.app.transcriptOf(flow));
  const wrong = running.flatMap(({ inhabitant }) =>
    inhabitant.app.ends.filter((end) => end.flow.id === flow.id && end.wrong > 0),
  );
  const altered = wrong.length > 0 ? ['octets altered'] : [];
  return {
    dialler: [...all.flatMap(({ dialler }) => dialler), ...altered],
    answerer: all.flatMap(({ answerer }) => answerer),
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${LIMIT_MS / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
