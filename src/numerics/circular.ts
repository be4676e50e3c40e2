/**
 * cos and sin from + − × ÷ and sqrt alone, so that they give the same bits under every runtime (docs/numerics.md, rule 1).
 * Angles are given in turns or in degrees, in which the reduction to an eighth of a turn is exact; the angles of which
 * cos and sin are 0, ±½, ±√½, ±√¾ or ±1 and that are whole degrees or eighths of a turn give exactly those.
 * Accuracy: within 2 units in the last place, pinned by snapshots in test/numerics/circular.test.ts.
 */

export interface CosSin {
  readonly cos: number;
  readonly sin: number;
}

const SQRT_HALF = Math.sqrt(0.5);
const SQRT_THREE_QUARTERS = Math.sqrt(0.75);

/** cos and sin of 2πx. NaN for what is not finite; |x| above 2⁵⁰ counts as whole turns. */
export function cosSinOfTurns(x: number): CosSin {
  const quarters = Math.round(4 * x);
  const rest = x - quarters / 4;
  if (Math.abs(rest) === 0.125) return turned(quarters, { cos: SQRT_HALF, sin: rest < 0 ? -SQRT_HALF : SQRT_HALF });
  return turned(quarters, series(2 * Math.PI * rest));
}

/** cos and sin of an angle in degrees. */
export function cosSinOfDegrees(degrees: number): CosSin {
  const quarters = Math.round(degrees / 90);
  const rest = degrees - 90 * quarters;
  const sign = rest < 0 ? -1 : 1;
  if (Math.abs(rest) === 45) return turned(quarters, { cos: SQRT_HALF, sin: sign * SQRT_HALF });
  if (Math.abs(rest) === 30) return turned(quarters, { cos: SQRT_THREE_QUARTERS, sin: sign * 0.5 });
  return turned(quarters, series((Math.PI / 180) * rest));
}

/** The angle plus so many right angles. Zeros have no sign. */
function turned(quarters: number, { cos, sin }: CosSin): CosSin {
  const phase = ((quarters % 4) + 4) % 4;
  if (phase === 0) return { cos: cos + 0, sin: sin + 0 };
  if (phase === 1) return { cos: 0 - sin, sin: cos + 0 };
  if (phase === 2) return { cos: 0 - cos, sin: 0 - sin };
  return phase === 3 ? { cos: sin + 0, sin: 0 - cos } : { cos: Number.NaN, sin: Number.NaN };
}

/** 1/n! with alternating sign, n even for cos and odd for sin: terms beyond the last are below half a unit at π/4. */
const COEFFICIENTS: readonly number[] = (() => {
  const coefficients: number[] = [];
  let factorial = 1;
  for (let n = 0; n <= 19; n++) {
    if (n > 0) factorial *= n;
    coefficients.push((n % 4 < 2 ? 1 : -1) / factorial);
  }
  return coefficients;
})();

/** Taylor series for |θ| ≤ π/4. */
function series(theta: number): CosSin {
  const square = theta * theta;
  let cos = 0;
  let sin = 0;
  for (let n = 18; n >= 4; n -= 2) {
    cos = (cos + COEFFICIENTS[n]!) * square;
    sin = (sin + COEFFICIENTS[n + 1]!) * square;
  }
  sin = (sin + COEFFICIENTS[3]!) * square;
  return { cos: 1 + (cos * square - 0.5 * square), sin: theta + theta * sin };
}
