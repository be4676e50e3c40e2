/**
 * D of one run with both of its error estimates side by side, of all origins and of the first frame alone, in each direction:
 * a jackknife over groups of atoms (diffusion.ts) and generalised least squares over lags (generalised-fit.ts).
 */
import { type DiffusionEstimate, type DiffusionOptions, DiffusionParts, windowLags } from './diffusion.ts';
import { DIRECTIONS, type Direction } from './direction.ts';
import { type GeneralisedEstimate, generalisedFitOf } from './generalised-fit.ts';
import type { PathShape } from './msd.ts';
import { ExcessFourthMoment } from './msd-covariance.ts';
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
export function analyseRun(paths: Paths, options: DiffusionOptions): RunDiffusion {
  const parts = new RunParts({ atoms: paths.atoms.length, frames: paths.framesA.length }, options);
  parts.add(paths);
  return parts.result();
}

/** The same from the paths of some atoms at a time (`pathBlocks`), in order. */
export class RunParts {
  readonly #options: DiffusionOptions;
  readonly #diffusion: DiffusionParts;
  readonly #fourthMoments: readonly ExcessFourthMoment[];

  constructor(shape: PathShape, options: DiffusionOptions) {
    this.#options = options;
    this.#diffusion = new DiffusionParts(shape, options);
    const [firstLag] = windowLags(shape.frames, options.window);
    this.#fourthMoments = DIRECTIONS.map((direction) => new ExcessFourthMoment(direction, firstLag));
  }

  add(paths: Paths): void {
    this.#diffusion.add(paths);
    for (const moment of this.#fourthMoments) moment.add(paths);
  }

  result(): RunDiffusion {
    const analysis = this.#diffusion.result();
    const excessA4 = this.#fourthMoments.map((moment) => moment.excessA4());
    const of = (direction: Direction, k: number, origins: Origins): TwoEstimates => ({
      jackknife: analysis.directions[direction][origins],
      generalised: generalisedFitOf(analysis[origins], excessA4[k]!, direction, this.#options),
    });
    const directions = DIRECTIONS.map((direction, k) => [
      direction,
      Object.fromEntries(ORIGINS.map((origins) => [origins, of(direction, k, origins)])),
    ]);
    const { runLengthFs, windowFs } = analysis;
    return { runLengthFs, windowFs, directions: Object.fromEntries(directions) as RunDiffusion['directions'] };
  }
}
