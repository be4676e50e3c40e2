/**
 * A template as flat tables for the loops over neighbours and moments. Monomials u_x^a u_y^b u_z^c are reached from 1 by
 * multiplying a parent with one component of u, so that values go forward and derivatives backward through the same
 * table.
 */
import type { MtpTemplate } from './template.ts';

export interface MomentProgram {
  readonly radialFunctions: number;
  readonly basicCount: number;
  readonly momentCount: number;
  readonly scalars: Int32Array;
  /** Label and monomial of each basic moment. */
  readonly basicMu: Int32Array;
  readonly basicMonomial: Int32Array;
  /** Monomial 0 is 1; monomial m = monomial parent[m] · u[axis[m]], parents first. */
  readonly monomialCount: number;
  readonly monomialParent: Int32Array;
  readonly monomialAxis: Int32Array;
  /** moment target[t] += weight[t] · moment left[t] · moment right[t], in order. */
  readonly productCount: number;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float64Array;
}

export function momentProgram(template: MtpTemplate): MomentProgram {
  const basicCount = template.basic.length / 4;
  const known = new Map<string, number>([['0,0,0', 0]]);
  const parent = [0];
  const axis = [0];
  const monomial = (a: number, b: number, c: number): number => {
    const key = `${a},${b},${c}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const along = a > 0 ? 0 : b > 0 ? 1 : 2;
    const from = monomial(a - (along === 0 ? 1 : 0), b - (along === 1 ? 1 : 0), c - (along === 2 ? 1 : 0));
    known.set(key, parent.length);
    parent.push(from);
    axis.push(along);
    return parent.length - 1;
  };
  const basicMu = new Int32Array(basicCount);
  const basicMonomial = new Int32Array(basicCount);
  for (let b = 0; b < basicCount; b++) {
    const [mu, x, y, z] = template.basic.subarray(4 * b, 4 * b + 4);
    basicMu[b] = mu!;
    basicMonomial[b] = monomial(x!, y!, z!);
  }
  const productCount = template.products.length / 4;
  const column = (at: number): Int32Array =>
    Int32Array.from({ length: productCount }, (_, t) => template.products[4 * t + at]!);
  return {
    radialFunctions: template.radialFunctions,
    basicCount,
    momentCount: template.momentCount,
    scalars: template.scalars,
    basicMu,
    basicMonomial,
    monomialCount: parent.length,
    monomialParent: Int32Array.from(parent),
    monomialAxis: Int32Array.from(axis),
    productCount,
    left: column(0),
    right: column(1),
    target: column(3),
    weight: Float64Array.from(column(2)),
  };
}

/** Computes all moments beyond the basic ones, which `moments` holds; `at` is where this atom's moments start. */
export function multiplyMoments(program: MomentProgram, moments: Float64Array, at: number): void {
  const { left, right, target, weight, productCount } = program;
  moments.fill(0, at + program.basicCount, at + program.momentCount);
  for (let t = 0; t < productCount; t++) {
    const k = at + target[t]!;
    moments[k] = moments[k]! + weight[t]! * moments[at + left[t]!]! * moments[at + right[t]!]!;
  }
}

/**
 * Reverse sweep: `adjoints` holds ∂V/∂(moment) of the direct dependence (the moment coefficients at the scalars) and
 * ends as the total derivative, basic moments included.
 */
export function sweepBack(program: MomentProgram, moments: Float64Array, adjoints: Float64Array, at: number): void {
  const { left, right, target, weight } = program;
  for (let t = program.productCount - 1; t >= 0; t--) {
    const i = at + left[t]!;
    const j = at + right[t]!;
    const g = weight[t]! * adjoints[at + target[t]!]!;
    adjoints[i] = adjoints[i]! + g * moments[j]!;
    adjoints[j] = adjoints[j]! + g * moments[i]!;
  }
}

/** Forward sweep of a direction: `tangents` holds it for the basic moments, and ends with that of all moments. */
export function multiplyTangents(
  program: MomentProgram,
  moments: Float64Array,
  tangents: Float64Array,
  at: number,
): void {
  const { left, right, target, weight, productCount } = program;
  tangents.fill(0, program.basicCount, program.momentCount);
  for (let t = 0; t < productCount; t++) {
    const i = left[t]!;
    const j = right[t]!;
    const k = target[t]!;
    tangents[k] = tangents[k]! + weight[t]! * (tangents[i]! * moments[at + j]! + moments[at + i]! * tangents[j]!);
  }
}

/**
 * Derivative of `sweepBack` along the direction of `tangents`: `turned` starts at zero and ends as the change of the
 * adjoints, that is, Hessian of V by the moments times the direction.
 */
export function sweepTangentsBack(
  program: MomentProgram,
  moments: Float64Array,
  adjoints: Float64Array,
  tangents: Float64Array,
  turned: Float64Array,
  at: number,
): void {
  const { left, right, target, weight } = program;
  turned.fill(0, 0, program.momentCount);
  for (let t = program.productCount - 1; t >= 0; t--) {
    const i = left[t]!;
    const j = right[t]!;
    const k = target[t]!;
    const g = weight[t]! * adjoints[at + k]!;
    const h = weight[t]! * turned[k]!;
    turned[i] = turned[i]! + h * moments[at + j]! + g * tangents[j]!;
    turned[j] = turned[j]! + h * moments[at + i]! + g * tangents[i]!;
  }
}
