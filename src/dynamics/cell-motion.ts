/**
 * Exact motion under constant rates, vector by vector: y' = R y + f for a time t gives y = e^{Rt} y + t φ₁(Rt) f. So atoms
 * drift in a cell that moves, and are kicked while it drags on them (Tuckerman et al., J. Phys. A 39, 5629 (2006)).
 * Where R is diagonal, components do not mix, and one whose rate is 0 has the bits of y + t f.
 */
import { expFromPhi1, phi1, phi1Matrix } from '../numerics/exponential-flow.ts';

/** y ← e^X y and y ← e^X y + φ₁(X) f, 3×3 both; `diagonal` where nothing else is read. */
export interface Flow {
  readonly diagonal: boolean;
  readonly growth: Float64Array;
  readonly push: Float64Array;
}

/** @param x R·t, 3×3 row-major */
export function flowOf(x: Float64Array, diagonal: boolean): Flow {
  if (!diagonal) {
    const push = phi1Matrix(x);
    return { diagonal, push, growth: expFromPhi1(x, push) };
  }
  const growth = new Float64Array(9);
  const push = new Float64Array(9);
  for (let k = 0; k < 9; k += 4) {
    push[k] = phi1(x[k]!);
    growth[k] = 1 + x[k]! * push[k]!;
  }
  return { diagonal, growth, push };
}

/** The cell's rows, in place. */
export function moveCell({ diagonal, growth: g }: Flow, cellA: Float64Array): void {
  for (let k = 0; k < 9; k += 3) {
    const [x, y, z] = [cellA[k]!, cellA[k + 1]!, cellA[k + 2]!];
    cellA[k] = diagonal ? g[0]! * x : g[0]! * x + g[1]! * y + g[2]! * z;
    cellA[k + 1] = diagonal ? g[4]! * y : g[3]! * x + g[4]! * y + g[5]! * z;
    cellA[k + 2] = diagonal ? g[8]! * z : g[6]! * x + g[7]! * y + g[8]! * z;
  }
}

/**
 * N×3 vectors under the flow, in place, pushed by f times a factor.
 * @param factors of each vector, length N, or one for all
 */
export function moveVectors(flow: Flow, vectors: Float64Array, f: Float64Array, factors: Float64Array | number): void {
  const common = typeof factors === 'number' ? factors : 0;
  const each = typeof factors === 'number' ? null : factors;
  if (flow.diagonal) moveAlongAxes(flow, vectors, f, common, each);
  else moveAcrossAxes(flow, vectors, f, common, each);
}

function moveAlongAxes(
  { growth, push }: Flow,
  vectors: Float64Array,
  f: Float64Array,
  common: number,
  each: Float64Array | null,
): void {
  const [gx, gy, gz, px, py, pz] = [growth[0]!, growth[4]!, growth[8]!, push[0]!, push[4]!, push[8]!];
  for (let k = 0, i = 0; k < vectors.length; k += 3, i++) {
    const t = each === null ? common : each[i]!;
    vectors[k] = gx * vectors[k]! + px * (t * f[k]!);
    vectors[k + 1] = gy * vectors[k + 1]! + py * (t * f[k + 1]!);
    vectors[k + 2] = gz * vectors[k + 2]! + pz * (t * f[k + 2]!);
  }
}

function moveAcrossAxes(
  { growth: g, push: p }: Flow,
  vectors: Float64Array,
  f: Float64Array,
  common: number,
  each: Float64Array | null,
): void {
  for (let k = 0, i = 0; k < vectors.length; k += 3, i++) {
    const t = each === null ? common : each[i]!;
    const x = vectors[k]!;
    const y = vectors[k + 1]!;
    const z = vectors[k + 2]!;
    const fx = t * f[k]!;
    const fy = t * f[k + 1]!;
    const fz = t * f[k + 2]!;
    vectors[k] = g[0]! * x + g[1]! * y + g[2]! * z + (p[0]! * fx + p[1]! * fy + p[2]! * fz);
    vectors[k + 1] = g[3]! * x + g[4]! * y + g[5]! * z + (p[3]! * fx + p[4]! * fy + p[5]! * fz);
    vectors[k + 2] = g[6]! * x + g[7]! * y + g[8]! * z + (p[6]! * fx + p[7]! * fy + p[8]! * fz);
  }
}

/** Whether a flow stays near enough to 1 for its series, and its cell is one. */
export const isSmall = (x: Float64Array): boolean => x.every((rate) => Math.abs(rate) < 0.3);
