/**
 * Geometry optimisation (D4): the atoms, and the cell where it may, to a minimum of E + PV. Deterministic: the same
 * request gives the same bits. The symmetry of the structure is kept where a group of operations is given.
 */
import { InputError } from '../../numerics/input-error.ts';
import { atomCount, type Structure } from '../../structure/structure.ts';
import { requireCell } from '../barostat.ts';
import type { ForceField } from '../force-field.ts';
import { scanPairs } from '../pair-scan.ts';
import { OVERLAP_A } from '../state.ts';
import { DEFAULT_SKIN_A } from '../verlet-list.ts';
import { type StopReason, tooClose } from '../watch.ts';
import { ConjugateGradient } from './conjugate-gradient.ts';
import { EnthalpyLandscape } from './enthalpy-landscape.ts';
import { Fire } from './fire.ts';
import { LimitedMemoryBfgs } from './limited-memory-bfgs.ts';
import type { RelaxedCell } from './strain-variables.ts';
import { type ConstraintOperation, SymmetryConstraint } from './symmetry-constraint.ts';

const methods = { fire: Fire, 'l-bfgs': LimitedMemoryBfgs, 'conjugate-gradient': ConjugateGradient } as const;
export type RelaxMethod = keyof typeof methods;

export interface RelaxRequest {
  /** Not changed. */
  readonly structure: Structure;
  readonly forceField: ForceField;
  readonly method: RelaxMethod;
  readonly cell: RelaxedCell;
  /** Target, GPa, hydrostatic; 0 where left out. Means nothing where the cell is fixed. */
  readonly pressureGpa?: number;
  /** Largest force on an atom at the end, eV/Å. */
  readonly forceToleranceEvA: number;
  /** Largest component of stress + pressure at the end, of what may relax, GPa. */
  readonly stressToleranceGpa: number;
  readonly maxSteps: number;
  /** A whole group; without one, nothing is constrained. */
  readonly symmetry?: readonly ConstraintOperation[];
  /** S×S, smallest allowed distance by species pair, Å; OVERLAP_A for all where left out. */
  readonly pairDistanceA?: Float64Array;
  /** Costs or saves time, and never changes a result. */
  readonly skinA?: number;
  /** After each step: how many were done, and the largest force, eV/Å. */
  readonly onStep?: (step: number, maxForceEvA: number) => void;
}

export interface RelaxReason extends Omit<StopReason, 'quantity'> {
  /** `energy`: nothing lower was found, and it is not converged. */
  readonly quantity: 'pair distance' | 'steps' | 'energy';
}

export type RelaxOutcome =
  | { readonly status: 'converged' }
  | { readonly status: 'stopped'; readonly reason: RelaxReason };

export interface Relaxation {
  readonly structure: Structure;
  readonly energyEv: number;
  /** N×3, eV/Å, as the potential gives them. */
  readonly forcesEvA: Float64Array;
  /** 3×3, GPa, positive in tension. */
  readonly stressGpa: Float64Array;
  readonly maxForceEvA: number;
  /** Of stress + pressure, of what may relax. */
  readonly maxStressGpa: number;
  readonly steps: number;
  readonly evaluations: number;
  /** E + PV at the start and after each step, eV. */
  readonly enthalpiesEv: Float64Array;
  readonly outcome: RelaxOutcome;
}

/**
 * @throws InputError `bad-relaxation`, `bad-cell`, `bad-symmetry`, and what the force field says of a start that it
 * cannot evaluate. Not converging is no error: the outcome says why.
 */
