import { describe, expect, it } from 'vitest';
import { EnthalpyLandscape } from '../../../src/dynamics/minimise/enthalpy-landscape.ts';
import { type RelaxMethod, type RelaxRequest, relaxStructure } from '../../../src/dynamics/minimise/relax.ts';
import type { RelaxedCell } from '../../../src/dynamics/minimise/strain-variables.ts';
import { InputError } from '../../../src/numerics/input-error.ts';
import { RandomStream } from '../../../src/numerics/philox.ts';
import { GPA_PER_EV_A3 } from '../../../src/numerics/physical-constants.ts';
import { rattle } from '../../../src/structure/disorder.ts';
import { cellVolumeA3, type Structure } from '../../../src/structure/structure.ts';
import { argonCrystal, dimer, LennardJones } from '../argon.ts';
import { bonds } from './bonds.ts';

const methods: readonly RelaxMethod[] = ['fire', 'l-bfgs', 'conjugate-gradient'];
const cells: readonly RelaxedCell[] = ['fixed', 'isotropic', 'z', 'full'];

/** fcc with 5.3 Å has neighbours at 3.748 Å and then at 5.3 Å. */
const bondA = 3.7;
const idealA = bondA * Math.SQRT2;
const forceField = bonds(bondA, 3, 4.5);

function deformed(structure: Structure, matrix: readonly number[]): Structure {
  const apply = (vectors: Float64Array): Float64Array =>
    vectors.map((_, k) => {
      const row = k - (k % 3);
      return [0, 1, 2].reduce((sum, b) => sum + matrix[3 * (k % 3) + b] * vectors[row + b], 0);
    });
  return { ...structure, cellA: apply(structure.cellA), positionsA: apply(structure.positionsA) };
}

const start = rattle(argonCrystal(2), 0.08, '0000000000000041');
const request = (changes: Partial<RelaxRequest> = {}): RelaxRequest => ({
  structure: start,
  forceField,
  method: 'l-bfgs',
  cell: 'fixed',
  forceToleranceEvA: 1e-8,
  stressToleranceGpa: 1e-6,
  maxSteps: 2000,
  ...changes,
});

describe.each(methods)('%s, on a harmonic crystal', (method) => {
  it('finds the lattice where the cell is free, whatever its shape was', () => {
    const structure = deformed(start, [1.02, 0.02, -0.01, 0.01, 0.98, 0.02, 0, 0.01, 1.01]);
    const {
      energyEv,
      outcome,
      structure: found,
      stressGpa,
    } = relaxStructure(request({ structure, method, cell: 'full' }));
    expect(outcome).toEqual({ status: 'converged' });
    expect(Math.abs(energyEv)).toBeLessThan(1e-12);
    expect(Math.max(...stressGpa.map(Math.abs))).toBeLessThan(1e-6);
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b <= a; b++) {
        const [u, v] = [a, b].map((k) => found.cellA.subarray(3 * k, 3 * k + 3));
        const product = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
        expect(product).toBeCloseTo(a === b ? 4 * idealA * idealA : 0, 6);
      }
    }
  });

  it('finds the cubic lattice with an isotropic cell, and the height with z alone', () => {
    const cubic = relaxStructure(request({ method, cell: 'isotropic' }));
    expect(cubic.outcome.status).toBe('converged');
    expect(cubic.structure.cellA[0]).toBeCloseTo(2 * idealA, 7);
    const z = relaxStructure(request({ method, cell: 'z' }));
    expect(z.outcome.status).toBe('converged');
    // Bonds in the xy plane stay as long as they are, the eight others reach bondA: a² + c² = 4 bondA².
    const height = Math.sqrt(4 * bondA * bondA - 5.3 * 5.3);
    expect(z.structure.cellA[8]).toBeCloseTo(2 * height, 7);
    expect(z.energyEv).toBeCloseTo(32 * 2 * 0.5 * 3 * (5.3 / Math.SQRT2 - bondA) * (5.3 / Math.SQRT2 - bondA), 9);
    for (const k of [0, 1, 3, 4, 6, 7]) expect(Object.is(z.structure.cellA[k], start.cellA[k])).toBe(true);
  });

  it('reaches a target pressure', () => {
    const pressureGpa = 0.5;
    const { structure, outcome, stressGpa } = relaxStructure(request({ method, cell: 'isotropic', pressureGpa }));
    expect(outcome.status).toBe('converged');
    expect((stressGpa[0] + stressGpa[4] + stressGpa[8]) / 3).toBeCloseTo(-pressureGpa, 6);
    // E = 6N · ½k (a/√2 − bondA)², V = N a³/4: dE/da = −P dV/da.
    const a = structure.cellA[0] / 2;
    const slopeEv = (6 * 3 * (a / Math.SQRT2 - bondA)) / Math.SQRT2;
    expect(slopeEv).toBeCloseTo((-pressureGpa / GPA_PER_EV_A3) * 0.75 * a * a, 7);
  });

  it('gives the same bits again, whatever the skin', () => {
    const runs = [1, 1, 0.1].map((skinA) =>
      relaxStructure(request({ method, cell: 'full', forceField: new LennardJones(5.2), skinA, maxSteps: 20 })),
    );
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  it('relaxes argon to the perfect lattice, to forces far below what energies resolve', () => {
    const relaxed = relaxStructure(
      request({ method, cell: 'isotropic', forceField: new LennardJones(5.2), forceToleranceEvA: 1e-10 }),
    );
    expect(relaxed.outcome.status).toBe('converged');
    expect(relaxed.maxForceEvA).toBeLessThan(1e-10);
    const perfect = relaxStructure(
      request({ structure: argonCrystal(2), method: 'l-bfgs', cell: 'isotropic', forceField: new LennardJones(5.2) }),
    );
    expect(relaxed.energyEv).toBeCloseTo(perfect.energyEv, 10);
    expect(relaxed.structure.cellA[0]).toBeCloseTo(perfect.structure.cellA[0], 6);
  });
});

