/**
 * Boundaries that literature knows by name, as integers: axis, Σ, angle, plane, the direction of x, and the published repeats.
 * Source: Ou et al. 2024, Table II and section II.A. Where the printed triad is left-handed or not orthogonal, x is the
 * one that completes it (docs/physics.md).
 */
type Indices = readonly [number, number, number];

export interface NamedBoundary {
  readonly axis: Indices;
  readonly sigma: number;
  readonly angleDegrees: number;
  readonly plane: Indices;
  readonly x: Indices;
  /** Coincidence cells along x, y, z in the published production model, and in the training model. */
  readonly production: Indices;
  readonly training: Indices;
}

export const NAMED_BOUNDARIES = {
  'sigma3(1-12)[110]': {
    axis: [1, 1, 0],
    sigma: 3,
    angleDegrees: 70.53,
    plane: [1, -1, 2],
    x: [1, -1, -1],
    production: [3, 7, 12],
    training: [1, 1, 4],
  },
  'sigma3(-111)[110]': {
    axis: [1, 1, 0],
    sigma: 3,
    angleDegrees: -109.47,
    plane: [-1, 1, 1],
    x: [1, -1, 2],
    production: [4, 7, 8],
    training: [1, 1, 2],
  },
  'sigma5(001)[001]': {
    axis: [0, 0, 1],
    sigma: 5,
    angleDegrees: -36.87,
    plane: [0, 0, 1],
    x: [3, -1, 0],
    production: [3, 3, 14],
    training: [1, 1, 2],
  },
} as const satisfies { readonly [name: string]: NamedBoundary };

export type BoundaryName = keyof typeof NAMED_BOUNDARIES;
