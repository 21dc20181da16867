// Who said what when, as lifelines with one arrow per message. Around each arrow the layers that are still on.
import type { Message, ReportData } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { amount, clip, count, emsOf, moment } from './format.ts';
import { LIFELINES_MAX, MESSAGES_MAX } from './limits.ts';
import { pathOf, roleText } from './placement.ts';
import { cable, layersOf, layersText, reachOf } from './sealed.ts';

type Drawn = Pick<ReportData, 'sequence' | 'topology'>;

/** What the rows share: places of the lifelines, width of the whole. */
type Frame = { readonly xOf: ReadonlyMap<string, number>; readonly width: number };

const GUTTER = 78;
const HEAD = 46;
const TEXT = 12;

/** The section's content, or undefined when no message was recorded. */
export function sequenceFigure(data: Drawn): Markup | undefined {
  if (data.sequence.length === 0) return undefined;
  const names = lifelinesOf(data);
  const step = Math.max(108, Math.min(190, 760 / names.length));
  const width = GUTTER + names.length * step;
  const xOf = new Map(names.map((name, i) => [name, GUTTER + (i + 0.5) * step]));
  const drawn = data.sequence
    .filter(({ from, to }) => xOf.has(from) && xOf.has(to))
    .slice(0, MESSAGES_MAX);
  const frame = { xOf, width };
  let y = HEAD + 8;
  const rows = drawn.map((message) => {
    y += 30 + reachOf(message.sealed);
    const row = arrow(message, y, frame);
    y += message.from === message.to ? 10 : reachOf(message.sealed);
    return row;
  });
  const height = y + 22;
  const rest = data.sequence.length - drawn.length;
  const caption = `${count(drawn.length, 'message')} between ${count(names.length, 'party', 'parties')}`;
  return markup`<figure class="drawing"><div class="scroll">
<svg class="sequence" viewBox="0 0 ${width} ${height}" role="img" aria-label="${caption}"
 data-wide="${width > 700 ? 'yes' : 'no'}">
${names.map((name) => lifeline(name, xOf.get(name) ?? 0, step, height, data))}
${rows}</svg></div>
<figcaption>${caption}, times virtual.${rest > 0 ? ` ${amount(rest)} more not drawn.` : ''}</figcaption></figure>
${messageTable(data.sequence)}`;
}

/** Parties of the circuit in its order, then the others as they appear. */
function lifelinesOf({ sequence, topology }: Drawn): readonly string[] {
  const speaking = new Set(sequence.flatMap(({ from, to }) => [from, to]));
  const onPath = pathOf(topology).map(({ name }) => name);
  const known = onPath.filter((name) => speaking.has(name));
  return [...new Set([...known, ...speaking])].slice(0, LIFELINES_MAX);
}

function lifeline(
  name: string,
  x: number,
  step: number,
  height: number,
  { topology }: Drawn,
): Markup {
  const host = topology.hosts.find((one) => one.name === name);
  const width = step - 14;
  const label = markup`<title>${name}</title>
<text class="name" x="${x}" y="${host === undefined ? 26 : 20}">${clip(name, width / 13.5)}</text>`;
  const role = host && markup`<text class="ip" x="${x}" y="34">${roleText(host.role)}</text>`;
  return markup`<g><path class="lifeline" d="M${x} ${HEAD - 4}V${height - 4}"/>
<rect class="card" x="${x - width / 2}" y="2" width="${width}" height="${HEAD - 6}" rx="7"/>${label}${role}</g>\n`;
}

function arrow(message: Message, y: number, { xOf, width }: Frame): Markup {
  const { from, to, sealed, timeMs, label, detail = '' } = message;
  const x1 = xOf.get(from) ?? 0;
  const x2 = xOf.get(to) ?? 0;
  const title = [`${moment(timeMs)} ${from} to ${to}: ${label}`, detail, layersText(sealed)];
  return markup`<g class="message"><title>${title.filter((part) => part !== '').join(', ')}</title>
<text class="time" x="${GUTTER - 14}" y="${y + 4}">${moment(timeMs)}</text>
${x1 === x2 ? loop(x1, y, sealed) : straight(x1, x2, y, sealed)}
${words(label, detail, { x1, x2, y: x1 === x2 ? y + 4 : y - reachOf(sealed) - 6, width })}</g>\n`;
}

function straight(x1: number, x2: number, y: number, sealed: number): Markup {
  const way = x2 > x1 ? 1 : -1;
  const tip = x2 - way * 2;
  const lines = cable(
    markup`M${x1 + way * 3} ${y}H${tip - way * 13}`,
    sealed,
    markup`M${x1} ${y}H${tip - way * 7}`,
  );
  return markup`${lines}${head(tip, y, way)}`;
}

/** A message to oneself: out to the right and back. */
function loop(x: number, y: number, sealed: number): Markup {
  const d = markup`M${x} ${y - 7}h18q8 0 8 7t-8 7h-9`;
  return markup`${cable(d, Math.min(1, layersOf(sealed)))}${head(x + 2, y + 7, -1)}`;
}

function head(x: number, y: number, way: number): Markup {
  return markup`<path class="head" d="M${x} ${y}l${-way * 9} -5v10z"/>`;
}

/** The label, and the detail where there is room, kept inside the picture: above an arrow, beside a loop. */
function words(
  label: string,
  detail: string,
  { x1, x2, y, width }: { readonly [place in 'x1' | 'x2' | 'y' | 'width']: number },
): Markup {
  const beside = x1 === x2;
  const room = (width - (beside ? x1 + 36 : GUTTER)) / TEXT;
  const shown = clip(label, Math.max(room, 4));
  const left = room - emsOf(shown) - 2;
  const more = detail === '' || left < 4 ? '' : clip(detail, left);
  const half = ((emsOf(shown) + (more === '' ? 0 : emsOf(more) + 0.8)) * TEXT) / 2;
  const above = Math.max(GUTTER + half, Math.min(width - half - 2, (x1 + x2) / 2));
  const tail = more === '' ? undefined : markup`<tspan class="detail" dx="8">${more}</tspan>`;
  return markup`<text class="label${beside ? ' beside' : ''}" x="${beside ? x1 + 36 : above}"
 y="${y}">${shown}${tail}</text>`;
}

function messageTable(sequence: readonly Message[]): Markup {
  const rows = sequence.slice(0, MESSAGES_MAX).map(
    ({
      timeMs,
      from,
      to,
      label,
      detail,
      sealed,
    }) => markup`<tr><td class="number">${moment(timeMs)}</td>
<td>${from}</td><td>${to}</td><th scope="row">${label}</th><td>${detail}</td>
<td class="number">${layersOf(sealed)}</td></tr>\n`,
  );
  return markup`<details><summary>Messages as a table</summary><table>
<thead><tr><th scope="col" class="number">Time</th><th scope="col">From</th><th scope="col">To</th>
<th scope="col">Message</th><th scope="col">Detail</th><th scope="col" class="number">Layers</th></tr></thead>
<tbody>${rows}</tbody></table></details>`;
}
