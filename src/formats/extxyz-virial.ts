/**
 * Numbers of a frame of extended XYZ, and its virial: `virial` (eV, 9 components) or `stress` (eV/Å³, 9 or 6 Voigt
 * components xx yy zz yz xz xy, positive in tension), of which the virial is −stress·volume; both must agree.
 */
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3 } from '../structure/structure.ts';
import { readNumber } from './exact-decimal.ts';
import type { ExtxyzFrame } from './extxyz.ts';
import { wordsOf } from './text-lines.ts';

type Refuse = (what: string, expected: string, found?: string) => never;

/** Largest disagreement of `virial` and −stress·volume that rounding explains, relative to the larger of them. */
const VIRIAL_TOLERANCE = 1e-6;

/** Refuses a label of the configuration there. @throws InputError `bad-label` */
export const refuser =
  (where: string): Refuse =>
  (what, expected, found) => {
    throw new InputError('bad-label', what, {
      where,
      expected,
      ...(found === undefined ? {} : { found }),
      remedy: 'correct the file, or leave this configuration out',
    });
  };

/** The numbers of a key, as many as one of `counts`; undefined where the key is not there. @throws InputError `bad-label` */
export function numbersOf(
  frame: ExtxyzFrame,
  key: string,
  counts: readonly number[],
  where: string,
): number[] | undefined {
  const text = frame.info.get(key);
  if (text === undefined) return undefined;
  const values = wordsOf(text).map(readNumber);
  if (!counts.includes(values.length) || values.includes(undefined)) {
    const what = `${key} is not ${counts.join(' or ')} finite numbers`;
    refuser(where)(what, 'finite numbers', JSON.stringify(text.slice(0, 120)));
  }
  return values as number[];
}

/** 3×3 row-major, −dE/dε, eV; undefined where the frame has neither key. @throws InputError `bad-label` */
export function virialOf(frame: ExtxyzFrame, where: string): number[] | undefined {
  const refuse: Refuse = refuser(where);
  const stress = numbersOf(frame, 'stress', [6, 9], where);
  const virial = numbersOf(frame, 'virial', [9], where);
  if (stress === undefined) return virial;
  const volumeA3 = Math.abs(cellVolumeA3(frame.structure.cellA));
  if (!(volumeA3 > 0 && Number.isFinite(volumeA3)))
    refuse('stress needs a cell with a volume', 'three independent lattice vectors', `${volumeA3} Å³`);
  const fromStress = fullTensor(stress).map((component) => -component * volumeA3 + 0);
  if (fromStress.some((component) => !Number.isFinite(component)))
    refuse('stress·volume is not finite', 'stress in eV/Å³', fromStress.join(' '));
  if (virial === undefined) return fromStress;
  const scale = Math.max(...virial.map(Math.abs), ...fromStress.map(Math.abs), 1e-6);
  for (const [k, component] of virial.entries()) {
    if (Math.abs(component - fromStress[k]!) <= VIRIAL_TOLERANCE * scale) continue;
    const expected = `virial = −stress·volume: ${fromStress[k]} eV in component ${k}`;
    refuse('virial contradicts stress', expected, `${component} eV`);
  }
  return virial;
}

/** 3×3 row-major from 9 numbers, or from Voigt's xx yy zz yz xz xy. */
function fullTensor(components: readonly number[]): number[] {
  if (components.length === 9) return [...components];
  const [xx, yy, zz, yz, xz, xy] = components as [number, number, number, number, number, number];
  return [xx, xy, xz, xy, yy, yz, xz, yz, zz];
}
