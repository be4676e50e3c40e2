/** The settings of the 230 space groups by number or symbol, with their operations, from a library of space groups. */
import type { MoyoHallSymbolEntry, MoyoOperation } from '@spglib/moyo-wasm';
import { HALL_NUMBERS, type SymmetryLibrary } from './symmetry-library.ts';
import { type SymmetryOperation, TRANSLATION_PARTS } from './symmetry-operation.ts';

export interface SpaceGroupNames {
  readonly number?: number;
  /** Hermann–Mauguin symbol, short or full; `:1`, `:2`, `:H`, `:R` or `:b1` behind it names the setting. */
  readonly hermannMauguin?: string;
  readonly hall?: string;
}

export interface SpaceGroupSetting {
  /** For people, e.g. `F d -3 m:2`. */
  readonly name: string;
  readonly operations: readonly SymmetryOperation[];
}

/** All settings that the names may mean: none where they contradict each other. A Hall symbol names exactly one. */
export function spaceGroupSettings(library: SymmetryLibrary, names: SpaceGroupNames): SpaceGroupSetting[] {
  const entries = Array.from({ length: HALL_NUMBERS }, (_, k) => library.setting(k + 1)).filter(
    ({ number }) => names.number === undefined || number === names.number,
  );
  return chosen(entries, names).map((entry) => ({
    name: `${entry.hm_full.replaceAll('_', '')}${entry.setting === '' ? '' : `:${entry.setting}`}`,
    operations: library.operations(entry.hall_number).map(operationOf),
  }));
}

function chosen(entries: readonly MoyoHallSymbolEntry[], names: SpaceGroupNames): readonly MoyoHallSymbolEntry[] {
  if (names.hall !== undefined) {
    const hall = plain(names.hall);
    const named = entries.filter(({ hall_symbol }) => plain(hall_symbol) === hall);
    if (named.length > 0) return named;
  }
  if (names.hermannMauguin === undefined) return names.hall === undefined ? entries : [];
  const [symbol, setting] = names.hermannMauguin.split(':') as [string, string | undefined];
  const wanted = plain(symbol);
  const full = entries.filter((entry) => plain(entry.hm_full) === wanted);
  const short = entries.filter((entry) => plain(shortSymbol(entry)) === wanted);
  const found = full.length > 0 ? full : short;
  return setting === undefined
    ? found
    : found.filter((entry) => entry.setting.toLowerCase() === setting.trim().toLowerCase());
}

/** Of monoclinic groups the short symbol is that of unique axis b: `P 1 21/n 1` is `P 21/n`. */
function shortSymbol(entry: MoyoHallSymbolEntry): string {
  const isMonoclinic = entry.number >= 3 && entry.number <= 15;
  if (!isMonoclinic) return entry.hm_short;
  return /^\S+ 1 \S+ 1$/.test(entry.hm_full) ? entry.hm_full.replace(/ 1/g, '') : entry.hm_full;
}

const plain = (symbol: string): string => symbol.replace(/[\s_]/g, '').toLowerCase();

/** The library keeps matrices column by column, and translations as doubles near to 24ths. */
export function operationOf({ rotation, translation }: MoyoOperation): SymmetryOperation {
  return {
    rotation: Int32Array.from({ length: 9 }, (_, k) => Math.round(rotation[3 * (k % 3) + Math.floor(k / 3)]!)),
    translation: Float64Array.from(translation, (t) => {
      const parts = Math.round(t * TRANSLATION_PARTS);
      const exact = Math.abs(t * TRANSLATION_PARTS - parts) < 1e-6 ? parts / TRANSLATION_PARTS : t;
      const wrapped = exact - Math.floor(exact);
      return wrapped < 1 ? wrapped : 0;
    }),
  };
}
