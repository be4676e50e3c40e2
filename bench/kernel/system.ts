/** What benches compute on: rattled Li6PS5Cl and a potential with random coefficients. */
import { RandomStream } from '../../src/numerics/philox.ts';
import type { MtpPotential } from '../../src/potential/potential.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { rattle } from '../../src/structure/disorder.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';

export const RADIAL_BASIS_SIZE = 8;
export const CUTOFF_A = 5;

/** 52 n³ atoms. */
export function rattledArgyrodite(n: number, seed: number): Structure {
  const cell = makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [n, n, n]).structure;
  return rattle(cell, 0.1, seed.toString(16).padStart(16, '0'));
}

export function randomPotential(level: number): MtpPotential {
  const template = generateTemplate(level);
  const stream = new RandomStream('00000000000be0c4', level);
  const draw = (length: number): Float64Array => Float64Array.from({ length }, () => 0.1 * (2 * stream.uniform() - 1));
  return {
    name: '',
    speciesCount: 4,
    minDistanceA: 1.5,
    maxDistanceA: CUTOFF_A,
    radialBasisSize: RADIAL_BASIS_SIZE,
    scaling: 1,
    template,
    radialCoefficients: draw(16 * RADIAL_BASIS_SIZE * template.radialFunctions),
    speciesCoefficients: draw(4),
    momentCoefficients: draw(template.scalars.length),
  };
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Milliseconds of each call, over `leastMs` at least; the first two calls are not counted. */
export function times(call: () => void, leastMs: number): number[] {
  call();
  call();
  const found: number[] = [];
  for (const begun = performance.now(); found.length < 5 || performance.now() - begun < leastMs; ) {
    const before = performance.now();
    call();
    found.push(performance.now() - before);
  }
  return found;
}
