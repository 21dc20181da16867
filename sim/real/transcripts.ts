import {
  expectedTranscript,
  type Flow,
  type Inhabitant,
  type Transcript,
} from '../workload/mod.ts';

/** By flow, what both its ends saw. */
export type Transcripts = ReadonlyMap<number, Transcript>;

export type Mismatch = {
  readonly flow: number;
  readonly end: string;
  readonly a: string;
  readonly b: string;
};

/** What must come out in every world. */
export function expected(flows: readonly Flow[]): Transcripts {
  return new Map(flows.map((flow) => [flow.id, expectedTranscript(flow)]));
}

/** What the inhabitants of one world saw; an end whose octets were not those the other sent says so. */
export function seen(flows: readonly Flow[], inhabitants: readonly Inhabitant[]): Transcripts {
  const end = (flow: Flow, isDialler: boolean): readonly string[] =>
    inhabitants.flatMap(({ app }) => {
      const found = app.endOf(flow, isDialler);
      const altered = found !== undefined && found.wrong > 0 ? ['octets altered'] : [];
      return [...(found?.log ?? []), ...altered];
    });
  return new Map(
    flows.map((flow) => [flow.id, { dialler: end(flow, true), answerer: end(flow, false) }]),
  );
}

/** Where two worlds' transcripts differ; empty when they are equal. */
export function mismatches(a: Transcripts, b: Transcripts): readonly Mismatch[] {
  const found: Mismatch[] = [];
  for (const [flow, transcript] of a) {
    for (const end of ['dialler', 'answerer'] as const) {
      const [one, other] = [transcript[end].join(', '), b.get(flow)?.[end].join(', ') ?? ''];
      if (one !== other) found.push({ flow, end, a: one, b: other });
    }
  }
  return found;
}
