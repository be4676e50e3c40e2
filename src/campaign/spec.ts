/**
 * The campaign spec: what a user writes in YAML, as a schema. Everything that can be left out has its default here, so
 * the normalised spec (defaults filled in, files replaced by their hashes) says all that the campaign depends on.
 */
import { z } from 'zod';
import { labelMethodSchema } from '../tasks/label-method.ts';
import {
  barostatSchema,
  elementsSchema,
  evenlyDividedIssue,
  fitSettingsSchema,
  hasOneSource,
  isEvenlyDivided,
  oneSourceMessage,
  relaxSettingsSchema,
  sha256Schema,
  structureFileSchema,
  structureRecipeShape,
} from '../tasks/schemas.ts';
import { checkBoundaries } from './check-boundaries.ts';
import { annealSchema } from './spec-anneal.ts';
import {
  boundariesSchema,
  macroSchema,
  publishedLineShape,
  publishedModelShape,
  publishedScalesShape,
} from './spec-boundaries.ts';
import { checkGroundStates, groundStateSchema, publishedGroundStateSchema } from './spec-ground-states.ts';
import { named, nameSchema } from './spec-names.ts';
import { checkRunAnalyses, runAnalysisShape } from './spec-run-analyses.ts';
import {
  checkSchemes,
  labelEngineSchema,
  potentialNames,
  publishedTrainingSchema,
  schemeSchema,
  varianceSchema,
} from './spec-scheme.ts';

const filled = (record: object): boolean => Object.keys(record).length > 0;
const percentOfRun = z.number().min(0).max(1);

const { elements: _elements, file: _file, ...recipeShape } = structureRecipeShape;

/** A path relative to the spec, or what a file that the store holds is called and contains. */
const fileSchema = z.union(
  [
    z.string().min(1),
    z.strictObject({
      name: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[^/\\]+$/, 'expected the name of a file, without folders'),
      sha256: sha256Schema,
    }),
  ],
  { error: 'expected the path of a file, or { name, sha256 } of one that the store holds' },
);
export type WrittenFile = z.infer<typeof fileSchema>;

const labelFileSchema = z.strictObject({
  /** Extended XYZ. */
  file: fileSchema,
  method: labelMethodSchema,
});

const trainingSetSchema = z.strictObject({
  labels: z.array(nameSchema).min(1),
  /** Every n-th configuration is kept out of the fits and used for validation only. */
  validationEvery: z.int().min(2).max(1000).optional(),
  /** Labels of different methods may not meet in one training set unless this says so. */
  allowMixedMethods: z.boolean().default(false),
});

const potentialSchema = fitSettingsSchema.extend({
  /** Or a scheme: the final training set of its first run. */
  trainingSet: nameSchema,
  /** From which the random starts derive; the campaign's where left out. */
  seed: z.int().min(0).optional(),
  /** Number of fits, each from a random start of its own. */
  members: z.int().min(1).max(100).default(1),
});

const structureShape = {
  ...recipeShape,
  /** Number of independent draws of vacancies, disorder and displacements. */
  realisations: z.int().min(1).max(100).default(1),
  anneal: annealSchema.optional(),
  /** Under the potential of the runs that start from it; the runs then start from the minimum. */
  relax: relaxSettingsSchema.optional(),
};
const isRelaxedIfAnnealed = ({ anneal, relax }: { readonly anneal?: unknown; readonly relax?: unknown }): boolean =>
  anneal === undefined || relax !== undefined;
const structureSchema = z
  .strictObject({
    ...structureShape,
    /** A file that holds one structure. */
    file: fileSchema.optional(),
  })
  .refine(hasOneSource, oneSourceMessage)
  .refine(isEvenlyDivided, evenlyDividedIssue)
  .refine(isRelaxedIfAnnealed, {
    path: ['anneal'],
    message: 'needs relax beside it: what was cooled is not at its minimum yet',
  });

const watchSchema = z.strictObject({
  everySteps: z.int().min(1).max(10_000).default(10),
  /** A run stops where two atoms come nearer than this fraction of the smallest distance of such a pair in training. */
  pairDistanceFraction: z.number().min(0.1).max(1).default(0.8),
  maxTemperatureFactor: z.number().min(1.1).max(100).default(2.5),
  maxDriftEvPerAtom: z.number().positive().max(10).default(0.02),
  /** In npt; what md.run takes by itself where left out. */
  maxVolumeChange: z.number().positive().max(1).optional(),
  maxPressureGpa: z.number().positive().max(1e4).optional(),
});

