/**
 * HTML and SVG that are safe by construction: whatever is put into an `html` template is text, escaped, with its control
 * characters made visible, unless an `html` template made it.
 */
import { escapeControl } from '../../../store/escape-control.ts';

const MARKUP = Symbol('markup');

export interface Markup {
  readonly [MARKUP]: string;
}

export type Content = string | number | Markup | readonly Content[];

export const html = (literals: TemplateStringsArray, ...contents: readonly Content[]): Markup => ({
  [MARKUP]: String.raw({ raw: literals }, ...contents.map(textOf)),
});

export const nothing: Markup = html``;

/** Contents with something between them. */
export const joined = (contents: readonly Content[], between: string): Content =>
  contents.flatMap((content, k) => (k === 0 ? [content] : [between, content]));

export const renderMarkup = (markup: Markup): string => markup[MARKUP];

/** Text of the project's own that goes into the page as it is: a style sheet, a script. */
export const verbatim = (text: string): Markup => ({ [MARKUP]: text });

function textOf(content: Content): string {
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return MARKUP in content ? content[MARKUP] : content.map(textOf).join('');
}

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Beyond what no line of text should hold: the two characters that XML forbids. */
export const visibleText = (text: string): string =>
  escapeControl(text).replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

const escapeHtml = (text: string): string => visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
