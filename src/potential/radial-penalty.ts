/**
 * Radial coefficients are determined only up to linear combinations of the labels μ and a factor that the moment
 * coefficients take up. MLIP-2 picks c_μ·c_μ' = δ_μμ', c_μ being all coefficients of one label, by a small penalty during
 * the minimisation and exactly before each linear solve. Both are here.
 */
import { InputError } from '../numerics/input-error.ts';
import type { MtpPotential } from './potential.ts';

const STRENGTH = 1e-9;

type Shape = Pick<MtpPotential, 'speciesCount' | 'radialBasisSize' | 'template'>;

/** Calls `visit` for every species pair and n with the places of c_μ and c_μ'. */
function together({ speciesCount, radialBasisSize: size, template }: Shape, mu: number, other: number) {
  const labels = template.radialFunctions;
  return (visit: (at: number, otherAt: number) => void): void => {
    for (let pair = 0; pair < speciesCount * speciesCount; pair++) {
      for (let n = 0; n < size; n++) visit((pair * labels + mu) * size + n, (pair * labels + other) * size + n);
    }
  };
}

function overlap(shape: Shape, c: Float64Array, mu: number, other: number): number {
  let sum = 0;
  together(
    shape,
    mu,
    other,
  )((at, otherAt) => {
    sum += c[at]! * c[otherAt]!;
  });
  return sum;
}

/** 1e-9·[Σ_μ (‖c_μ‖² − 1)² + Σ_{μ<μ'} (c_μ·c_μ')²]; adds its gradient to `gradient`. */
export function addRadialPenalty(shape: Shape, c: Float64Array, gradient?: Float64Array): number {
  const labels = shape.template.radialFunctions;
  let penalty = 0;
  for (let mu = 0; mu < labels; mu++) {
    for (let other = mu; other < labels; other++) {
      const excess = overlap(shape, c, mu, other) - (mu === other ? 1 : 0);
      penalty += STRENGTH * excess * excess;
      if (gradient === undefined) continue;
      together(
        shape,
        mu,
        other,
      )((at, otherAt) => {
        gradient[at] = gradient[at]! + 2 * STRENGTH * excess * c[otherAt]!;
        gradient[otherAt] = gradient[otherAt]! + 2 * STRENGTH * excess * c[at]!;
      });
    }
  }
  return penalty;
}

/** Adds the Gauss–Newton part of the penalty's second derivatives, 2e-9 Σ (∂excess)(∂excess)ᵀ, to a matrix of all parameters. */
export function addRadialCurvature(shape: Shape, c: Float64Array, matrix: Float64Array): void {
  const n = Math.round(Math.sqrt(matrix.length));
  const labels = shape.template.radialFunctions;
  for (let mu = 0; mu < labels; mu++) {
    for (let other = mu; other < labels; other++) {
      const slope = new Map<number, number>();
      together(
        shape,
        mu,
        other,
      )((at, otherAt) => {
        slope.set(at, (slope.get(at) ?? 0) + c[otherAt]!);
        slope.set(otherAt, (slope.get(otherAt) ?? 0) + c[at]!);
      });
      for (const [i, a] of slope)
        for (const [j, b] of slope) matrix[n * i + j] = matrix[n * i + j]! + 2 * STRENGTH * a * b;
    }
  }
}

/**
 * Makes the c_μ orthonormal in place by Gram–Schmidt in the order of μ. The functions that the basis spans stay the
 * same, since those of a label below have a lower level and are all in the basis.
 * @throws InputError `dependent-radial-functions` where a label's coefficients are a combination of those before it
 */
export function orthogonaliseRadial(shape: Shape, c: Float64Array): void {
  for (let mu = 0; mu < shape.template.radialFunctions; mu++) {
    const before = overlap(shape, c, mu, mu);
    for (let other = 0; other < mu; other++) {
      const along = overlap(shape, c, mu, other);
      together(
        shape,
        mu,
        other,
      )((at, otherAt) => {
        c[at] = c[at]! - along * c[otherAt]!;
      });
    }
    const norm2 = overlap(shape, c, mu, mu);
    if (!(norm2 > 1e-24 * before)) {
      throw new InputError('dependent-radial-functions', `the radial functions of label ${mu} are not independent`, {
        remedy: 'start from another seed, or use a larger radial basis',
      });
    }
    const factor = 1 / Math.sqrt(norm2);
    together(
      shape,
      mu,
      mu,
    )((at) => {
      c[at] = c[at]! * factor;
    });
  }
}
