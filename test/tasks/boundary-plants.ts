/** Inputs of boundary analyses with a known answer: profiles with a Gaussian of known width, D that follow from a known D_GB. */
import { FINE_BINS, wrappedGaussian } from '../../src/analysis/height-profile.ts';
import { exp } from '../../src/numerics/elementary.ts';
import { BOLTZMANN_EV_K } from '../../src/numerics/physical-constants.ts';
import { writeHistogram } from '../../src/tasks/profile-bundle.ts';
import type { Workbench } from './workbench.ts';

export interface PlantedProfile {
  readonly heightA: number;
  readonly sigmaA: number;
  /** eV; 0 for bulk. */
  readonly amplitudeEv: number;
  readonly bulkEv: number;
  readonly centreA?: number;
}

/** Both boundaries of a cell, half of it apart; ten atoms in each fine bin. */
export function plantedProfile(
  bench: Workbench,
  { heightA, sigmaA, amplitudeEv, bulkEv, centreA = 0 }: PlantedProfile,
) {
  const counts = new Float64Array(FINE_BINS).fill(10);
  const sums = counts.map((count, bin) => {
    const z = ((bin + 0.5) / FINE_BINS) * heightA;
    return count * (bulkEv + amplitudeEv * wrappedGaussian(z - centreA, sigmaA, heightA / 2));
  });
  const frames = 5;
  return bench.put(writeHistogram({ counts, sums, atoms: 10 * FINE_BINS, frames, heightSumA: frames * heightA }, 'Li'));
}

export interface Line {
  readonly prefactorCm2S: number;
  readonly activationEnergyMev: number;
}

export const diffusionOf = ({ prefactorCm2S, activationEnergyMev }: Line, temperatureK: number): number =>
  prefactorCm2S * exp(-activationEnergyMev / 1000 / (BOLTZMANN_EV_K * temperatureK));

/** A mean over runs, as `analysis.replicas` puts it out. */
export const plantedMean = (
  bench: Workbench,
  temperatureK: number,
  diffusionCm2S: number,
  relativeError: number,
): string =>
  bench.put(
    JSON.stringify({
      meanTemperatureK: temperatureK,
      diffusionCm2S,
      standardErrorCm2S: relativeError * diffusionCm2S,
      degreesOfFreedom: 20,
    }),
  );

export const plantedWidth = (bench: Workbench, widthA: number | null, spacingA: number, withheld?: string): string =>
  bench.put(
    JSON.stringify({ widthA, widthStandardErrorA: 0.5, spacingA, ...(withheld === undefined ? {} : { withheld }) }),
  );

/** An Arrhenius line extrapolated to 300 K, as `analysis.arrhenius` and `analysis.boundary-diffusion` put it out. */
export const plantedLine = (bench: Workbench, diffusionCm2S: number, widthA?: number): string =>
  bench.put(
    JSON.stringify({
      extrapolatedToK: 300,
      diffusionCm2S,
      diffusionInterval95Cm2S: [diffusionCm2S / 2, diffusionCm2S * 2],
      ...(widthA === undefined ? {} : { widthA }),
    }),
  );
