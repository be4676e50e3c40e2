/**
 * From boundaries and grains to a polycrystal (the argyrodite paper's Eqs. C4, C5 and Fig. 13): boundaries of all
 * orientations diffuse with D_GB = (2 D∥ + D⟂)/3, and those of kind k fill the fraction f = p H δ/d of the volume, p
 * being their share of all boundaries, d the mean grain size, and H a number for the shape and the sizes of the grains:
 * 2.9105 for Voronoi polyhedra of nearly log-normal sizes (Chen & Schuh, J. Appl. Phys. 101, 063524 (2007)).
 *
 * This is Harrison's kinetic regime A: the diffusion length must be more than three times the size of what is averaged.
 */
import { InputError } from '../numerics/input-error.ts';
import { type Component, type WienerBounds, wienerBounds } from './wiener.ts';

export const VORONOI_GRAIN_SHAPE = 2.9105;

/** √(D t) over the size of the grains, from which on regime A is taken to hold. */
export const REGIME_A_RATIO = 3;

export interface BoundaryKind {
  readonly name: string;
  /** δ, Å. */
  readonly widthA: number;
  /** D in the plane of the boundary and across it. */
  readonly parallelCm2S: number;
  readonly perpendicularCm2S: number;
  /** Share of all boundaries; alike for all where left out. */
  readonly probability?: number;
}

/** D_GB of boundaries of all orientations, in the unit of the two. */
export const isotropicBoundaryDiffusion = (parallel: number, perpendicular: number): number =>
  (2 * parallel + perpendicular) / 3;

/** f = p H δ/d. @throws InputError `bad-polycrystal` for what is not positive */
export function boundaryVolumeFraction(
  widthA: number,
  grainSizeA: number,
  probability: number,
  grainShape = VORONOI_GRAIN_SHAPE,
): number {
  requirePositive({ widthA, grainSizeA, grainShape });
  if (!(probability >= 0 && probability <= 1)) refuse('a probability lies between 0 and 1', `${probability}`);
  return (probability * grainShape * widthA) / grainSizeA;
}

/** The grain size at which boundaries would fill the whole volume, Å: the model means nothing below. */
export function smallestGrainSizeA(kinds: readonly BoundaryKind[], grainShape = VORONOI_GRAIN_SHAPE): number {
  return kinds.reduce((sum, { widthA }, k) => sum + probabilitiesOf(kinds)[k] * grainShape * widthA, 0);
}

/**
 * Wiener's bounds of a polycrystal of one bulk and its boundaries.
 * @param grainSizeA mean grain size d, Å
 * @throws InputError `grains-too-small` where Σ f_GB > 1; `bad-polycrystal`, `bad-mixture`
 */
export function polycrystalBounds(
  bulkCm2S: number,
  kinds: readonly BoundaryKind[],
  grainSizeA: number,
  grainShape = VORONOI_GRAIN_SHAPE,
): WienerBounds & { readonly boundaryFraction: number } {
  const probabilities = probabilitiesOf(kinds);
  const boundaries = kinds.map(({ name, widthA, parallelCm2S, perpendicularCm2S }, k): Component => {
    const fraction = boundaryVolumeFraction(widthA, grainSizeA, probabilities[k], grainShape);
    return { name, fraction, diffusionCm2S: isotropicBoundaryDiffusion(parallelCm2S, perpendicularCm2S) };
  });
  const boundaryFraction = boundaries.reduce((sum, { fraction }) => sum + fraction, 0);
  if (boundaryFraction > 1) {
    throw new InputError('grains-too-small', 'the boundaries would fill more than the whole volume', {
      expected: `grains of at least ${smallestGrainSizeA(kinds, grainShape).toFixed(1)} Å`,
      found: `${grainSizeA} Å, where boundaries fill ${boundaryFraction.toFixed(3)} of the volume`,
    });
  }
  const bulk = { name: 'bulk', fraction: 1 - boundaryFraction, diffusionCm2S: bulkCm2S };
  return { ...wienerBounds([bulk, ...boundaries]), boundaryFraction };
}

/** Whether the diffusion length √(D t), t in s, is more than REGIME_A_RATIO times a size, Å. */
export function isRegimeA(diffusionCm2S: number, timeS: number, sizeA: number): boolean {
  requirePositive({ diffusionCm2S, timeS, sizeA });
  // 1 cm = 10⁸ Å.
  return Math.sqrt(diffusionCm2S * timeS) * 1e8 > REGIME_A_RATIO * sizeA;
}

/** The time from which on regime A holds, s. @throws InputError `bad-polycrystal` for what is not positive */
export function regimeAFromS(diffusionCm2S: number, sizeA: number): number {
  requirePositive({ diffusionCm2S, sizeA });
  // 1 Å = 10⁻⁸ cm.
  const lengthCm = REGIME_A_RATIO * sizeA * 1e-8;
  return (lengthCm * lengthCm) / diffusionCm2S;
}

/** @throws InputError `bad-polycrystal` where some are given and others not, or they do not add up to 1 */
function probabilitiesOf(kinds: readonly BoundaryKind[]): number[] {
  if (kinds.length === 0) refuse('no kind of boundary', '0');
  const given = kinds.flatMap(({ probability }) => (probability === undefined ? [] : [probability]));
  if (given.length === 0) return kinds.map(() => 1 / kinds.length);
  const sum = given.reduce((total, probability) => total + probability, 0);
  if (given.length !== kinds.length)
    refuse('some kinds of boundary have no probability', `${given.length} of ${kinds.length}`);
  if (!(Math.abs(sum - 1) < 1e-9)) refuse('the probabilities of the boundaries must add up to 1', `${sum}`);
  return given;
}

function requirePositive(values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(value > 0 && Number.isFinite(value))) refuse(`${name} must be positive and finite`, `${value}`);
  }
}

function refuse(what: string, found: string): never {
  throw new InputError('bad-polycrystal', what, { found });
}