/** Of one run. Every segment is an event, and each plan walks over all of them. */
const MAX_SEGMENTS = 100_000;

/** How long the production of one of the spec's runs is, ps. */
export const productionTimePs = (
  dynamics: { readonly production: { readonly timePs: number } },
  run: { readonly productionPs?: number | undefined },
): number => run.productionPs ?? dynamics.production.timePs;

const dynamicsSchema = z
  .strictObject({
    timeStepFs: z.number().positive().max(20).default(2),
    equilibration: z.strictObject({
      timePs: z.number().positive().max(1e6),
      /** nvt where left out. After npt the production has the mean cell of the last equilibration segment. */
      ensemble: z.enum(['nvt', 'npt']).optional(),
      /** Of npt; isotropic at zero pressure where left out. */
      barostat: barostatSchema.optional(),
      /** Velocities scaled to the temperature at the multiples of this step, besides the thermostat. */
      rescaleEverySteps: z.int().min(1).max(1e6).optional(),
      /** Damping of the Nosé–Hoover chain; the paper's "every 100 steps" is read as 100 time steps. */
      dampingFs: z.number().positive().max(1e5).default(200),
    }),
    production: z.strictObject({
      ensemble: z.enum(['nve', 'nvt']).default('nve'),
      timePs: z.number().positive().max(1e6),
      sampleEveryFs: z.number().positive().max(1e6).default(100),
    }),
    /** Length of one md.run event: what a crash can cost, and what an audit recomputes. */
    segmentPs: z.number().positive().max(1e6).default(10),
    watch: watchSchema.prefault({}),
    runs: z
      .array(
        z.strictObject({
          /** What their rows in tables are called; the structure where left out. */
          name: nameSchema.optional(),
          structure: nameSchema,
          potential: nameSchema,
          temperaturesK: z.array(z.number().positive().max(10_000)).min(1).max(50),
          /** Independent runs at each temperature: member m takes fit m, realisation m and velocities of its own. */
          members: z.int().min(1).max(100).default(1),
          /** Production time of these runs, where it is not that of `production`: slow diffusion needs longer ones. */
          productionPs: z.number().positive().max(1e6).optional(),
          /** What of the cell may change in npt, where it is not what the equilibration's barostat says. */
          cell: barostatSchema.shape.cell.optional(),
        }),
      )
      .min(1),
  })
  .superRefine((dynamics, context) => {
    const wholeSteps = (timeFs: number): boolean => {
      const steps = timeFs / dynamics.timeStepFs;
      return Math.abs(steps - Math.round(steps)) < 1e-9 * steps && Math.round(steps) >= 1;
    };
    const demand = (path: (string | number)[], timeFs: number): void => {
      if (!wholeSteps(timeFs)) {
        context.addIssue({
          code: 'custom',
          path,
          message: `must be a whole number of time steps of ${dynamics.timeStepFs} fs`,
        });
      }
    };
    demand(['equilibration', 'timePs'], dynamics.equilibration.timePs * 1000);
    demand(['production', 'timePs'], dynamics.production.timePs * 1000);
    demand(['production', 'sampleEveryFs'], dynamics.production.sampleEveryFs);
    demand(['segmentPs'], dynamics.segmentPs * 1000);
    dynamics.runs.forEach(({ productionPs }, k) => {
      if (productionPs !== undefined) demand(['runs', k, 'productionPs'], productionPs * 1000);
    });
    const { ensemble, barostat } = dynamics.equilibration;
    const demandNpt = (path: (string | number)[], given: unknown): void => {
      if (given === undefined || ensemble === 'npt') return;
      context.addIssue({ code: 'custom', path, message: 'means something with equilibration.ensemble npt only' });
    };
    demandNpt(['equilibration', 'barostat'], barostat);
    dynamics.runs.forEach(({ cell }, k) => {
      demandNpt(['runs', k, 'cell'], cell);
    });
    const longestPs = Math.max(...dynamics.runs.map((run) => productionTimePs(dynamics, run)));
    const segments = (dynamics.equilibration.timePs + longestPs) / dynamics.segmentPs;
    if (segments > MAX_SEGMENTS) {
      context.addIssue({
        code: 'custom',
        path: ['segmentPs'],
        message: `cuts a run into ${Math.ceil(segments)} segments, more than ${MAX_SEGMENTS}; make them longer`,
      });
    }
    const multiple = (dynamics.segmentPs * 1000) / dynamics.production.sampleEveryFs;
    if (Math.abs(multiple - Math.round(multiple)) > 1e-9 * multiple) {
      context.addIssue({
        code: 'custom',
        path: ['segmentPs'],
        message: 'must be a multiple of production.sampleEveryFs',
      });
    }
  });

