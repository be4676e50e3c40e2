/**
 * What a compiled kernel needs to know of a template. On the unit sphere u_z² = 1 − u_x² − u_y², so every monomial
 * u_x^a u_y^b u_z^c is a combination of those with c ≤ 1. A kernel sums only these over the neighbours,
 *   M_{μ;a,b,0} = Σ_j f_μ x^a y^b  and  M_{μ;a,b,1} = Σ_j (f_μ z) x^a y^b,
 * and obtains the others once for each atom from
 *   M_{μ;a,b,c} = M_{μ;a,b,c−2} − M_{μ;a+2,b,c−2} − M_{μ;a,b+2,c−2}.
 * So it never needs more than the planar monomials x^a y^b, whose order is by degree, then a descending.
 */
import type { MtpTemplate } from '../template.ts';

/** M_target = M_lower − M_alongX − M_alongY, moments by slot. */
export interface Expansion {
  readonly target: number;
  readonly lower: number;
  readonly alongX: number;
  readonly alongY: number;
}

export interface KernelPlan {
  readonly radialFunctions: number;
  /** Highest degree of the monomials of each label. */
  readonly labelDegrees: readonly number[];
  /** Planar monomials up to the highest degree of all. */
  readonly planarCount: number;
  /** The template's moments, and behind them basic ones that it lacks but the expansion needs. */
  readonly slotCount: number;
  /** Slot of the moment of a label and a monomial. */
  readonly slotOf: (mu: number, a: number, b: number, c: number) => number;
  /** In an order in which what is read is there. */
  readonly expansions: readonly Expansion[];
}

/** Planar monomials of lower degree than this. */
export const planarBelow = (degree: number): number => (degree * (degree + 1)) / 2;
/** Place of x^a y^b. */
export const planarIndex = (a: number, b: number): number => planarBelow(a + b) + b;

/** Exponents a, b of the planar monomials of lower degree than `degree`, in order. */
export function planarExponents(degree: number): [number, number][] {
  const exponents: [number, number][] = [];
  for (let d = 0; d < degree; d++) for (let b = 0; b <= d; b++) exponents.push([d - b, b]);
  return exponents;
}

export function kernelPlan(template: MtpTemplate): KernelPlan {
  const { radialFunctions, basic, momentCount } = template;
  const labelDegrees = new Array<number>(radialFunctions).fill(0);
  const slots = new Map<string, number>();
  for (let at = 0; at < basic.length; at += 4) {
    const [mu, a, b, c] = basic.subarray(at, at + 4) as unknown as [number, number, number, number];
    labelDegrees[mu] = Math.max(labelDegrees[mu]!, a + b + c);
    slots.set([mu, a, b, c].join(), at / 4);
  }
  let slotCount = momentCount;
  const slotOf = (mu: number, a: number, b: number, c: number): number => {
    const key = [mu, a, b, c].join();
    const known = slots.get(key);
    if (known !== undefined) return known;
    slots.set(key, slotCount);
    return slotCount++;
  };
  const expansions: Expansion[] = [];
  labelDegrees.forEach((degree, mu) => {
    for (const [a, b] of planarExponents(degree + 1))
      for (let c = 0; c <= Math.min(1, degree - a - b); c++) slotOf(mu, a, b, c);
    for (let c = 2; c <= degree; c++) {
      for (const [a, b] of planarExponents(degree - c + 1)) {
        const [lower, alongX, alongY] = [
          slotOf(mu, a, b, c - 2),
          slotOf(mu, a + 2, b, c - 2),
          slotOf(mu, a, b + 2, c - 2),
        ];
        expansions.push({ target: slotOf(mu, a, b, c), lower, alongX, alongY });
      }
    }
  });
  return {
    radialFunctions,
    labelDegrees,
    planarCount: planarBelow(Math.max(...labelDegrees) + 1),
    slotCount,
    slotOf,
    expansions,
  };
}
