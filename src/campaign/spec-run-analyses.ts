/** Analyses of the spec's runs besides diffusion: jumps between cages, radial distributions, displacements (R7, R8). */
import { z } from 'zod';
import { cageRuleShape, densitySchema, displacementShape, radialShape } from '../tasks/analysis-schemas.ts';
import type { WrittenSpec } from './spec.ts';
import { nameSchema } from './spec-names.ts';

/** Which of the runs; all where left out. */
const chosenRuns = {
  structures: z.array(nameSchema).min(1).optional(),
  temperaturesK: z.array(z.number().positive()).min(1).optional(),
};
const everyFrames = z.int().min(1).max(1e6).default(10);

export const runAnalysisShape = {
  /** Of bulk structures alone: at a boundary cages are broken. */
  jumps: z.strictObject({ ...cageRuleShape, ...chosenRuns }).optional(),
  rdf: z
    .strictObject({
      ...radialShape,
      everyFrames,
      /** Labels whose configurations are laid beside, such as those of ab initio molecular dynamics. */
      labels: z.array(nameSchema).optional(),
      ...chosenRuns,
    })
    .optional(),
  displacements: z
    .strictObject({
      ...displacementShape,
      /** After how long; after the whole production where left out. */
      lagsPs: z.array(z.number().positive()).min(1).max(20).optional(),
      density: densitySchema.extend({ everyFrames }).optional(),
      ...chosenRuns,
    })
    .optional(),
};

export const RUN_ANALYSES = ['jumps', 'rdf', 'displacements'] as const;
export type RunAnalysisName = (typeof RUN_ANALYSES)[number];

type Path = (string | number)[];
export type Refer = (path: Path, name: string, among: object, what: string) => void;
export type AddIssue = (path: Path, message: string) => void;

/** Names, species and times of the sections, against the rest of the spec. */
export function checkRunAnalyses(spec: WrittenSpec, refer: Refer, addIssue: AddIssue): void {
  for (const name of RUN_ANALYSES) checkChosen(spec, name, refer, addIssue);
  const { jumps, rdf, displacements } = spec.analysis;
  const demandElement = (path: Path, element: string): void => {
    if (spec.elements.includes(element)) return;
    addIssue(['analysis', ...path], `is not among the elements ${spec.elements.join(', ')}`);
  };
  if (jumps !== undefined) {
    demandElement(['jumps', 'centre'], jumps.centre);
    if (jumps.notBondedTo !== undefined) demandElement(['jumps', 'notBondedTo'], jumps.notBondedTo);
  }
  rdf?.pairs.forEach((pair, k) => {
    pair.forEach((element, of) => {
      demandElement(['rdf', 'pairs', k, of], element);
    });
  });
  rdf?.labels?.forEach((labels, k) => {
    refer(['analysis', 'rdf', 'labels', k], labels, spec.labels, 'labels');
  });
  displacements?.lagsPs?.forEach((lagPs, k) => {
    const { sampleEveryFs, timePs } = spec.dynamics.production;
    const chosen = chosenOf(spec, 'displacements');
    const shortestPs = Math.min(...chosen.map(({ productionPs }) => productionPs ?? timePs));
    const frames = (lagPs * 1000) / sampleEveryFs;
    const path = ['analysis', 'displacements', 'lagsPs', k];
    if (Math.round(frames) < 1 || Math.abs(frames - Math.round(frames)) > 1e-9 * frames) {
      addIssue(path, `must be a multiple of production.sampleEveryFs, ${sampleEveryFs} fs`);
    } else if (lagPs > shortestPs) addIssue(path, `is longer than the production of a run, ${shortestPs} ps`);
  });
}

function chosenOf(spec: WrittenSpec, name: RunAnalysisName): WrittenSpec['dynamics']['runs'] {
  const structures = spec.analysis[name]?.structures;
  return spec.dynamics.runs.filter(({ structure }) => structures?.includes(structure) ?? true);
}

function checkChosen(spec: WrittenSpec, name: RunAnalysisName, refer: Refer, addIssue: AddIssue): void {
  const { structures, temperaturesK } = spec.analysis[name] ?? {};
  structures?.forEach((structure, k) => {
    const path = ['analysis', name, 'structures', k];
    refer(path, structure, spec.structures, 'structure');
    if (!Object.hasOwn(spec.structures, structure)) return;
    if (!spec.dynamics.runs.some((run) => run.structure === structure)) {
      addIssue(path, 'is the structure of none of the runs under dynamics.runs');
    } else if (name === 'jumps' && hasBoundaries(spec, structure)) {
      addIssue(path, 'has grain boundaries, where cages are broken: jumps are those of bulk structures');
    }
  });
  const run = new Set(chosenOf(spec, name).flatMap((chosen) => chosen.temperaturesK));
  temperaturesK?.forEach((temperatureK, k) => {
    if (run.has(temperatureK)) return;
    const known = [...run].sort((a, b) => a - b).join(', ');
    addIssue(['analysis', name, 'temperaturesK', k], `is the temperature of no run; expected one of ${known}`);
  });
}

/** Whether a structure is a bicrystal. */
export function hasBoundaries(
  {
    structures,
  }: { readonly structures: { readonly [name: string]: Pick<WrittenSpec['structures'][string], 'boundary'> } },
  structure: string,
): boolean {
  const boundary = structures[structure]?.boundary;
  return boundary !== undefined && boundary.reference === undefined;
}