/** What the row of runs is called in tables. */
export const rowOf = ({
  name,
  structure,
}: {
  readonly name?: string | undefined;
  readonly structure: string;
}): string => name ?? structure;

const analysisSchema = z.strictObject({
  mobileSpecies: z.string().min(1),
  /** Part of the run over which the MSD is fitted; the paper fits 3–5 of 5 ns. */
  fitWindow: z
    .tuple([percentOfRun, percentOfRun])
    .refine(([from, to]) => from < to, 'must rise, e.g. [0.6, 1.0]')
    .default([0.6, 1]),
  /** Diffusion counts as normal where the exponent α of the MSD lies here. */
  alphaRange: z.tuple([z.number(), z.number()]).default([0.9, 1.1]),
  extrapolateToK: z.number().positive().max(10_000).default(300),
  /** Λ of σ = Λ D e²/(kB T): an empirical ratio of carrier density and Haven ratio. */
  conductivityFactorPerA3: z.number().positive().default(21.808e-3),
  ...runAnalysisShape,
});

const publishedSchema = z.strictObject({
  source: z.string().min(1).max(500),
  labels: z.string().max(500),
  potential: z.string().max(500),
  size: z.string().max(500),
  production: z.string().max(500),
  structures: named(z.strictObject({ ...publishedLineShape, ...publishedModelShape })),
  ...publishedScalesShape,
  trainings: named(publishedTrainingSchema).optional(),
  groundStates: z.array(publishedGroundStateSchema).max(100).optional(),
});

const writtenSchema = z.strictObject({
  varve: z.literal(1),
  name: nameSchema,
  /** Every other seed derives from this one and from what it is for. */
  seed: z.int().min(0),
  elements: elementsSchema,
  /**
   * Paths of packs, relative to the spec, whose events a run takes into its store before it begins: what they hold need not
   * be computed again. They change no result, so they are no part of the normalised spec.
   */
  history: z.array(z.string().min(1)).max(20).optional(),
  labels: named(labelFileSchema).refine(filled, 'at least one file of labels is needed'),
  trainingSets: named(trainingSetSchema).refine(filled, 'at least one training set is needed'),
  potentials: named(potentialSchema).refine(filled, 'at least one potential is needed'),
  structures: named(structureSchema).refine(filled, 'at least one structure is needed'),
  dynamics: dynamicsSchema,
  labelEngines: named(labelEngineSchema).optional(),
  schemes: named(schemeSchema).optional(),
  variance: varianceSchema.optional(),
  analysis: analysisSchema,
  boundaries: boundariesSchema.optional(),
  macro: macroSchema.optional(),
  /** Structures at 0 K (Table IV). */
  groundStates: named(groundStateSchema).optional(),
  published: publishedSchema.optional(),
});