describe('the landscape', () => {
  it.each(cells)('has the gradient of its value (cell %s, under pressure)', (cell) => {
    const landscape = new EnthalpyLandscape(start, new LennardJones(5.2), cell, 2, null, 1);
    const random = new RandomStream('0000000000000042', 0);
    const x = landscape.start.map((value) => value + 0.05 * random.normal());
    const gradient = new Float64Array(x.length);
    landscape.evaluate(x, gradient);
    const scratch = new Float64Array(x.length);
    for (const k of [0, 4, 50, 95, ...Array.from({ length: x.length - 96 }, (_, n) => 96 + n)]) {
      const h = 1e-5;
      const [up, down] = [h, -h].map((step) => landscape.evaluate(x.with(k, x[k] + step), scratch));
      expect((up - down) / (2 * h)).toBeCloseTo(gradient[k], 6);
    }
  });

  it('takes a structure that cannot be evaluated for infinitely high', () => {
    const landscape = new EnthalpyLandscape(start, new LennardJones(5.2), 'isotropic', 0, null, 1);
    const x = landscape.start.with(96, -1e6);
    expect(landscape.evaluate(x, new Float64Array(97))).toBe(Number.POSITIVE_INFINITY);
    expect(landscape.fault!.code).toBe('cell-collapsed');
  });
});

describe('a relaxation', () => {
  it('says what is left where its steps do not suffice', () => {
    const { outcome, steps, enthalpiesEv } = relaxStructure(request({ maxSteps: 2 }));
    expect(outcome).toMatchObject({ status: 'stopped', reason: { quantity: 'steps', value: 2, limit: 2 } });
    expect(steps).toBe(2);
    expect(enthalpiesEv).toHaveLength(3);
    expect(enthalpiesEv[2]).toBeLessThan(enthalpiesEv[0]);
  });

  it('stops where atoms fall into each other', () => {
    const attraction = bonds(0, 5, 5);
    const pair = dimer(['Li', 'S'], 3);
    const { outcome } = relaxStructure(
      request({ structure: pair, forceField: attraction, pairDistanceA: Float64Array.of(0, 1.5, 1.5, 0) }),
    );
    expect(outcome).toMatchObject({
      status: 'stopped',
      reason: { quantity: 'pair distance', limit: 1.5, atom: 0, otherAtom: 1, elements: ['Li', 'S'] },
    });
  });

  it('relaxes what has no cell', () => {
    const { structure, outcome } = relaxStructure(
      request({ structure: dimer(['Li', 'S'], 3), forceField: bonds(2, 5, 5) }),
    );
    expect(outcome.status).toBe('converged');
    expect(structure.positionsA[3] - structure.positionsA[0]).toBeCloseTo(2, 7);
  });

  const cell = Float64Array.from(start.cellA);
  it.each<[string, Partial<RelaxRequest>, string]>([
    ['no tolerance', { forceToleranceEvA: 0 }, 'bad-relaxation'],
    ['half a step', { maxSteps: 0.5 }, 'bad-relaxation'],
    ['a pressure that is none', { pressureGpa: Number.NaN }, 'bad-relaxation'],
    [
      'a left-handed cell',
      { cell: 'z', structure: { ...start, cellA: cell.map((x, k) => (k > 5 ? -x : x)) } },
      'bad-cell',
    ],
    ['a flat cell', { cell: 'z', structure: { ...start, cellA: cell.map((x, k) => (k > 5 ? 0 : x)) } }, 'bad-cell'],
    ['a slab', { cell: 'full', structure: { ...start, periodic: [true, true, false] } }, 'bad-cell'],
  ])('refuses %s', (_, changes, code) => {
    expect(() => relaxStructure(request(changes))).toThrow(expect.objectContaining({ code }));
    expect(() => relaxStructure(request(changes))).toThrow(InputError);
  });

  it('leaves the structure that it was given as it was', () => {
    const before = start.positionsA.slice();
    relaxStructure(request({ cell: 'full' }));
    expect(start.positionsA).toEqual(before);
    expect(cellVolumeA3(start.cellA)).toBeCloseTo(10.6 * 10.6 * 10.6, 9);
  });
});
