/** Parameter shapes that more than one place speaks of: the spec writes them, the task kinds read them. */
import { z } from 'zod';

/** 64-bit seed as 16 hexadecimal digits. */
export const seedSchema = z.string().regex(/^[0-9a-f]{16}$/);
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
export const elementSchema = z.string().regex(/^[A-Z][a-z]?$/, 'expected an element symbol such as Li');
export const elementsSchema = z
  .array(elementSchema)
  .min(1)
  .max(20)
  .refine((elements) => new Set(elements).size === elements.length, 'an element is named twice');

const vectorSchema = z.tuple([z.number(), z.number(), z.number()]);
const countSchema = z.int().min(1).max(1000);

/** What a structure is made of (S1–S3), without its seed. */
export const structureRecipeShape = {
  elements: elementsSchema,
  prototype: z
    .strictObject({
      name: z.enum(['argyrodite']),
      /** Symbols on the prototype's sites A, B, X, Y; the campaign's elements in their order where absent. */
      elements: z.tuple([elementSchema, elementSchema, elementSchema, elementSchema]).optional(),
      latticeConstantA: z.number().min(1).max(100),
      anionX: z.number().min(0.5).max(0.75).optional(),
      cationSites: z.enum(['24g', '48h']).optional(),
    })
    .optional(),
  cell: z
    .strictObject({
      latticeVectorsA: z.tuple([vectorSchema, vectorSchema, vectorSchema]),
      sites: z
        .array(
          z.strictObject({ element: elementSchema, fractional: vectorSchema, label: z.string().max(40).optional() }),
        )
        .min(1)
        .max(2000),
    })
    .optional(),
  supercell: z.tuple([countSchema, countSchema, countSchema]).default([1, 1, 1]),
  disorder: z.strictObject({ sites: z.tuple([z.string(), z.string()]), fraction: z.number().min(0).max(1) }).optional(),
  /** Standard deviation of random displacements of each Cartesian component, Å. */
  rattleA: z.number().min(0).max(1).optional(),
  minimumDistanceA: z.number().min(0).max(10).default(1.5),
};

export const hasOneSource = (recipe: { prototype?: unknown; cell?: unknown }): boolean =>
  (recipe.prototype === undefined) !== (recipe.cell === undefined);
export const oneSourceMessage = 'give either prototype or cell';

export const fitSettingsSchema = z.strictObject({
  level: z.int().min(2).max(28).multipleOf(2),
  minDistanceA: z.number().min(0.1).max(10).default(1.5),
  cutoffA: z.number().min(1).max(20).default(5),
  radialBasisSize: z.int().min(2).max(32).default(8),
  weights: z
    .strictObject({ energy: z.number().min(0), forces: z.number().min(0), stress: z.number().min(0) })
    .default({ energy: 1, forces: 0.1, stress: 0.001 }),
  weighting: z.enum(['vibrations', 'molecules', 'structures']).default('vibrations'),
  scaleByForce: z.number().min(0).default(0),
  /** Iterations before the scaling is chosen for good; MLIP-2 takes 75. */
  preIterations: z.int().min(0).max(100_000).default(75),
  maxIterations: z.int().min(1).max(100_000).default(200),
  convergenceTolerance: z.number().min(0).default(1e-3),
  /** Iterations of one potential.fit event: what a crash can cost, and what an audit recomputes. */
  segmentIterations: z.int().min(1).max(100_000).default(100),
});

const cellFreedomSchema = z.enum(['isotropic', 'z', 'full']);

/** NPT (D1). */
export const barostatSchema = z.strictObject({
  cell: cellFreedomSchema,
  pressureGpa: z.number().min(-100).max(1000).default(0),
  /** τ of the barostat; 1000 time steps where left out. */
  dampingFs: z.number().positive().max(1e6).optional(),
});

/** Geometry optimisation (D4). */
export const relaxSettingsSchema = z.strictObject({
  method: z.enum(['conjugate-gradient', 'l-bfgs', 'fire']).default('conjugate-gradient'),
  cell: z.enum(['fixed', ...cellFreedomSchema.options]).default('isotropic'),
  pressureGpa: z.number().min(-100).max(1000).default(0),
  forceToleranceEvA: z.number().positive().max(10).default(1e-3),
  stressToleranceGpa: z.number().positive().max(100).default(0.01),
  maxSteps: z.int().min(1).max(100_000).default(2000),
});
