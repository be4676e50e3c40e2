/**
 * What a spec says of grain boundaries and of the scale of grains: which structures are a bicrystal and its bulk, how the
 * γ-surface is searched, where the width comes from, what a polycrystal is made of; and the published values of these.
 */
import { z } from 'zod';
import { VORONOI_GRAIN_SHAPE } from '../analysis/polycrystal.ts';
import { relaxSettingsSchema } from '../tasks/schemas.ts';
import { shiftMeshSchema } from '../tasks/structure-search-shifts.ts';
import { named, nameSchema } from './spec-names.ts';

const temperatureSchema = z.number().positive().max(10_000);

const boundarySchema = z.strictObject({
  /** A structure of the spec that is a bicrystal, and the one that is its bulk. */
  boundary: nameSchema,
  bulk: nameSchema,
  potential: nameSchema,
  /** The runs of the bicrystal then start from the lowest point of the mesh; γ is told of the unshifted start too. */
  gammaSurface: z
    .strictObject({
      mesh: shiftMeshSchema.default([20, 20]),
      relax: relaxSettingsSchema.extend({ cell: z.enum(['fixed', 'z']).default('z') }).prefault({}),
    })
    .optional(),
  profile: z
    .strictObject({
      /** The width of the boundary at this temperature counts at all temperatures. */
      widthFromK: temperatureSchema.default(600),
      /** At which profiles are made besides; all that bicrystal and bulk have in common where left out. */
      temperaturesK: z.array(temperatureSchema).max(50).optional(),
      sliceA: z.number().positive().max(100).default(5),
      bandwidthA: z.number().positive().max(100).default(2),
      everyFrames: z.int().min(1).max(1_000_000).default(1),
    })
    .prefault({}),
  /** δ in place of that of the profiles. */
  givenWidthA: z
    .strictObject({ value: z.number().positive().max(1000), standardError: z.number().min(0).max(1000).default(0) })
    .optional(),
  /** Å, at which D_GB is computed besides (Fig. 12). */
  widthsA: z
    .array(z.number().positive().max(1000))
    .max(100)
    .default([5, 7, 10, 12.5, 15, 17.5, 20, 22.5, 25, 27.5, 30]),
  /** Largest τ = δ/l at which D_GB is given. */
  maxBoundaryFraction: z.number().positive().max(1).default(0.5),
});
export type BoundarySpec = z.infer<typeof boundarySchema>;

export const boundariesSchema = named(boundarySchema);

const GRAIN_SIZES_NM = [
  7, 8, 10, 12, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000,
];

export const macroSchema = z.strictObject({
  /** Rows of runs: a polycrystal of each and the boundaries; of two, their mixture too. */
  bulks: z.array(nameSchema).min(1).max(2),
  /** All where left out. */
  boundaries: z.array(nameSchema).min(1).optional(),
  /** Share of each boundary among all; alike where left out. */
  probabilities: named(z.number().min(0).max(1)).optional(),
  grainSizesNm: z.array(z.number().positive().max(1e9)).min(1).max(200).default(GRAIN_SIZES_NM),
  grainShape: z.number().positive().max(100).default(VORONOI_GRAIN_SHAPE),
  /** Of the second bulk in the mixture. */
  fractions: z
    .array(z.number().min(0).max(1))
    .min(1)
    .max(200)
    .default(Array.from({ length: 21 }, (_, k) => k / 20)),
});

const quantity = z.number().optional();
/** Of one line of Table V. */
export const publishedLineShape = {
  prefactorCm2S: quantity,
  activationEnergyMev: quantity,
  diffusion300KCm2S: quantity,
  conductivity300KMsCm: quantity,
};
/** Of one line of Table II. */
export const publishedModelShape = {
  atoms: z.int().min(1).optional(),
  dimensionsA: z.tuple([z.number(), z.number(), z.number()]).optional(),
};

/** Published values that belong to boundaries and to measurements, in the section `published`. */
export const publishedScalesShape = {
  boundaries: named(
    z.strictObject({
      ...publishedModelShape,
      misorientationDegrees: quantity,
      formationEnergyMevA2: quantity,
      widthA: quantity,
      parallel: z.strictObject(publishedLineShape).optional(),
      perpendicular: z.strictObject(publishedLineShape).optional(),
    }),
  ).optional(),
  /** Measured pairs of σ and D (Table VI), by name, e.g. adeli-2019. */
  conductivities: named(
    z.strictObject({
      temperatureK: temperatureSchema,
      conductivityMsCm: z.number().positive(),
      diffusionCm2S: z.number().positive(),
      /** Λ as it is printed, Å⁻³. */
      carrierDensityPerA3: quantity,
    }),
  ).optional(),
};
