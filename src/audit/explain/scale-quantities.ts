/** What the numbers of boundaries and of the scale of grains are. */
import type { CampaignSpec } from '../../campaign/spec.ts';
import type { CellQuantity } from './cell-quantities.ts';

/** @param key table and column, without the temperature */
export function describeScale(key: string, { analysis }: CampaignSpec): CellQuantity | undefined {
  const { mobileSpecies, extrapolateToK } = analysis;
  const length = (axis: string): [string, string] => [
    `Length of the model along ${axis}`,
    'Of the lattice vector, in the structure that the runs start from.',
  ];
  const described: { readonly [key: string]: readonly [name: string, definition: string] } = {
    'tableII/atoms': ['Atoms of the model', 'All atoms of the periodic cell.'],
    'tableII/x': length('x'),
    'tableII/y': length('y'),
    'tableII/z': length('z'),
    'tableII/misorientation': ['Misorientation', 'Angle by which one grain is turned against the other.'],
    'tableII/gamma': [
      'Formation energy of the boundary',
      'γ = (E_GB − E_bulk)/A: bicrystal and bulk of the same atoms, x and y under one potential, relaxed in the same way; A is the area of both boundaries. Mean over realisations and fits.',
    ],
    'tableII/gammaUnshifted': [
      'Formation energy of the boundary, from the start without a shift',
      'As γ, of the bicrystal as it was made, without the search of the γ-surface.',
    ],
    'tableII/excessVolume': ['Excess volume per area', '[V] = (V_GB − V_bulk)/A, of the same cells as γ.'],
    'tableII/delta': [
      'Width of the boundary',
      `δ = 6σ of a Gaussian fitted to the energy of ${mobileSpecies} across the cell, both boundaries folded on one another; what slices add to σ² is taken off.`,
    ],
    'tableII/concentration': [
      `Concentration of ${mobileSpecies} within the boundary`,
      'Mean within ±δ/2 of the boundary over that of the whole cell.',
    ],
    'boundaries/Deff': [
      'Effective diffusion coefficient of the bicrystal',
      'Einstein relation in the plane of the boundary (parallel) or across it (perpendicular), averaged over runs.',
    ],
    'boundaries/Dbulk': [
      'Diffusion coefficient of the bulk',
      'Arrhenius line of bulk cells of the same geometry and direction, taken at the temperature of the bicrystal’s runs.',
    ],
    'boundaries/DGB': [
      'Diffusion coefficient of the boundary',
      'Hart’s equation, D_eff = (1 − τ) D_bulk + τ D_GB with τ = δ/l, solved for D_GB.',
    ],
    'boundaries/contrast': ['Contrast', 'D of the bicrystal over D of its bulk.'],
    'tableVI/Lambda': ['Effective carrier density', 'Λ = σ kB T/(D e²) of one measured pair of σ and D.'],
    'tableVI/LambdaRounded': [
      'Effective carrier density, with rounded constants',
      'As Λ, with kB = 1.381e-23 J/K and e = 1.602e-19 C.',
    ],
    'polycrystal/smallestGrain': [
      'Smallest grain size',
      'Where the fractions f = p H δ/d of the boundaries add up to 1: below, the model means nothing.',
    ],
    'polycrystal/negligibleFrom': [
      'Grain size from which boundaries are negligible',
      `The smallest of the spec’s sizes from which on both of Wiener’s bounds lie within 10 % of D of the bulk at ${extrapolateToK} K.`,
    ],
    'polycrystal/contrast': ['Contrast', 'The largest D over the smallest, of the bulk and its boundaries.'],
    'mixture/upperFraction': [
      'Part at the upper bound',
      'Of the second bulk, where the arithmetic mean of D is the measured one.',
    ],
    'mixture/lowerFraction': [
      'Part at the lower bound',
      'Of the second bulk, where the harmonic mean of D is the measured one.',
    ],
    'mixture/contrast': ['Contrast', 'The larger D over the smaller, of the two bulks.'],
  };
  if (!Object.hasOwn(described, key)) return undefined;
  const [name, definition] = described[key]!;
  return { name, definition };
}
