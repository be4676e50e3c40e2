/**
 * Unwrapping of trajectories frame to frame: an atom that seems to have crossed the cell has left it on one side and come back
 * on the other, so the lattice vector is added that makes its step the shortest:
 *
 *   u(k+1) = u(k) + w(k+1) − w(k) − Σ_d round(Δs_d) a_d(k+1),   Δs_d = (w(k+1) − w(k)) in lattice vectors of frame k + 1,
 *
 * w being the positions of the file. With a cell that changes this adds up steps, and does not stretch the whole path
 * with the cell, which would look like diffusion (von Bülow, Bullerjahn & Hummer, J. Chem. Phys. 153, 021101 (2020)).
 * Positions that were never folded come out as they went in, bit by bit.
 *
 * Steps beyond a quarter of the cell's height are refused: beyond a half the shortest image is the wrong one, and a
 * trajectory that has steps of a quarter has some of those.
 */
import { InputError } from '../numerics/input-error.ts';
import { inverseCell } from '../structure/structure.ts';

/** Part of the cell's height. */
const MOST_STEP = 0.25;

export class Unwrapper {
  readonly #fileName: string;
  readonly #periodic: readonly boolean[];
  #previousA: Float64Array = new Float64Array(0);
  #offsetA: Float64Array = new Float64Array(0);
  #positionsA: Float64Array = new Float64Array(0);
  /** No cell is like it, so the first is looked at, be it all 0. */
  #cellA: Float64Array = new Float64Array(9).fill(Number.NaN);
  #inverse: Float64Array = new Float64Array(9);

  constructor(fileName: string, periodic: readonly boolean[]) {
    this.#fileName = fileName;
    this.#periodic = periodic;
  }

  /**
   * @param wrapped false: the positions are taken as they are
   * @returns N×3, Å, filled anew by the next call
   * @throws InputError `ambiguous-jump` with frame and atom; `bad-trajectory` for a number that is not finite
   */
  add(
    frame: { readonly positionsA: Float64Array; readonly cellA: Float64Array; readonly line: number },
    wrapped: boolean,
  ): Float64Array {
    const { positionsA, cellA, line } = frame;
    if (!positionsA.every(Number.isFinite) || !cellA.every(Number.isFinite)) {
      throw new InputError('bad-trajectory', 'a position or the cell is beyond all numbers', { where: this.#at(line) });
    }
    const first = this.#previousA.length === 0;
    if (first) {
      this.#previousA = positionsA.slice();
      this.#offsetA = new Float64Array(positionsA.length);
      this.#positionsA = new Float64Array(positionsA.length);
    }
    if (wrapped && this.#periodic.some(Boolean)) {
      this.#setCell(cellA, line);
      if (!first) this.#addSteps(positionsA, line);
    }
    for (let k = 0; k < positionsA.length; k++) this.#positionsA[k] = positionsA[k]! + this.#offsetA[k]!;
    return this.#positionsA;
  }

  #setCell(cellA: Float64Array, line: number): void {
    if (cellA.every((x, k) => x === this.#cellA[k])) return;
    try {
      this.#inverse = inverseCell(cellA);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(error.code, error.what, { ...error.details, where: this.#at(line) });
    }
    this.#cellA = cellA.slice();
  }

  #addSteps(positionsA: Float64Array, line: number): void {
    const inverse = this.#inverse;
    const cellA = this.#cellA;
    const [px, py, pz] = this.#periodic as [boolean, boolean, boolean];
    const previousA = this.#previousA;
    for (let k = 0; k < positionsA.length; k += 3) {
      const dx = positionsA[k]! - previousA[k]!;
      const dy = positionsA[k + 1]! - previousA[k + 1]!;
      const dz = positionsA[k + 2]! - previousA[k + 2]!;
      for (let d = 0; d < 3; d++) {
        if (!(d === 0 ? px : d === 1 ? py : pz)) continue;
        const s = inverse[3 * d]! * dx + inverse[3 * d + 1]! * dy + inverse[3 * d + 2]! * dz;
        const cells = Math.round(s);
        if (Math.abs(s - cells) > MOST_STEP) this.#refuse(k / 3, d, Math.abs(s - cells), line);
        if (cells === 0) continue;
        for (let axis = 0; axis < 3; axis++)
          this.#offsetA[k + axis] = this.#offsetA[k + axis]! - cells * cellA[3 * d + axis]!;
      }
    }
    previousA.set(positionsA);
  }

  #refuse(atom: number, direction: number, part: number, line: number): never {
    const g = this.#inverse.subarray(3 * direction, 3 * direction + 3);
    const heightA = 1 / Math.sqrt(g[0]! * g[0]! + g[1]! * g[1]! + g[2]! * g[2]!);
    throw new InputError('ambiguous-jump', 'an atom moved so far between two frames that its path is not certain', {
      where: `${this.#at(line)}, atom ${atom + 1} (counted from 1), lattice vector ${direction + 1}`,
      expected: `at most a quarter of the cell's height, ${(MOST_STEP * heightA).toFixed(3)} Å`,
      found: `${(part * heightA).toFixed(3)} Å or more`,
      remedy: 'keep frames more often, write unwrapped coordinates, or say that these are (--unwrapped)',
    });
  }

  #at(line: number): string {
    return `${this.#fileName}:${line}`;
  }
}
