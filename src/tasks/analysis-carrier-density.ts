/**
 * `analysis.carrier-density` (R10, Table VI): Λ of σ = Λ D e²/(kB T) from a measured conductivity and diffusion coefficient,
 * with the exact constants, and with the rounded ones of the published table, which is exact with these alone.
 */
import { z } from 'zod';
import { carrierDensityA3, TABLE_VI_CONSTANTS } from '../analysis/conductivity.ts';
import { JSON_MEDIA_TYPE, writeJsonDocument } from '../formats/json-document.ts';
import { defineKind } from './task-kind.ts';

export const analysisCarrierDensity = defineKind({
  kind: 'analysis.carrier-density',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    conductivityMsCm: z.number().positive(),
    diffusionCm2S: z.number().positive(),
    temperatureK: z.number().positive(),
  }),
  run({ params: { conductivityMsCm, diffusionCm2S, temperatureK } }) {
    const results = {
      carrierDensityPerA3: carrierDensityA3(conductivityMsCm, diffusionCm2S, temperatureK),
      carrierDensityOfRoundedConstantsPerA3: carrierDensityA3(
        conductivityMsCm,
        diffusionCm2S,
        temperatureK,
        TABLE_VI_CONSTANTS,
      ),
    };
    return {
      outcome: { status: 'done' },
      outputs: { density: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE } },
      results,
    };
  },
});
