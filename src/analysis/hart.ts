/**
 * Hart's equation: diffusion in a bicrystal as a mixture of its bulk and its boundaries (Hart, Acta Metall. 5, 597
 * (1957); the argyrodite paper's Eqs. 5 to 7), for one direction at a time, parallel or perpendicular:
 *
 *   D_eff = (1 − τ) D_bulk + τ D_GB,   τ = δ/l
 *
 * δ is the width of a boundary, l the distance between two. It holds for boundaries parallel to each other, without
 * segregation; perpendicular to them only where hardly an atom crosses from one region into the other.
 * D_bulk must come from a bulk cell of the bicrystal's own geometry and direction.
 *
 * Solving for D_GB amplifies errors: σ(D_GB) ≥ σ(D_eff)/τ.
 */
import { InputError } from '../numerics/input-error.ts';

/** A number with its standard error, in the same unit. Errors of different numbers are taken as independent. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

export interface BoundaryGeometry {
  /** δ, Å. */
  readonly widthA: Measured;
  /** l, the distance between boundaries, Å: half the cell's height where it holds two. */
  readonly spacingA: number;
}

/**
 * τ = δ/l.
 * @throws InputError `bad-boundary` for what is not positive, `boundary-too-wide` for δ ≥ l, where no bulk is left
 */
export function boundaryFraction({ widthA, spacingA }: BoundaryGeometry): Measured {
  if (!(widthA.value > 0 && widthA.standardError >= 0 && spacingA > 0 && Number.isFinite(spacingA))) {
    throw new InputError('bad-boundary', 'width and distance of the boundaries must be positive', {
      found: `δ = ${widthA.value} ± ${widthA.standardError} Å, l = ${spacingA} Å`,
    });
  }
  if (!(widthA.value < spacingA)) {
    throw new InputError(
      'boundary-too-wide',
      'the boundaries are as wide as the distance between them: no bulk is left',
      {
        expected: `δ below l = ${spacingA} Å`,
        found: `δ = ${widthA.value} Å`,
        remedy: 'use a longer cell, or look at the fit that gave δ',
      },
    );
  }
  return { value: widthA.value / spacingA, standardError: widthA.standardError / spacingA };
}

/** D_eff from D_bulk and D_GB, in their unit. @throws InputError as `boundaryFraction` */
export function effectiveDiffusion(bulk: Measured, boundary: Measured, geometry: BoundaryGeometry): Measured {
  const tau = boundaryFraction(geometry);
  return {
    value: (1 - tau.value) * bulk.value + tau.value * boundary.value,
    standardError: quadrature(
      (1 - tau.value) * bulk.standardError,
      tau.value * boundary.standardError,
      (boundary.value - bulk.value) * tau.standardError,
    ),
  };
}

/**
 * D_GB from D_eff and D_bulk, in their unit. Negative where D_eff lies below what the bulk alone contributes: then
 * there is no boundary diffusion coefficient, and the caller must say so.
 * @throws InputError as `boundaryFraction`
 */
export function boundaryDiffusion(effective: Measured, bulk: Measured, geometry: BoundaryGeometry): Measured {
  const tau = boundaryFraction(geometry);
  return {
    value: bulk.value + (effective.value - bulk.value) / tau.value,
    standardError: quadrature(
      effective.standardError / tau.value,
      ((1 - tau.value) / tau.value) * bulk.standardError,
      ((effective.value - bulk.value) / (tau.value * tau.value)) * tau.standardError,
    ),
  };
}

/** ∂ ln D_GB / ∂ ln δ = −(1 − D_bulk/D_GB): how many per cent D_GB changes for one per cent of δ. */
export function widthSensitivity(bulk: number, boundary: number): number {
  return bulk / boundary - 1;
}

function quadrature(...errors: readonly number[]): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0));
}
