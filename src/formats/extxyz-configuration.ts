/**
 * Extended XYZ as configurations and back. Of its keys these have a meaning: `energy` (eV), `virial` or `stress` (signs
 * and units as in extxyz-labels.ts), columns `forces` (eV/Å), `energies` (of the atoms, eV) and `move_mask` (L, 3 wide).
 * Written is `virial`, all nine components, which loses no bit.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Configuration, Lose } from './configuration.ts';
import { shortDecimal } from './exact-decimal.ts';
import { type ExtxyzFrame, type TextColumn, writeExtxyz } from './extxyz.ts';
import { numbersOf, virialOf } from './extxyz-virial.ts';
import { areNamed } from './mlip-cfg.ts';

const ENERGIES = 'energies';
const MOVE_MASK = 'move_mask';
const KEYS_WITH_MEANING = new Set(['Lattice', 'Properties', 'pbc', 'energy', 'virial', 'stress']);
const COLUMNS_WITH_MEANING = new Set(['species', 'pos', 'forces', ENERGIES, MOVE_MASK]);

/** @throws InputError `bad-label` where a key has no meaning that is known here, or two contradict each other */
export function fromExtxyz(frame: ExtxyzFrame, fileName: string, lose: Lose): Configuration {
  const where = `${fileName}:${frame.line}`;
  const info = new Map(frame.info);
  const columns = new Map(frame.columns);
  const texts = new Map(frame.texts ?? []);
  const energy = numbersOf(frame, 'energy', [1], where);
  const virial = virialOf(frame, where);
  if (virial !== undefined && !info.has('virial')) lose('the digits of stress: written is virial = −stress·volume');
  for (const key of ['energy', 'virial', 'stress']) info.delete(key);
  const taken = (name: string, width: number): Float64Array | undefined => {
    const column = columns.get(name);
    if (column === undefined) return undefined;
    if (column.width !== width) {
      throw new InputError('bad-label', `${name} have the wrong number of columns`, {
        where,
        expected: `${name}:R:${width}`,
        found: `${name}:R:${column.width}`,
      });
    }
    columns.delete(name);
    return column.data;
  };
  const forcesEvA = taken('forces', 3);
  const siteEnergiesEv = taken(ENERGIES, 1);
  const mask = texts.get(MOVE_MASK);
  const mayMove = mask?.type === 'L' && mask.width === 3 ? Uint8Array.from(mask.words, flag) : undefined;
  if (mayMove !== undefined) texts.delete(MOVE_MASK);
  return {
    structure: frame.structure,
    line: frame.line,
    ...(energy === undefined ? {} : { energyEv: energy[0]! }),
    ...(forcesEvA === undefined ? {} : { forcesEvA }),
    ...(virial === undefined ? {} : { virialEv: Float64Array.from(virial) }),
    ...(siteEnergiesEv === undefined ? {} : { siteEnergiesEv }),
    ...(mayMove === undefined ? {} : { mayMove }),
    columns,
    texts,
    info,
    remarks: frame.remarks ?? [],
  };
}

const flag = (word: string): number => (/^(t|1)/i.test(word) ? 1 : 0);

/** @throws InputError `bad-extxyz` where elements have no names */
export function toExtxyz(configuration: Configuration, where: string, lose: Lose): string {
  const { structure, energyEv, forcesEvA, virialEv, siteEnergiesEv, mayMove } = configuration;
  if (!areNamed(structure.elements)) {
    throw new InputError('bad-extxyz', 'extended XYZ needs element symbols', {
      where,
      remedy: 'name the types with --species, e.g. Li,P,S,Cl',
    });
  }
  const info = new Map<string, string>();
  if (energyEv !== undefined) info.set('energy', shortDecimal(energyEv));
  if (virialEv !== undefined) info.set('virial', Array.from(virialEv, shortDecimal).join(' '));
  for (const [name, value] of configuration.info) {
    if (/^[^\s="']+$/.test(name) && !/[\r\n]/.test(value) && !KEYS_WITH_MEANING.has(name)) info.set(name, value);
    else lose(`${name.replace(/\s+/g, ' ')} (no key or no value of extended XYZ)`);
  }
  const columns = new Map<string, { width: number; data: Float64Array }>();
  if (forcesEvA !== undefined) columns.set('forces', { width: 3, data: forcesEvA });
  if (siteEnergiesEv !== undefined) columns.set(ENERGIES, { width: 1, data: siteEnergiesEv });
  const texts = new Map<string, TextColumn>();
  if (mayMove !== undefined) {
    texts.set(MOVE_MASK, { type: 'L', width: 3, words: Array.from(mayMove, (m) => (m ? 'T' : 'F')) });
  }
  const isFree = (name: string): boolean => /^[^\s:="']+$/.test(name) && !COLUMNS_WITH_MEANING.has(name);
  for (const [name, column] of configuration.columns) {
    if (isFree(name)) columns.set(name, column);
    else lose(`column ${name}`);
  }
  for (const [name, column] of configuration.texts) {
    if (isFree(name) || (name === MOVE_MASK && mayMove === undefined)) texts.set(name, column);
    else lose(`column ${name}`);
  }
  return writeExtxyz({ structure, info, columns, texts, remarks: configuration.remarks });
}
