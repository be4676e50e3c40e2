/**
 * Eigenvalues and eigenvectors of real symmetric matrices: Householder's reduction to three diagonals, then QL with implicit
 * shifts (Bowdler, Martin, Reinsch & Wilkinson, Numer. Math. 11, 293 (1968); EISPACK's tred2 and tql2). Sums run in a fixed
 * order, so that equal matrices give equal bits.
 */
import { InputError } from './input-error.ts';

export interface SymmetricEigen {
  /** Ascending, length n. */
  readonly values: Float64Array;
  /** n×n row-major: row k is the unit vector that belongs to value k. Empty where only the values were asked for. */
  readonly vectors: Float64Array;
}

const EPSILON = 2.220446049250313e-16;
const MAX_ITERATIONS = 60;

/**
 * @param matrix n×n row-major, of which the lower triangle is read; not changed
 * @param withVectors whether the vectors are asked for too, which takes some four times as long
 * @throws InputError `no-eigenvalues` for numbers that are not finite
 */
export function symmetricEigen(matrix: Float64Array, n: number, withVectors = false): SymmetricEigen {
  if (matrix.length !== n * n) throw new RangeError(`${matrix.length} numbers are no matrix of ${n} rows`);
  if (!matrix.every(Number.isFinite)) throw noEigenvalues('numbers that are not finite');
  const v = matrix.slice();
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  if (n > 0) {
    reduce(v, n, diagonal, beside);
    if (withVectors) accumulate(v, n, diagonal);
    else for (let i = 0; i < n; i++) diagonal[i] = v[n * i + i]!;
    iterate(diagonal, beside, n, withVectors ? v : null);
  }
  const order = Array.from({ length: n }, (_, k) => k).sort((a, b) => diagonal[a]! - diagonal[b]! || a - b);
  const vectors = new Float64Array(withVectors ? n * n : 0);
  if (withVectors) {
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) vectors[n * k + i] = v[n * i + order[k]!]!;
  }
  return { values: Float64Array.from(order, (k) => diagonal[k]!), vectors };
}

const noEigenvalues = (found: string): InputError =>
  new InputError('no-eigenvalues', 'the eigenvalues of the matrix cannot be found', {
    expected: 'finite numbers',
    found,
  });

/** To three diagonals: v keeps the reflections, and the diagonal on its own; `beside` is what stands beside it, from 1. */
function reduce(v: Float64Array, n: number, d: Float64Array, e: Float64Array): void {
  for (let j = 0; j < n; j++) d[j] = v[n * (n - 1) + j]!;
  for (let i = n - 1; i > 0; i--) {
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[n * (i - 1) + j]!;
        v[n * i + j] = 0;
        v[n * j + i] = 0;
      }
      d[i] = 0;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      d[k] = d[k]! / scale;
      h += d[k]! * d[k]!;
    }
    const last = d[i - 1]!;
    const root = last > 0 ? -Math.sqrt(h) : Math.sqrt(h);
    e[i] = scale * root;
    h -= last * root;
    d[i - 1] = last - root;
    reflect(v, n, i, d, e, h);
    d[i] = h;
  }
}

/** A ← H A H for the reflection in d with h = |d|²/2, on the leading i×i part. */
function reflect(v: Float64Array, n: number, i: number, d: Float64Array, e: Float64Array, h: number): void {
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const f = d[j]!;
    v[n * j + i] = f;
    let g = e[j]! + v[n * j + j]! * f;
    for (let k = j + 1; k < i; k++) {
      g += v[n * k + j]! * d[k]!;
      e[k] = e[k]! + v[n * k + j]! * f;
    }
    e[j] = g;
  }
  let sum = 0;
  for (let j = 0; j < i; j++) {
    e[j] = e[j]! / h;
    sum += e[j]! * d[j]!;
  }
  const half = sum / (h + h);
  for (let j = 0; j < i; j++) e[j] = e[j]! - half * d[j]!;
  for (let j = 0; j < i; j++) {
    const f = d[j]!;
    const g = e[j]!;
    for (let k = j; k < i; k++) v[n * k + j] = v[n * k + j]! - (f * e[k]! + g * d[k]!);
    d[j] = v[n * (i - 1) + j]!;
    v[n * i + j] = 0;
  }
}

/** The product of the reflections into v, the diagonal into d. */
function accumulate(v: Float64Array, n: number, d: Float64Array): void {
  const last = n * (n - 1);
  for (let i = 0; i < n - 1; i++) {
    v[last + i] = v[n * i + i]!;
    v[n * i + i] = 1;
    const h = d[i + 1]!;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[n * k + i + 1]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[n * k + i + 1]! * v[n * k + j]!;
        for (let k = 0; k <= i; k++) v[n * k + j] = v[n * k + j]! - g * d[k]!;
      }
    }
    for (let k = 0; k <= i; k++) v[n * k + i + 1] = 0;
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[last + j]!;
    v[last + j] = 0;
  }
  v[last + n - 1] = 1;
}

/** QL on three diagonals. @param v rotated along, or null */
function iterate(d: Float64Array, e: Float64Array, n: number, v: Float64Array | null): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let shifted = 0;
  let largest = 0;
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > EPSILON * largest) m += 1;
    for (let round = 0; m > l && Math.abs(e[l]!) > EPSILON * largest; round++) {
      if (round === MAX_ITERATIONS) throw noEigenvalues('no convergence');
      shifted += shift(d, e, l, n);
      sweep(d, e, l, m, n, v);
    }
    d[l] = d[l]! + shifted;
    e[l] = 0;
  }
}

/** Takes the shift off the diagonal from l + 2 on, and prepares l and l + 1. */
function shift(d: Float64Array, e: Float64Array, l: number, n: number): number {
  const g = d[l]!;
  const p = (d[l + 1]! - g) / (2 * e[l]!);
  const r = p < 0 ? -Math.sqrt(p * p + 1) : Math.sqrt(p * p + 1);
  d[l] = e[l]! / (p + r);
  d[l + 1] = e[l]! * (p + r);
  const h = g - d[l]!;
  for (let i = l + 2; i < n; i++) d[i] = d[i]! - h;
  return h;
}

function sweep(d: Float64Array, e: Float64Array, l: number, m: number, n: number, v: Float64Array | null): void {
  const next = d[l + 1]!;
  const beside = e[l + 1]!;
  let p = d[m]!;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i]!;
    const h = c * p;
    const r = Math.sqrt(p * p + e[i]! * e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    if (v === null) continue;
    for (let at = i; at < n * n; at += n) {
      const old = v[at + 1]!;
      v[at + 1] = s * v[at]! + c * old;
      v[at] = c * v[at]! - s * old;
    }
  }
  p = (-s * s2 * c3 * beside * e[l]!) / next;
  e[l] = s * p;
  d[l] = c * p;
}
