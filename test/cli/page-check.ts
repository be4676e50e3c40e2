/** A strict reader of the pages that varve writes: stricter than browsers, and only as large as these pages need. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';

const VOID = new Set(['meta', 'input']);
const RAW = new Set(['style', 'script']);
const ELEMENTS = new Set(
  (
    'html head meta title style body main header section footer script h1 h2 h3 h4 p ul ol li dl dt dd div span b a code ' +
    'pre table caption thead tbody tr th td details summary button form label input svg defs marker path rect text'
  ).split(' '),
);
/** Attributes by which a page could load, send or run something are not among them. */
const ATTRIBUTES = new Set(
  (
    'lang data-page charset http-equiv content name id class href scope role aria-label aria-labelledby type autocomplete ' +
    'spellcheck placeholder data-event open viewBox refX refY markerWidth markerHeight orient d x y width height rx'
  ).split(' '),
);

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Text in it and in what it holds, entities read. */
  text: string;
}

/** Reads the page, or fails the test with what is wrong in it. Returns its elements in order. */
export function checkPage(page: string): Element[] {
  expect(page.startsWith('<!doctype html>\n')).toBe(true);
  expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  const elements = readElements(page.slice('<!doctype html>\n'.length));
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
  checkPolicy(elements);
  return elements;
}

function checkPolicy(elements: readonly Element[]): void {
  const scripts = elements.filter(({ name }) => name === 'script');
  expect(scripts).toHaveLength(1);
  const scriptHash = createHash('sha256').update(scripts[0]!.text).digest('base64');
  const [policy] = elements.filter(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');
  expect(policy!.attributes.get('content')).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`,
  );
}

function readElements(source: string): Element[] {
  const elements: Element[] = [];
  const open: Element[] = [];
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at: ${source.slice(Math.max(0, at - 80), at + 80)}`);
  };
  const addText = (text: string): void => {
    for (const element of open) element.text += text;
  };
  while (at < source.length) {
    const inside = open.at(-1)?.name;
    const end = RAW.has(inside ?? '') ? source.indexOf(`</${inside}>`, at) : source.indexOf('<', at);
    if (end < 0) {
      if (source.slice(at).trim() !== '') fail('text after the end');
      break;
    }
    addText(RAW.has(inside ?? '') ? source.slice(at, end) : readEntities(source.slice(at, end), fail));
    at = end;
    const tag = /^<(\/?)([a-z][a-z0-9]*)((?: [A-Za-z-]+(?:="[^"<>]*")?)*)(\/?)>/.exec(source.slice(at, at + 20_000));
    if (tag === null) return fail('no tag');
    const [whole, closing, name, attributes, selfClosing] = tag as unknown as [string, string, string, string, string];
    if (closing === '/') {
      if (open.pop()?.name !== name) fail(`</${name}> closes what is not open`);
    } else {
      if (!ELEMENTS.has(name)) fail(`<${name}>`);
      const element = { name, attributes: readAttributes(attributes, fail), text: '' };
      elements.push(element);
      if (selfClosing === '' && !VOID.has(name)) open.push(element);
    }
    at += whole.length;
  }
  if (open.length > 0) fail(`<${open.at(-1)!.name}> is left open`);
  return elements;
}

function readAttributes(text: string, fail: (what: string) => never): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, value = ''] of text.matchAll(/ ([A-Za-z-]+)(?:="([^"]*)")?/g)) {
    if (!ATTRIBUTES.has(name!)) fail(`attribute ${name}`);
    if (attributes.has(name!)) fail(`attribute ${name} twice`);
    attributes.set(name!, readEntities(value, fail));
  }
  return attributes;
}

const CHARACTERS: { readonly [entity: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

const readEntities = (text: string, fail: (what: string) => never): string =>
  text.replace(/&([^;]{0,10});?/g, (_, entity: string) => CHARACTERS[entity] ?? fail(`entity &${entity}`));
