/**
 * `analysis.boundary-diffusion` (R4): D_GB of a boundary in one direction. Hart's equation at each temperature with D_bulk
 * from the bulk's Arrhenius line, an Arrhenius line through what comes of it, D_GB and σ at a temperature, and the same for
 * other widths (Fig. 12). What the runs do not carry is withheld with its reason.
 */
import { z } from 'zod';
import { type ArrheniusFit, type ArrheniusPoint, diffusionAt, fitArrhenius } from '../analysis/arrhenius.ts';
import { type BoundaryLine, boundaryDiffusionByWidth, boundaryLine } from '../analysis/boundary-line.ts';
import { type BoundaryGeometry, boundaryDiffusion, type Measured, widthSensitivity } from '../analysis/hart.ts';
import { JSON_MEDIA_TYPE, type JsonObject, readJsonDocument, writeJsonDocument } from '../formats/json-document.ts';
import { quantile95 } from '../numerics/student-t.ts';
import { bounded, extrapolated, lineResults, readPoint } from './line-results.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';
import { withholding } from './withheld.ts';

const params = z.strictObject({
  direction: z.enum(['parallel', 'perpendicular']),
  extrapolateToK: z.number().positive(),
  /** Λ of σ = Λ D e²/(kB T), Å⁻³. */
  conductivityFactorPerA3: z.number().positive(),
  /** δ where it is given, instead of that of the profiles. */
  givenWidthA: z.strictObject({ value: z.number().positive(), standardError: z.number().min(0) }).optional(),
  /** Å, at which D_GB is computed besides. */
  widthsA: z.array(z.number().positive()),
  /** Largest τ = δ/l at which enough of the cell is bulk for the two to be told apart. */
  maxBoundaryFraction: z.number().positive().max(1),
});

interface WidthDocument {
  readonly spacingA: number;
  readonly widthA: number | null;
  readonly widthStandardErrorA?: number;
  readonly withheld?: string;
}

const TOO_WIDE = ['boundary-too-wide'];
const TOO_FEW = ['too-few-temperatures'];

export const analysisBoundaryDiffusion = defineKind({
  kind: 'analysis.boundary-diffusion',
  v: 1,
  class: 'exact',
  params,
  /** Inputs: `effective`, `bulk` (means at the temperatures where diffusion is normal), `width`. */
  run(context) {
    const { direction, extrapolateToK, conductivityFactorPerA3, givenWidthA, maxBoundaryFraction } = context.params;
    const effective = context.inputs('effective').map(readPoint);
    const bulk = fitArrhenius(context.inputs('bulk').map(readPoint));
    const widthBlob = singleInput(context, 'width');
    const width = readJsonDocument(widthBlob.bytes, blobName(widthBlob)) as unknown as WidthDocument;
    const { spacingA } = width;
    const found: JsonObject = {
      direction,
      extrapolatedToK: extrapolateToK,
      spacingA,
      bulkTemperatures: bulk.points.length,
    };
    const widthA = givenWidthA ?? widthOf(width);
    const done = (more: JsonObject, curve: JsonObject = {}) => {
      const results = { ...found, ...more };
      return {
        outcome: { status: 'done' as const },
        outputs: { line: { bytes: writeJsonDocument({ ...results, ...curve }), mediaType: JSON_MEDIA_TYPE } },
        results,
      };
    };
    if (widthA === null) {
      return done({ diffusionCm2S: null, withheld: `the boundary has no width: ${width.withheld}` });
    }
    const geometry: BoundaryGeometry = { widthA, spacingA };
    const points = withholding(TOO_WIDE, () => effective.map((point) => pointOf(point, bulk, geometry)));
    const said: JsonObject = {
      widthA: widthA.value,
      widthStandardErrorA: widthA.standardError,
      isWidthGiven: givenWidthA !== undefined,
      boundaryFraction: widthA.value / spacingA,
    };
    if (points.found === null) return done({ ...said, diffusionCm2S: null, withheld: points.withheld });
    const line = withholding(TOO_FEW, () => boundaryLine(effective, bulk, geometry, extrapolateToK));
    const bulkThere = diffusionAt(bulk, extrapolateToK);
    const withheld = whyWithheld(points.found, widthA.value / spacingA, maxBoundaryFraction);
    return done(
      {
        ...said,
        points: points.found,
        bulkDiffusionCm2S: bounded(bulkThere.value),
        ...(line.found === null ? { diffusionCm2S: null } : lineOf(line.found, bulkThere.value)),
        ...(withheld === null ? {} : { withheld }),
      },
      { byWidth: byWidth(effective, bulk, spacingA, context.params) },
    );

    function lineOf(boundary: BoundaryLine, bulkCm2S: number): JsonObject {
      return {
        temperatures: boundary.fit.points.length,
        withoutBoundaryK: [...boundary.withoutBoundaryK],
        widthSensitivity:
          bounded(boundary.diffusion.value) === null ? null : widthSensitivity(bulkCm2S, boundary.diffusion.value),
        ...lineResults(boundary.fit),
        ...extrapolated(boundary.diffusion, extrapolateToK, conductivityFactorPerA3),
      };
    }
  },
});

