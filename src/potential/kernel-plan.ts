/**
 * What a compiled kernel needs to know of a template: all monomials up to the highest degree in one order, which of them
 * each label uses, and the products grouped by what they give (forward) and by what they are made of (backward).
 *
 * Order of monomials u_x^a u_y^b u_z^c: by degree, then a descending, then b descending. In it the monomials of degree d
 * are x times all of degree d − 1, then y times those of degree d − 1 without x, then z times the last one: three runs
 * without gaps.
 */
import type { MtpTemplate } from './template.ts';

export interface KernelPlan {
  readonly radialFunctions: number;
  readonly highestDegree: number;
  readonly monomialCount: number;
  /** For each label: how many monomials of the order it uses, that is, up to its highest degree. */
  readonly labelLengths: readonly number[];
  /** Moment of label and monomial, or −1 where the template has none. */
  readonly momentOf: readonly Int32Array[];
  readonly momentCount: number;
  readonly basicCount: number;
  /** Exponents a, b, c of each monomial. */
  readonly exponents: readonly (readonly [number, number, number])[];
  /** Index of a monomial by its exponents. */
  readonly indexOf: (a: number, b: number, c: number) => number;
}

/** Monomials of lower degree than this. */
export const monomialsBelow = (degree: number): number => (degree * (degree + 1) * (degree + 2)) / 6;

export function kernelPlan(template: MtpTemplate): KernelPlan {
  const basicCount = template.basic.length / 4;
  const degrees = new Array<number>(template.radialFunctions).fill(0);
  for (let b = 0; b < basicCount; b++) {
    const [mu, x, y, z] = template.basic.subarray(4 * b, 4 * b + 4) as unknown as [number, number, number, number];
    degrees[mu] = Math.max(degrees[mu]!, x + y + z);
  }
  const highestDegree = Math.max(...degrees);
  const exponents: [number, number, number][] = [];
  for (let degree = 0; degree <= highestDegree; degree++) {
    for (let a = degree; a >= 0; a--) for (let b = degree - a; b >= 0; b--) exponents.push([a, b, degree - a - b]);
  }
  const indexOf = (a: number, b: number, c: number): number => {
    const degree = a + b + c;
    const withoutX = degree - a;
    return monomialsBelow(degree) + (withoutX * (withoutX + 1)) / 2 + c;
  };
  const labelLengths = degrees.map((degree) => monomialsBelow(degree + 1));
  const momentOf = labelLengths.map((length) => new Int32Array(length).fill(-1));
  for (let b = 0; b < basicCount; b++) {
    const [mu, x, y, z] = template.basic.subarray(4 * b, 4 * b + 4) as unknown as [number, number, number, number];
    momentOf[mu]![indexOf(x, y, z)] = b;
  }
  return {
    radialFunctions: template.radialFunctions,
    highestDegree,
    monomialCount: exponents.length,
    labelLengths,
    momentOf,
    momentCount: template.momentCount,
    basicCount,
    exponents,
    indexOf,
  };
}
