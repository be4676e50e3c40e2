/** A strict reader of the pages that varve writes: stricter than browsers, and only as large as these pages need. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { DRAWING } from '../projections/drawing/svg-check.ts';
import { type Element, readElements, type Vocabulary, words } from './markup-check.ts';

export type { Element };

/** Attributes by which a page could load, send or run something are not among them. */
const PAGE: Vocabulary = {
  elements: new Set([
    ...words(
      `html head meta title style body main header section footer script h1 h2 h3 h4 p ul ol li dl dt dd div span b a code
      pre table caption thead tbody tr th td details summary button form label input figure defs marker`,
    ),
    ...DRAWING.elements,
  ]),
  attributes: new Set([
    ...words(
      `lang data-page charset http-equiv content name id class href scope aria-labelledby type autocomplete
      spellcheck placeholder data-event open refX refY markerWidth markerHeight orient rx`,
    ),
    ...DRAWING.attributes,
  ]),
  void: words('meta input'),
  raw: words('style script'),
};

/** Reads the page, or fails the test with what is wrong in it. Returns its elements in order. */
export function checkPage(page: string, scriptCount = 1): Element[] {
  expect(page.startsWith('<!doctype html>\n')).toBe(true);
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  const elements = readElements(page.slice('<!doctype html>\n'.length), PAGE);
  const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? []);
  expect(new Set(ids).size, 'ids are unique').toBe(ids.length);
  for (const { name, attributes } of elements) {
    const href = attributes.get('href');
    if (href === undefined) continue;
    expect(name).toBe('a');
    expect(href.startsWith('#') && ids.includes(href.slice(1)), `${href} leads somewhere on the page`).toBe(true);
  }
  const [style] = elements.filter(({ name }) => name === 'style');
  expect(style!.text).not.toMatch(/@import|url\((?!#)|\/\//);
  checkPolicy(elements, scriptCount);
  return elements;
}

function checkPolicy(elements: readonly Element[], scriptCount: number): void {
  const scripts = elements.filter(({ name }) => name === 'script');
  expect(scripts).toHaveLength(scriptCount);
  const hashes = scripts.map(({ text }) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  const [policy] = elements.filter(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
  expect(policy!.attributes.get('content')).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; script-src ${hashes.join(' ') || "'none'"}; base-uri 'none'; form-action 'none'`,
  );
}
