/** How many iterations a segment of a fit takes at most, and how many are left after it: as `potential.fit` counts them. */
import type { StoredEvent, Task } from '../../../store/event.ts';
import type { JsonObject } from '../../formats/json-document.ts';

const numberOf = (params: JsonObject, name: string): number => (typeof params[name] === 'number' ? params[name] : 0);

/** What an iteration of the refinement counted for until version 3 of the kind; since then all are alike. */
const refinementCost = ({ v }: Task): number => (v <= 3 ? 25 : 1);

/** @param previous the segment before, recorded or imagined; undefined of a first segment */
function iterationsBefore(task: Task, previous: StoredEvent | undefined): number {
  const { params } = task;
  const cost = refinementCost(task);
  const refinement = cost * numberOf(params, 'refineIterations');
  const main = numberOf(params, 'maxIterations');
  if (previous === undefined) return numberOf(params, 'preIterations') + main + refinement;
  const { results } = previous.core;
  if (typeof results.iterationsLeft === 'number') return results.iterationsLeft;
  const iteration = numberOf(results, 'iterations');
  if (results.phase === 'refinement') return refinement - cost * iteration;
  return (results.phase === 'main' ? 0 : numberOf(params, 'preIterations')) + main + refinement - iteration;
}

/** Version 1 did a whole fit as one segment. */
const segmentLength = ({ params }: Task): number =>
  typeof params.segmentIterations === 'number' ? params.segmentIterations : Number.POSITIVE_INFINITY;

export const iterationsOf = (task: Task, previous: StoredEvent | undefined): number =>
  Math.min(segmentLength(task), Math.max(0, iterationsBefore(task, previous)));

export const iterationsAfter = (task: Task, previous: StoredEvent | undefined): number =>
  Math.max(0, iterationsBefore(task, previous) - segmentLength(task));
