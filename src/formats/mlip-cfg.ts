/**
 * MLIP's `.cfg` files: configurations one after another, each
 *   BEGIN_CFG, Size n, Supercell (0–3 lattice vectors, Å, Cartesian; none: no direction is periodic),
 *   AtomData: columns named in the header (id type cartes_x … or direct_x …, fx fy fz, site_en, …), in any order,
 *   Energy (eV), PlusStress: xx yy zz yz xz xy in the header's order (eV: the virial −dE/dε), Feature lines, END_CFG.
 * Types count from 0; without a column `type` all are 0. Further columns of numbers and all features are kept. Written
 * with 17 significant digits, so that reading gives the same numbers back.
 */
import { InputError } from '../numerics/input-error.ts';
import { exactDecimal } from './exact-decimal.ts';
import { type CfgFrame, CfgReader, type CfgRecord } from './mlip-cfg-reader.ts';

export { areNamed, type CfgFrame, type CfgRecord } from './mlip-cfg-reader.ts';

/** More are not for one file, but an attempt on the memory. */
const MAX_CONFIGURATIONS = 1_000_000;

/**
 * @param elements element symbol of each type, in the type order of the file; null where only the numbers are known:
 *   they are then called `type 0`, `type 1`, …, as many as the file has
 * @throws InputError `bad-cfg` with file and line for anything that is not understood or not consistent
 */
export function readCfg(text: string, fileName: string, elements: readonly string[] | null): CfgFrame[] {
  const reader = new CfgReader(text, fileName, elements);
  const frames: CfgFrame[] = [];
  for (let frame = reader.next(); frame !== null; frame = reader.next()) {
    frames.push(frame);
    if (frames.length <= MAX_CONFIGURATIONS) continue;
    throw new InputError('bad-cfg', 'the file holds too many configurations', {
      where: `${fileName}:${frame.line}`,
      expected: `at most ${MAX_CONFIGURATIONS}`,
    });
  }
  return frames;
}

/**
 * @throws InputError `bad-cfg` for what the format cannot hold: periodic directions that are not the first ones,
 *   non-finite numbers, names with white space, features that would not come back as they are
 */
export function writeCfg(records: readonly CfgRecord[]): string {
  return records.map((record, at) => writeCfgRecord(record, `configuration ${at + 1}`)).join('\n');
}

/** One configuration, called `where` in errors. @throws InputError as `writeCfg` */
export function writeCfgRecord(record: CfgRecord, where: string): string {
  const { structure, energyEv, forcesEvA, virialEv, siteEnergiesEv, features } = record;
  const columns = [...(record.columns ?? [])];
  const { species, positionsA, cellA, periodic } = structure;
  const rows = periodic.indexOf(false) < 0 ? 3 : periodic.indexOf(false);
  if (periodic.slice(rows).some((repeats) => repeats)) {
    throw new InputError('bad-cfg', 'only leading lattice directions may be periodic', { where });
  }
  const number = (value: number): string => {
    if (!Number.isFinite(value))
      throw new InputError('bad-cfg', 'not a finite number', { where, found: String(value) });
    return exactDecimal(value);
  };
  const numbers = (values: ArrayLike<number>, from: number, count: number): string =>
    Array.from({ length: count }, (_, k) => number(values[from + k]!)).join(' ');
  const lines = ['BEGIN_CFG', ' Size', `    ${species.length}`];
  if (rows > 0) lines.push(' Supercell');
  for (let k = 0; k < rows; k++) lines.push(`    ${numbers(cellA, 3 * k, 3)}`);
  lines.push(
    ` AtomData:  id type cartes_x cartes_y cartes_z${forcesEvA ? ' fx fy fz' : ''}${siteEnergiesEv ? ' site_en' : ''}${columns.map(([name]) => ` ${word(name, 'column', where)}`).join('')}`,
  );
  for (let i = 0; i < species.length; i++) {
    const forces = forcesEvA ? `  ${numbers(forcesEvA, 3 * i, 3)}` : '';
    const site = siteEnergiesEv ? `  ${number(siteEnergiesEv[i]!)}` : '';
    const further = columns.map(([, values]) => `  ${number(values[i]!)}`).join('');
    lines.push(`    ${i + 1} ${species[i]}  ${numbers(positionsA, 3 * i, 3)}${forces}${site}${further}`);
  }
  if (energyEv !== undefined) lines.push(' Energy', `    ${number(energyEv)}`);
  if (virialEv) {
    const six = [0, 4, 8, 5, 2, 1].map((place) => number(virialEv[place]!));
    lines.push(' PlusStress:  xx yy zz yz xz xy', `    ${six.join(' ')}`);
  }
  for (const [name, value] of features) {
    for (const part of value.split('\n')) {
      if (!isFeatureValue(part)) {
        const expected = 'no space at its ends and no line break but LF';
        throw new InputError('bad-cfg', `feature ${name} would not come back as it is`, { where, expected });
      }
      lines.push(` Feature   ${word(name, 'feature', where)}\t${part}`);
    }
  }
  lines.push('END_CFG', '');
  return lines.join('\n');
}

/** Whether a value, or a line of it, comes back as it is. */
export const isFeatureValue = (line: string): boolean => line === line.trim() && !line.includes('\n');

function word(name: string, what: string, where: string): string {
  if (/^\S+$/.test(name)) return name;
  throw new InputError('bad-cfg', `the name of a ${what} holds white space`, { where, found: JSON.stringify(name) });
}
