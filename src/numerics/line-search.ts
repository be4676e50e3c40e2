/**
 * A step along a descent direction that fulfils the Wolfe conditions: enough decrease, f(t) ≤ f(0) + c1 t f'(0), and a
 * slope that has flattened, f'(t) ≥ c2 f'(0) (Nocedal & Wright, Numerical Optimization, §3.1). The interval between the
 * best step that is too short and the least that is too long shrinks by cubic interpolation, kept off its ends.
 */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

const SUFFICIENT_DECREASE = 0.1;
const FLATTENING = 0.5;
const MAX_EVALUATIONS = 30;

/**
 * @param evaluate value and slope at a step > 0; a value that is not finite counts as too long a step
 * @returns the accepted point, or the best lower one if the conditions cannot be met, or null if nothing lower was found
 */
export function searchLine(
  start: { readonly value: number; readonly slope: number },
  firstStep: number,
  evaluate: (step: number) => { value: number; slope: number },
): LinePoint | null {
  let low: LinePoint = { step: 0, ...start };
  let high: LinePoint | null = null;
  let step = firstStep;
  for (let n = 0; n < MAX_EVALUATIONS; n++) {
    const point: LinePoint = { step, ...evaluate(step) };
    const lowEnough = point.value <= start.value + SUFFICIENT_DECREASE * step * start.slope;
    if (!lowEnough || !Number.isFinite(point.slope)) high = point;
    else if (point.slope < FLATTENING * start.slope) low = point;
    else return point;
    if (high === null) step = Math.min(10 * step, Math.max(2 * step, extrapolated(start, point)));
    else if (high.step - low.step <= 1e-14 * high.step) break;
    else step = interpolated(low, high);
  }
  return low.step > 0 && low.value < start.value ? low : null;
}

/** Where a parabola through the slopes at 0 and at the point is flat; far away if it bends down. */
function extrapolated(start: { readonly slope: number }, point: LinePoint): number {
  const bend = point.slope - start.slope;
  return bend > 0 ? (-start.slope * point.step) / bend : Number.POSITIVE_INFINITY;
}

/** Minimum of the cubic with the values and slopes of both ends (Nocedal & Wright, eq. 3.59), kept off the ends. */
function interpolated(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const d1 = low.slope + high.slope - (3 * (high.value - low.value)) / width;
  const d2 = Math.sqrt(d1 * d1 - low.slope * high.slope);
  const t = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  if (!Number.isFinite(t)) return low.step + (Number.isFinite(high.value) ? 0.5 : 0.1) * width;
  return Math.max(low.step + 0.1 * width, Math.min(high.step - 0.1 * width, t));
}
