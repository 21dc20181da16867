// The network as a drawing, with one circuit highlighted. Everything that is drawn is also in the table below it.
import type { Topology, TopologyHost, TopologyLink } from './data.ts';
import { type Markup, markup } from './escape.ts';
import { clip, count, linkText } from './format.ts';
import { LINKS_MAX, ROWS_MAX } from './limits.ts';
import {
  BAR_HEIGHT,
  type Bar,
  CARD,
  type Card,
  type Placement,
  peelersOf,
  place,
  roleText,
} from './placement.ts';
import { cable, sealedLegend } from './sealed.ts';

/** The section's content, or undefined when there is no host. */
export function topologyFigure(topology: Topology): Markup | undefined {
  const { hosts, links } = topology;
  if (hosts.length === 0) return undefined;
  const placement = place(topology);
  const peelers = peelersOf(topology).map(({ name }) => name);
  const caption = [
    `${count(hosts.length, 'host')}, ${count(links.length, 'link')}`,
    placement.path.length > 1 ? '; the coloured cable is one circuit' : '',
  ].join('');
  return markup`<figure class="drawing"><div class="scroll">
<svg class="topology" viewBox="0 0 ${placement.width} ${placement.height}" role="img" aria-label="${caption}"
 data-wide="${placement.width > 700 ? 'yes' : 'no'}">
${placement.columns.map(({ label, x }) => columnHead(label, x))}
${links.slice(0, LINKS_MAX).map((link) => linkLine(placement, link))}
${circuit(placement)}
${placement.bars.map((bar) => barShape(bar))}
${placement.cards.map((card) => cardShape(card, accessText(card, topology)))}
</svg></div>
<figcaption>${caption}. A host with one link carries its delay and rate.</figcaption></figure>
${placement.path.length > 1 ? sealedLegend(peelers.length, peelers) : undefined}
${hostTable(topology)}`;
}

function columnHead(label: string, x: number): Markup {
  return markup`<text class="column" x="${x}" y="16">${clip(label, 13)}</text>\n`;
}

function centre({ x, y }: Card): readonly [number, number] {
  return [x + CARD.width / 2, y + CARD.height / 2];
}

/** The highlighted circuit, hop by hop, in the layers that are on there. */
function circuit({ path }: Placement): readonly Markup[] {
  return path.slice(1).map((to, i) => {
    const from = path[i] as Card;
    const sealed = path.slice(i + 1).filter(({ peels }) => peels > 0).length;
    const [x1, y1] = centre(from);
    const [x2, y2] = centre(to);
    return markup`<g>${cable(markup`M${x1} ${y1}L${x2} ${y2}`, sealed)}</g>\n`;
  });
}

