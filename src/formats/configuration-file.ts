/** Files of configurations in any of the formats: which one a name stands for, reading, writing. */
import { InputError } from '../numerics/input-error.ts';
import { readCif } from './cif.ts';
import { fromCif } from './cif-configuration.ts';
import type { SpaceGroupTable } from './cif-symmetry.ts';
import { type Configuration, type Lose, withSpecies } from './configuration.ts';
import { readExtxyz } from './extxyz.ts';
import { fromExtxyz, toExtxyz } from './extxyz-configuration.ts';
import { readLammpsData } from './lammps-data.ts';
import { fromLammpsData, toLammpsData } from './lammps-data-configuration.ts';
import { readCfg, writeCfgRecord } from './mlip-cfg.ts';
import { fromCfg, toCfg } from './mlip-cfg-configuration.ts';
import { readPoscar } from './poscar.ts';
import { fromPoscar, toPoscar } from './poscar-configuration.ts';

export const CONFIGURATION_FORMATS = ['cfg', 'extxyz', 'poscar', 'lammps-data'] as const;
export type ConfigurationFormat = (typeof CONFIGURATION_FORMATS)[number];
/** Formats that are read, and never written. */
export const READ_ONLY_FORMATS = ['cif'] as const;
export type ReadableFormat = ConfigurationFormat | (typeof READ_ONLY_FORMATS)[number];
export type FileFormat = ReadableFormat | 'mtp';

/** The format that a file's name stands for, or undefined. */
export function formatOfName(path: string): FileFormat | undefined {
  const name = path.replace(/^.*[/\\]/, '');
  if (/\.cfgs?$/i.test(name)) return 'cfg';
  if (/\.(ext)?xyz$/i.test(name)) return 'extxyz';
  if (/\.(lmp|data)$/i.test(name) || /^data\.[^.]+$/.test(name)) return 'lammps-data';
  if (/\.cif$/i.test(name)) return 'cif';
  if (/\.(mtp|almtp|als)$/i.test(name)) return 'mtp';
  return /\.(vasp|poscar|contcar)$/i.test(name) || /^(POSCAR|CONTCAR)([._-].*)?$/.test(name) ? 'poscar' : undefined;
}

/**
 * @param species element of each type, in the order of the types; null: as the file names them, or numbered
 * @param table of space groups, for CIF files that name one and list no operations
 * @throws InputError `bad-cfg`, `bad-extxyz`, `bad-poscar`, `bad-lammps`, `bad-cif`, `partial-occupancy`, `overlapping-atoms`,
 *   `unknown-species`, `empty-file`, with file and line
 */
export function readConfigurations(
  text: string,
  fileName: string,
  format: ReadableFormat,
  species: readonly string[] | null,
  lose: Lose,
  table?: SpaceGroupTable,
): Configuration[] {
  const configurations = read(text, fileName, format, species, lose, table);
  if (configurations.length > 0) return configurations;
  throw new InputError('empty-file', 'the file holds no configuration', { where: fileName });
}

function read(
  text: string,
  fileName: string,
  format: ReadableFormat,
  species: readonly string[] | null,
  lose: Lose,
  table: SpaceGroupTable | undefined,
): Configuration[] {
  if (format === 'cfg') return readCfg(text, fileName, species).map(fromCfg);
  if (format === 'lammps-data') {
    const configuration = fromLammpsData(readLammpsData(text, fileName, species), lose);
    return [species === null ? configuration : withSpecies(configuration, species, fileName)];
  }
  const found = readNamed(text, fileName, format, lose, table);
  return species === null ? found : found.map((configuration) => withSpecies(configuration, species, fileName));
}

/** Formats that know their elements. */
function readNamed(
  text: string,
  fileName: string,
  format: Exclude<ReadableFormat, 'cfg' | 'lammps-data'>,
  lose: Lose,
  table: SpaceGroupTable | undefined,
): Configuration[] {
  if (format === 'extxyz') return readExtxyz(text, fileName, null).map((frame) => fromExtxyz(frame, fileName, lose));
  if (format === 'poscar') return [fromPoscar(readPoscar(text, fileName), lose)];
  return readCif(text, fileName, table === undefined ? {} : { table }).map((block) => fromCif(block, lose));
}

/**
 * The text of the file, a piece for each configuration.
 * @throws InputError for what the format cannot do without: element names, a cell
 */
export function* writeConfigurations(
  configurations: readonly Configuration[],
  format: ConfigurationFormat,
  fileName: string,
  lose: Lose,
): Generator<string> {
  if ((format === 'poscar' || format === 'lammps-data') && configurations.length !== 1) {
    const name = format === 'poscar' ? 'POSCAR' : 'LAMMPS data';
    throw new InputError('several-configurations', `${name} holds one structure`, {
      where: fileName,
      expected: 'one configuration',
      found: `${configurations.length}`,
      remedy: 'choose one with --frame N',
    });
  }
  for (const [k, configuration] of configurations.entries()) {
    const where = `${fileName}:${configuration.line}`;
    if (format === 'cfg') yield `${k > 0 ? '\n' : ''}${writeCfgRecord(toCfg(configuration, lose), where)}`;
    else if (format === 'extxyz') yield toExtxyz(configuration, where, lose);
    else if (format === 'lammps-data') yield toLammpsData(configuration, where, lose);
    else yield toPoscar(configuration, where, lose);
  }
}
