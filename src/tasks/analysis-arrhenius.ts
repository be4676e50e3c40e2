/** `analysis.arrhenius` (R3, R10): D0, E_a, D and σ at a temperature, with intervals, from D(T) of a structure. */
import { z } from 'zod';
import { diffusionAt, fitArrhenius, type LogEstimate } from '../analysis/arrhenius.ts';
import { conductivityMsCm } from '../analysis/conductivity.ts';
import { JSON_MEDIA_TYPE, type JsonObject, readJsonDocument, writeJsonDocument } from '../formats/json-document.ts';
import { blobName, defineKind } from './task-kind.ts';

interface MeanDocument {
  readonly meanTemperatureK: number;
  readonly diffusionCm2S: number;
  readonly standardErrorCm2S: number;
  readonly degreesOfFreedom: number;
}

export const analysisArrhenius = defineKind({
  kind: 'analysis.arrhenius',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    extrapolateToK: z.number().positive(),
    /** Λ of σ = Λ D e²/(kB T), Å⁻³. */
    conductivityFactorPerA3: z.number().positive(),
  }),
  run(context) {
    const { extrapolateToK, conductivityFactorPerA3 } = context.params;
    const points = context.inputs('points').map((blob) => {
      const document = readJsonDocument(blob.bytes, blobName(blob)) as unknown as MeanDocument;
      const { meanTemperatureK, diffusionCm2S, standardErrorCm2S, degreesOfFreedom } = document;
      return { temperatureK: meanTemperatureK, diffusionCm2S, standardErrorCm2S, degreesOfFreedom };
    });
    const fit = fitArrhenius(points);
    const diffusion = diffusionAt(fit, extrapolateToK);
    const results: JsonObject = {
      temperatures: points.length,
      prefactorCm2S: bounded(fit.d0Cm2S.value),
      prefactorInterval95Cm2S: fit.d0Cm2S.interval95.map(bounded),
      activationEnergyMev: fit.activationEnergyMeV,
      activationEnergyStandardErrorMev: fit.activationEnergyStandardErrorMeV,
      activationEnergyHalfWidth95Mev: fit.activationEnergyHalfWidth95MeV,
      correlation: fit.correlation,
      reducedChiSquare: fit.reducedChiSquare,
      extrapolatedToK: extrapolateToK,
      ...extrapolated(diffusion, extrapolateToK, conductivityFactorPerA3),
    };
    return {
      outcome: { status: 'done' },
      outputs: { line: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE } },
      results,
    };
  },
});

/** No diffusion coefficient or conductivity of matter is larger, in any unit used here. */
const MEANINGFUL = 1e12;

/** Null where the errors are so large that they allow no statement. */
const bounded = (value: number): number | null => (value > 0 && value < MEANINGFUL ? value : null);

function extrapolated(diffusion: LogEstimate, temperatureK: number, factorPerA3: number): JsonObject {
  const sigma = (diffusionCm2S: number): number | null => {
    if (bounded(diffusionCm2S) === null) return null;
    const valueMsCm = conductivityMsCm(diffusionCm2S, temperatureK, factorPerA3);
    // Beyond this, doubles are whole numbers that the log does not hold (docs/format.md, canonical JSON).
    return valueMsCm <= Number.MAX_SAFE_INTEGER ? valueMsCm : null;
  };
  return {
    diffusionCm2S: bounded(diffusion.value),
    diffusionInterval95Cm2S: diffusion.interval95.map(bounded),
    diffusionFactor95: bounded(diffusion.factor95),
    conductivityMsCm: sigma(diffusion.value),
    conductivityInterval95MsCm: diffusion.interval95.map(sigma),
  };
}
