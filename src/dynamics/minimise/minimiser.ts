/** What the minimisers have in common: a point on a landscape, lowered step by step. Deterministic, all of them. */
import type { Objective } from '../../numerics/bfgs.ts';

export interface Landscape {
  /** Value and gradient; Infinity where there is none. */
  readonly evaluate: Objective;
  /** The largest factor of a direction that is still safe to go at once. */
  longestStep(direction: Float64Array): number;
}

export interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  value: number;
}

export interface Minimiser {
  /** The landscape was evaluated here last. */
  readonly point: Point;
  /** Goes to another point; false where no lower one was found, to within rounding. */
  step(): boolean;
}

export function startPoint(x: Float64Array, { evaluate }: Landscape): Point {
  const point = { x: x.slice(), gradient: new Float64Array(x.length), value: 0 };
  point.value = evaluate(point.x, point.gradient);
  return point;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
