/**
 * Labelled configurations as a bundle of arrays: a list of structures (structure-list.ts), energiesEv [F],
 * forcesEvA [ΣN,3], virialsEv [F,3,3]. Meta besides: per frame the configuration's name and what is known of its method.
 */
import { InputError } from '../numerics/input-error.ts';
import { doubles, readBundle, writeBundle } from './array-bundle.ts';
import type { LabelledFrame } from './extxyz-labels.ts';
import { readStructureList, structureEntries } from './structure-list.ts';

/** @param frames at least one, all with the same elements, all fully periodic */
export function writeLabelBundle(frames: readonly LabelledFrame[]): Uint8Array {
  const count = frames.length;
  const atoms = frames.reduce((sum, frame) => sum + frame.structure.species.length, 0);
  const entry = (name: string, shape: number[], unit: string, pick: (frame: LabelledFrame) => ArrayLike<number>) => ({
    name,
    shape,
    unit,
    data: Float64Array.from(frames.flatMap((frame) => Array.from(pick(frame)))),
  });
  return writeBundle({
    entries: [
      ...structureEntries(frames.map(({ structure }) => structure)),
      entry('energiesEv', [count], 'eV', (f) => [f.energyEv]),
      entry('forcesEvA', [atoms, 3], 'eV/Å', (f) => f.forcesEvA),
      entry('virialsEv', [count, 3, 3], 'eV', (f) => f.virialEv),
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
  const { structures, firstAtoms } = readStructureList(bundle, where);
  const count = structures.length;
  const energies = doubles(bundle, 'energiesEv', where, [count]);
  const forces = doubles(bundle, 'forcesEvA', where, [firstAtoms.at(-1)!, 3]);
  const virials = doubles(bundle, 'virialsEv', where, [count, 3, 3]);
  const texts = (key: string): string[] => {
    const list = bundle.meta[key];
    if (Array.isArray(list) && list.length === count && list.every((text) => typeof text === 'string')) return list;
    throw new InputError('bad-bundle', `${key} is not one text a configuration`, { where });
  };
  const types = texts('configurationTypes');
  const notes = texts('methodNotes');
  return structures.map(
    (structure, k): LabelledFrame => ({
      structure,
      energyEv: energies[k]!,
      forcesEvA: forces.slice(3 * firstAtoms[k]!, 3 * firstAtoms[k + 1]!),
      virialEv: virials.slice(9 * k, 9 * k + 9),
      configurationType: types[k]!,
      methodNote: notes[k]!,
    }),
  );
}
