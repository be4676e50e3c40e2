/** A titled section, and a table of no more rows than a page should have. */

import { type Content, html, type Markup, nothing } from '../../../src/projections/drawing/markup.ts';
import { counted } from '../numbers.ts';

export const section = (id: string, title: string, content: Content): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}</section>
`;

/** There can be a seed for each of thousands of runs. */
const MAX_ROWS = 200;

export function rowsUpToLimit(headings: readonly string[], rows: readonly Markup[], noun: string): Markup {
  const left = rows.length - MAX_ROWS;
  return html`<div class="scroll"><table><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead><tbody>
${rows.slice(0, MAX_ROWS).map(
  (row) => html`${row}
`,
)}</tbody></table></div>${
    left > 0
      ? html`<p class="more">Not listed: ${counted(left, noun)}. <code>varve why … --json</code> has all.</p>`
      : nothing
  }`;
}
