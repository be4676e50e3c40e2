/** `analysis.replicas`: D(T) of several runs that differ by their seeds, with the scatter between and within them. */
import { z } from 'zod';
import type { Direction } from '../analysis/direction.ts';
import { type PooledDiffusion, poolReplicas, type Replica } from '../analysis/replicas.ts';
import { JSON_MEDIA_TYPE, type JsonObject, readJsonDocument, writeJsonDocument } from '../formats/json-document.ts';
import { blobName, defineKind } from './task-kind.ts';

interface DiffusionDocument {
  readonly meanTemperatureK: number;
  readonly directions: {
    readonly [direction in Direction]: {
      readonly [origins in 'multipleOrigins' | 'singleOrigin']: Omit<Replica, 'temperatureK'>;
    };
  };
}

export const analysisReplicas = defineKind({
  kind: 'analysis.replicas',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    alphaRange: z.tuple([z.number(), z.number()]),
    /** Of the displacements; all where left out. */
    direction: z.enum(['parallel', 'perpendicular']).optional(),
  }),
  run(context) {
    const { alphaRange, direction = 'all' } = context.params;
    const documents = context
      .inputs('members')
      .map((blob) => readJsonDocument(blob.bytes, blobName(blob)) as unknown as DiffusionDocument);
    const pool = (origins: 'multipleOrigins' | 'singleOrigin'): PooledDiffusion =>
      poolReplicas(
        documents.map(({ meanTemperatureK, directions }) => ({
          temperatureK: meanTemperatureK,
          ...directions[direction][origins],
        })),
        alphaRange,
      );
    const pooled = pool('multipleOrigins');
    const withheld = whyWithheld(pooled, alphaRange);
    const results: JsonObject = {
      replicas: pooled.replicas,
      meanTemperatureK: pooled.meanTemperatureK,
      diffusionCm2S: pooled.diffusionCm2S,
      standardErrorCm2S: pooled.diffusionErrorCm2S.standardError,
      standardErrorBetweenCm2S: pooled.diffusionErrorCm2S.between,
      standardErrorWithinCm2S: pooled.diffusionErrorCm2S.within,
      degreesOfFreedom: pooled.diffusionErrorCm2S.degreesOfFreedom,
      halfWidth95Cm2S: pooled.diffusionErrorCm2S.halfWidth95,
      singleOriginDiffusionCm2S: pool('singleOrigin').diffusionCm2S,
      alpha: pooled.exponent.alpha,
      alphaStandardError: pooled.exponent.alphaStandardError,
      alphaInterval: pooled.exponent.alphaInterval === null ? null : [...pooled.exponent.alphaInterval],
      verdict: withheld === undefined ? pooled.exponent.verdict : 'fail',
      ...(withheld === undefined ? {} : { withheld }),
    };
    return {
      outcome: { status: 'done' },
      outputs: { mean: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE } },
      results,
    };
  },
});

/** Why no diffusion coefficient may be read from these runs; undefined where one may. */
function whyWithheld(pooled: PooledDiffusion, [low, high]: readonly [number, number]): string | undefined {
  const { exponent, diffusionCm2S, diffusionErrorCm2S } = pooled;
  if (exponent.alpha === null) return 'nothing moved: the mean square displacement is 0 in the fit window';
  if (exponent.verdict === 'fail') {
    const interval = exponent.alphaInterval!.map((bound) => bound.toFixed(2)).join(' to ');
    return `not normal diffusion: α = ${exponent.alpha.toFixed(2)} (95 %: ${interval}) lies outside ${low} to ${high}`;
  }
  if (!(diffusionCm2S > 0)) return 'the mean square displacement does not rise in the fit window';
  if (!((diffusionErrorCm2S.standardError ?? 0) > 0)) return 'D has no error estimate: too few mobile atoms';
  return undefined;
}
