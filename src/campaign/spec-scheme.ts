/**
 * What a spec says of active learning: label engines, the quality-level-based scheme (A1–A5), and the study of the
 * statistical variation of what comes out of it (V-A, V-B, V-C).
 */
import { z } from 'zod';
import {
  activeSetSchema,
  barostatSchema,
  fitSettingsSchema,
  gradeWatchSchema,
  selectSchema,
} from '../tasks/schemas.ts';
import { nameSchema } from './spec-names.ts';

const temperatureSchema = z.number().positive().max(10_000);
const timePsSchema = z.number().positive().max(1e6);
const dampingFsSchema = z.number().positive().max(1e5).default(200);

/** Where labels come from while a campaign runs. */
export const labelEngineSchema = z.discriminatedUnion('engine', [
  z.strictObject({
    /** A potential that stands in for a DFT code, and is named as what it is. */
    engine: z.literal('reference'),
    /** One of the spec's potentials; its first fit. */
    potential: nameSchema,
  }),
]);
export type LabelEngine = z.infer<typeof labelEngineSchema>;

const levelsSchema = z
  .array(fitSettingsSchema.shape.level)
  .min(1)
  .refine((levels) => levels.every((level, k) => k === 0 || level > levels[k - 1]!), 'must rise, e.g. [4, 6, 8]');

/** A1: molecular dynamics under the label engine itself, in NVT. */
const initialSchema = z.strictObject({
  /** Structures, each realisation of which gives a run. */
  structures: z.array(nameSchema).min(1),
  temperatureK: temperatureSchema.default(1500),
  dampingFs: dampingFsSchema,
  timePs: timePsSchema,
  /** From one frame of the pool to the next: pre-training chooses among these. */
  poolEveryFs: z.number().positive().max(1e6),
  /** From one frame that is labelled at once to the next ("sub-sample"). */
  labelEveryFs: z.number().positive().max(1e6),
});

/** A3: runs under the potential of the moment, which grade themselves. */
const samplingSchema = z.strictObject({
  temperatureK: temperatureSchema.default(1000),
  timePs: timePsSchema,
  ensemble: z.enum(['nvt', 'npt']).default('npt'),
  dampingFs: dampingFsSchema,
  /** Of npt. */
  barostat: barostatSchema.prefault({ cell: 'isotropic' }),
  grades: gradeWatchSchema.prefault({}),
  /** Of one target at one level, at most; the scheme goes on all the same, and says so. */
  maxIterations: z.int().min(1).max(1000).default(20),
});

/** A5: a run under the final potential of the scheme's first run, labelled. */
const validationSchema = z.strictObject({
  structure: nameSchema,
  temperatureK: temperatureSchema.default(600),
  dampingFs: dampingFsSchema,
  /** Left out at the beginning. */
  equilibrationPs: timePsSchema,
  timePs: timePsSchema,
  labelEveryFs: z.number().positive().max(1e6),
});

const schemeFitSchema = fitSettingsSchema.omit({ level: true });

export const schemeSchema = z.strictObject({
  engine: nameSchema,
  levels: levelsSchema,
  /** At each level the first fit, from a random start. */
  fit: schemeFitSchema.prefault({}),
  /** When configurations were added: what differs from `fit`. */
  refit: z
    .strictObject({
      /** From the potential before, or from a random start of its own. */
      from: z.enum(['potential', 'seed']).default('potential'),
      maxIterations: z.int().min(1).max(100_000).optional(),
      refineIterations: z.int().min(1).max(10_000).optional(),
    })
    .prefault({}),
  activeSet: activeSetSchema.prefault({}),
  select: selectSchema.prefault({}),
  initial: initialSchema,
  /** How often configurations of the pool are added before active learning, at each level. */
  preTraining: z.int().min(0).max(100).default(1),
  /** Structures, each realisation of which is learnt in turn. */
  targets: z.array(nameSchema).min(1),
  sampling: samplingSchema,
  /** A label with a larger force than this stays out of the training set. */
  maxForceEvA: z.number().positive().max(1e6).default(50),
  /** How many times the whole scheme is run, with seeds of its own. */
  runs: z.int().min(1).max(100).default(1),
  validation: validationSchema.optional(),
});
export type Scheme = z.infer<typeof schemeSchema>;

/** D of one structure under every level's potentials, with what varies between them (Fig. 4). */
export const varianceSchema = z.strictObject({
  scheme: nameSchema,
  structure: nameSchema,
  temperatureK: temperatureSchema,
  /** The scheme's where left out. */
  levels: levelsSchema.optional(),
  /** Runs under one potential, that of the scheme's first run (set A). */
  samplingRuns: z.int().min(1).max(100).default(5),
  /** Fits to the final training set of the scheme's first run, each with one run (set B). */
  fits: z.int().min(0).max(100).default(10),
  /** Set C has a run under the potential of each of the scheme's runs. */
  productionPs: timePsSchema.optional(),
});
export type Variance = z.infer<typeof varianceSchema>;

const publishedNumber = z.number().min(0).optional();

/** A line of Table III, by scheme. */
export const publishedTrainingSchema = z.strictObject({
  atoms: publishedNumber,
  configurations: publishedNumber,
  trainingEnergyMevAtom: publishedNumber,
  trainingForceEvA: publishedNumber,
  validationEnergyMevAtom: publishedNumber,
  validationForceEvA: publishedNumber,
});

/** What a scheme's potential of a level is called. */
export const schemePotential = (scheme: string, level: number): string => `${scheme}-level-${level}`;

/** What the potentials that are fitted once more to a scheme's final training set are called (set B). */
export const refitPotential = (scheme: string, level: number): string => `${scheme}-refit-level-${level}`;