export function relaxStructure(request: RelaxRequest): Relaxation {
  requireRelaxation(request);
  const { structure, forceField, cell, pressureGpa = 0 } = request;
  const constraint = request.symmetry === undefined ? null : new SymmetryConstraint(structure, request.symmetry);
  const skinA = request.skinA ?? DEFAULT_SKIN_A;
  const landscape = new EnthalpyLandscape(structure, forceField, cell, pressureGpa, constraint, skinA);
  const minimiser = new methods[request.method](landscape.start, {
    evaluate: (x, gradient) => landscape.evaluate(x, gradient),
    longestStep: (direction) => landscape.longestStep(direction),
  });
  if (landscape.fault !== null) throw landscape.fault;
  const enthalpiesEv = [minimiser.point.value];
  let steps = 0;
  let residuals = landscape.residuals();
  let outcome: RelaxOutcome | null = null;
  for (;;) {
    const { maxForceEvA, maxStressGpa } = residuals;
    const near = nearPair(request, landscape);
    if (near !== null)
      outcome = { status: 'stopped', reason: tooClose(landscape.structure, near, steps) as RelaxReason };
    else if (maxForceEvA <= request.forceToleranceEvA && maxStressGpa <= request.stressToleranceGpa) {
      outcome = { status: 'converged' };
    } else if (steps >= request.maxSteps) {
      outcome = unfinished('steps', request, residuals, steps, landscape.structure);
    } else if (!minimiser.step()) {
      outcome = unfinished('energy', request, residuals, steps, landscape.structure);
    }
    if (outcome !== null) break;
    steps += 1;
    enthalpiesEv.push(minimiser.point.value);
    residuals = landscape.residuals();
    request.onStep?.(steps, residuals.maxForceEvA);
  }
  const evaluation = landscape.evaluation!;
  return {
    structure: landscape.structure,
    energyEv: evaluation.energyEv,
    forcesEvA: evaluation.forcesEvA.slice(),
    stressGpa: landscape.stressGpa(),
    maxForceEvA: residuals.maxForceEvA,
    maxStressGpa: residuals.maxStressGpa,
    steps,
    evaluations: landscape.evaluations,
    enthalpiesEv: Float64Array.from(enthalpiesEv),
    outcome,
  };
}

function nearPair({ structure, pairDistanceA }: RelaxRequest, { structure: now, list }: EnthalpyLandscape) {
  const species = structure.elements.length;
  const limits = pairDistanceA ?? new Float64Array(species * species).fill(OVERLAP_A);
  return scanPairs(now, list.update(now), limits).tooClose;
}

function unfinished(
  quantity: 'steps' | 'energy',
  request: RelaxRequest,
  { maxForceEvA, maxStressGpa, atom }: ReturnType<EnthalpyLandscape['residuals']>,
  step: number,
  { elements, species }: Structure,
): RelaxOutcome {
  const where = `${elements[species[atom]!]} atom ${atom}`;
  const left =
    `the largest force is ${maxForceEvA.toPrecision(4)} eV/Å on ${where}, ` +
    `the largest stress ${maxStressGpa.toPrecision(4)} GPa`;
  const what =
    quantity === 'steps'
      ? `after ${step} steps, all that were allowed,`
      : `after ${step} steps no lower energy was found:`;
  return {
    status: 'stopped',
    reason: {
      quantity,
      value: quantity === 'steps' ? step : maxForceEvA,
      limit: quantity === 'steps' ? request.maxSteps : request.forceToleranceEvA,
      unit: quantity === 'steps' ? '' : 'eV/Å',
      step,
      atom,
      elements: [elements[species[atom]!]!],
      message: `${what} ${left}`,
    },
  };
}

function requireRelaxation(request: RelaxRequest): void {
  const { structure, cell, pressureGpa = 0, forceToleranceEvA, stressToleranceGpa, maxSteps } = request;
  const fail = (what: string, found: number): never => {
    throw new InputError('bad-relaxation', what, { found: String(found) });
  };
  if (atomCount(structure) < 1) fail('there is no atom to relax', 0);
  if (!(forceToleranceEvA > 0)) fail('forceToleranceEvA must be positive', forceToleranceEvA);
  if (!(stressToleranceGpa > 0)) fail('stressToleranceGpa must be positive', stressToleranceGpa);
  if (!(Number.isInteger(maxSteps) && maxSteps > 0)) fail('maxSteps must be a positive integer', maxSteps);
  if (!Number.isFinite(pressureGpa)) fail('pressureGpa must be finite', pressureGpa);
  if (cell !== 'fixed') requireCell(structure, structure.cellA);
}
