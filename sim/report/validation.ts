// The page of formulas: every case with its quantities, and a picture where people would rather look than read.
import { type Comparison, comparisonChart } from './comparison.ts';
import { documentOf, type Section, sectionOf } from './document.ts';
import { type Markup, markup } from './escape.ts';
import { amount, count } from './format.ts';
import { verdictBadge } from './verdict.ts';

export type ValidationCase = {
  readonly name: string;
  /** The formula, and where it is from. */
  readonly about: string;
  readonly params: { readonly [name: string]: number };
  /** The command line that measures it again. */
  readonly command: string;
  readonly quantities: readonly {
    readonly quantity: string;
    readonly unit: string;
    readonly expected: number;
    readonly measured: number;
    /** Half of the 95 % interval; 0 where nothing is left to chance. */
    readonly halfWidth: number;
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
  const wrong = wrongOf(data);
  const word = wrong.length === 0 && data.cases.length > 0 ? 'Held' : 'Broken';
  return documentOf(
    `${word}: validation`,
    markup`<p class="label">SPN validation</p><h1>The simulated network against formulas</h1>
<p class="about">What links and streams must do by queueing theory, by the RFCs and because they are a network,
and what was measured of them.</p>${banner(data, wrong)}${recipe(data)}`,
    sections,
    markup`${sections.map(sectionOf)}`,
    'Curves are what the formula says, points what was measured, bars their 95 % intervals. Times are virtual.',
  );
}

function wrongOf({ cases }: ValidationData): readonly string[] {
  return cases.flatMap(({ name, quantities }) =>
    quantities.flatMap(({ ok, quantity }) => (ok ? [] : [`${name}: ${quantity}`])),
  );
}

function banner({ cases, plant, missing }: ValidationData, wrong: readonly string[]): Markup {
  const all = cases.reduce((sum, { quantities }) => sum + quantities.length, 0);
  const isHeld = wrong.length === 0 && all > 0;
  const share = isHeld ? 'all hold' : `${amount(all - wrong.length)} hold`;
  const planted =
    plant &&
    markup`<p>The defect <code>${plant}</code> was planted on purpose, ${
      isHeld ? 'and nothing noticed it' : 'so some must not hold'
    }.</p>`;
  return markup`<section class="verdict ${isHeld ? 'held' : 'broken'}" aria-label="verdict">
<div class="badge">${verdictBadge(isHeld)}</div>
<div class="words"><p class="headline"><strong>${isHeld ? 'Held' : 'Broken'}</strong>
<span>${count(all, 'quantity', 'quantities')}, ${share}</span></p>${planted}
${missing && markup`<p>Skipped: ${missing}</p>`}
${wrong.length > 0 ? markup`<ul>${wrong.map((one) => markup`<li>${one}</li>`)}</ul>` : undefined}</div>
<dl class="size"><div><dt>cases</dt><dd>${amount(cases.length)}</dd></div></dl></section>`;
}

function recipe({ seed, commit, command }: ValidationData): Markup {
  return markup`<section class="recipe" aria-label="how to measure this again">
<p class="label">Measure this again</p>
<div class="command"><code id="command">${command}</code>
<button type="button" id="copy" hidden>Copy</button></div><dl class="facts">
<div><dt>seed</dt><dd><code>${seed}</code></dd></div><div><dt>commit</dt><dd><code>${commit}</code></dd></div>
</dl></section>`;
}

function bodyOf({ about, params, command, quantities, picture }: ValidationCase): Markup {
  const rows = quantities.map(
    ({
      quantity,
      unit,
      expected,
      measured,
      halfWidth,
      ok,
    }) => markup`<tr class="${ok ? 'ok' : 'failed'}">
<td><span class="pill ${ok ? 'good' : 'bad'}">${ok ? 'ok' : 'FAILS'}</span></td><th scope="row">${quantity}</th>
<td class="number">${amount(expected)}</td><td class="number">${amount(measured)}</td>
<td class="number">${halfWidth > 0 ? `± ${amount(halfWidth)}` : '–'}</td><td>${unit}</td></tr>\n`,
  );
  const settings = Object.entries(params).map(
    ([name, value]) => markup`<code class="chip">${name}=${String(value)}</code> `,
  );
  return markup`<p>${about}</p><p class="note">${settings}<code>${command}</code></p>
<div class="case${picture === undefined ? '' : ' drawn'}"><div class="scroll"><table><thead><tr>
<th scope="col">Result</th><th scope="col">Quantity</th><th scope="col" class="number">Formula</th>
<th scope="col" class="number">Measured</th><th scope="col" class="number">95 %</th><th scope="col">Unit</th>
</tr></thead><tbody>${rows}</tbody></table></div>
${picture && comparisonChart(picture)}</div>`;
}
