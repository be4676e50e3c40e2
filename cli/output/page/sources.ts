/** What the number came from: files from outside, seeds, the code and runtimes that computed it. */
import { type ImportedFile, importedFiles, seedUses } from '../../../src/audit/explain/provenance.ts';
import { type CodeVersion, codeVersions } from '../../../src/projections/code-version.ts';
import { type Content, html, nothing } from '../../../src/projections/drawing/markup.ts';
import { exactBytes, hash, shorten } from './fields.ts';
import { eventLink, type PageContext, purposeOf } from './page-context.ts';
import { rowsUpToLimit, section } from './rows.ts';

export function sourceSections(context: PageContext): Content {
  const { lineage } = context.explanation;
  return [
    section('inputs', 'Files it came from', filesTable(context, importedFiles(lineage))),
    section('seeds', 'Seeds', seedsTable(context)),
    section('versions', 'Code and runtimes', versionsTable(codeVersions(lineage.nodes))),
  ];
}

function filesTable(context: PageContext, files: readonly ImportedFile[]): Content {
  if (files.length === 0) return html`<p>It rests on no file from outside.</p>`;
  return rowsUpToLimit(
    ['file', 'size', 'what its labels are', 'SHA-256'],
    files.map(
      ({ event, name, sha256, bytes, methods }) =>
        html`<tr><th scope="row">${shorten(name)} (${eventLink(context, event.eventId)})</th><td>${exactBytes(bytes)}</td><td>${methods.length === 0 ? 'not recorded' : methods.slice(0, 10).map((method) => html`<p>${shorten(method)}</p>`)}</td><td>${hash(sha256)}</td></tr>`,
    ),
    'file',
  );
}

function seedsTable(context: PageContext): Content {
  const { cell, series, lineage } = context.explanation;
  const asked = cell ?? series;
  const uses = seedUses(lineage);
  const root =
    asked === null
      ? nothing
      : html`<p>The campaign has one seed, ${asked.seed}; every other derives from it by hashing what it is for.</p>`;
  if (uses.length === 0) return [root, html`<p>Nothing here was drawn at random.</p>`];
  return [
    root,
    rowsUpToLimit(
      ['seed', 'of', 'for'],
      uses.map(
        ({ event, seed, path }) =>
          html`<tr><td><code>${shorten(seed)}</code></td><td>${eventLink(context, event.eventId)}, <code>${path}</code></td><td>${shorten(purposeOf(context, event))}</td></tr>`,
      ),
      'seed',
    ),
  ];
}

const versionsTable = (versions: readonly CodeVersion[]): Content =>
  versions.length === 0
    ? html`<p>Nothing was computed yet.</p>`
    : rowsUpToLimit(
        ['varve', 'runtime', 'events', 'source build (SHA-256 over all its modules)'],
        versions.map(
          ({ varve, runtime, events, sourceBuild, wasm }) =>
            html`<tr><th scope="row">${shorten(varve)}</th><td>${shorten(runtime ?? 'left out')}</td><td>${events}</td><td>${hash(shorten(sourceBuild))}${wasm.length === 0 ? nothing : html`<p>WebAssembly: ${wasm.slice(0, 10).map((module) => html`${hash(shorten(module))} `)}</p>`}</td></tr>`,
        ),
        'version',
      );
