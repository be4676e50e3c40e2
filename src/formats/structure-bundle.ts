/** A structure as a bundle of arrays: cellA [3,3] Å, positionsA [N,3] Å, species [N]; meta: elements, periodic. */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { type ArrayBundle, doubles, integers, readBundle, writeBundle } from './array-bundle.ts';

export function writeStructure(structure: Structure): Uint8Array {
  const atoms = structure.species.length;
  return writeBundle({
    entries: [
      { name: 'cellA', shape: [3, 3], unit: 'Å', data: structure.cellA },
      { name: 'positionsA', shape: [atoms, 3], unit: 'Å', data: structure.positionsA },
      { name: 'species', shape: [atoms], unit: '1', data: structure.species },
    ],
    meta: { elements: [...structure.elements], periodic: [...structure.periodic] },
  });
}

/** @throws InputError `bad-bundle` where the bytes are not those of a structure */
export function readStructure(bytes: Uint8Array, where: string): Structure {
  const bundle = readBundle(bytes, where);
  const { elements, periodic } = elementsAndPeriodicity(bundle, where);
  const species = integers(bundle, 'species', where);
  requireSpecies(species, elements, where);
  return {
    cellA: doubles(bundle, 'cellA', where, [3, 3]),
    positionsA: doubles(bundle, 'positionsA', where, [species.length, 3]),
    species,
    elements,
    periodic,
  };
}

/** @throws InputError `bad-bundle` where a species is no index into the elements */
export function requireSpecies(species: Int32Array, elements: readonly string[], where: string): void {
  const atom = species.findIndex((index) => index < 0 || index >= elements.length);
  if (atom < 0) return;
  throw new InputError('bad-bundle', `atom ${atom} is of no element`, { where, found: `species ${species[atom]}` });
}

/** The two facts of a bundle's meta that every bundle with atoms carries. */
export function elementsAndPeriodicity(
  { meta }: ArrayBundle,
  where: string,
): { elements: string[]; periodic: [boolean, boolean, boolean] } {
  const { elements, periodic } = meta;
  const named = Array.isArray(elements) && elements.every((element) => typeof element === 'string');
  if (!named || !Array.isArray(periodic) || periodic.length !== 3 || periodic.some((on) => typeof on !== 'boolean')) {
    throw new InputError('bad-bundle', 'the bundle names no elements or periodic directions', { where });
  }
  return { elements: elements as string[], periodic: periodic as [boolean, boolean, boolean] };
}
