/** Arrhenius lines as tasks read and write them: the points that they are fitted to, and what is said of the fit. */
import type { ArrheniusFit, ArrheniusPoint, LogEstimate } from '../analysis/arrhenius.ts';
import { conductivityMsCm } from '../analysis/conductivity.ts';
import { type JsonObject, readJsonDocument } from '../formats/json-document.ts';
import { blobName, type InputBlob } from './task-kind.ts';

interface MeanDocument {
  readonly meanTemperatureK: number;
  readonly diffusionCm2S: number;
  readonly standardErrorCm2S: number;
  readonly degreesOfFreedom: number;
}

/** From the output `mean` of `analysis.replicas`. @throws InputError `bad-json` */
export function readPoint(blob: InputBlob): Required<ArrheniusPoint> {
  const document = readJsonDocument(blob.bytes, blobName(blob)) as unknown as MeanDocument;
  const { meanTemperatureK, diffusionCm2S, standardErrorCm2S, degreesOfFreedom } = document;
  return { temperatureK: meanTemperatureK, diffusionCm2S, standardErrorCm2S, degreesOfFreedom };
}

export const lineResults = (fit: ArrheniusFit): JsonObject => ({
  prefactorCm2S: bounded(fit.d0Cm2S.value),
  prefactorInterval95Cm2S: fit.d0Cm2S.interval95.map(bounded),
  activationEnergyMev: fit.activationEnergyMeV,
  activationEnergyStandardErrorMev: fit.activationEnergyStandardErrorMeV,
  activationEnergyHalfWidth95Mev: fit.activationEnergyHalfWidth95MeV,
  correlation: fit.correlation,
  reducedChiSquare: fit.reducedChiSquare,
});

/** No diffusion coefficient or conductivity of matter is larger, in any unit used here. */
const MEANINGFUL = 1e12;

/** Null where the errors are so large that they allow no statement. */
export const bounded = (value: number): number | null => (value > 0 && value < MEANINGFUL ? value : null);

/** D and σ at a temperature, with intervals. */
export function extrapolated(diffusion: LogEstimate, temperatureK: number, factorPerA3: number): JsonObject {
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
