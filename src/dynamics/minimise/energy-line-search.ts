/**
 * How far to go along a descent direction: until the slope has flattened and the energy is lower, or is so to within its
 * rounding and the slope says so (the approximate Wolfe conditions of Hager and Zhang, SIAM J. Optim. 16, 170 (2005)).
 * Steps come from secants of the slopes, which stay exact where differences of energies are rounding alone: near a
 * minimum forces can be made far smaller than the search by energies of src/numerics/line-search.ts would.
 */
import { dot, type Landscape, type Point } from './minimiser.ts';

const SUFFICIENT_DECREASE = 1e-3;
const MOST_EVALUATIONS = 20;
/** Rounding of an energy, relative to it. */
const ROUNDING = 1e-13;

interface Probe {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * Moves the point along the direction, and evaluates there last.
 * @param flattening part of the first slope that may be left, in size
 * @returns the factor of the direction that was gone; null, and the point where it was, where nothing lower was found
 */
export function goAlong(
  point: Point,
  direction: Float64Array,
  firstStep: number,
  landscape: Landscape,
  flattening: number,
): number | null {
  const start: Probe = { step: 0, value: point.value, slope: dot(point.gradient, direction) };
  const longest = landscape.longestStep(direction);
  if (!(start.slope < 0 && longest > 0)) return null;
  const x = new Float64Array(direction.length);
  const gradient = new Float64Array(direction.length);
  const probe = (step: number): Probe => {
    for (let k = 0; k < x.length; k++) x[k] = point.x[k]! + step * direction[k]!;
    const value = landscape.evaluate(x, gradient);
    return { step, value, slope: Number.isFinite(value) ? dot(gradient, direction) : Number.NaN };
  };
  const accept = (step: number, value: number): number => {
    point.x.set(x);
    point.gradient.set(gradient);
    point.value = value;
    return step;
  };
  const noise = ROUNDING * Math.max(1, Math.abs(start.value));
  let low = start;
  let high: Probe | null = null;
  let step = Math.min(firstStep, longest);
  for (let n = 0; n < MOST_EVALUATIONS; n++) {
    const here = probe(step);
    const isLower = isLowEnough(here, start, noise);
    const isFlat = Math.abs(here.slope) <= -flattening * start.slope;
    if (isLower && (isFlat || (here.slope < 0 && step === longest))) return accept(step, here.value);
    if (isLower && here.slope < 0) low = here;
    else high = here;
    if (high !== null && high.step - low.step <= 1e-12 * high.step) break;
    step = high === null ? Math.min(longest, stretched(start, here)) : between(low, high);
  }
  // Not as flat as wished, but lower: good enough to go on from.
  if (low.step > 0) return accept(low.step, probe(low.step).value);
  landscape.evaluate(point.x, gradient);
  return null;
}

function isLowEnough(here: Probe, start: Probe, noise: number): boolean {
  if (here.value <= start.value + SUFFICIENT_DECREASE * here.step * start.slope) return true;
  return here.value <= start.value + noise && here.slope <= (2 * SUFFICIENT_DECREASE - 1) * start.slope;
}

/** Where the secant of the slopes says that it is flat, farther than here. */
function stretched(start: Probe, here: Probe): number {
  const bend = (here.slope - start.slope) / here.step;
  const flat = bend > 0 ? -start.slope / bend : Number.POSITIVE_INFINITY;
  return Math.max(1.5 * here.step, Math.min(5 * here.step, flat));
}

/** Where the secant of the slopes says so, kept off the ends; the middle where it says nothing. */
function between(low: Probe, high: Probe): number {
  const width = high.step - low.step;
  if (!Number.isFinite(high.slope)) return low.step + 0.2 * width;
  if (!(high.slope > 0)) return low.step + 0.5 * width;
  const part = -low.slope / (high.slope - low.slope);
  return low.step + Math.max(0.05, Math.min(0.95, part)) * width;
}
