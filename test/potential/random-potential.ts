/** Random potentials and structures for tests, from seeded streams. */
import type { RandomStream } from '../../src/numerics/philox.ts';
import type { MtpPotential } from '../../src/potential/potential.ts';
import type { MtpTemplate } from '../../src/potential/template.ts';
import type { Structure } from '../../src/structure/structure.ts';

export function randomPotential(template: MtpTemplate, speciesCount: number, stream: RandomStream): MtpPotential {
  const draw = (length: number, size: number): Float64Array =>
    Float64Array.from({ length }, () => size * (2 * stream.uniform() - 1));
  return {
    name: 'random',
    speciesCount,
    minDistanceA: 1.5,
    maxDistanceA: 4,
    radialBasisSize: 5,
    scaling: 0.7,
    template,
    radialCoefficients: draw(speciesCount * speciesCount * template.radialFunctions * 5, 0.1),
    speciesCoefficients: draw(speciesCount, 2),
    momentCoefficients: draw(template.scalars.length, 0.1),
  };
}

/** Atoms on a strained, displaced simple-cubic grid of n³ sites; small cells have atoms that neighbour themselves. */
export function randomStructure(n: number, speciesCount: number, stream: RandomStream): Structure {
  const spacingA = 2.4;
  const cellA = new Float64Array(9);
  for (let k = 0; k < 9; k++) cellA[k] = (k % 4 === 0 ? n * spacingA : 0) + 0.3 * (2 * stream.uniform() - 1);
  const positions: number[] = [];
  for (let site = 0; site < n * n * n; site++) {
    const fractional = [site % n, Math.floor(site / n) % n, Math.floor(site / (n * n))].map((s) => s / n);
    for (let axis = 0; axis < 3; axis++) {
      const onSite = fractional.reduce((sum, s, k) => sum + s * cellA[3 * k + axis]!, 0);
      positions.push(onSite + 0.3 * (2 * stream.uniform() - 1));
    }
  }
  return {
    cellA,
    periodic: [true, true, true],
    elements: Array.from({ length: speciesCount }, (_, z) => ['Li', 'P', 'S', 'Cl'][z]!),
    species: Int32Array.from({ length: n * n * n }, () => stream.integer(speciesCount)),
    positionsA: Float64Array.from(positions),
  };
}
