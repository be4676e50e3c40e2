/** Structures in files of any format, as crystals: sites are called as a CIF file labels them, else by their element. */
import { SITE_LABELS } from '../formats/cif-configuration.ts';
import { readConfigurations } from '../formats/configuration-file.ts';
import { InputError } from '../numerics/input-error.ts';
import type { Crystal } from '../structure/crystal.ts';
import { withElements } from '../structure/structure.ts';
import type { STRUCTURE_FORMATS } from './schemas.ts';

type StructureFormat = (typeof STRUCTURE_FORMATS)[number];

/** By which a blob says what file it was. */
export const STRUCTURE_MEDIA_TYPES: { readonly [format in StructureFormat]: string } = {
  cif: 'chemical/x-cif',
  poscar: 'chemical/x-vasp-poscar',
  extxyz: 'chemical/x-extxyz',
  'lammps-data': 'chemical/x-lammps-data',
  cfg: 'chemical/x-mlip-cfg',
};

/**
 * The single structure of the file.
 * @param elements of the campaign, in the order of the species; types without a name are these in their order
 * @throws InputError with file and line: what the readers throw; `several-configurations`; `bad-structure` for one that
 *   does not repeat in all directions; `unknown-species`
 */
export function crystalInFile(
  bytes: Uint8Array,
  { name, format }: { readonly name: string; readonly format: StructureFormat },
  elements: readonly string[],
): Crystal {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('bad-file', 'the file is not UTF-8 text', { where: name });
  }
  const configurations = readConfigurations(
    text,
    name,
    format,
    format === 'cfg' || format === 'lammps-data' ? elements : null,
    () => undefined,
  );
  const { structure, texts, line } = configurations[0]!;
  const where = `${name}:${line}`;
  if (configurations.length > 1) {
    throw new InputError('several-configurations', 'the file holds several structures', {
      where: name,
      expected: 'one',
      found: String(configurations.length),
      remedy: 'write one of them to a file of its own: varve convert --frame N',
    });
  }
  if (structure.periodic.includes(false)) {
    throw new InputError('bad-structure', 'the structure does not repeat in all directions', { where });
  }
  try {
    return {
      structure: withElements(structure, elements),
      siteLabels: texts.get(SITE_LABELS)?.words ?? Array.from(structure.species, (s) => structure.elements[s]!),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, error.what, { ...error.details, where });
  }
}
