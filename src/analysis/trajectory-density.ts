/**
 * Where atoms have been: probability density on a grid over the cell by kernel-density estimation, a Gaussian of bandwidth h
 * around every place, with the cell's images (the argyrodite paper's Fig. 8 c, d).
 */
import { exp } from '../numerics/elementary.ts';
import { InputError } from '../numerics/input-error.ts';
import { cellVolumeA3, inverseCell } from '../structure/structure.ts';

/** A kernel ends here: beyond, it is below 1e-5 of its height. */
const REACH = 5;
const MOST_POINTS = 10_000_000;

export class TrajectoryDensity {
  readonly #cellA: Float64Array;
  readonly #inverse: Float64Array;
  readonly #shape: readonly [number, number, number];
  readonly #bandwidthA: number;
  readonly #sums: Float64Array;
  readonly #span: readonly number[];
  #samples = 0;

  /**
   * @param shape grid points along each lattice vector
   * @throws InputError `bad-grid`, `bad-bandwidth`, `singular-cell`
   */
  constructor(cellA: Float64Array, shape: readonly [number, number, number], bandwidthA: number) {
    const points = shape[0] * shape[1] * shape[2];
    if (!(shape.every((n) => Number.isInteger(n) && n >= 1) && points <= MOST_POINTS)) {
      throw new InputError('bad-grid', 'the grid must have points, but not too many', {
        expected: `at most ${MOST_POINTS} points`,
        found: shape.join(' × '),
      });
    }
    if (!(bandwidthA > 0 && Number.isFinite(bandwidthA))) {
      throw new InputError('bad-bandwidth', 'the bandwidth must be positive', { found: `${bandwidthA} Å` });
    }
    this.#cellA = cellA.slice();
    this.#inverse = inverseCell(cellA);
    this.#shape = shape;
    this.#bandwidthA = bandwidthA;
    this.#sums = new Float64Array(points);
    this.#span = [0, 1, 2].map((d) => {
      const [gx, gy, gz] = this.#inverse.subarray(3 * d, 3 * d + 3);
      return Math.ceil(REACH * bandwidthA * Math.sqrt(gx * gx + gy * gy + gz * gz) * shape[d]);
    });
  }

  /** @param positionsA n×3, Å, folded or not */
  add(positionsA: Float64Array): void {
    for (let k = 0; k < positionsA.length; k += 3) this.#addOne(positionsA[k], positionsA[k + 1], positionsA[k + 2]);
    this.#samples += positionsA.length / 3;
  }

  /** Grid points along the third lattice vector fastest, 1/Å³: it integrates to 1 over the cell. */
  densityPerA3(): Float64Array {
    const total = this.#sums.reduce((sum, value) => sum + value, 0);
    if (!(this.#samples > 0 && total > 0)) throw new InputError('no-atoms', 'a density needs places');
    const pointA3 = Math.abs(cellVolumeA3(this.#cellA)) / this.#sums.length;
    return this.#sums.map((value) => value / (total * pointA3));
  }

  #addOne(x: number, y: number, z: number): void {
    const [n0, n1, n2] = this.#shape;
    const g = this.#inverse;
    const at = [0, 1, 2].map((d) => (g[3 * d] * x + g[3 * d + 1] * y + g[3 * d + 2] * z) * this.#shape[d]);
    const nearest = at.map(Math.round);
    const per = -0.5 / (this.#bandwidthA * this.#bandwidthA);
    for (let p = nearest[0] - this.#span[0]; p <= nearest[0] + this.#span[0]; p++) {
      for (let q = nearest[1] - this.#span[1]; q <= nearest[1] + this.#span[1]; q++) {
        for (let r = nearest[2] - this.#span[2]; r <= nearest[2] + this.#span[2]; r++) {
          const squareA2 = this.#squareA2((p - at[0]) / n0, (q - at[1]) / n1, (r - at[2]) / n2);
          if (squareA2 > REACH * REACH * this.#bandwidthA * this.#bandwidthA) continue;
          this.#sums[(within(p, n0) * n1 + within(q, n1)) * n2 + within(r, n2)] += exp(per * squareA2);
        }
      }
    }
  }

  #squareA2(a: number, b: number, c: number): number {
    let sum = 0;
    for (let axis = 0; axis < 3; axis++) {
      const along = a * this.#cellA[axis] + b * this.#cellA[3 + axis] + c * this.#cellA[6 + axis];
      sum += along * along;
    }
    return sum;
  }
}

const within = (index: number, n: number): number => ((index % n) + n) % n;
