/**
 * What a profile across a cell gathered, as a bundle of arrays: counts [B] and sums [B] eV over the fine bins; atoms,
 * frames and heightSumA [1]. Meta: species.
 */
import { FINE_BINS, type HeightHistogram } from '../analysis/height-profile.ts';
import { doubles, readBundle, writeBundle } from '../formats/array-bundle.ts';

export function writeHistogram(
  { counts, sums, atoms, frames, heightSumA }: HeightHistogram,
  species: string,
): Uint8Array {
  const single = (name: string, unit: string, value: number) => ({
    name,
    shape: [1],
    unit,
    data: Float64Array.of(value),
  });
  return writeBundle({
    entries: [
      { name: 'counts', shape: [FINE_BINS], unit: '1', data: counts },
      { name: 'sums', shape: [FINE_BINS], unit: 'eV', data: sums! },
      single('atoms', '1', atoms),
      single('frames', '1', frames),
      single('heightSumA', 'Å', heightSumA),
    ],
    meta: { species },
  });
}

/** @throws InputError `bad-bundle` */
export function readHistogram(bytes: Uint8Array, where: string): HeightHistogram {
  const bundle = readBundle(bytes, where);
  const single = (name: string): number => doubles(bundle, name, where, [1])[0]!;
  return {
    counts: doubles(bundle, 'counts', where, [FINE_BINS]),
    sums: doubles(bundle, 'sums', where, [FINE_BINS]),
    atoms: single('atoms'),
    frames: single('frames'),
    heightSumA: single('heightSumA'),
  };
}
