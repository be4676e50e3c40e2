/**
 * Weighted least squares of a straight line y = intercept + slope·x. Abscissae are centred first, so that the two sums
 * that are divided do not cancel.
 */
export interface LineFit {
  readonly slope: number;
  readonly intercept: number;
  /** Weighted mean of x: slope and the value there are uncorrelated. */
  readonly centreX: number;
  readonly valueAtCentre: number;
  /** Σ w. */
  readonly weightSum: number;
  /** Σ w (x − centre)². With weights 1/σ² the variance of the slope is 1 over it, that of the value at the centre 1/Σw. */
  readonly spread: number;
}

/**
 * @param weights of each point, positive; all 1 where left out
 * @returns null where the points do not fix a line: fewer than two different abscissae
 */
export function fitLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
): LineFit | null {
  let weightSum = 0;
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights === null ? 1 : weights[i];
    weightSum += w;
    sumX += w * x[i];
    sumY += w * y[i];
  }
  const centreX = sumX / weightSum;
  const centreY = sumY / weightSum;
  let spread = 0;
  let product = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights === null ? 1 : weights[i];
    const dx = x[i] - centreX;
    spread += w * dx * dx;
    product += w * dx * (y[i] - centreY);
  }
  if (!(spread > 0)) return null;
  const slope = product / spread;
  return { slope, intercept: centreY - slope * centreX, centreX, valueAtCentre: centreY, weightSum, spread };
}
