import { describe, expect, it } from 'vitest';
import { densityOfStates } from '../../../src/analysis/phonons/density-of-states.ts';
import { chooseDisplacements } from '../../../src/analysis/phonons/displacements.ts';
import { DynamicalMatrix } from '../../../src/analysis/phonons/dynamical-matrix.ts';
import { type ForceConstants, forceConstants } from '../../../src/analysis/phonons/force-constants.ts';
import {
  frequencyThz,
  inverseCm,
  meshPoints,
  pathPoints,
  phononsAt,
  THZ_PER_ROOT_EV_A2_AMU,
} from '../../../src/analysis/phonons/frequencies.ts';
import { gammaModes } from '../../../src/analysis/phonons/gamma-modes.ts';
import { type PhononCell, phononCell, type Triple } from '../../../src/analysis/phonons/phonon-cell.ts';
import { stabilityVerdict } from '../../../src/analysis/phonons/stability.ts';
import { atomMassesAmu } from '../../../src/dynamics/masses.ts';
import { readCif } from '../../../src/formats/cif.ts';
import { symmetricEigen } from '../../../src/numerics/symmetric-eigen.ts';
import { WURTZITE } from '../../formats/cif-samples.ts';
import {
  chainCell,
  FCC,
  lattice,
  operationsOf,
  pairDynamicalMatrix,
  pairForces,
  SIMPLE_CUBIC,
  springForces,
} from './models.ts';

const QS: readonly Triple[] = [
  [0, 0, 0],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0.5],
  [0.1, 0.23, -0.31],
  [0.375, 0.375, 0.75],
];
const matrixOf = (constants: ForceConstants): DynamicalMatrix =>
  new DynamicalMatrix(constants, atomMassesAmu(constants.cell.unit));
const bothWays = (cell: PhononCell, forces: Parameters<typeof forceConstants>[2]): [ForceConstants, ForceConstants] => {
  const { all, identity } = operationsOf(cell);
  expect(identity).toHaveLength(1);
  return [forceConstants(cell, all, forces), forceConstants(cell, identity, forces)];
};

describe('phonons of a chain of two kinds of atoms', () => {
  const cell = chainCell(4);
  const K = 2.5;
  const constants = forceConstants(cell, operationsOf(cell).all, springForces(cell, K));
  const matrix = matrixOf(constants);

  it('are those of the textbook at every q, though only four cells were displaced', () => {
    const [m1, m2] = atomMassesAmu(cell.unit) as unknown as [number, number];
    for (const q of [0, 0.05, 0.17, 0.25, 0.4, 0.5]) {
      const sum = K * (1 / m1 + 1 / m2);
      const root = Math.sqrt(sum * sum - (4 * K * K * Math.sin(Math.PI * q) ** 2) / (m1 * m2));
      const { frequenciesThz } = phononsAt(matrix, [q, 0.3, 0.1]);
      expect(frequenciesThz[5]).toBeCloseTo(Math.sqrt(sum + root) * THZ_PER_ROOT_EV_A2_AMU, 9);
      if (q > 0) expect(frequenciesThz[4]).toBeCloseTo(Math.sqrt(sum - root) * THZ_PER_ROOT_EV_A2_AMU, 6);
      for (const thz of frequenciesThz.slice(0, 4)) expect(Math.abs(thz)).toBeLessThan(1e-5);
    }
  });

  it('need three force calls: each atom once, mirrors giving all else, and the crystal at rest', () => {
    expect(constants.residualForceEvA).toBe(0);
    expect(constants.forceCalls).toBe(3);
    expect(constants.driftEvA2).toBeLessThan(1e-12);
  });

  it('are in THz and cm⁻¹', () => {
    expect(THZ_PER_ROOT_EV_A2_AMU).toBeCloseTo(15.633302, 5);
    expect(inverseCm(1)).toBeCloseTo(33.35641, 4);
    expect(frequencyThz(-4)).toBeCloseTo(-2 * THZ_PER_ROOT_EV_A2_AMU, 12);
  });

  it('are imaginary where a spring pushes', () => {
    const pushed = matrixOf(forceConstants(cell, operationsOf(cell).all, springForces(cell, K, -0.1)));
    const points = meshPoints([4, 1, 1]).map(({ q }) => phononsAt(pushed, q));
    const verdict = stabilityVerdict(points);
    expect(verdict.verdict).toBe('unstable');
    expect(verdict.lowestThz).toBeLessThan(-1);
    expect(verdict.imaginaryModes).toBeGreaterThan(2);
    expect(stabilityVerdict(meshPoints([4, 1, 1]).map(({ q }) => phononsAt(matrix, q))).verdict).toBe('stable');
  });
});

