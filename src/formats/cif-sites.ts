/** The atom sites of a CIF block: element, label, fractional coordinates; fully occupied ones only. */
import { ELEMENT_SYMBOLS } from '../dynamics/masses.ts';
import { InputError } from '../numerics/input-error.ts';
import type { CifBlock } from './cif-block.ts';
import { type CifToken, cifError } from './cif-tokens.ts';
import { isGiven, numberOf } from './cif-values.ts';

export interface CifSite {
  readonly element: string;
  /** As the file calls the site, e.g. `Li1`. */
  readonly label: string;
  readonly fractional: readonly [number, number, number];
  readonly line: number;
}

const AXES = ['x', 'y', 'z'] as const;
const FRACTIONAL = AXES.map((axis) => `_atom_site_fract_${axis}`);

/** Whether the block is of a structure: others hold references, reflections, bonds. */
export const hasSites = (block: CifBlock): boolean =>
  [...block.columns.keys()].some((tag) => /^_atom_site_(fract|cartn)_[xyz]$/.test(tag));

/** @throws InputError `bad-cif`; `partial-occupancy` for a site that is not fully occupied */
export function readSites(block: CifBlock, fileName: string): CifSite[] {
  const columns = FRACTIONAL.map((tag) => {
    const values = block.columns.get(tag);
    if (values !== undefined) return values;
    throw cifError(fileName, block.line, `the sites have no ${tag}`, FRACTIONAL.join(', '));
  });
  const symbols = block.columns.get('_atom_site_type_symbol');
  const labels = block.columns.get('_atom_site_label');
  const names = symbols ?? labels;
  if (names === undefined || [...columns, names, labels ?? names].some(({ length }) => length !== columns[0]!.length)) {
    const expected = '_atom_site_label or _atom_site_type_symbol in the loop of the coordinates';
    throw cifError(fileName, columns[0]![0]!.line, 'the sites name no elements', expected);
  }
  refusePartial(block, labels ?? names, fileName);
  const dummies = block.columns.get('_atom_site_calc_flag');
  return names.flatMap((name, k): CifSite[] => {
    if (dummies?.[k]?.text === 'dum') return [];
    const fractional = columns.map((values, axis) => {
      const number = numberOf(values[k]!, FRACTIONAL[axis]!, fileName);
      if (Math.abs(number) < 1000) return number;
      throw cifError(
        fileName,
        values[k]!.line,
        `${FRACTIONAL[axis]} is out of range`,
        '-1000 to 1000',
        values[k]!.text,
      );
    });
    return [
      {
        element: elementOf(name, symbols === undefined, fileName),
        label: (labels ?? names)[k]!.text,
        fractional: fractional as [number, number, number],
        line: name.line,
      },
    ];
  });
}

/** `Li`, `Li1+`, `S2-` from a type; from a label the element that its letters begin with. */
function elementOf(name: CifToken, isLabel: boolean, fileName: string): string {
  const letters = /^[A-Za-z]{0,20}/.exec(name.text)![0];
  if (isElement(letters)) return letters;
  const refuse = (remedy: string): never => {
    throw cifError(fileName, name.line, 'no element can be told from the name', 'e.g. Li, Li1, S2-', name.text, remedy);
  };
  if (/^[DT]$/.test(letters)) refuse('call it H: masses here are those of the natural elements');
  // CA1 may be calcium or an alpha carbon.
  if (letters.length !== 1 && letters === letters.toUpperCase()) {
    const normal = letters.slice(0, 1) + letters.slice(1).toLowerCase();
    if (!isLabel && isElement(normal)) return normal;
    refuse('add _atom_site_type_symbol with the element of each site');
  }
  const prefix = [letters.slice(0, 2), letters.slice(0, 1)].find(isElement);
  return (isLabel ? prefix : undefined) ?? refuse('write the symbols of elements as Li, P, S, Cl');
}

const isElement = (symbol: string): boolean => ELEMENT_SYMBOLS.includes(symbol);

function refusePartial(block: CifBlock, names: readonly CifToken[], fileName: string): void {
  const occupancies = block.columns.get('_atom_site_occupancy') ?? [];
  const partial = occupancies.filter((value) => isGiven(value) && numberOf(value, 'an occupancy', fileName) !== 1);
  if (partial.length === 0) return;
  const at = occupancies.indexOf(partial[0]!);
  const more = partial.length > 1 ? `, and ${partial.length - 1} more` : '';
  throw new InputError('partial-occupancy', 'a site is not fully occupied: which atoms are there is not said', {
    where: `${fileName}:${partial[0]!.line}`,
    expected: 'occupancies of 1',
    found: `${JSON.stringify(names[at]?.text.slice(0, 40) ?? '')} with ${partial[0]!.text.slice(0, 20)}${more}`,
    remedy:
      'make an ordered model: leave one of the sites that exclude each other, with occupancy 1, or write the cell with ' +
      'its operations as x, y, z alone and choose atom by atom; disorder can be drawn afterwards (disorder of a campaign)',
  });
}
