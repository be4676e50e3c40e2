/**
 * MSD from the first frame alone, taken in frame by frame: only the first is kept, so a trajectory of any length fits. All
 * origins, and errors, need the whole paths (msd.ts).
 */
import { InputError } from '../numerics/input-error.ts';

export interface DirectedMsd {
  /** One number a frame each, Å², the first 0: along x, y and z; x and y; z. */
  readonly msdA2: Float64Array;
  readonly msdParallelA2: Float64Array;
  readonly msdPerpendicularA2: Float64Array;
}

export class SingleOriginMsd {
  #firstA: Float64Array | null = null;
  readonly #parallelA2: number[] = [];
  readonly #perpendicularA2: number[] = [];

  /** @param positionsA n×3, Å, unwrapped, without drift, the same atoms every time @throws InputError `bad-shape` */
  add(positionsA: Float64Array): void {
    this.#firstA ??= positionsA.slice();
    const firstA = this.#firstA;
    if (positionsA.length !== firstA.length) {
      throw new InputError('bad-shape', 'a frame has another number of atoms than the first', {
        where: `frame ${this.#parallelA2.length}`,
        expected: String(firstA.length / 3),
        found: String(positionsA.length / 3),
      });
    }
    let parallel = 0;
    let perpendicular = 0;
    for (let k = 0; k < positionsA.length; k += 3) {
      const dx = positionsA[k] - firstA[k];
      const dy = positionsA[k + 1] - firstA[k + 1];
      const dz = positionsA[k + 2] - firstA[k + 2];
      parallel += dx * dx + dy * dy;
      perpendicular += dz * dz;
    }
    this.#parallelA2.push((3 * parallel) / positionsA.length);
    this.#perpendicularA2.push((3 * perpendicular) / positionsA.length);
  }

  curves(): DirectedMsd {
    const msdParallelA2 = Float64Array.from(this.#parallelA2);
    const msdPerpendicularA2 = Float64Array.from(this.#perpendicularA2);
    return { msdA2: msdParallelA2.map((a2, k) => a2 + msdPerpendicularA2[k]), msdParallelA2, msdPerpendicularA2 };
  }
}
