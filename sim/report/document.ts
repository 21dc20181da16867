// The document around a page's parts: head, policy, style, list of contents, script.
import { sha256 } from '@noble/hashes/sha2.js';
import { type Markup, markup, trusted } from './escape.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** A part of a page, and where its list of contents leads; without a body it is left out of both. */
export type Section = {
  readonly id: string;
  readonly title: string;
  readonly body: Markup | undefined;
};

/** One file that needs nothing else. Its policy lets only this style and this script in, by their hashes. */
export function documentOf(
  title: string,
  header: Markup,
  sections: readonly Section[],
  main: Markup,
  footer: string,
): string {
  return markup`${trusted('<!doctype html>')}
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE)}</style></head><body>
<header>${header}</header>
${contents(sections)}
<main>${main}</main>
<footer><p>${footer} This file needs no network and no other file.</p></footer>
<script>${trusted(SCRIPT)}</script></body></html>
`.html;
}

export function sectionOf({ id, title, body }: Section): Markup | undefined {
  if (body === undefined) return undefined;
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>\n`;
}

const POLICY: string = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A source expression of the Content Security Policy (CSP Level 3, section 2.3.1). */
function hashOf(source: string): string {
  return `sha256-${sha256(new TextEncoder().encode(source)).toBase64()}`;
}

function contents(sections: readonly Section[]): Markup {
  const links = sections.flatMap(({ id, title, body }) =>
    body === undefined ? [] : [markup`<li><a href="#${id}">${title}</a></li>`],
  );
  return markup`<nav aria-label="sections"><ul>${links}</ul></nav>`;
}
