/** An HTML file whole in itself: its policy lets it load nothing, and run no other script than the one it is given. */
import { createHash } from 'node:crypto';
import { VARVE_VERSION } from '../../../src/execution/version.ts';
import { type Content, html, nothing, renderMarkup, verbatim } from '../../../src/projections/drawing/markup.ts';
import { STYLE } from './style.ts';

/** The bytes that every page of a command begins with, and by which one is known. */
export const documentBeginning = (command: string): string =>
  `<!doctype html>\n<html lang="en" data-page="${command}">\n`;

export interface PageDocument {
  readonly beginning: string;
  readonly title: string;
  readonly main: Content;
  readonly script?: string;
}

export function renderDocument({ beginning, title, main, script }: PageDocument): string {
  const scripts = script === undefined ? "'none'" : `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${scripts}; base-uri 'none'; form-action 'none'`;
  const body = html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${verbatim(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="varve ${VARVE_VERSION}">
<title>${title}</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<main>
${main}
</main>
<footer>Written by varve ${VARVE_VERSION}.</footer>
${script === undefined ? nothing : html`<script>${verbatim(script)}</script>\n`}</body>
</html>
`;
  return `${beginning}${renderMarkup(body)}`;
}
