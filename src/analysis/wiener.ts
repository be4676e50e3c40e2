/**
 * Wiener's bounds of the diffusion coefficient of a mixture, and what lies between them (the argyrodite paper's Eqs. C1 to
 * C3; Wiener 1912; Chen et al. 2008 on their use): the weighted arithmetic mean is the upper one (all components side by
 * side), the weighted harmonic mean the lower one (one behind the other).
 *
 * They hold without segregation. As limits of what is likely they are useful for a low contrast, up to 10² between any two
 * components; beyond that they are still bounds, but far apart, and `lowContrast` is false: say so.
 */
import { InputError } from '../numerics/input-error.ts';

export interface Component {
  readonly name: string;
  /** Part of the volume, 0 to 1. */
  readonly fraction: number;
  readonly diffusionCm2S: number;
}

export interface WienerBounds {
  readonly upperCm2S: number;
  readonly lowerCm2S: number;
  /** Largest D over smallest, of the components that have a share. */
  readonly contrast: number;
  readonly lowContrast: boolean;
}

/** Ratio of diffusion coefficients up to which the bounds are taken as an estimate. */
export const LOW_CONTRAST = 100;

const SUM_TOLERANCE = 1e-9;

/** @throws InputError `bad-mixture` for fractions outside 0 to 1 or a sum other than 1, or a D that is not positive */
export function wienerBounds(components: readonly Component[]): WienerBounds {
  let sum = 0;
  let arithmetic = 0;
  let resistance = 0;
  let highest = 0;
  let lowest = Number.POSITIVE_INFINITY;
  for (const { name, fraction, diffusionCm2S } of components) {
    if (!(fraction >= 0 && fraction <= 1)) refuse(name, 'a fraction lies between 0 and 1', `${fraction}`);
    if (!(diffusionCm2S > 0 && Number.isFinite(diffusionCm2S)))
      refuse(name, 'D must be positive', `${diffusionCm2S} cm²/s`);
    sum += fraction;
    arithmetic += fraction * diffusionCm2S;
    resistance += fraction / diffusionCm2S;
    if (fraction === 0) continue;
    highest = Math.max(highest, diffusionCm2S);
    lowest = Math.min(lowest, diffusionCm2S);
  }
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) refuse('the mixture', 'the fractions must add up to 1', `${sum}`);
  const contrast = highest / lowest;
  return { upperCm2S: arithmetic, lowerCm2S: 1 / resistance, contrast, lowContrast: contrast <= LOW_CONTRAST };
}

/**
 * The part of the second of two components at which a bound takes a value (Fig. 13b read backwards).
 * @throws InputError `bad-mixture` where the value does not lie between the two
 */
export function fractionAtBound(
  bound: 'upper' | 'lower',
  firstCm2S: number,
  secondCm2S: number,
  valueCm2S: number,
): number {
  const of = (diffusionCm2S: number): number => (bound === 'upper' ? diffusionCm2S : 1 / diffusionCm2S);
  const fraction = (of(valueCm2S) - of(firstCm2S)) / (of(secondCm2S) - of(firstCm2S));
  if (fraction >= 0 && fraction <= 1) return fraction;
  throw new InputError('bad-mixture', 'no mixture of the two has this diffusion coefficient', {
    expected: `between ${[firstCm2S, secondCm2S]
      .sort((a, b) => a - b)
      .map(brief)
      .join(' and ')} cm²/s`,
    found: `${brief(valueCm2S)} cm²/s`,
  });
}

const brief = (value: number): string => value.toExponential(2);

function refuse(where: string, what: string, found: string): never {
  throw new InputError('bad-mixture', what, { where, found });
}