/** The part of a spec that the checks below look at. */
interface Named {
  readonly potentials: { readonly [name: string]: { readonly trainingSet: string } };
  readonly structures: object;
  readonly trainingSets: object;
  readonly labelEngines?: { readonly [name: string]: LabelEngine } | undefined;
  readonly schemes?: { readonly [name: string]: Scheme } | undefined;
  readonly variance?: Variance | undefined;
  readonly dynamics: { readonly timeStepFs: number };
}

/** Names of all potentials that runs can use. */
export const potentialNames = ({ potentials, schemes = {} }: Pick<Named, 'potentials' | 'schemes'>): string[] => [
  ...Object.keys(potentials),
  ...Object.entries(schemes).flatMap(([name, { levels }]) => levels.map((level) => schemePotential(name, level))),
];

type Complain = (path: (string | number)[], message: string) => void;

/** What no single field can tell: names that name nothing, times that are no whole number of steps. */
export function checkSchemes(spec: Named, complain: Complain): void {
  const refer = (path: (string | number)[], name: string, among: object, what: string): void => {
    if (Object.hasOwn(among, name)) return;
    const known = Object.keys(among).join(', ') || 'none, as there are none';
    complain(path, `names no ${what} of this spec; expected one of ${known}`);
  };
  const demandSteps = (path: (string | number)[], timeFs: number): void => {
    const steps = timeFs / spec.dynamics.timeStepFs;
    if (Math.round(steps) >= 1 && Math.abs(steps - Math.round(steps)) < 1e-9 * steps) return;
    complain(path, `must be a whole number of time steps of ${spec.dynamics.timeStepFs} fs`);
  };
  const demandMultiple = (path: (string | number)[], timeFs: number, ofFs: number, what: string): void => {
    const ratio = timeFs / ofFs;
    if (Math.round(ratio) >= 1 && Math.abs(ratio - Math.round(ratio)) < 1e-9 * ratio) return;
    complain(path, `must be a multiple of ${what}, ${ofFs} fs`);
  };
  const { schemes = {}, labelEngines = {}, variance } = spec;
  for (const [name, scheme] of Object.entries(schemes)) {
    const at = (...path: (string | number)[]): (string | number)[] => ['schemes', name, ...path];
    if (Object.hasOwn(spec.trainingSets, name)) complain(at(), 'is the name of a training set too');
    for (const level of scheme.levels) {
      if (!Object.hasOwn(spec.potentials, schemePotential(name, level))) continue;
      complain(at(), `gives a potential ${schemePotential(name, level)}, and another of that name is under potentials`);
    }
    refer(at('engine'), scheme.engine, labelEngines, 'label engine');
    scheme.initial.structures.forEach((structure, k) => {
      refer(at('initial', 'structures', k), structure, spec.structures, 'structure');
    });
    scheme.targets.forEach((structure, k) => {
      refer(at('targets', k), structure, spec.structures, 'structure');
    });
    const { initial, sampling, validation } = scheme;
    demandSteps(at('initial', 'timePs'), initial.timePs * 1000);
    demandSteps(at('initial', 'poolEveryFs'), initial.poolEveryFs);
    demandMultiple(at('initial', 'labelEveryFs'), initial.labelEveryFs, initial.poolEveryFs, 'poolEveryFs');
    if (initial.labelEveryFs > initial.timePs * 1000) complain(at('initial', 'labelEveryFs'), 'is longer than timePs');
    demandSteps(at('sampling', 'timePs'), sampling.timePs * 1000);
    if (sampling.grades.stopAbove < sampling.grades.selectAbove) {
      complain(at('sampling', 'grades', 'stopAbove'), 'must not be below selectAbove');
    }
    if (validation === undefined) continue;
    refer(at('validation', 'structure'), validation.structure, spec.structures, 'structure');
    demandSteps(at('validation', 'timePs'), validation.timePs * 1000);
    if (validation.labelEveryFs > validation.timePs * 1000) {
      complain(at('validation', 'labelEveryFs'), 'is longer than timePs');
    }
    demandSteps(at('validation', 'labelEveryFs'), validation.labelEveryFs);
    demandMultiple(
      at('validation', 'equilibrationPs'),
      validation.equilibrationPs * 1000,
      validation.labelEveryFs,
      'labelEveryFs',
    );
  }
  for (const [name, engine] of Object.entries(labelEngines)) {
    const path = ['labelEngines', name, 'potential'];
    refer(path, engine.potential, spec.potentials, 'potential');
    const set = Object.hasOwn(spec.potentials, engine.potential)
      ? spec.potentials[engine.potential]!.trainingSet
      : undefined;
    if (set !== undefined && Object.hasOwn(schemes, set)) {
      complain(path, `is fitted to the training set of the scheme ${set}; expected one that is fitted to labels`);
    }
  }
  if (variance === undefined) return;
  refer(['variance', 'scheme'], variance.scheme, schemes, 'scheme');
  refer(['variance', 'structure'], variance.structure, spec.structures, 'structure');
  if (variance.productionPs !== undefined) demandSteps(['variance', 'productionPs'], variance.productionPs * 1000);
  if (!Object.hasOwn(schemes, variance.scheme)) return;
  const known = schemes[variance.scheme]!.levels;
  variance.levels?.forEach((level, k) => {
    if (!known.includes(level)) {
      complain(['variance', 'levels', k], `is no level of the scheme; expected one of ${known.join(', ')}`);
    }
  });
  const others = potentialNames(spec);
  for (const refit of known.map((level) => refitPotential(variance.scheme, level))) {
    if (others.includes(refit))
      complain(['variance', 'scheme'], `gives a potential ${refit}, and another has that name`);
  }
}
