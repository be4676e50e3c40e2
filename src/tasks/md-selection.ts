/**
 * What a run keeps for labels while it goes on (P6): states whose grade exceeds a threshold; and where something else than
 * the grade ended it, the state that it came to, which the potential knows too little of whatever its grade.
 */

import type { GradeWatch, SelectedState } from '../dynamics/grade-watch.ts';
import type { Segment } from '../dynamics/md-segment.ts';
import { structureAt } from '../dynamics/state.ts';
import { readActiveSet } from '../formats/active-set-bundle.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { writeConfigurations } from '../formats/configuration-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { createGrader, type Grader } from '../potential/grader.ts';
import type { MtpPotential } from '../potential/potential.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { blobName, type OutputBlob, singleInput, type TaskContext } from './task-kind.ts';

type Graded = Pick<Segment, 'selected' | 'largestGrade' | 'outcome' | 'finalState'>;

export interface RunSelection {
  readonly watch: GradeWatch;
  readonly modules: readonly Uint8Array[];
  /** The output `selected` where there is something to label, and what is worth querying. */
  of(segment: Graded): { readonly outputs: { readonly [name: string]: OutputBlob }; readonly results: JsonObject };
}

/** @throws InputError `other-potential` where the active set is not this potential's */
export function openSelection<P>(
  context: TaskContext<P>,
  { selectAbove, stopAbove, everySteps }: Omit<GradeWatch, 'grader'>,
  potential: MtpPotential,
  structure: Structure,
): RunSelection {
  const blob = singleInput(context, 'activeSet');
  const grader = createGrader(readActiveSet(blob.bytes, blobName(blob)), potential);
  return {
    watch: { grader, selectAbove, stopAbove, everySteps },
    modules: grader.modules,
    of(segment) {
      const states = [...segment.selected, ...endState(segment, structure, grader, potential.maxDistanceA)];
      const { largestGrade } = segment;
      return {
        outputs:
          states.length === 0
            ? {}
            : { selected: { bytes: writeConfigurations(states), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
        results: {
          selected: states.length,
          ...(largestGrade === null ? {} : { largestGrade: largestGrade.grade }),
        },
      };
    },
  };
}

/** Where a run ended early for another reason than its grade; nothing where that state cannot be graded. */
function endState(
  { outcome, finalState, selected }: Graded,
  structure: Structure,
  grader: Grader,
  cutoffA: number,
): SelectedState[] {
  if (outcome.status === 'completed' || outcome.reason.quantity === 'extrapolation grade') return [];
  if (selected.at(-1)?.step === finalState.step) return [];
  const at = structureAt(structure, finalState);
  try {
    const { grade, atom } = grader.grade(at, buildNeighbourList(at, cutoffA));
    return [{ step: finalState.step, grade, atom, structure: at }];
  } catch (error) {
    if (error instanceof InputError && error.code === 'non-finite-result') return [];
    throw error;
  }
}
