/**
 * The extrapolation grade of structures against an active set, cheap enough for every few steps of molecular dynamics:
 * rows by the kernel of compiled-rows.ts, their products with A⁻¹ by that of grade-kernel.ts.
 */
import { InputError } from '../numerics/input-error.ts';
import type { NeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { type ActiveSet, requireSamePotential } from './active-set.ts';
import { candidateRows, type GradeMode, requireAtoms } from './candidate-rows.ts';
import { createCompiledRows } from './compiled-rows.ts';
import { type MtpPotential, radialCount } from './potential.ts';
import { RowGrades } from './row-grades.ts';

export interface Grade {
  /** γ; at most 1 where the structure is interpolated. */
  readonly grade: number;
  /** In neighbourhood mode the atom, from 0, with the largest grade (the first of equals). */
  readonly atom: number | null;
  /** In neighbourhood mode the grade of each atom. */
  readonly atomGrades: Float64Array | null;
}

export interface Grader {
  readonly mode: GradeMode;
  /** WebAssembly modules used. */
  readonly modules: readonly Uint8Array<ArrayBuffer>[];
  /**
   * @param list neighbours of `structure`, with a reach of at least the cutoff
   * @throws InputError `non-finite-result`, and as `ParameterRows.visit` does
   */
  grade(structure: Structure, list: NeighbourList): Grade;
}

/** Keeps its memory between calls. @throws InputError `other-potential`, `bad-potential` */
export function createGrader(set: ActiveSet, potential: MtpPotential): Grader {
  requireSamePotential(set, potential);
  const source = createCompiledRows(potential);
  const radial = radialCount(potential);
  const isNeighbourhood = set.mode === 'neighbourhood';
  const head = isNeighbourhood ? radial / potential.speciesCount : 0;
  const rowGrades = new RowGrades(set.inverse, { size: source.length, head, tailFrom: isNeighbourhood ? radial : 0 });

  const ofConfiguration = (structure: Structure, list: NeighbourList): Grade => {
    let grade = 0;
    const found = (_: number, value: number): void => {
      grade = value;
    };
    rowGrades.add(candidateRows(source, set, structure, list), 0, 0, 0, found);
    rowGrades.finish(found);
    if (!Number.isFinite(grade)) throw notFinite(grade);
    return { grade, atom: null, atomGrades: null };
  };

  const ofAtoms = (structure: Structure, list: NeighbourList): Grade => {
    requireAtoms(structure);
    const atomGrades = new Float64Array(structure.species.length);
    // An error may have left rows of the structure before.
    rowGrades.clear();
    const found = (atom: number, value: number): void => {
      atomGrades[atom] = value;
    };
    source.visit(structure, list, (first, count, rows) => {
      for (let i = 0; i < count; i++) {
        rowGrades.add(rows, source.length * i, head * structure.species[first + i]!, first + i, found);
      }
    });
    rowGrades.finish(found);
    let atom = 0;
    for (let i = 0; i < atomGrades.length; i++) {
      if (!Number.isFinite(atomGrades[i]!)) throw notFinite(atomGrades[i]!, i);
      if (atomGrades[i]! > atomGrades[atom]!) atom = i;
    }
    return { grade: atomGrades[atom]!, atom, atomGrades };
  };
  return {
    mode: set.mode,
    modules: [source.module, rowGrades.module],
    grade: isNeighbourhood ? ofAtoms : ofConfiguration,
  };
}

const notFinite = (grade: number, atom?: number): InputError =>
  new InputError('non-finite-result', 'the grade is not a number', {
    ...(atom === undefined ? {} : { where: `atom ${atom + 1} (counted from 1)` }),
    found: String(grade),
    remedy: 'atoms that are much too near, or a potential far outside its training set, give such numbers',
  });
