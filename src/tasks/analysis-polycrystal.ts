/**
 * `analysis.polycrystal` (R11, Fig. 13a): Wiener's bounds of D of a polycrystal of one bulk and its boundaries against the
 * size of its grains, at the temperature of the lines. Grains so small that boundaries would fill more than all have none.
 */
import { z } from 'zod';
import { type BoundaryKind, polycrystalBounds, regimeAFromS, smallestGrainSizeA } from '../analysis/polycrystal.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { boundsOfEnds, type ComponentLine, readComponent, requireOneTemperature } from './component-line.ts';
import { defineKind, singleInput } from './task-kind.ts';
import { withholding } from './withheld.ts';

/** Å in a nm. */
const A_PER_NM = 10;

const params = z.strictObject({
  /** Of the boundaries, in the order of the inputs. */
  names: z.array(z.string()).min(1),
  /** Share of each kind among all boundaries; alike where left out. */
  probabilities: z.array(z.number().min(0).max(1)).optional(),
  grainSizesNm: z.array(z.number().positive()).min(1),
  /** H of f = p H δ/d. */
  grainShape: z.number().positive(),
  /** Boundaries count as negligible where both bounds are within this part of D of the bulk. */
  negligible: z.number().positive(),
});

export const analysisPolycrystal = defineKind({
  kind: 'analysis.polycrystal',
  v: 1,
  class: 'exact',
  params,
  /** Inputs: `bulk` (a line), `parallel`, `perpendicular` (lines of the boundaries in the order of their names). */
  run(context) {
    const { names, probabilities, grainSizesNm, grainShape, negligible } = context.params;
    const bulk = readComponent(singleInput(context, 'bulk'));
    const [parallel, perpendicular] = ['parallel', 'perpendicular'].map((name) =>
      context.inputs(name).map(readComponent),
    ) as [ComponentLine[], ComponentLine[]];
    const counts = [parallel, perpendicular, probabilities ?? names].map(({ length }) => length);
    if (counts.some((count) => count !== names.length)) {
      throw new InputError('bad-polycrystal', 'each boundary needs a line in either direction', {
        expected: String(names.length),
        found: counts.join(', '),
      });
    }
    const lines = [bulk, ...parallel, ...perpendicular];
    const temperatureK = requireOneTemperature(lines);
    const kindsOf = (diffusionsCm2S: readonly number[]): BoundaryKind[] =>
      names.map((name, k) => ({
        name,
        widthA: parallel[k]!.widthA!,
        parallelCm2S: diffusionsCm2S[1 + k]!,
        perpendicularCm2S: diffusionsCm2S[1 + names.length + k]!,
        ...(probabilities === undefined ? {} : { probability: probabilities[k]! }),
      }));
    const values = lines.map(({ diffusionCm2S }) => diffusionCm2S);
    const at = (sizeNm: number) => (diffusions: readonly number[]) =>
      polycrystalBounds(diffusions[0]!, kindsOf(diffusions), sizeNm * A_PER_NM, grainShape);
    const sizes = grainSizesNm.map((sizeNm) => {
      const { found, withheld } = withholding(['grains-too-small'], () => at(sizeNm)(values));
      if (found === null) return { sizeNm, withheld };
      const [low, high] = boundsOfEnds(lines, at(sizeNm));
      return {
        sizeNm,
        boundaryFraction: found.boundaryFraction,
        upperCm2S: found.upperCm2S,
        lowerCm2S: found.lowerCm2S,
        contrast: found.contrast,
        lowContrast: found.lowContrast,
        upperRangeCm2S: [low?.upperCm2S ?? null, high?.upperCm2S ?? null],
        lowerRangeCm2S: [low?.lowerCm2S ?? null, high?.lowerCm2S ?? null],
        regimeAFromS: regimeAFromS(found.lowerCm2S, sizeNm * A_PER_NM),
      };
    });
    const near = (value: number): boolean => Math.abs(value / bulk.diffusionCm2S - 1) <= negligible;
    const negligibleFrom = sizes.findLastIndex(
      (size) => size.upperCm2S === undefined || !near(size.upperCm2S) || !near(size.lowerCm2S),
    );
    const known = sizes.filter((size) => size.contrast !== undefined);
    const results: JsonObject = {
      temperatureK,
      bulkDiffusionCm2S: bulk.diffusionCm2S,
      smallestGrainSizeNm: smallestGrainSizeA(kindsOf(values), grainShape) / A_PER_NM,
      /** Null where they matter at the largest size still. */
      negligibleFromNm: sizes[negligibleFrom + 1]?.sizeNm ?? null,
      contrast: known.reduce((largest, { contrast }) => Math.max(largest, contrast!), 0),
      lowContrast: known.every(({ lowContrast }) => lowContrast === true),
    };
    return {
      outcome: { status: 'done' },
      outputs: {
        bounds: { bytes: writeJsonDocument({ ...results, sizes } as JsonObject), mediaType: JSON_MEDIA_TYPE },
      },
      results,
    };
  },
});