function widthOf({ widthA, widthStandardErrorA }: WidthDocument): Measured | null {
  return widthA === null ? null : { value: widthA, standardError: widthStandardErrorA! };
}

/** Hart's equation at one temperature; `isResolved`: D_eff differs from D_bulk by more than the 95 % error of the two. */
function pointOf(point: Required<ArrheniusPoint>, line: ArrheniusFit, geometry: BoundaryGeometry) {
  const { temperatureK, diffusionCm2S, standardErrorCm2S, degreesOfFreedom } = point;
  const there = diffusionAt(line, temperatureK);
  const bulk = { value: there.value, standardError: there.value * there.lnStandardError };
  const boundary = boundaryDiffusion({ value: diffusionCm2S, standardError: standardErrorCm2S }, bulk, geometry);
  const difference = diffusionCm2S - bulk.value;
  const error = Math.sqrt(standardErrorCm2S * standardErrorCm2S + bulk.standardError * bulk.standardError);
  return {
    temperatureK,
    effectiveCm2S: diffusionCm2S,
    effectiveStandardErrorCm2S: standardErrorCm2S,
    bulkCm2S: bulk.value,
    bulkStandardErrorCm2S: bulk.standardError,
    boundaryCm2S: boundary.value + 0,
    boundaryStandardErrorCm2S: boundary.standardError,
    contrast: diffusionCm2S / bulk.value,
    isResolved: Math.abs(difference) > quantile95(degreesOfFreedom) * error,
  };
}

type HartPoint = ReturnType<typeof pointOf>;

const tooLittleBulk = (fraction: number, most: number): string =>
  `boundaries fill τ = ${fraction.toFixed(2)} of the cell, more than ${most}: too little bulk is left between them to ` +
  'tell the two apart; longer cells are needed (the published models have τ = 0.25 to 0.39)';

function whyWithheld(points: readonly HartPoint[], fraction: number, most: number): string | null {
  if (fraction > most) return tooLittleBulk(fraction, most);
  const positive = points.filter(({ boundaryCm2S }) => boundaryCm2S > 0);
  if (positive.length < 2) {
    return (
      `an Arrhenius line of the boundary needs two temperatures with a D above 0; ${positive.length} of ${points.length} ` +
      'are there: at the others D of the bicrystal is below what its bulk alone contributes'
    );
  }
  if (points.some(({ isResolved }) => isResolved)) return null;
  return (
    'at no temperature does the D of the bicrystal differ from that of its bulk by more than the 95 % error: ' +
    'the runs show no contribution of the boundaries; longer runs, larger cells or lower temperatures are needed'
  );
}

/** Widths that leave too little bulk, or at which too few temperatures have a D_GB, have none. */
function byWidth(
  effective: readonly ArrheniusPoint[],
  bulk: ArrheniusFit,
  spacingA: number,
  { widthsA, extrapolateToK, maxBoundaryFraction }: z.infer<typeof params>,
): JsonObject[] {
  return widthsA.map((widthA) => {
    if (widthA > maxBoundaryFraction * spacingA) {
      return { widthA, diffusionCm2S: null, withheld: tooLittleBulk(widthA / spacingA, maxBoundaryFraction) };
    }
    const { found, withheld } = withholding(TOO_FEW, () =>
      boundaryDiffusionByWidth(effective, bulk, { widthsA: [widthA], spacingA }, extrapolateToK),
    );
    if (found === null) return { widthA, diffusionCm2S: null, withheld };
    const { diffusion } = found[0]!;
    return {
      widthA,
      diffusionCm2S: bounded(diffusion.value),
      diffusionInterval95Cm2S: diffusion.interval95.map(bounded),
    };
  });
}
