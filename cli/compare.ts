/**
 * `varve compare`: the variation sets A, B and C of a campaign and what each source contributes; or two cells, two
 * potentials, two campaigns beside each other.
 */
import { resolve } from 'node:path';
import type { Target } from '../src/analysis/variance/further-runs.ts';
import { compareSides, findSide, type SidesCompared } from '../src/audit/compare/compare-subjects.ts';
import { parseSide } from '../src/audit/diff/diff-sides.ts';
import { viewCampaign } from '../src/campaign/campaign-view.ts';
import { askFurtherRuns } from '../src/campaign/further-study.ts';
import { findCampaign } from '../src/campaign/open-campaign.ts';
import { studyCampaignVariance } from '../src/campaign/variance-study.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { lineageSource } from '../src/projections/lineage.ts';
import type { Table } from '../src/projections/table.ts';
import { deriveVarianceFigure } from '../src/projections/variance/variance-figure.ts';
import type { SetName } from '../src/projections/variance/variance-sets.ts';
import { SET_NAMES } from '../src/projections/variance/variance-study.ts';
import { deriveVarianceTables } from '../src/projections/variance/variance-table.ts';
import { renderSides } from './output/sides.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderTables } from './output/tables.ts';
import { furtherJson, levelJson, renderFurther, renderStudyNotes } from './output/variance-study.ts';

interface CompareFlags {
  readonly store: string;
  readonly campaign?: string;
  readonly halve?: Target;
  readonly json?: boolean;
}

export function compare(words: readonly string[], flags: CompareFlags): void {
  if (words.every(isSetName)) {
    compareSets(words.length === 0 ? SET_NAMES : words, flags);
    return;
  }
  if (words.length !== 2) {
    throw new InputError('bad-comparison', 'compare takes sets, or two subjects', {
      expected: 'A, B, C or some of them; or two cells, two potentials, two campaigns',
      found: words.join(' '),
    });
  }
  for (const flag of ['campaign', 'halve'] as const) {
    if (flags[flag] !== undefined) {
      throw new InputError('bad-comparison', `--${flag} is for the sets A, B and C`, {
        ...(flag === 'campaign' ? { remedy: 'a cell of another campaign is CAMPAIGN:TABLE/ROW/COLUMN' } : {}),
      });
    }
  }
  const compared = compareTwo(words[0]!, words[1]!, flags.store);
  if (flags.json) printJson(compared);
  else process.stdout.write(renderSides(compared));
}

const isSetName = (word: string): word is SetName => SET_NAMES.some((name) => name === word);

function compareTwo(wordA: string, wordB: string, store: string): SidesCompared {
  const [a, b] = [parseSide(wordA, store), parseSide(wordB, store)];
  return withStore(a.dir, (storeA) => {
    const side = findSide(storeA, a);
    return resolve(a.dir) === resolve(b.dir)
      ? compareSides(side, findSide(storeA, b))
      : withStore(b.dir, (storeB) => compareSides(side, findSide(storeB, b)));
  });
}

function compareSets(names: readonly SetName[], flags: CompareFlags): void {
  withStore(flags.store, (store) => {
    const view = viewCampaign(store, findCampaign(store, flags.campaign));
    const source = lineageSource(store);
    const { sets, levels, notesOf } = studyCampaignVariance(view, source);
    const tables = deriveVarianceTables(levels, notesOf).map((table) => onlyOf(names, table));
    const further = flags.halve === undefined ? [] : levels.map((level) => askFurtherRuns(level, flags.halve!, source));
    if (flags.json) {
      printJson({
        campaign: view.campaign.name,
        sets: names,
        tables,
        levels: levels.map((level) => levelJson(level, names)),
        figure: deriveVarianceFigure(levels, source),
        further: further.map(furtherJson),
        leftOut: sets.leftOut.map(({ eventId }) => eventId),
      });
      return;
    }
    if (levels.length === 0) {
      process.stdout.write('No run has a diffusion coefficient yet.\n');
      return;
    }
    process.stdout.write(renderTables(tables.map(withoutEmptyColumns), [], undefined));
    process.stdout.write(renderStudyNotes(levels, sets.leftOut.length));
    if (further.length > 0) process.stdout.write(renderFurther(further));
  });
}

/** For people: a column that no row has a number in is left out; the notes that rows have in common say why, once. */
function withoutEmptyColumns(table: Table): Table {
  const filled = table.columns.map((_, k) => table.rows.some(({ cells }) => cells[k]!.value !== null));
  const whyEmpty = table.columns.flatMap((_, k) =>
    filled[k] ? [] : table.rows.flatMap(({ cells }) => cells[k]!.notes),
  );
  const reasons = [...new Set(whyEmpty)];
  return {
    ...table,
    title: reasons.length === 0 ? table.title : `${table.title}; left out: ${reasons.join('; ')}`,
    columns: table.columns.filter((_, k) => filled[k]),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.filter((_, k) => filled[k]) })),
  };
}

/** The columns of some of the sets; tables without columns of sets as they are. */
function onlyOf(names: readonly SetName[], table: Table): Table {
  const keep = table.columns.map(({ key }) => {
    const set = key[0]!;
    return table.name !== 'variance' || names.some((name) => name === set);
  });
  return {
    ...table,
    columns: table.columns.filter((_, k) => keep[k]),
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.filter((_, k) => keep[k]) })),
  };
}
