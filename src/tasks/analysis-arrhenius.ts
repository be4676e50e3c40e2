/** `analysis.arrhenius` (R3, R10): D0, E_a, D and σ at a temperature, with intervals, from D(T) of a structure. */
import { z } from 'zod';
import { diffusionAt, fitArrhenius } from '../analysis/arrhenius.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { extrapolated, lineResults, readPoint } from './line-results.ts';
import { defineKind } from './task-kind.ts';

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
    const points = context.inputs('points').map(readPoint);
    const fit = fitArrhenius(points);
    const diffusion = diffusionAt(fit, extrapolateToK);
    const results: JsonObject = {
      temperatures: points.length,
      ...lineResults(fit),
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
