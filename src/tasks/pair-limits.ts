/** How near atoms may come under a potential: part of the smallest distances in its training set, by pair of species. */
import { type ArrayBundle, doubles, readBundle } from '../formats/array-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { blobName, singleInput, type TaskContext } from './task-kind.ts';

/**
 * S×S, Å, from the input `range`; never beyond the cutoff.
 * @throws InputError `mismatched-elements` where the potential was fitted for another list of elements
 */
export function pairLimits<P>(
  context: TaskContext<P>,
  cutoffA: number,
  elements: readonly string[],
  fraction: number,
): Float64Array {
  const { range, where } = rangeFor(context, elements);
  const closestA = doubles(range, 'closestPairsA', where);
  return closestA.map((distanceA) => Math.min(distanceA * fraction, cutoffA));
}

/** @throws InputError `mismatched-elements` where the potential was fitted for another list of elements */
export function demandElements<P>(context: TaskContext<P>, elements: readonly string[]): void {
  rangeFor(context, elements);
}

function rangeFor<P>(context: TaskContext<P>, elements: readonly string[]): { range: ArrayBundle; where: string } {
  const blob = singleInput(context, 'range');
  const range = readBundle(blob.bytes, blobName(blob));
  // A potential knows its species by number only; the range that was fitted with it knows their names.
  if (JSON.stringify(range.meta.elements) !== JSON.stringify(elements)) {
    throw new InputError('mismatched-elements', 'the potential was fitted for another list of elements', {
      where: blobName(blob),
      expected: elements.join(', '),
      found: JSON.stringify(range.meta.elements ?? null),
    });
  }
  return { range, where: blobName(blob) };
}