describe('phonons of a Lennard-Jones crystal', () => {
  const cutoffA = 6;
  const fcc = phononCell(lattice(FCC, 5.3), [5, 5, 5]);
  const forces = pairForces(cutoffA);
  const [reduced, full] = bothWays(fcc, forces);

  it('take one displacement, where without symmetry they take six', () => {
    expect(reduced.forceCalls).toBe(2);
    expect(full.forceCalls).toBe(7);
    expect(chooseDisplacements(fcc, operationsOf(fcc).all, 0.01)).toHaveLength(1);
  });

  it('are those of the second derivatives of the potential, at any q', () => {
    const matrix = matrixOf(reduced);
    for (const q of QS) {
      const exact = symmetricEigen(Float64Array.from(pairDynamicalMatrix(fcc.unit, q, 39.95, cutoffA)), 3).values;
      phononsAt(matrix, q).frequenciesThz.forEach((thz, k) => {
        // Central differences of 0.01 Å leave an error of the order of the fourth derivative.
        expect(Math.abs(thz - frequencyThz(exact[k]!))).toBeLessThan(2e-3);
      });
    }
  });

  it('do not depend on the reduction by symmetry, but for an anharmonic part that falls with the square of the amplitude', () => {
    const worst = (with_: ForceConstants, without: ForceConstants): number =>
      Math.max(
        ...QS.slice(1).flatMap((q) => {
          const other = phononsAt(matrixOf(without), q).frequenciesThz;
          return phononsAt(matrixOf(with_), q).frequenciesThz.map((thz, k) => Math.abs(thz - other[k]!));
        }),
      );
    const { all, identity } = operationsOf(fcc);
    const [small, smallFull] = [all, identity].map((operations) =>
      forceConstants(fcc, operations, forces, { amplitudeA: 0.001 }),
    ) as [ForceConstants, ForceConstants];
    expect(worst(reduced, full)).toBeLessThan(1e-4);
    expect(worst(small, smallFull)).toBeLessThan(1e-6);
  });

  it('vanish at q = 0, three acoustic ones, and nowhere else', () => {
    const matrix = matrixOf(reduced);
    expect(matrix.eigenvalues([0, 0, 0]).every((value) => Math.abs(value) < 1e-14)).toBe(true);
    const groups = gammaModes(matrix, [39.95], fcc.unit, 0.05);
    expect(groups).toEqual([
      expect.objectContaining({
        degeneracy: 3,
        kind: 'acoustic',
        translation: expect.closeTo(1, 9),
        elementShares: [1],
      }),
    ]);
    expect(matrix.eigenvalues([0.01, 0, 0])[0]).toBeGreaterThan(1e-7);
    expect(matrix.eigenvalues([1, 0, -2]).every((value) => Math.abs(value) < 1e-12)).toBe(true);
  });

  it('have the symmetry of the cube: equal at equivalent q', () => {
    const matrix = matrixOf(reduced);
    // X in three settings of the primitive cell's reciprocal lattice.
    const [first, ...others] = (
      [
        [0.5, 0.5, 0],
        [0.5, 0, 0.5],
        [0, 0.5, 0.5],
      ] as Triple[]
    ).map((q) => phononsAt(matrix, q).frequenciesThz);
    expect(first![0]).toBeCloseTo(first![1]!, 9);
    for (const other of others) {
      for (const [k, thz] of other.entries()) expect(thz).toBeCloseTo(first![k]!, 9);
    }
  });

  it('fill a density of states of three states an atom', () => {
    const matrix = matrixOf(reduced);
    const modes = meshPoints([6, 6, 6]).map(({ q, weight }) => ({ weight, ...phononsAt(matrix, q) }));
    expect(modes.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const { frequenciesThz, densityPerThz } = densityOfStates(modes, 0.05, 2000);
    const step = frequenciesThz[1]! - frequenciesThz[0]!;
    // The acoustic modes at q = 0 lie on the edge: half of each is below 0.
    expect(densityPerThz.reduce((sum, d) => sum + d * step, 0)).toBeCloseTo(3, 1);
  });

  it('are imaginary in a simple cubic crystal, which such forces cannot hold', () => {
    const cubic = phononCell(lattice(SIMPLE_CUBIC, 3.7), [4, 4, 4]);
    const { all } = operationsOf(cubic);
    const matrix = matrixOf(forceConstants(cubic, all, forces));
    const verdict = stabilityVerdict(meshPoints([4, 4, 4]).map(({ q }) => phononsAt(matrix, q)));
    expect(verdict).toMatchObject({ verdict: 'unstable', points: 36 });
    expect(verdict.lowestThz).toBeLessThan(-0.1);
  });
});

describe('phonons of a hexagonal crystal with several atoms', () => {
  const { structure } = readCif(WURTZITE, 'x.cif')[0]!;
  const forces = pairForces(4.5, 0.2, 1.76);

  it('do not depend on the reduction by symmetry, in supercells that keep it and in those that do not', () => {
    for (const repeats of [
      [3, 3, 2],
      [2, 3, 1],
    ] as Triple[]) {
      const cell = phononCell(structure, repeats);
      const [reduced, full] = bothWays(cell, forces);
      expect(operationsOf(cell).all.length).toBe(repeats[0] === repeats[1] ? 12 : 2);
      expect(reduced.forceCalls).toBeLessThan(full.forceCalls);
      let scale = 0;
      let worst = 0;
      reduced.values.forEach((value, k) => {
        scale = Math.max(scale, Math.abs(value));
        worst = Math.max(worst, Math.abs(value - full.values[k]!));
      });
      // Odd orders in the displacement cancel; what is left differs by direction, of the order of its square.
      expect(worst / scale).toBeLessThan(2e-3);
    }
  });

  it('show the sum rule as a drift where it is not enforced, and keep Hermitian matrices', () => {
    const cell = phononCell(structure, [3, 3, 2]);
    const { all } = operationsOf(cell);
    const free = forceConstants(cell, all, forces, { acousticSumRule: false });
    const bound = forceConstants(cell, all, forces);
    expect(free.driftEvA2).toBe(bound.driftEvA2);
    expect(free.driftEvA2).toBeGreaterThan(0);
    for (const value of matrixOf(bound)
      .atGamma()
      .values.slice()
      .sort((a, b) => Math.abs(a) - Math.abs(b))
      .subarray(0, 3)) {
      expect(Math.abs(value)).toBeLessThan(1e-12);
    }
    const { real, imaginary } = matrixOf(bound).at([0.2, 0.1, 0.3]);
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 12; j++) {
        expect(real[12 * i + j]).toBe(real[12 * j + i]);
        expect(imaginary[12 * i + j]).toBe(
          imaginary[12 * j + i] === 0 ? imaginary[12 * i + j] : -imaginary[12 * j + i]!,
        );
      }
    }
  });
});

describe('points in reciprocal space', () => {
  it('of a mesh are those of half of it, with weights', () => {
    expect(meshPoints([2, 1, 1])).toEqual([
      { q: [0, 0, 0], weight: 0.5 },
      { q: [0.5, 0, 0], weight: 0.5 },
    ]);
    expect(meshPoints([3, 3, 3])).toHaveLength(14);
  });

  it('of a path begin and end at its corners', () => {
    expect(
      pathPoints(
        [
          [0, 0, 0],
          [0.5, 0, 0],
          [0.5, 0.5, 0],
        ],
        2,
      ),
    ).toEqual([
      [0, 0, 0],
      [0.25, 0, 0],
      [0.5, 0, 0],
      [0.5, 0.25, 0],
      [0.5, 0.5, 0],
    ]);
  });
});
