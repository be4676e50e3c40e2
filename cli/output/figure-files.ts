/** A figure as a file: a drawing, a table of its values, or all of it for programs. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../src/numerics/input-error.ts';
import { drawFigure, SVG_BEGINNING } from '../../src/projections/drawing/figure-svg.ts';
import { checkedFigure, type Figure } from '../../src/projections/figure.ts';
import { CSV_BEGINNING, figureCsv } from '../../src/projections/figure-csv.ts';
import { escapeInJson } from '../../store/escape-control.ts';
import { sha256Hex } from '../../store/hash.ts';
import { systemCodeOf } from '../../store/store-error.ts';
import { demandReplaceable, writeReplaceable } from './replaceable-file.ts';

export const FIGURE_FORMATS = ['svg', 'csv', 'json'] as const;
export type FigureFormat = (typeof FIGURE_FORMATS)[number];

const JSON_BEGINNING = '{\n  "varveFigure": 1,\n';

const FORMATS: { readonly [format in FigureFormat]: { beginning: string; textOf: (figure: Figure) => string } } = {
  svg: { beginning: SVG_BEGINNING, textOf: drawFigure },
  csv: { beginning: CSV_BEGINNING, textOf: figureCsv },
  json: {
    beginning: JSON_BEGINNING,
    textOf: (figure) => `${escapeInJson(JSON.stringify({ varveFigure: 1, ...checkedFigure(figure) }, null, 2))}\n`,
  },
};

export interface WrittenFigure {
  readonly figure: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * One file a figure, `DIR/FIGURE.FORMAT`; the folder is made where only its last part is missing. Nothing is written
 * unless all can be.
 * @throws InputError `file-exists`, `cannot-write`
 */
export function writeFigures(figures: readonly Figure[], dir: string, format: FigureFormat): WrittenFigure[] {
  const { beginning, textOf } = FORMATS[format];
  const origin = { beginning, words: `a ${format.toUpperCase()} file that varve figures wrote before` };
  const files = figures.map((figure) => ({
    figure: figure.name,
    file: join(dir, `${figure.name}.${format}`),
    text: textOf(figure),
  }));
  makeFolder(dir);
  for (const { file } of files) demandReplaceable(file, origin);
  return files.map(({ figure, file, text }) => {
    writeReplaceable(file, text, origin);
    return { figure, file, bytes: Buffer.byteLength(text), sha256: sha256Hex(text) };
  });
}

function makeFolder(dir: string): void {
  try {
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
    mkdirSync(dir);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    throw new InputError('cannot-write', `the folder cannot be made (${code})`, {
      where: dir,
      remedy: 'name a folder, or one that can be made in a folder that is there',
    });
  }
}
