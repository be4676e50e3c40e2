/** Parameter shapes that more than one place speaks of: the spec writes them, the task kinds read them. */
import { z } from 'zod';
import { type BoundaryName, NAMED_BOUNDARIES } from '../structure/named-boundaries.ts';

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

/** Formats of files that hold structures. */
export const STRUCTURE_FORMATS = ['cif', 'poscar', 'extxyz', 'lammps-data', 'cfg'] as const;
/** A file with one structure, the bytes of which are the input `file` of the task. */
export const structureFileSchema = z.strictObject({
  /** What the file is called, for people; its content is named by the hash. */
  name: z.string().min(1).max(200),
  format: z.enum(STRUCTURE_FORMATS),
});

const indexSchema = z.int().min(-99).max(99);
const indicesSchema = z
  .tuple([indexSchema, indexSchema, indexSchema])
  .refine((indices) => indices.some((index) => index !== 0), 'needs an index that is not zero');
const boundaryNames = Object.keys(NAMED_BOUNDARIES) as [BoundaryName, ...BoundaryName[]];

/** A bicrystal of the prototype or cell (S5, S6); `supercell` counts coincidence cells. */
const boundarySchema = z
  .strictObject({
    name: z.enum(boundaryNames).optional(),
    axis: indicesSchema.optional(),
    sigma: z
      .int()
      .min(1)
      .max(9999)
      .refine((sigma) => sigma % 2 === 1, 'Σ of a cubic lattice is an odd number')
      .optional(),
    angleDegrees: z.number().min(-180).max(180).optional(),
    plane: indicesSchema.optional(),
    x: indicesSchema.optional(),
    y: indicesSchema.optional(),
    planeThrough: z.union([z.string().max(40), vectorSchema]).optional(),
    cutOffsetA: z.number().min(-1000).max(1000).optional(),
    shift: z.tuple([z.number().min(-1).max(1), z.number().min(-1).max(1)]).optional(),
    separationA: z.number().min(0).max(100).optional(),
    allowUnequalBoundaries: z.boolean().optional(),
    reference: z.literal('bulk').optional(),
  })
  .superRefine((boundary, context) => {
    const explicit = ['axis', 'sigma', 'angleDegrees', 'plane', 'x', 'y'] as const;
    const given = explicit.filter((field) => boundary[field] !== undefined);
    const missing = (['axis', 'sigma', 'plane'] as const).filter((field) => boundary[field] === undefined);
    if (boundary.name !== undefined && given.length > 0) {
      context.addIssue({ code: 'custom', path: [given[0]!], message: 'is settled by the name; give either' });
    } else if (boundary.name === undefined && missing.length > 0) {
      const message = `needs a name, or axis, sigma and plane; ${missing.join(', ')} missing`;
      context.addIssue({ code: 'custom', path: [], message });
    }
  });

/** What a structure is made of (S1–S6), without its seed. */
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
  file: structureFileSchema.optional(),
  supercell: z.tuple([countSchema, countSchema, countSchema]).default([1, 1, 1]),
  boundary: boundarySchema.optional(),
  vacancies: z.strictObject({ site: z.string(), count: z.int().min(0).max(1e6) }).optional(),
  disorder: z.strictObject({ sites: z.tuple([z.string(), z.string()]), fraction: z.number().min(0).max(1) }).optional(),
  /** Standard deviation of random displacements of each Cartesian component, Å. */
  rattleA: z.number().min(0).max(1).optional(),
  minimumDistanceA: z.number().min(0).max(10).default(1.5),
};

export const hasOneSource = (recipe: { prototype?: unknown; cell?: unknown; file?: unknown }): boolean =>
  [recipe.prototype, recipe.cell, recipe.file].filter((source) => source !== undefined).length === 1;
export const oneSourceMessage = 'give one of prototype, cell and file';

export const isEvenlyDivided = (recipe: { boundary?: unknown; supercell: readonly number[] }): boolean =>
  recipe.boundary === undefined || recipe.supercell[2]! % 2 === 0;
export const evenlyDividedIssue = {
  path: ['supercell'],
  message: 'counts coincidence cells of a bicrystal: the third number must be even, half of it for each grain',
};

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
  /** Of the refinement; without it there is none. */
  refineIterations: z.int().min(1).max(10_000).optional(),
  convergenceTolerance: z.number().min(0).default(1e-3),
  /** Iterations of one potential.fit event: what a crash can cost, and what an audit recomputes. */
  segmentIterations: z.int().min(1).max(100_000).default(100),
});

/** How active sets are built (P5), with MLIP-2's thresholds. */
export const activeSetSchema = z.strictObject({
  /** A row for each configuration, as the paper's, or for each atom: small training sets determine that sooner. */
  mode: z.enum(['configuration', 'neighbourhood']).default('neighbourhood'),
  weighting: z.enum(['vibrations', 'molecules', 'structures']).default('vibrations'),
  initThreshold: z.number().positive().max(1).optional(),
  swapThreshold: z.number().min(1).max(10).optional(),
});

/** What is chosen of candidates ("select-add"). */
export const selectSchema = z.strictObject({
  /** Nothing is chosen unless a grade exceeds this. */
  selectThreshold: z.number().min(0).max(1e6).default(1.1),
  /** At most so many. */
  limit: z.int().min(1).max(100_000).optional(),
});

/** Selection while a run goes on ("sample", P6). */
export const gradeWatchSchema = z.strictObject({
  selectAbove: z.number().min(0).max(1e6).default(2),
  stopAbove: z.number().min(0).max(1e9).default(5),
  everySteps: z.int().min(1).max(100_000).default(10),
});

const cellFreedomSchema = z.enum(['isotropic', 'z', 'full']);

/** NPT (D1). */
export const barostatSchema = z.strictObject({
  cell: cellFreedomSchema,
  pressureGpa: z.number().min(-100).max(1000).default(0),
  /** τ of the barostat; 1000 time steps where left out. */
  dampingFs: z.number().positive().max(1e6).optional(),
});

/** How far an atom may be from where a symmetry operation takes another, Å. */
export const symmetryToleranceSchema = z.number().positive().max(0.05).default(0.01);

/** Geometry optimisation (D4). */
export const relaxSettingsSchema = z.strictObject({
  method: z.enum(['conjugate-gradient', 'l-bfgs', 'fire']).default('conjugate-gradient'),
  cell: z.enum(['fixed', ...cellFreedomSchema.options]).default('isotropic'),
  pressureGpa: z.number().min(-100).max(1000).default(0),
  forceToleranceEvA: z.number().positive().max(10).default(1e-3),
  stressToleranceGpa: z.number().positive().max(100).default(0.01),
  maxSteps: z.int().min(1).max(100_000).default(2000),
  /** The operations that the structure has to this tolerance are kept: by forces and stresses averaged over them. */
  symmetry: z.strictObject({ toleranceA: symmetryToleranceSchema }).optional(),
});
