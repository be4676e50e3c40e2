/**
 * Labelled configurations as a bundle of arrays, one after another: atomCounts [F]; cellsA [F,3,3] Å; energiesEv [F];
 * virialsEv [F,3,3]; and for all atoms in turn species [ΣN], positionsA [ΣN,3] Å, forcesEvA [ΣN,3].
 * Meta: elements, periodic, and per frame the configuration's name and what the file says of its method.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Structure } from '../structure/structure.ts';
import { doubles, integers, readBundle, writeBundle } from './array-bundle.ts';
import type { LabelledFrame } from './extxyz-labels.ts';
import { elementsAndPeriodicity, requireSpecies } from './structure-bundle.ts';

/** @param frames at least one, all with the same elements, all fully periodic */
export function writeLabelBundle(frames: readonly LabelledFrame[]): Uint8Array {
  const joined = (pick: (frame: LabelledFrame) => ArrayLike<number>): number[] =>
    frames.flatMap((frame) => Array.from(pick(frame)));
  const count = frames.length;
  const atoms = frames.reduce((sum, frame) => sum + frame.structure.species.length, 0);
  const doublesEntry = (
    name: string,
    shape: number[],
    unit: string,
    pick: (frame: LabelledFrame) => ArrayLike<number>,
  ) => ({
    name,
    shape,
    unit,
    data: Float64Array.from(joined(pick)),
  });
  return writeBundle({
    entries: [
      {
        name: 'atomCounts',
        shape: [count],
        unit: '1',
        data: Int32Array.from(frames, (f) => f.structure.species.length),
      },
      { name: 'species', shape: [atoms], unit: '1', data: Int32Array.from(joined((f) => f.structure.species)) },
      doublesEntry('cellsA', [count, 3, 3], 'Å', (f) => f.structure.cellA),
      doublesEntry('positionsA', [atoms, 3], 'Å', (f) => f.structure.positionsA),
      doublesEntry('energiesEv', [count], 'eV', (f) => [f.energyEv]),
      doublesEntry('forcesEvA', [atoms, 3], 'eV/Å', (f) => f.forcesEvA),
      doublesEntry('virialsEv', [count, 3, 3], 'eV', (f) => f.virialEv),
    ],
    meta: {
      elements: [...frames[0]!.structure.elements],
      periodic: [true, true, true],
      configurationTypes: frames.map((frame) => frame.configurationType),
      methodNotes: frames.map((frame) => frame.methodNote),
    },
  });
}

/** @throws InputError `bad-bundle` where the bytes are not those of labels */
export function readLabelBundle(bytes: Uint8Array, where: string): LabelledFrame[] {
  const bundle = readBundle(bytes, where);
  const { elements, periodic } = elementsAndPeriodicity(bundle, where);
  const atomCounts = integers(bundle, 'atomCounts', where);
  const count = atomCounts.length;
  if (atomCounts.some((atoms) => atoms < 0))
    throw new InputError('bad-bundle', 'a negative number of atoms', { where });
  const atomsInAll = atomCounts.reduce((sum, atoms) => sum + atoms, 0);
  const species = integers(bundle, 'species', where, [atomsInAll]);
  requireSpecies(species, elements, where);
  const cells = doubles(bundle, 'cellsA', where, [count, 3, 3]);
  const positions = doubles(bundle, 'positionsA', where, [atomsInAll, 3]);
  const energies = doubles(bundle, 'energiesEv', where, [count]);
  const forces = doubles(bundle, 'forcesEvA', where, [atomsInAll, 3]);
  const virials = doubles(bundle, 'virialsEv', where, [count, 3, 3]);
  const texts = (key: string): string[] => {
    const list = bundle.meta[key];
    if (Array.isArray(list) && list.length === count && list.every((text) => typeof text === 'string')) return list;
    throw new InputError('bad-bundle', `${key} is not one text a configuration`, { where });
  };
  const types = texts('configurationTypes');
  const notes = texts('methodNotes');
  let first = 0;
  return Array.from(atomCounts, (atoms, frame): LabelledFrame => {
    const last = first + atoms;
    const structure: Structure = {
      cellA: cells.slice(9 * frame, 9 * frame + 9),
      periodic,
      elements,
      species: species.slice(first, last),
      positionsA: positions.slice(3 * first, 3 * last),
    };
    const label = {
      structure,
      energyEv: energies[frame]!,
      forcesEvA: forces.slice(3 * first, 3 * last),
      virialEv: virials.slice(9 * frame, 9 * frame + 9),
      configurationType: types[frame]!,
      methodNote: notes[frame]!,
    };
    first = last;
    return label;
  });
}
