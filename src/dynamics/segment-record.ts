/** What a segment keeps of the steps that it does: sampled frames and energies, and statistics over all steps. */
import { fitLine } from '../numerics/line-fit.ts';
import { mean, standardDeviation } from '../numerics/statistics.ts';
import { CellRecord, type CellStatistics } from './cell-record.ts';
import { temperatureK } from './kinetic-energy.ts';
import type { Propagator } from './propagator.ts';
import type { MdState } from './state.ts';

export interface SampledEnergies {
  /** eV, length F each. */
  readonly potentialEv: Float64Array;
  readonly kineticEv: Float64Array;
  readonly conservedEv: Float64Array;
}

export interface SegmentStatistics {
  /** Over the steps done (the segment's first state left out, unless no step was done). */
  readonly meanTemperatureK: number;
  readonly stdTemperatureK: number;
  /** Mean of potential + kinetic energy over the second half of the segment, eV. */
  readonly meanTotalEnergyEv: number;
  /** Slope of a line through the conserved quantity of all steps; 0 where no step was done. */
  readonly energyDriftEvAtomPs: number;
  /** null without a barostat. */
  readonly cell: CellStatistics | null;
}

export class SegmentRecord {
  readonly frames: Float64Array;
  readonly frameSteps: Int32Array;
  readonly energies: SampledEnergies;
  readonly #atoms: number;
  readonly #timeStepFs: number;
  readonly #every: number;
  readonly #total: Float64Array;
  readonly #kinetic: Float64Array;
  readonly #conserved: Float64Array;
  readonly #cells: CellRecord | null;
  #points = 0;
  #samples = 0;

  /** @param atoms their number; then the state of the segment's start, with its barostat where there is one */
  constructor(
    atoms: number,
    { step: firstStep, cellA, barostat }: MdState,
    { steps, sampleEverySteps, timeStepFs }: { steps: number; sampleEverySteps: number; timeStepFs: number },
  ) {
    const samples = Math.floor((firstStep + steps) / sampleEverySteps) - Math.floor(firstStep / sampleEverySteps);
    this.frames = new Float64Array(samples * 3 * atoms);
    this.frameSteps = new Int32Array(samples);
    this.energies = {
      potentialEv: new Float64Array(samples),
      kineticEv: new Float64Array(samples),
      conservedEv: new Float64Array(samples),
    };
    this.#atoms = atoms;
    this.#timeStepFs = timeStepFs;
    this.#every = sampleEverySteps;
    this.#total = new Float64Array(steps + 1);
    this.#kinetic = new Float64Array(steps + 1);
    this.#conserved = new Float64Array(steps + 1);
    this.#cells = barostat === undefined ? null : new CellRecord(cellA, steps + 1, samples);
  }

  /** Takes in the state that the propagator is at; called once for the first state and once after each step. */
  add(run: Propagator): void {
    const point = this.#points++;
    this.#total[point] = run.evaluation.energyEv + run.kineticEv;
    this.#kinetic[point] = run.kineticEv;
    this.#conserved[point] = run.conservedEv;
    this.#cells?.add(run, point);
    if (point === 0 || run.state.step % this.#every !== 0) return;
    const sample = this.#samples++;
    this.#cells?.sample(run, sample);
    this.frames.set(run.state.positionsA, sample * 3 * this.#atoms);
    this.frameSteps[sample] = run.state.step;
    this.energies.potentialEv[sample] = run.evaluation.energyEv;
    this.energies.kineticEv[sample] = run.kineticEv;
    this.energies.conservedEv[sample] = run.conservedEv;
  }

  /** Frames and energies up to the last step done. */
  sampled(): {
    frames: Float64Array;
    frameSteps: Int32Array;
    energies: SampledEnergies;
    cellsA: Float64Array | null;
  } {
    const kept = this.#samples;
    return {
      frames: this.frames.slice(0, kept * 3 * this.#atoms),
      frameSteps: this.frameSteps.slice(0, kept),
      energies: {
        potentialEv: this.energies.potentialEv.slice(0, kept),
        kineticEv: this.energies.kineticEv.slice(0, kept),
        conservedEv: this.energies.conservedEv.slice(0, kept),
      },
      cellsA: this.#cells?.sampled(kept) ?? null,
    };
  }

  /** null where not even the first state could be evaluated. */
  statistics(): SegmentStatistics | null {
    const points = this.#points;
    if (points === 0) return null;
    const temperatures = this.#kinetic
      .subarray(Math.min(1, points - 1), points)
      .map((kineticEv) => temperatureK(kineticEv, this.#atoms));
    const timesPs = this.#conserved.subarray(0, points).map((_, point) => (point * this.#timeStepFs) / 1000);
    const drift = fitLine(timesPs, this.#conserved.subarray(0, points));
    return {
      meanTemperatureK: mean(temperatures),
      stdTemperatureK: standardDeviation(temperatures),
      meanTotalEnergyEv: mean(this.#total.subarray(Math.floor(points / 2), points)),
      energyDriftEvAtomPs: drift === null ? 0 : drift.slope / this.#atoms,
      cell: this.#cells?.statistics(points) ?? null,
    };
  }
}
