/** How many iterations a segment of a fit takes at most, and how many are left after it: as `potential.fit` counts them. */
import type { StoredEvent, Task } from '../../../store/event.ts';
import type { JsonObject } from '../../formats/json-document.ts';
import { REFINEMENT_COST } from '../../potential/fit-state.ts';

const numberOf = (params: JsonObject, name: string): number => (typeof params[name] === 'number' ? params[name] : 0);

/** @param previous the segment before, recorded or imagined; undefined of a first segment */
function iterationsBefore({ params }: Task, previous: StoredEvent | undefined): number {
  const refinement = REFINEMENT_COST * numberOf(params, 'refineIterations');
  const main = numberOf(params, 'maxIterations');
  if (previous === undefined) return numberOf(params, 'preIterations') + main + refinement;
  const { results } = previous.core;
  if (typeof results.iterationsLeft === 'number') return results.iterationsLeft;
  const iteration = numberOf(results, 'iterations');
  if (results.phase === 'refinement') return refinement - REFINEMENT_COST * iteration;
  return (results.phase === 'main' ? 0 : numberOf(params, 'preIterations')) + main + refinement - iteration;
}

/** Version 1 did a whole fit as one segment. */
const segmentLength = ({ params }: Task): number =>
  typeof params.segmentIterations === 'number' ? params.segmentIterations : Number.POSITIVE_INFINITY;

export const iterationsOf = (task: Task, previous: StoredEvent | undefined): number =>
  Math.min(segmentLength(task), Math.max(0, iterationsBefore(task, previous)));

export const iterationsAfter = (task: Task, previous: StoredEvent | undefined): number =>
  Math.max(0, iterationsBefore(task, previous) - segmentLength(task));
