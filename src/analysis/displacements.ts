/** How far atoms have come after a time (the argyrodite paper's Fig. 9 d): the distribution of |Δr|, from one origin or all. */
import { InputError } from '../numerics/input-error.ts';
import { AXES, type Direction } from './direction.ts';
import type { Paths } from './paths.ts';

export interface DisplacementDistribution {
  /** Middle of each bin, Å. */
  readonly distancesA: Float64Array;
  /** Part of the atoms per Å: sums to 1 times 1/binA. */
  readonly densityPerA: Float64Array;
  readonly meanA: number;
  /** Displacements counted: atoms times origins. */
  readonly samples: number;
}

/**
 * @param lag frames between the ends
 * @throws InputError `trajectory-too-short` for a lag that is not within the paths; `bad-bin`
 */
export function displacementDistribution(
  paths: Paths,
  lag: number,
  options: { readonly binA: number; readonly origins: 'single' | 'multiple'; readonly direction?: Direction },
): DisplacementDistribution {
  const { binA, origins, direction = 'all' } = options;
  const frames = paths.framesA.length;
  if (!(Number.isInteger(lag) && lag >= 1 && lag < frames)) {
    throw new InputError('trajectory-too-short', 'the time is not within the trajectory', {
      expected: `1 to ${frames - 1} frames`,
      found: String(lag),
    });
  }
  if (!(binA > 0 && Number.isFinite(binA)))
    throw new InputError('bad-bin', 'a bin must be above 0', { found: `${binA} Å` });
  const counts: number[] = [];
  let [sumA, samples] = [0, 0];
  for (let origin = 0; origin < (origins === 'single' ? 1 : frames - lag); origin++) {
    const [fromA, toA] = [paths.framesA[origin], paths.framesA[origin + lag]];
    for (let k = 0; k < fromA.length; k += 3) {
      let square = 0;
      for (const axis of AXES[direction])
        square += (toA[k + axis] - fromA[k + axis]) * (toA[k + axis] - fromA[k + axis]);
      const distanceA = Math.sqrt(square);
      const bin = Math.floor(distanceA / binA);
      for (let n = counts.length; n <= bin; n++) counts.push(0);
      counts[bin] += 1;
      sumA += distanceA;
      samples += 1;
    }
  }
  return {
    distancesA: Float64Array.from(counts, (_, bin) => (bin + 0.5) * binA),
    densityPerA: Float64Array.from(counts, (count) => count / samples / binA),
    meanA: sumA / samples,
    samples,
  };
}