/** The spec as it is written, its names checked against each other. */
export const specSchema = writtenSchema.superRefine((spec, context) => {
  const refer = (path: (string | number)[], name: string, among: object, what: string): void => {
    if (Object.hasOwn(among, name)) return;
    const known = Object.keys(among).join(', ');
    context.addIssue({ code: 'custom', path, message: `names no ${what} of this spec; expected one of ${known}` });
  };
  for (const [name, set] of Object.entries(spec.trainingSets)) {
    set.labels.forEach((label, k) => {
      refer(['trainingSets', name, 'labels', k], label, spec.labels, 'labels');
    });
  }
  for (const [name, potential] of Object.entries(spec.potentials)) {
    const sets = { ...spec.trainingSets, ...(spec.schemes ?? {}) };
    refer(['potentials', name, 'trainingSet'], potential.trainingSet, sets, 'training set');
  }
  checkSchemes(spec, (path, message) => context.addIssue({ code: 'custom', path, message }));
  const wholeSteps = (timePs: number): boolean => {
    const steps = (timePs * 1000) / spec.dynamics.timeStepFs;
    return Math.round(steps) >= 1 && Math.abs(steps - Math.round(steps)) < 1e-9 * steps;
  };
  for (const [name, { anneal }] of Object.entries(spec.structures)) {
    for (const field of anneal === undefined ? [] : (['holdPs', 'coolPs'] as const)) {
      if (wholeSteps(anneal![field])) continue;
      const message = `must be a whole number of time steps of ${spec.dynamics.timeStepFs} fs`;
      context.addIssue({ code: 'custom', path: ['structures', name, 'anneal', field], message });
    }
  }
  const potentials = Object.fromEntries(potentialNames(spec).map((name) => [name, true]));
  const points = new Set<string>();
  const structureOfRow = new Map<string, string>();
  spec.dynamics.runs.forEach((run, k) => {
    refer(['dynamics', 'runs', k, 'structure'], run.structure, spec.structures, 'structure');
    refer(['dynamics', 'runs', k, 'potential'], run.potential, potentials, 'potential');
    const row = rowOf(run);
    const ofRow = `${run.structure} under ${run.potential}`;
    if ((structureOfRow.get(row) ?? ofRow) !== ofRow) {
      const message = `the row ${row} is of ${structureOfRow.get(row)} already; give these runs a name of their own`;
      context.addIssue({ code: 'custom', path: ['dynamics', 'runs', k, 'name'], message });
    }
    structureOfRow.set(row, ofRow);
    run.temperaturesK.forEach((temperatureK, t) => {
      const point = `${row} ${temperatureK}`;
      if (points.has(point)) {
        context.addIssue({
          code: 'custom',
          path: ['dynamics', 'runs', k, 'temperaturesK', t],
          message: `${row} at ${temperatureK} K is asked for twice; give it more members instead`,
        });
      }
      points.add(point);
    });
  });
  checkBoundaries(spec, (path, message) => {
    context.addIssue({ code: 'custom', path: [...path], message });
  });
  if (!spec.elements.includes(spec.analysis.mobileSpecies)) {
    context.addIssue({
      code: 'custom',
      path: ['analysis', 'mobileSpecies'],
      message: `is not among the elements ${spec.elements.join(', ')}`,
    });
  }
  const addIssue = (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  checkRunAnalyses(spec, refer, addIssue);
  checkGroundStates(spec, refer, addIssue);
});

export type WrittenSpec = z.infer<typeof writtenSchema>;

/** A file of labels as the normalised spec knows it: by content, not by place. */
export const importedFileSchema = z.strictObject({
  name: z.string(),
  sha256: sha256Schema,
  bytes: z.int(),
  configurations: z.int(),
  method: labelMethodSchema,
  /** What the frames themselves say of their method, where they say anything. */
  methodNotes: z.array(z.string()),
});
export type ImportedFile = z.infer<typeof importedFileSchema>;

/** A file with a structure, likewise. */
const importedStructureSchema = structureFileSchema.extend({ sha256: sha256Schema, bytes: z.int() });
export type ImportedStructure = z.infer<typeof importedStructureSchema>;
const recordedStructureSchema = z
  .strictObject({ ...structureShape, file: importedStructureSchema.optional() })
  .refine(hasOneSource, oneSourceMessage)
  .refine(isEvenlyDivided, evenlyDividedIssue);

/** The spec as a campaign's opening event keeps it; a field that came after the event was recorded takes its default. */
export const recordedSpecSchema = writtenSchema
  .extend({ labels: named(importedFileSchema), structures: named(recordedStructureSchema) })
  .superRefine((spec, context) => {
    const labels = Object.fromEntries(
      Object.entries(spec.labels).map(([name, { name: file, method }]) => [name, { file, method }]),
    );
    const structures = Object.fromEntries(
      Object.entries(spec.structures).map(([name, { file, ...recipe }]) => [
        name,
        file === undefined ? recipe : { ...recipe, file: file.name },
      ]),
    );
    for (const issue of specSchema.safeParse({ ...spec, labels, structures }).error?.issues ?? [])
      context.addIssue({ ...issue });
  });
export type CampaignSpec = z.infer<typeof recordedSpecSchema>;
