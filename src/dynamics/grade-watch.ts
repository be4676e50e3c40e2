/**
 * Selection on the fly (Podryabinkin & Shapeev 2017; "sample" of MLIP-2): at the multiples of some number of steps the
 * state is graded against the potential's active set. States above one grade are kept, for labels; above another the run
 * stops. Grading reads the state and changes nothing: a run has the same bits with and without.
 */
import { InputError } from '../numerics/input-error.ts';
import type { Grader } from '../potential/grader.ts';
import type { Structure } from '../structure/structure.ts';
import type { Propagator } from './propagator.ts';
import type { StopReason } from './watch.ts';

export interface GradeWatch {
  /** Of the potential that gives the forces; its cutoff is the force field's. */
  readonly grader: Pick<Grader, 'grade'>;
  /** Usually 2. */
  readonly selectAbove: number;
  /** Usually 5 to 10; Infinity to stop at none. */
  readonly stopAbove: number;
  readonly everySteps: number;
}

export interface SelectedState {
  readonly step: number;
  readonly grade: number;
  /** With the largest grade, from 0; null where configurations are graded as a whole. */
  readonly atom: number | null;
  /** A copy. */
  readonly structure: Structure;
}

export type LargestGrade = Omit<SelectedState, 'structure'>;

/** @throws InputError `bad-watch` */
export function requireGradeWatch({ selectAbove, stopAbove, everySteps }: GradeWatch): void {
  const fail = (what: string, found: number): never => {
    throw new InputError('bad-watch', what, { found: String(found) });
  };
  if (!(selectAbove >= 0)) fail('selectAbove must be a number from 0', selectAbove);
  if (!(stopAbove >= selectAbove)) fail('stopAbove must not be below selectAbove', stopAbove);
  if (!(Number.isInteger(everySteps) && everySteps > 0)) fail('everySteps must be a positive integer', everySteps);
}

export class GradeGuard {
  readonly #watch: GradeWatch;
  readonly selected: SelectedState[] = [];
  largest: LargestGrade | null = null;

  constructor(watch: GradeWatch) {
    this.#watch = watch;
  }

  /**
   * Looks at the state that the propagator is at. The first state of a segment is the last of the segment before, which
   * has looked at it already: `isStart` passes it over, but for the start of the run.
   */
  check(run: Propagator, isStart: boolean): StopReason | null {
    const { step } = run.state;
    const { everySteps, selectAbove, stopAbove, grader } = this.#watch;
    if (step % everySteps !== 0 || (isStart && step !== 0)) return null;
    const found = gradeOrNull(grader, run);
    if (found === null) return tooLarge(run, null, null, stopAbove);
    const { grade, atom } = found;
    if (this.largest === null || grade > this.largest.grade) this.largest = { step, grade, atom };
    if (grade > selectAbove) this.selected.push({ step, grade, atom, structure: copied(run.structure) });
    return grade > stopAbove ? tooLarge(run, grade, atom, stopAbove) : null;
  }
}

/** null where the grade is beyond all numbers. */
function gradeOrNull(grader: GradeWatch['grader'], run: Propagator): { grade: number; atom: number | null } | null {
  try {
    return grader.grade(run.structure, run.list.update(run.structure));
  } catch (error) {
    if (error instanceof InputError && error.code === 'non-finite-result') return null;
    throw error;
  }
}

function tooLarge(run: Propagator, grade: number | null, atom: number | null, limit: number): StopReason {
  const { step } = run.state;
  const { elements: symbols, species } = run.structure;
  const elements = atom === null ? [] : [symbols[species[atom]]];
  const what =
    grade === null ? 'was not a finite number' : `was ${Number(grade.toPrecision(4))}, above the ${limit} allowed`;
  return {
    quantity: 'extrapolation grade',
    value: grade,
    limit: Number.isFinite(limit) ? limit : null,
    unit: '',
    step,
    atom,
    elements,
    message:
      `at step ${step}, the extrapolation grade ${what}` +
      `${atom === null ? '' : `; the atom with the largest is ${elements[0]} atom ${atom}`}`,
  };
}

const copied = (structure: Structure): Structure => ({
  ...structure,
  cellA: structure.cellA.slice(),
  positionsA: structure.positionsA.slice(),
});
