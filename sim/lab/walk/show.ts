import {
  STEP_CELL_FILLED,
  STEP_CELL_LEAVES,
  STEP_FRAME_WRITTEN,
  STEP_LAYER_OPENED,
  STEP_LAYER_SEALED,
  STEP_RECORD_OPENED,
  STEP_RECORD_SEALED,
  sentenceOf,
} from '#core/observe/mod.ts';
import { bold, table } from '../print.ts';
import { ALL_STEPS } from './ends.ts';
import type { Row, Ways } from './follow.ts';
import { constantOf, type Place, placesOf } from './places.ts';
import { type Recording, ROLES, type Role } from './record.ts';

/** One step as machines read it. */
export type ShownStep = Place & {
  readonly timeNs: number;
  readonly role: Role;
  readonly host: string;
  readonly step: string;
  readonly a: number;
  readonly b: number;
  readonly sentence: string;
};

/** What a way adds up to, counted from its steps. */
export type Sums = {
  /** Copies of the content that the core makes, by who makes them. */
  readonly copies: { readonly [role: string]: number };
  /** Times the content goes through a cipher: layers on and off, records sealed and opened. */
  readonly layers: { readonly sealed: number; readonly opened: number };
  readonly records: { readonly sealed: number; readonly opened: number };
  /** Octets that leave towards the next host, and how many octets of the cell are not noise. */
  readonly links: readonly {
    readonly from: string;
    readonly record: number;
    readonly frame: number;
    readonly alive: number;
  }[];
  /** Octets the cell has for messages, and how many were of streams. */
  readonly content: number;
  readonly data: number;
};

/** What `walk cell --json` prints: an interface, its keys stay. */
export type WalkReport = {
  readonly schemaVersion: 1;
  readonly seed: string;
  readonly hosts: Recording['hosts'];
  readonly ways: readonly {
    readonly direction: 'there' | 'back';
    readonly steps: readonly ShownStep[];
    readonly sums: Sums;
  }[];
  /** Steps that are on no cell's way. */
  readonly control: readonly string[];
};

export function reportOf(recording: Recording, ways: Ways): WalkReport {
  const places = placesOf();
  const shown = ({ step, a, b, timeNs, role, host }: Row): ShownStep => {
    const [place] = places.get(constantOf(step)) ?? [];
    const known = ALL_STEPS[step];
    if (place === undefined || known === undefined)
      throw new Error(`no place tells ${constantOf(step)}`);
    const sentence = sentenceOf(known, a, b);
    return { timeNs, role, host, step: known.name, a, b, sentence, ...place };
  };
  return {
    schemaVersion: 1,
    seed: recording.seed,
    hosts: recording.hosts,
    ways: (['there', 'back'] as const).map((direction) => ({
      direction,
      steps: ways[direction].map(shown),
      sums: sumsOf(ways[direction]),
    })),
    control: ALL_STEPS.filter(({ way }) => way === 'control').map(({ name }) => name),
  };
}

function sumsOf(rows: readonly Row[]): Sums {
  const count = (step: number): number => rows.filter((row) => row.step === step).length;
  const copies: { [role: string]: number } = {};
  for (const { step, role } of rows)
    if (ALL_STEPS[step]?.content === 'copied') copies[role] = (copies[role] ?? 0) + 1;
  const links = rows
    .filter(({ step }) => step === STEP_RECORD_SEALED)
    .map(({ role, b }) => ({
      from: role,
      record: b,
      frame: lastOf(rows, role, STEP_FRAME_WRITTEN),
      alive: aliveFrom(rows, role),
    }));
  const filled = rows.find(({ step }) => step === STEP_CELL_FILLED);
  return {
    copies,
    layers: { sealed: count(STEP_LAYER_SEALED), opened: count(STEP_LAYER_OPENED) },
    records: { sealed: count(STEP_RECORD_SEALED), opened: count(STEP_RECORD_OPENED) },
    links,
    content: filled?.a ?? 0,
    data: filled?.b ?? 0,
  };
}

export function describe({ seed, hosts, ways }: WalkReport): string {
  const startNs = ways[0]?.steps[0]?.timeNs ?? 0;
  const names = ROLES.map((role) => (role === hosts[role] ? role : `${role} ${hosts[role]}`));
  const lines = [
    `${bold('walk cell')}  one page over three hops, in a network of the simulator; seed ${seed}`,
    `  ${names.join(', ')}`,
    '  ms: virtual time from the first step; right: the line of the sources that told it',
  ];
  for (const { direction, steps, sums } of ways) {
    const rows = steps.map(({ timeNs, role, sentence, file, line }, i) => [
      ((timeNs - startNs) / 1e6).toFixed(3).padStart(7),
      steps[i - 1]?.role === role ? '' : role,
      sentence,
      `${file}:${line}`,
    ]);
    const what = {
      there: 'there: the cell with the last of the request',
      back: 'back: a cell of the page',
    };
    lines.push('', bold(what[direction]), table(rows, ''), '', table(sumRows(sums)));
  }
  return lines.join('\n');
}

function sumRows({ copies, layers, records, links, content, data }: Sums): string[][] {
  const makers = Object.entries(copies);
  const total = makers.reduce((sum, [, n]) => sum + n, 0);
  const passes = layers.sealed + layers.opened + records.sealed + records.opened;
  const perLink = links.map(({ from, record, frame, alive }) => [
    `after ${from}`,
    `record of ${record} octets, frame of ${frame}, cell with ${alive} alive; the rest is noise`,
  ]);
  return [
    ['copies', `${total} by the core: ${makers.map(([role, n]) => `${role} ${n}`).join(', ')}`],
    ['', 'not counted: what kernels, TLS and a cipher library copy inside'],
    [
      'ciphers',
      `${passes} passes: layers ${layers.sealed} on, ${layers.opened} off; ` +
        `records ${records.sealed} sealed, ${records.opened} opened`,
    ],
    ...perLink,
    ['content', `${content} octets, ${data} of them data of a stream`],
  ];
}

/** What a host sealed last of the cell, or, towards the exit, what it hands on. */
function aliveFrom(rows: readonly Row[], role: Role): number {
  return lastOf(rows, role, STEP_LAYER_SEALED) || lastOf(rows, role, STEP_CELL_LEAVES);
}

/** Octets of a host's last step of a kind; 0 when it had none. */
function lastOf(rows: readonly Row[], role: Role, step: number): number {
  return rows.findLast((row) => row.role === role && row.step === step)?.b ?? 0;
}
