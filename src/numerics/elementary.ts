/**
 * exp and log from + − × ÷ alone, so that they give the same bits under every runtime (docs/numerics.md, rule 1).
 * Accuracy: within 1 unit in the last place of the true value over the tested range. Not taken from a library: plain
 * argument reduction and series, pinned by snapshots in test/numerics/elementary.test.ts.
 */

/** ln 2 split so that k·LN2_HIGH is exact for |k| < 2¹¹. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const scratch = new DataView(new ArrayBuffer(8));

/** 2^k for −1022 ≤ k ≤ 1023, exactly. */
function powerOfTwo(k: number): number {
  scratch.setUint32(0, (k + 1023) << 20);
  scratch.setUint32(4, 0);
  return scratch.getFloat64(0);
}

/** e^x. Overflows to Infinity, underflows gradually to 0; NaN gives NaN. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  const k = Math.round(x / (LN2_HIGH + LN2_LOW));
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const rest = high - r - low;
  // |r| ≤ 0.347: terms beyond r¹⁴/14! are below half a unit in the last place. e^r = 1 + (r + r²·q(r)).
  let q = 0;
  for (let n = 14; n >= 2; n--) q = q * r + INVERSE_FACTORIAL[n]!;
  const value = 1 + (r + (rest + r * r * q));
  if (k > 1023) return value * 2 * powerOfTwo(k - 1);
  if (k < -1021) return value * powerOfTwo(k + 64) * powerOfTwo(-64);
  return value * powerOfTwo(k);
}

const INVERSE_FACTORIAL: readonly number[] = (() => {
  const inverse = [1];
  let factorial = 1;
  for (let n = 1; n <= 14; n++) {
    factorial *= n;
    inverse.push(1 / factorial);
  }
  return inverse;
})();

/** Natural logarithm. log(0) is −Infinity, of a negative number NaN. */
export function log(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let scaled = x;
  let k = 0;
  if (scaled < 2.2250738585072014e-308) {
    scaled *= 18014398509481984; // 2⁵⁴, so that the exponent of a subnormal number can be read
    k -= 54;
  }
  scratch.setFloat64(0, scaled);
  const upper = scratch.getUint32(0);
  k += (upper >>> 20) - 1023;
  scratch.setUint32(0, (upper & 0x000fffff) | 0x3ff00000);
  let m = scratch.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  // m = 1 + f in (0.707, 1.415]; ln m = 2 atanh(s), s = f / (2 + f), written so that the leading f stays exact.
  const f = m - 1;
  const s = f / (2 + f);
  const s2 = s * s;
  let tail = 0;
  for (let n = 23; n >= 3; n -= 2) tail = tail * s2 + 2 / n;
  tail *= s2;
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + tail) + k * LN2_LOW) - f);
}

/** ∛x of a positive number, within 1 unit in the last place or so: a first guess improved by Newton's rule. */
export function cubeRoot(x: number): number {
  let root = exp(log(x) / 3);
  for (let n = 0; n < 3; n++) root -= (root - x / (root * root)) / 3;
  return root;
}
