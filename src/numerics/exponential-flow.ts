/**
 * The two functions that solve y' = X y + f for constant X and f, y(1) = e^X y(0) + φ₁(X) f: e^X, and φ₁(X) = Σ Xᵏ/(k+1)!
 * = (e^X − 1)/X. By series with a fixed number of terms, so by + − × ÷ alone: exact to rounding for |X| ≤ 1. Where X is 0,
 * both are exactly 1, and what they act on keeps its bits.
 */

/** 1/18! is below half a unit in the last place of 1. */
const TERMS = 17;

/** φ₁ of a number. e^x is 1 + x·φ₁(x). */
export function phi1(x: number): number {
  let value = 1;
  for (let n = TERMS; n >= 2; n--) value = 1 + (x * value) / n;
  return value;
}

/** φ₁ of a 3×3 row-major matrix. */
export function phi1Matrix(x: Float64Array): Float64Array {
  let value = identity();
  for (let n = TERMS; n >= 2; n--) {
    value = multiply(x, value);
    for (let k = 0; k < 9; k++) value[k] = value[k]! / n;
    addIdentity(value);
  }
  return value;
}

/** e^X of a 3×3 row-major matrix, from its φ₁. */
export function expFromPhi1(x: Float64Array, phi: Float64Array): Float64Array {
  const value = multiply(x, phi);
  addIdentity(value);
  return value;
}

/** a·b of 3×3 row-major matrices. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const product = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      product[3 * i + j] = a[3 * i]! * b[j]! + a[3 * i + 1]! * b[3 + j]! + a[3 * i + 2]! * b[6 + j]!;
    }
  }
  return product;
}

const identity = (): Float64Array => Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

function addIdentity(matrix: Float64Array): void {
  for (let k = 0; k < 9; k += 4) matrix[k] = matrix[k]! + 1;
}
