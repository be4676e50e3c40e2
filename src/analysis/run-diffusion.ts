/**
 * D of one run with both of its error estimates side by side, of all origins and of the first frame alone, in each direction:
 * a jackknife over groups of atoms (diffusion.ts) and generalised least squares over lags (generalised-fit.ts).
 */
import { analyseDiffusion, type DiffusionEstimate, type FitOptions } from './diffusion.ts';
import { DIRECTIONS, type Direction } from './direction.ts';
import { type GeneralisedEstimate, generalisedFit } from './generalised-fit.ts';
import type { Paths } from './paths.ts';

export const ORIGINS = ['multipleOrigins', 'singleOrigin'] as const;
export type Origins = (typeof ORIGINS)[number];

export interface TwoEstimates {
  readonly jackknife: DiffusionEstimate;
  /** null where nothing moved. */
  readonly generalised: GeneralisedEstimate | null;
}

export interface RunDiffusion {
  readonly runLengthFs: number;
  readonly windowFs: readonly [number, number];
  readonly directions: Readonly<Record<Direction, Readonly<Record<Origins, TwoEstimates>>>>;
}

/** @throws InputError as `analyseDiffusion` */
export function analyseRun(paths: Paths, options: FitOptions & { readonly frameIntervalFs: number }): RunDiffusion {
  const analysis = analyseDiffusion(paths, options);
  const of = (direction: Direction, origins: Origins): TwoEstimates => ({
    jackknife: analysis.directions[direction][origins],
    generalised: generalisedFit(analysis[origins], paths, direction, options),
  });
  const directions = DIRECTIONS.map((direction) => [
    direction,
    Object.fromEntries(ORIGINS.map((origins) => [origins, of(direction, origins)])),
  ]);
  const { runLengthFs, windowFs } = analysis;
  return { runLengthFs, windowFs, directions: Object.fromEntries(directions) as RunDiffusion['directions'] };
}
