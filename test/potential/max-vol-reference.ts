/**
 * MaxVol by definition: before every swap all products with the inverse are computed anew. Rows are arrays of numbers;
 * slow and obvious, to compare with.
 */
import { invertMatrix } from '../../src/numerics/matrix-inverse.ts';

export interface ReferenceVolume {
  /** Owner of each active row, −1 for one of ε·I. */
  readonly owners: number[];
  readonly active: number[][];
  readonly swaps: number;
}

export function referenceMaxVol(
  candidates: readonly (readonly number[])[],
  size: number,
  initThreshold: number,
  swapThreshold: number,
): ReferenceVolume {
  const active = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, k) => (k === i ? initThreshold : 0)),
  );
  const owners = new Array<number>(size).fill(-1);
  const pool = candidates.map((row) => [...row]);
  const poolOwners = pool.map((_, k) => k);
  for (let swaps = 0; ; swaps++) {
    const products = productsWithInverse(pool, active);
    let best = { value: 0, i: 0, j: 0 };
    products.forEach((row, i) => {
      row.forEach((value, j) => {
        if (Math.abs(value) > best.value) best = { value: Math.abs(value), i, j };
      });
    });
    if (best.value <= swapThreshold) return { owners, active, swaps };
    const { i, j } = best;
    [pool[i], active[j]] = [active[j]!, pool[i]!];
    [poolOwners[i], owners[j]] = [owners[j]!, poolOwners[i]!];
  }
}

export function productsWithInverse(
  rows: readonly (readonly number[])[],
  active: readonly (readonly number[])[],
): number[][] {
  const m = active.length;
  const inverse = invertMatrix(Float64Array.from(active.flat()), m);
  return rows.map((row) =>
    Array.from({ length: m }, (_, l) => row.reduce((sum, b, k) => sum + b * inverse[m * k + l]!, 0)),
  );
}

/** |det| by elimination with row exchanges. */
export function determinantSize(matrix: readonly (readonly number[])[]): number {
  const a = matrix.map((row) => [...row]);
  let determinant = 1;
  for (let k = 0; k < a.length; k++) {
    let pivot = k;
    for (let i = k + 1; i < a.length; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[pivot]![k]!)) pivot = i;
    [a[k], a[pivot]] = [a[pivot]!, a[k]!];
    determinant *= Math.abs(a[k]![k]!);
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i]![k]! / a[k]![k]!;
      for (let l = k; l < a.length; l++) a[i]![l]! -= factor * a[k]![l]!;
    }
  }
  return determinant;
}
