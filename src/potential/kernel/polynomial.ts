/**
 * Coefficients of a polynomial in x and y and of its derivatives, as a kernel reads them: for each planar monomial the
 * three side by side; then, where the derivatives have no more, those of the value alone.
 */
import { planarBelow } from './plan.ts';

export interface Polynomial {
  readonly at: number;
  /** Monomials that value and derivatives have, and those that the value has. */
  readonly derivatives: number;
  readonly values: number;
  /** Address of the coefficient of a monomial, by its index. */
  readonly value: (index: number) => number;
  readonly byX: (index: number) => number;
  readonly byY: (index: number) => number;
}

/** Of a degree; below 0: of none. */
export function polynomial(degree: number, place: (bytes: number) => number): Polynomial {
  const values = planarBelow(degree + 1);
  const derivatives = planarBelow(Math.max(0, degree));
  const at = place(8 * (values + 2 * derivatives));
  return {
    at,
    derivatives,
    values,
    value: (index) => at + 8 * (index + 2 * Math.min(index, derivatives)),
    byX: (index) => at + 8 * (3 * index + 1),
    byY: (index) => at + 8 * (3 * index + 2),
  };
}