function linkLine(placement: Placement, link: TopologyLink): Markup | undefined {
  const [a, b] = [link.a, link.b].map((name) => placement.cardOf.get(name));
  const [barA, barB] = [link.a, link.b].map((name) => placement.barOf.get(name));
  const title = markup`<title>${linkTitle(link)}</title>`;
  if (a !== undefined && b !== undefined) {
    if (a === b) return undefined;
    const [x1, y1] = centre(a);
    const [x2, y2] = centre(b);
    const bend = (x2 - x1) / 2;
    const d = markup`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    return markup`<path class="link" d="${d}">${title}</path>\n`;
  }
  if (barA !== undefined && barB !== undefined) {
    const x = (Math.max(barA.x, barB.x) + Math.min(barA.end, barB.end)) / 2;
    return markup`<path class="link" d="M${x} ${barA.y}V${barB.y}">${title}</path>\n`;
  }
  const card = a ?? b;
  const bar = barA ?? barB;
  if (card === undefined || bar === undefined) return undefined;
  const gutter = card.x + CARD.width + 10 + 5 * placement.bars.indexOf(bar);
  const d = markup`M${card.x + CARD.width} ${card.y + CARD.height - 8}H${gutter - 5}q5 0 5 5V${bar.y}`;
  return markup`<path class="link" d="${d}">${title}</path>\n`;
}

function linkTitle({ a, b, delayMs, mbps }: TopologyLink): string {
  return `${a} – ${b}: ${linkText(delayMs, mbps)}`;
}

/** A host with a single link carries its figures. */
function accessText(card: Card, { links }: Topology): string {
  const [host, ...others] = card.hosts;
  if (others.length > 0) return '';
  const own = links.filter(({ a, b }) => a === host?.name || b === host?.name);
  const [link] = own;
  return link !== undefined && own.length === 1 ? linkText(link.delayMs, link.mbps) : '';
}

function cardShape({ hosts, x, y, peels, onPath }: Card, access: string): Markup {
  const [first] = hosts;
  const isStack = hosts.length > 1;
  const roles = [...new Set(hosts.map(({ role }) => roleText(role)))].join(', ');
  const name = isStack ? `${hosts.length} more` : (first?.name ?? '');
  const under = isStack ? roles : (first?.site ?? first?.ip ?? '');
  const title = isStack
    ? `${hosts.length} more: ${hosts.map((host) => host.name).join(', ')}`
    : [name, roles, first?.ip ?? '', first?.site ?? '', access]
        .filter((part) => part !== '')
        .join(', ');
  const middle = x + CARD.width / 2;
  const stripe =
    peels > 0
      ? markup`<path class="peel layer-${peels}" d="M${x + 8} ${y + 1.5}H${x + CARD.width - 8}"/>`
      : undefined;
  const shadow = isStack
    ? markup`<rect class="card behind" x="${x + 4}" y="${y + 4}" width="${CARD.width}" height="${CARD.height}" rx="7"/>`
    : undefined;
  return markup`<g><title>${clip(title, 300)}</title>${shadow}
<rect class="card${onPath ? ' on-path' : ''}" x="${x}" y="${y}" width="${CARD.width}" height="${CARD.height}" rx="7"/>
${stripe}<text class="name" x="${middle}" y="${y + (access === '' ? 23 : 18)}">${clip(name, 7.2)}</text>
<text class="ip" x="${middle}" y="${y + (access === '' ? 38 : 31)}">${clip(under, 8.9)}</text>
<text class="access" x="${middle}" y="${y + 43}">${clip(access, 9.8)}</text></g>\n`;
}

function barShape({ hosts, x, end, y }: Bar): Markup {
  const [first] = hosts;
  const name = hosts.length > 1 ? `${hosts.length} more routers` : (first?.name ?? '');
  const label = hosts.length > 1 ? name : `${name} · ${roleText('router')}`;
  const title = hosts.map((host) => host.name).join(', ');
  return markup`<g><title>${clip(title, 300)}</title>
<rect class="card bar" x="${x}" y="${y}" width="${end - x}" height="${BAR_HEIGHT}" rx="7"/>
<text class="name" x="${(x + end) / 2}" y="${y + 17}">${clip(label, (end - x) / 13)}</text></g>\n`;
}

function hostTable({ hosts, links }: Topology): Markup {
  const linksOf = (host: TopologyHost): string =>
    links
      .slice(0, LINKS_MAX)
      .filter(({ a, b }) => a === host.name || b === host.name)
      .map(({ a, b, delayMs, mbps }) => `${a === host.name ? b : a} (${linkText(delayMs, mbps)})`)
      .join(', ');
  const rows = hosts.slice(0, ROWS_MAX).map(
    (host) => markup`<tr><th scope="row">${host.name}</th><td>${roleText(host.role)}</td>
<td><code>${host.ip}</code>${host.site === undefined ? '' : ` ${host.site}`}</td><td>${linksOf(host)}</td></tr>\n`,
  );
  const rest = hosts.length - rows.length;
  return markup`<details><summary>Hosts and links as a table</summary><table>
<thead><tr><th scope="col">Host</th><th scope="col">Role</th><th scope="col">Address</th>
<th scope="col">Links</th></tr></thead><tbody>${rows}</tbody></table>
${rest > 0 ? markup`<p class="note">${count(rest, 'host')} more.</p>` : undefined}</details>`;
}
