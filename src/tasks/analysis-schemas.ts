/** Parameter shapes of the analyses of runs: the spec writes them, the kinds read them. */
import { z } from 'zod';
import { DEFAULT_BOND_A } from '../analysis/cage-centres.ts';
import { DEFAULT_BACK_WITHIN_FS, DEFAULT_MARGIN_A } from '../analysis/cage-jumps.ts';
import { elementSchema, symmetryToleranceSchema } from './schemas.ts';

/** What every analysis of a run is told. */
export const runShape = {
  mobileSpecies: elementSchema,
  timeStepFs: z.number().positive(),
  /** Whether the run began in the mean cell of the segment before it, as it does after NPT. */
  meanCell: z.boolean().optional(),
};

/** Which atoms are centres of cages, and what counts as a jump between two (analysis/cage-jumps.ts). */
export const cageRuleShape = {
  centre: elementSchema,
  /** Only centres without a bond to this species. */
  notBondedTo: elementSchema.optional(),
  bondA: z.number().positive().max(10).default(DEFAULT_BOND_A),
  marginA: z.number().min(0).max(10).default(DEFAULT_MARGIN_A),
  backWithinFs: z.number().min(0).max(1e9).default(DEFAULT_BACK_WITHIN_FS),
};

/** Partial radial distribution functions. */
export const radialShape = {
  pairs: z
    .array(z.tuple([elementSchema, elementSchema]))
    .min(1)
    .max(100)
    .refine(
      (pairs) => new Set(pairs.map((pair) => pair.join(' '))).size === pairs.length,
      'a pair of species is named twice',
    ),
  reachA: z.number().positive().max(100).default(10),
  shellA: z.number().positive().max(10).default(0.05),
};

/** Distributions of |Δr|, and where atoms have been. */
export const displacementShape = {
  binA: z.number().positive().max(100).default(0.25),
  origins: z.enum(['single', 'multiple']).default('single'),
};
const gridPoints = z.int().min(1).max(1000);
export const densitySchema = z.strictObject({
  /** Grid points along each lattice vector. */
  grid: z
    .tuple([gridPoints, gridPoints, gridPoints])
    .refine(([a, b, c]) => a * b * c <= 1e6, 'at most a million grid points'),
  bandwidthA: z.number().positive().max(10).default(0.3),
});

const repeatsSchema = z.tuple([gridPoints, gridPoints, gridPoints]);

/** Phonons by finite displacements. */
export const phononShape = {
  supercell: repeatsSchema.default([1, 1, 1]),
  displacementA: z.number().positive().max(0.5).default(0.01),
  /** Below minus this a frequency counts as imaginary. */
  toleranceThz: z.number().min(0).max(10).default(0.05),
  /** The operations that hold to this save displacements. */
  symmetryToleranceA: symmetryToleranceSchema,
  /** Points of q along each reciprocal vector, besides those that fit the supercell: interpolated. */
  mesh: repeatsSchema.optional(),
};
