/** Labelled configurations from a file that a user names: `.cfg`, or extended XYZ where species have names. */
import { decodeUtf8, readLimited } from '../src/campaign/limited-file.ts';
import type { Configuration } from '../src/formats/configuration.ts';
import { formatOfName, readConfigurations } from '../src/formats/configuration-file.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { LabelledConfiguration } from '../src/potential/training-set.ts';
import { refuseOverlaps } from '../src/structure/closest-pair.ts';

/** How many types there are, what they are called, or nothing: as many as the file has. */
export type SpeciesOption = number | readonly string[] | undefined;

const MOST_BYTES = 256 * 1024 * 1024;
/** Atoms nearer than this are not a configuration of matter, Å. */
const OVERLAP_A = 0.5;

const typeNames = (count: number): string[] => Array.from({ length: count }, (_, type) => `type ${type}`);

/** @throws InputError with file and line for what cannot be read, has no labels, or has atoms on top of each other */
export function readLabelledFile(path: string, what: string, species: SpeciesOption): LabelledConfiguration[] {
  const format = formatOfName(path) ?? 'cfg';
  if (format !== 'cfg' && format !== 'extxyz') {
    throw new InputError('unknown-format', `the ${what} holds no labels`, { where: path, expected: '.cfg or .extxyz' });
  }
  if (format === 'extxyz' && !Array.isArray(species)) {
    throw new InputError('no-species', 'extended XYZ names elements, whose types are not said', {
      where: path,
      remedy: 'name the elements of types 0, 1, … with --species, e.g. Li,P,S,Cl',
    });
  }
  const names = typeof species === 'number' ? typeNames(species) : (species ?? null);
  const text = decodeUtf8(readLimited(path, MOST_BYTES, what, 'check the path'), 'bad-file', path);
  return readConfigurations(text, path, format, names, () => {}).map((configuration) => label(configuration, path));
}

function label({ structure, line, energyEv, forcesEvA, virialEv }: Configuration, path: string): LabelledConfiguration {
  const where = `${path}:${line}`;
  if (energyEv === undefined || forcesEvA === undefined) {
    const lacking = [energyEv === undefined ? 'energy' : '', forcesEvA === undefined ? 'forces' : ''].filter(Boolean);
    throw new InputError('no-labels', `the configuration has no ${lacking.join(' and no ')}`, {
      where,
      expected: 'an energy and forces',
      remedy: 'label it, or leave it out',
    });
  }
  if (structure.species.length === 0) throw new InputError('bad-label', 'the configuration has no atoms', { where });
  refuseOverlaps(structure, OVERLAP_A, where);
  return { structure, energyEv, forcesEvA, virialEv: virialEv ?? null };
}
