/**
 * `analysis.mixture` (R11, Fig. 13b): Wiener's bounds of D of a mixture of two bulks against the part of the second, and the
 * parts at which either bound takes a measured value.
 */
import { z } from 'zod';
import { fractionAtBound, wienerBounds } from '../analysis/wiener.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { boundsOfEnds, readComponent, requireOneTemperature } from './component-line.ts';
import { defineKind, singleInput } from './task-kind.ts';
import { withholding } from './withheld.ts';

export const analysisMixture = defineKind({
  kind: 'analysis.mixture',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    names: z.tuple([z.string(), z.string()]),
    /** Of the second. */
    fractions: z.array(z.number().min(0).max(1)).min(1),
    measured: z.array(z.strictObject({ name: z.string(), diffusionCm2S: z.number().positive() })),
  }),
  /** Inputs: `first`, `second` (lines). */
  run(context) {
    const { names, fractions, measured } = context.params;
    const lines = ['first', 'second'].map((name) => readComponent(singleInput(context, name)));
    const temperatureK = requireOneTemperature(lines);
    const [first, second] = lines.map(({ diffusionCm2S }) => diffusionCm2S) as [number, number];
    const at =
      (fraction: number) =>
      ([a, b]: readonly number[]) =>
        wienerBounds([
          { name: names[0], fraction: 1 - fraction, diffusionCm2S: a! },
          { name: names[1], fraction, diffusionCm2S: b! },
        ]);
    const points = fractions.map((fraction) => {
      const { upperCm2S, lowerCm2S } = at(fraction)([first, second]);
      const [low, high] = boundsOfEnds(lines, at(fraction));
      return {
        fraction,
        upperCm2S,
        lowerCm2S,
        upperRangeCm2S: [low?.upperCm2S ?? null, high?.upperCm2S ?? null],
        lowerRangeCm2S: [low?.lowerCm2S ?? null, high?.lowerCm2S ?? null],
      };
    });
    const { contrast, lowContrast } = at(0.5)([first, second]);
    const results: JsonObject = {
      temperatureK,
      firstCm2S: first,
      secondCm2S: second,
      contrast,
      lowContrast,
      measured: measured.map(({ name, diffusionCm2S }) => {
        const { found, withheld } = withholding(['bad-mixture'], () => ({
          upperFraction: fractionAtBound('upper', first, second, diffusionCm2S),
          lowerFraction: fractionAtBound('lower', first, second, diffusionCm2S),
        }));
        return { name, diffusionCm2S, ...(found === null ? { withheld } : found) };
      }),
    };
    return {
      outcome: { status: 'done' },
      outputs: {
        bounds: { bytes: writeJsonDocument({ ...results, points } as JsonObject), mediaType: JSON_MEDIA_TYPE },
      },
      results,
    };
  },
});
