/** Structures at 0 K (D3, D4, R9; the paper's Table IV): relaxed with their symmetry kept, or annealed and quenched. */
import { z } from 'zod';
import { phononShape } from '../tasks/analysis-schemas.ts';
import { relaxSettingsSchema, symmetryToleranceSchema } from '../tasks/schemas.ts';
import type { WrittenSpec } from './spec.ts';
import { annealSchema } from './spec-anneal.ts';
import { nameSchema } from './spec-names.ts';
import type { AddIssue, Refer } from './spec-run-analyses.ts';
import { potentialNames } from './spec-scheme.ts';

export const GROUND_STATE_METHODS = ['symmetric', 'annealed'] as const;
export type GroundStateMethod = (typeof GROUND_STATE_METHODS)[number];

export const groundStateSchema = z.strictObject({
  structure: nameSchema,
  potential: nameSchema,
  /** Which fit of the potential, from 1. */
  fit: z.int().min(1).max(100).default(1),
  methods: z
    .array(z.enum(GROUND_STATE_METHODS))
    .min(1)
    .refine((methods) => new Set(methods).size === methods.length, 'a method is named twice')
    .default([...GROUND_STATE_METHODS]),
  /** Of all methods; bulk keeps its shape while it is isotropic. */
  relax: relaxSettingsSchema.omit({ symmetry: true }).prefault({ forceToleranceEvA: 1e-4, stressToleranceGpa: 1e-3 }),
  /** Of the method `annealed`. */
  anneal: annealSchema.optional(),
  /** Operations that the structure has to this tolerance are kept by `symmetric`. */
  symmetryToleranceA: symmetryToleranceSchema,
  /** Of the space group that is named. */
  symprecA: z.number().positive().max(0.5).default(0.01),
  /** None are computed where left out. */
  phonons: z.strictObject(phononShape).optional(),
  /** Another of these, whose `symmetric` structure ΔE is from; its own where left out. */
  reference: nameSchema.optional(),
});
export type GroundStateSpec = z.infer<typeof groundStateSchema>;

const quantity = z.number().optional();
/** A row of a published table: beside the ground state and method that it names, or by itself. */
export const publishedGroundStateSchema = z
  .strictObject({
    groundState: nameSchema.optional(),
    method: z.enum(GROUND_STATE_METHODS).optional(),
    /** As the table calls it, e.g. `DFT, USPEX`: needed where the row stands by itself. */
    heading: z.string().min(1).max(200).optional(),
    atoms: z.int().min(1).optional(),
    latticeConstantA: quantity,
    spaceGroup: z.string().min(1).max(20).optional(),
    spaceGroupNumber: z.int().min(1).max(230).optional(),
    stability: z.enum(['stable', 'unstable']).optional(),
    energyDifferenceMevAtom: quantity,
  })
  .refine((row) => (row.groundState === undefined) === (row.method === undefined), {
    message: 'names a ground state and its method, or neither',
  })
  .refine((row) => row.groundState !== undefined || row.heading !== undefined, {
    message: 'needs a heading, or the ground state and method that it stands beside',
  })
  .refine((row) => (row.spaceGroup === undefined) === (row.spaceGroupNumber === undefined), {
    message: 'gives spaceGroup and spaceGroupNumber together',
  });

export function checkGroundStates(spec: WrittenSpec, refer: Refer, addIssue: AddIssue): void {
  const all = spec.groundStates ?? {};
  const potentials = Object.fromEntries(potentialNames(spec).map((name) => [name, true]));
  for (const [name, state] of Object.entries(all)) {
    const at = (field: string): (string | number)[] => ['groundStates', name, field];
    refer(at('structure'), state.structure, spec.structures, 'structure');
    refer(at('potential'), state.potential, potentials, 'potential');
    const members = spec.potentials[state.potential]?.members ?? state.fit;
    if (state.fit > members) addIssue(at('fit'), `the potential has ${members} ${members === 1 ? 'fit' : 'fits'}`);
    checkStructure(spec, state, at('structure'), addIssue);
    const anneals = state.methods.includes('annealed');
    if (anneals && state.anneal === undefined) addIssue(at('methods'), 'annealed needs `anneal` beside it');
    if (!anneals && state.anneal !== undefined) addIssue(at('anneal'), 'means something with the method annealed only');
    for (const field of state.anneal === undefined ? [] : (['holdPs', 'coolPs'] as const)) {
      const steps = (state.anneal![field] * 1000) / spec.dynamics.timeStepFs;
      if (Math.round(steps) >= 1 && Math.abs(steps - Math.round(steps)) < 1e-9 * steps) continue;
      addIssue([...at('anneal'), field], `must be a whole number of time steps of ${spec.dynamics.timeStepFs} fs`);
    }
    if (state.reference === undefined) continue;
    refer(at('reference'), state.reference, all, 'ground state');
    const reference = all[state.reference];
    if (reference === undefined) continue;
    if (!reference.methods.includes('symmetric')) addIssue(at('reference'), 'lacks the method symmetric');
    if (reference.potential !== state.potential || reference.fit !== state.fit) {
      addIssue(at('reference'), 'is of another potential or fit: energies of two potentials are not to be compared');
    }
  }
  spec.published?.groundStates?.forEach((row, k) => {
    if (row.groundState === undefined) return;
    const path = ['published', 'groundStates', k];
    refer([...path, 'groundState'], row.groundState, all, 'ground state');
    const methods = all[row.groundState]?.methods;
    if (methods?.includes(row.method!) === false) {
      addIssue([...path, 'method'], `is none of that ground state: ${methods.join(', ')}`);
    }
  });
}

function checkStructure(
  spec: WrittenSpec,
  { structure: name, methods }: GroundStateSpec,
  path: (string | number)[],
  addIssue: AddIssue,
): void {
  const structure = spec.structures[name];
  if (structure === undefined) return;
  if (structure.boundary !== undefined) {
    addIssue(path, 'is made of coincidence cells; a lattice constant is that of a crystal');
  }
  const random = structure.rattleA !== undefined || structure.prototype?.cationSites === '48h';
  if (methods.includes('symmetric') && random) {
    addIssue(path, 'has displaced atoms and so no symmetry to keep; name a structure without rattleA and 48h sites');
  }
}
