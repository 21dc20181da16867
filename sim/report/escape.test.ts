import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from './arbitrary.case.ts';
import { escapeText, markup, trusted } from './escape.ts';
import { TEXT_MAX } from './limits.ts';

describe('escape', () => {
  test('what could be HTML is text', () => {
    expect(markup`<b>${'<i>'}</b>`.html).toBe('<b>&lt;i&gt;</b>');
    expect(markup`<b title="${`"'&`}"/>`.html).toBe('<b title="&quot;&#39;&amp;"/>');
  });

  test('HTML inside HTML stays', () => {
    const items = ['a', '<'].map((name) => markup`<li>${name}</li>`);
    expect(markup`<ul>${items}</ul>`.html).toBe('<ul><li>a</li><li>&lt;</li></ul>');
    expect(markup`${trusted('<hr>')}${undefined}${1 / 3}`.html).toBe('<hr>0.33');
  });

  test('what cannot be shown is seen to be there', () => {
    expect(escapeText('a\u0000b\u001bc\ud800d\u202ee\u2066f\uffff')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffd',
    );
    expect(escapeText('one\ttwo\nthree é 漢 🙂')).toBe('one\ttwo\nthree é 漢 🙂');
  });

  test('long text ends', () => {
    expect(escapeText('a'.repeat(TEXT_MAX + 1))).toBe(`${'a'.repeat(TEXT_MAX)}…`);
  });

  test('a coordinate that is no number is our bug', () => {
    expect(() => markup`${Number.NaN}`).toThrow('a coordinate is finite');
  });

  test('no text leaves its place', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(escaped.isWellFormed()).toBe(true);
      }),
    );
  });
});
