/** Nested values with planted variances. */
import type { Variances } from '../../../src/analysis/variance/nested-components.ts';
import type { NestedCounts } from '../../../src/analysis/variance/nested-sample.ts';
import type { RandomStream } from '../../../src/numerics/philox.ts';

export function drawNested(
  counts: NestedCounts,
  { training, fit, sampling }: Variances,
  random: RandomStream,
  centre = 0,
): number[][][] {
  return counts.map((fits) => {
    const ofScheme = centre + Math.sqrt(training) * random.normal();
    return fits.map((runs) => {
      const ofFit = ofScheme + Math.sqrt(fit) * random.normal();
      return Array.from({ length: runs }, () => ofFit + Math.sqrt(sampling) * random.normal());
    });
  });
}

/** Sizes of the sets of the paper: 5 runs of one fit, 10 fits of its scheme run, 10 scheme runs. */
export const PAPER: NestedCounts = [[5, 1, 1, 1, 1, 1, 1, 1, 1, 1], ...Array.from({ length: 9 }, () => [1])];
export const THREES: NestedCounts = Array.from({ length: 3 }, () => [3, 3, 3]);
export const UNEVEN: NestedCounts = [[4, 1], [2], [1, 1, 3], [2, 2], [1]];
