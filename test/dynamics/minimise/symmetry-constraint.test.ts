import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type RelaxRequest, relaxStructure } from '../../../src/dynamics/minimise/relax.ts';
import { type ConstraintOperation, SymmetryConstraint } from '../../../src/dynamics/minimise/symmetry-constraint.ts';
import { mtpForceField } from '../../../src/dynamics/mtp-force-field.ts';
import { readMtp } from '../../../src/formats/mtp.ts';
import { argyrodite } from '../../../src/structure/argyrodite.ts';
import { rattle } from '../../../src/structure/disorder.ts';
import type { Structure } from '../../../src/structure/structure.ts';

const potential = readMtp(readFileSync(new URL('../level-8.mtp', import.meta.url), 'utf8'), 'level-8.mtp');
const ideal = argyrodite({ latticeConstantA: 10.25 }).structure;

/** Rotations of a cube that take the crystal to itself, with what they do to its atoms. */
function cubicOperations({ cellA, positionsA, species }: Structure): ConstraintOperation[] {
  const a = cellA[0];
  const place = (x: readonly number[]): string =>
    x.map((c) => Math.round(1e4 * (c / a - Math.floor(c / a + 1e-6))) % 10_000).join(' ');
  const atoms = new Map(
    Array.from(species, (s, i) => [`${s} ${place([...positionsA.subarray(3 * i, 3 * i + 3)])}`, i]),
  );
  const axes = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  return axes.flatMap((order) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((signs) => {
      const rotation = new Int32Array(9);
      order.forEach((axis, k) => {
        rotation[3 * k + axis] = signs & (1 << k) ? -1 : 1;
      });
      const permutation = Array.from(species, (s, i) => {
        const x = positionsA.subarray(3 * i, 3 * i + 3);
        const turned = [0, 1, 2].map((k) => [0, 1, 2].reduce((sum, l) => sum + rotation[3 * k + l] * x[l], 0));
        return atoms.get(`${s} ${place(turned)}`) ?? -1;
      });
      return permutation.includes(-1) ? [] : [{ rotation, translation: [0, 0, 0], permutation }];
    }),
  );
}

const operations = cubicOperations(ideal);
const request = (changes: Partial<RelaxRequest>): RelaxRequest => ({
  structure: ideal,
  forceField: mtpForceField(potential),
  method: 'l-bfgs',
  cell: 'full',
  forceToleranceEvA: 1e-4,
  stressToleranceGpa: 1e-3,
  maxSteps: 400,
  ...changes,
});

describe('relaxing Li6PS5Cl with its symmetry', () => {
  it('has the 24 operations of T_d to keep', () => {
    expect(operations).toHaveLength(24);
  });

  it('keeps every operation and a cubic cell, and moves the free coordinates', () => {
    const { structure, outcome } = relaxStructure(request({ symmetry: operations }));
    expect(outcome.status).toBe('converged');
    const { cellA, positionsA } = structure;
    for (const k of [1, 2, 3, 5, 6, 7]) expect(Math.abs(cellA[k])).toBeLessThan(1e-10);
    expect(cellA[4]).toBeCloseTo(cellA[0], 10);
    expect(Math.abs(cellA[0] - 10.25)).toBeGreaterThan(1e-3);
    expect(Math.max(...positionsA.map((x, k) => Math.abs(x / cellA[0] - ideal.positionsA[k] / 10.25)))).toBeGreaterThan(
      1e-3,
    );
    for (const { rotation, permutation } of operations) {
      Array.from(permutation).forEach((target, i) => {
        for (let k = 0; k < 3; k++) {
          const turned = [0, 1, 2].reduce((sum, l) => sum + rotation[3 * k + l] * positionsA[3 * i + l], 0);
          const off = (turned - positionsA[3 * target + k]) / cellA[0];
          expect(Math.abs(off - Math.round(off))).toBeLessThan(1e-9);
        }
      });
    }
  });

  it('ends higher than without it: the ideal cell is a saddle', () => {
    const constrained = relaxStructure(request({ symmetry: operations }));
    const free = relaxStructure(request({ structure: rattle(ideal, 0.05, '0000000000000051') }));
    expect(free.outcome.status).toBe('converged');
    expect(constrained.energyEv - free.energyEv).toBeGreaterThan(0.01);
  });

  it('leaves alone what has the symmetry, and takes out what does not', () => {
    const constraint = new SymmetryConstraint(ideal, operations);
    const tensor = Float64Array.of(1, 4, 5, 6, 2, 7, 8, 9, 3);
    constraint.projectTensor(tensor);
    tensor.forEach((component, k) => {
      expect(component).toBeCloseTo(k % 4 === 0 ? 2 : 0, 12);
    });
    const vectors = new Float64Array(3 * 52).map((_, k) => Math.sin(k));
    constraint.projectVectors(vectors);
    const again = vectors.slice();
    constraint.projectVectors(again);
    again.forEach((x, k) => {
      expect(x).toBeCloseTo(vectors[k], 12);
    });
  });

  const [first] = operations as [ConstraintOperation];
  it.each<[string, ConstraintOperation]>([
    ['a shear', { ...first, rotation: [1, 1, 0, 0, 1, 0, 0, 0, 1] }],
    ['no integers', { ...first, rotation: [0.6, 0.8, 0, -0.8, 0.6, 0, 0, 0, 1] }],
    ['a wrong translation', { ...first, translation: [0.1, 0, 0] }],
    ['too few atoms', { ...first, permutation: [0, 1, 2] }],
  ])('refuses %s', (_, operation) => {
    expect(() => relaxStructure(request({ symmetry: [operation] }))).toThrow(
      expect.objectContaining({ code: 'bad-symmetry' }),
    );
  });
});
