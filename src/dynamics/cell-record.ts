/** What a segment under a barostat keeps of its cell: one for each frame, and means over its steps. */
import { GPA_PER_EV_A3 } from '../numerics/physical-constants.ts';
import { mean, standardDeviation } from '../numerics/statistics.ts';
import { cellVolumeA3 } from '../structure/structure.ts';
import type { Propagator } from './propagator.ts';

export interface CellStatistics {
  /** 3×3, Å, over the second half of the segment. A component that never changed is exactly itself. */
  readonly meanCellA: Float64Array;
  /** Over the steps done, as the temperature's. */
  readonly meanVolumeA3: number;
  readonly stdVolumeA3: number;
  /** 3×3, GPa, positive where the structure presses outwards; its own kinetic part included. */
  readonly meanPressureGpa: Float64Array;
  /** Of the mean of the three diagonal components. */
  readonly stdPressureGpa: number;
}

export class CellRecord {
  readonly #firstA: Float64Array;
  /** Cell minus the first, 9 a step. */
  readonly #changeA: Float64Array;
  readonly #volumeA3: Float64Array;
  readonly #pressureEvA3: Float64Array;
  readonly #sampledA: Float64Array;

  constructor(firstCellA: Float64Array, points: number, samples: number) {
    this.#firstA = firstCellA.slice();
    this.#changeA = new Float64Array(9 * points);
    this.#volumeA3 = new Float64Array(points);
    this.#pressureEvA3 = new Float64Array(9 * points);
    this.#sampledA = new Float64Array(9 * samples);
  }

  add({ state, pressureEvA3 }: Propagator, point: number): void {
    for (let k = 0; k < 9; k++) this.#changeA[9 * point + k] = state.cellA[k] - this.#firstA[k];
    this.#volumeA3[point] = cellVolumeA3(state.cellA);
    if (pressureEvA3 !== null) this.#pressureEvA3.set(pressureEvA3, 9 * point);
  }

  sample({ state }: Propagator, sample: number): void {
    this.#sampledA.set(state.cellA, 9 * sample);
  }

  sampled(samples: number): Float64Array {
    return this.#sampledA.slice(0, 9 * samples);
  }

  /** @param points of the segment, the first state's included */
  statistics(points: number): CellStatistics {
    const first = Math.min(1, points - 1);
    const half = Math.floor(points / 2);
    const meanOf = (values: Float64Array, k: number, from: number): number => {
      let sum = 0;
      for (let point = from; point < points; point++) sum += values[9 * point + k];
      return sum / (points - from);
    };
    const volumes = this.#volumeA3.subarray(first, points);
    const pressures = Float64Array.from({ length: points - first }, (_, n) => {
      const at = 9 * (first + n);
      return (this.#pressureEvA3[at] + this.#pressureEvA3[at + 4] + this.#pressureEvA3[at + 8]) / 3;
    });
    return {
      meanCellA: this.#firstA.map((component, k) => component + meanOf(this.#changeA, k, half)),
      meanVolumeA3: mean(volumes),
      stdVolumeA3: standardDeviation(volumes),
      meanPressureGpa: new Float64Array(9).map((_, k) => GPA_PER_EV_A3 * meanOf(this.#pressureEvA3, k, first)),
      stdPressureGpa: GPA_PER_EV_A3 * standardDeviation(pressures),
    };
  }
}
