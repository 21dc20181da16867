// The page of formulas: every case with its quantities, and a picture where people would rather look than read.
import { type Comparison, comparisonChart } from './comparison.ts';
import { documentOf, type Section, sectionOf } from './document.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count, precise } from './format.ts';
import { fact, repeat } from './tables.ts';
import { banner, plantNote } from './verdict.ts';

export type ValidationCase = {
  readonly name: string;
  /** The formula, and where it is from. */
  readonly about: string;
  readonly params: { readonly [name: string]: number };
  /** The command line that measures it again. */
  readonly command: string;
  readonly quantities: readonly {
    /** Whether the formula says what there is, or what there is at most. */
    readonly kind: 'equals' | 'atMost';
    readonly quantity: string;
    readonly unit: string;
    readonly expected: number;
    readonly measured: number;
    /** Half of the 95 % interval; 0 where nothing is left to chance. */
    readonly halfWidth: number;
    /** By how much what was measured may differ; of a bound: may be more. */
    readonly allowed: number;
    readonly ok: boolean;
  }[];
  readonly picture?: Comparison;
};

export type ValidationData = {
  readonly seed: string;
  readonly commit: string;
  readonly command: string;
  readonly plant?: string;
  /** A second opinion that could not be had, and why. */
  readonly missing?: string;
  readonly cases: readonly ValidationCase[];
};

/** All cases as one HTML file that needs nothing else. The same data gives the same octets. */
export function renderValidation(data: ValidationData): string {
  const sections = data.cases.map(
    (one): Section => ({ id: one.name, title: one.name, body: bodyOf(one) }),
  );
  const faults = faultsOf(data);
  const { seed, commit, command } = data;
  const facts = Object.entries({ seed, commit }).map(([name, text]) =>
    fact(name, markup`<code>${text}</code>`),
  );
  return documentOf(
    `${faults.length === 0 ? 'Held' : 'Broken'}: validation`,
    markup`<p class="label">SPN validation</p><h1>The simulated network against formulas</h1>
<p class="about">What links and streams must do by queueing theory, by the RFCs and because they are a network,
and what was measured of them.</p>${head(data, faults)}${repeat('validation', command, facts)}`,
    sections,
    markup`${sections.map(sectionOf)}`,
    `Curves are what the formula says, points what was measured, bars their 95 % intervals. Allowed: the larger of what
is known to differ and four standard errors; by so much more where the formula is a bound. Times are virtual.`,
  );
}

function faultsOf({ cases }: ValidationData): readonly string[] {
  if (cases.every(({ quantities }) => quantities.length === 0)) return ['nothing was measured'];
  return cases.flatMap(({ name, quantities }) =>
    quantities.flatMap(({ ok, quantity }) => (ok ? [] : [`${name}: ${quantity}`])),
  );
}

function head({ cases, plant, missing }: ValidationData, faults: readonly string[]): Markup {
  const all = cases.reduce((sum, { quantities }) => sum + quantities.length, 0);
  const held = faults.length === 0;
  const share = held ? 'all hold' : `${amount(Math.max(0, all - faults.length))} hold`;
  return banner({
    tally: `${count(all, 'quantity', 'quantities')}, ${share}`,
    words: markup`${plantNote(plant, held)}${missing && markup`<p>Skipped: ${missing}</p>`}`,
    faults,
    figures: [[amount(cases.length), 'cases']],
  });
}

function bodyOf({ about, params, command, quantities, picture }: ValidationCase): Markup {
  const rows = quantities.map(
    ({
      kind,
      quantity,
      unit,
      expected,
      measured,
      halfWidth,
      allowed,
      ok,
    }) => markup`<tr class="${ok ? 'ok' : 'failed'}">
<td><span class="pill ${ok ? 'good' : 'bad'}">${ok ? 'ok' : 'FAILS'}</span></td><th scope="row">${quantity}</th>
<td class="number">${kind === 'atMost' ? '≤ ' : ''}${precise(expected)}</td>
<td class="number">${precise(measured)}</td><td class="number">${halfWidth > 0 ? `± ${amount(halfWidth)}` : '–'}</td>
<td class="number">${kind === 'atMost' ? '+' : '±'} ${amount(allowed)}</td><td>${unit}</td></tr>\n`,
  );
  const settings = Object.entries(params).map(
    ([name, value]) => markup`<code class="chip">${name}=${String(value)}</code> `,
  );
  return markup`<p>${about}</p><p class="note">${settings}<code>${command}</code></p>
<div class="case${picture === undefined ? '' : ' drawn'}"><div class="scroll"><table><thead><tr>
<th scope="col">Result</th><th scope="col">Quantity</th><th scope="col" class="number">Formula</th>
<th scope="col" class="number">Measured</th><th scope="col" class="number">95 %</th>
<th scope="col" class="number">Allowed</th><th scope="col">Unit</th>
</tr></thead><tbody>${rows}</tbody></table></div>
${picture && comparisonChart(picture)}</div>`;
}
