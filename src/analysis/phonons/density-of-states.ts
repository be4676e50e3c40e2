/** Density of states of phonons over a mesh of q, each frequency a Gaussian. Imaginary ones count below 0. */
import { exp } from '../../numerics/elementary.ts';
import { InputError } from '../../numerics/input-error.ts';

export interface DensityOfStates {
  readonly frequenciesThz: readonly number[];
  /** States a THz and unit cell: the integral is 3 times the number of atoms. */
  readonly densityPerThz: readonly number[];
}

/** Beyond so many widths a Gaussian is nothing. */
const REACH = 8;

/**
 * @param modes frequencies by q, THz, with weights that add up to 1
 * @param widthThz standard deviation of the Gaussians
 * @throws InputError `bad-option`
 */
export function densityOfStates(
  modes: readonly { readonly frequenciesThz: readonly number[]; readonly weight: number }[],
  widthThz: number,
  points = 400,
): DensityOfStates {
  if (!(widthThz > 0 && Number.isInteger(points) && points >= 2 && points <= 100_000)) {
    throw new InputError('bad-option', 'the density of states needs a width and points', {
      found: `${widthThz} THz, ${points}`,
    });
  }
  let lowest = 0;
  let highest = 0;
  for (const { frequenciesThz } of modes) {
    for (const thz of frequenciesThz) {
      lowest = Math.min(lowest, thz);
      highest = Math.max(highest, thz);
    }
  }
  const from = lowest < 0 ? lowest - 4 * widthThz : 0;
  const step = (highest + 4 * widthThz - from) / (points - 1);
  const density = new Float64Array(points);
  const norm = 1 / (widthThz * Math.sqrt(2 * Math.PI));
  for (const { frequenciesThz, weight } of modes) {
    for (const thz of frequenciesThz) {
      const first = Math.max(0, Math.ceil((thz - REACH * widthThz - from) / step));
      const last = Math.min(points - 1, Math.floor((thz + REACH * widthThz - from) / step));
      for (let k = first; k <= last; k++) {
        const x = (from + k * step - thz) / widthThz;
        density[k]! += weight * norm * exp(-0.5 * x * x);
      }
    }
  }
  return { frequenciesThz: Array.from(density, (_, k) => from + k * step), densityPerThz: [...density] };
}
