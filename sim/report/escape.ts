// The only way from text to HTML. A template that is tagged `markup` escapes every piece that is not Markup, so
// what a host is called can never become an element, wherever it is put between tags or in double quotes.
import { assert } from '#core/base/assert.ts';
import { TEXT_MAX } from './limits.ts';

/** HTML that is complete in itself, or attributes. Made by `markup` and `trusted` alone. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** Numbers are coordinates and counts, rounded to hundredths. Undefined is nothing. */
export type Piece = Markup | string | number | undefined | readonly Piece[];

/** HTML from a template. Text goes between tags or into double-quoted attributes, nowhere else. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  let html = parts[0] as string;
  for (const [i, piece] of pieces.entries()) html += render(piece) + (parts[i + 1] as string);
  return new Markup(html);
}

/** HTML that this folder holds as a constant: style and script. Never anything from a run. */
export function trusted(html: string): Markup {
  return new Markup(html);
}

/**
 * Text as it may stand in HTML and in double quotes. What cannot be shown becomes U+FFFD: control characters,
 * lone surrogates, and marks that turn the direction of writing, by which one name can pose as another.
 */
export function escapeText(text: string): string {
  const bounded = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
  return bounded
    .toWellFormed()
    .replaceAll(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function render(piece: Piece): string {
  if (piece === undefined) return '';
  if (piece instanceof Markup) return piece.html;
  if (typeof piece === 'string') return escapeText(piece);
  if (typeof piece === 'number') return coordinate(piece);
  return piece.map(render).join('');
}

function coordinate(value: number): string {
  assert(Number.isFinite(value), 'a coordinate is finite');
  return String(Math.round(value * 100) / 100);
}
