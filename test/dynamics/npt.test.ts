import { describe, expect, it } from 'vitest';
import type { CellFreedom } from '../../src/dynamics/barostat.ts';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { type Ensemble, runSegment, type Segment, type SegmentRequest } from '../../src/dynamics/md-segment.ts';
import { propagatorOf } from '../../src/dynamics/segment-request.ts';
import { copyState, createState, type MdState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { BOLTZMANN_EV_K, GPA_PER_EV_A3 } from '../../src/numerics/physical-constants.ts';
import { mean, standardDeviation, variance } from '../../src/numerics/statistics.ts';
import { cellVolumeA3, type Structure } from '../../src/structure/structure.ts';
import { argonCrystal, LennardJones, watchNothing } from './argon.ts';

const freedoms: readonly CellFreedom[] = ['isotropic', 'z', 'full'];
const crystal = argonCrystal(2);
const massesAmu = atomMassesAmu(crystal);

/** The crystal with lattice vectors that are at right angles to nothing. */
function sheared(structure: Structure): Structure {
  const shear = [1.01, 0.02, -0.01, 0.03, 0.99, 0.015, -0.02, 0.01, 1.005];
  const apply = (vectors: Float64Array): Float64Array =>
    vectors.map((_, k) => {
      const [row, axis] = [3 * Math.floor(k / 3), k % 3];
      return [0, 1, 2].reduce((sum, b) => sum + vectors[row + b] * shear[3 * b + axis], 0);
    });
  return { ...structure, cellA: apply(structure.cellA), positionsA: apply(structure.positionsA) };
}

const request = (cell: CellFreedom, changes: Partial<SegmentRequest> = {}): SegmentRequest => ({
  structure: crystal,
  state: createState(crystal, drawVelocities(massesAmu, 60, '00000000000000d5')),
  forceField: new LennardJones(5.2),
  ensemble: 'npt',
  timeStepFs: 8,
  temperatureK: 40,
  dampingFs: 400,
  barostat: { cell, dampingFs: 800, pressureGpa: 0.05 },
  steps: 100,
  sampleEverySteps: 10,
  watch: watchNothing(),
  ...changes,
});

describe.each(freedoms)('NPT, cell %s', (cell) => {
  it('conserves its energy, with an error that scales with the square of the time step', () => {
    const scatterEv = (timeStepFs: number): number => {
      const asked = request(cell, { timeStepFs });
      const run = propagatorOf(asked, copyState(asked.state), massesAmu);
      const conserved: number[] = [];
      const enthalpy: number[] = [];
      for (let n = 0; n < 6400 / timeStepFs; n++) {
        run.step();
        conserved.push(run.conservedEv);
        enthalpy.push(run.evaluation.energyEv + run.kineticEv + (0.05 / GPA_PER_EV_A3) * cellVolumeA3(run.state.cellA));
      }
      expect(standardDeviation(enthalpy)).toBeGreaterThan(20 * standardDeviation(conserved));
      return standardDeviation(conserved);
    };
    const ratio = scatterEv(8) / scatterEv(4);
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.5);
  });

  it('goes back to where it came from when all velocities are reversed', () => {
    const tilted = sheared(crystal);
    const state = createState(tilted, drawVelocities(massesAmu, 60, '00000000000000d5'));
    const run = propagatorOf(request(cell, { timeStepFs: 5 }), copyState(state), massesAmu);
    for (let n = 0; n < 200; n++) run.step();
    const { barostat, thermostat, velocitiesAFs } = run.state;
    expect(Math.max(...Array.from(run.state.cellA, (c, k) => Math.abs(c - tilted.cellA[k])))).toBeGreaterThan(1e-3);
    for (const velocities of [
      velocitiesAFs,
      thermostat.velocitiesPerFs,
      barostat!.velocitiesPerFs,
      barostat!.chain.velocitiesPerFs,
    ]) {
      for (let k = 0; k < velocities.length; k++) velocities[k] *= -1;
    }
    const back = propagatorOf(request(cell, { timeStepFs: 5 }), run.state, massesAmu);
    for (let n = 0; n < 200; n++) back.step();
    back.state.positionsA.forEach((x, k) => {
      expect(Math.abs(x - tilted.positionsA[k])).toBeLessThan(1e-9);
    });
    back.state.cellA.forEach((x, k) => {
      expect(Math.abs(x - tilted.cellA[k])).toBeLessThan(1e-9);
    });
  });

  it('conserves the momentum of the centre of mass', () => {
    const { finalState } = runSegment(request(cell));
    for (let axis = 0; axis < 3; axis++) {
      let momentum = 0;
      for (let i = 0; i < massesAmu.length; i++) momentum += massesAmu[i] * finalState.velocitiesAFs[3 * i + axis];
      expect(Math.abs(momentum)).toBeLessThan(1e-12);
    }
  });

  it('has the same bits whatever the skin, and keeps its list while the cell changes', () => {
    const segments = [0, 0.2, 1, 2.5].map((skinA) => runSegment(request(cell, { skinA })));
    for (const segment of segments.slice(1)) expect(segment).toEqual(segments[0]);
    const asked = request(cell);
    const run = propagatorOf(asked, copyState(asked.state), massesAmu);
    for (let n = 0; n < 100; n++) run.step();
    expect(run.list.builds).toBeLessThan(12);
  });
});

const joined = (parts: readonly Segment[], of: (part: Segment) => Float64Array): number[] =>
  parts.flatMap((part) => Array.from(of(part)));

describe('segments', () => {
  const cases: [string, Partial<SegmentRequest> & { ensemble: Ensemble }][] = [
    ...freedoms.map((cell): [string, Partial<SegmentRequest> & { ensemble: Ensemble }] => [
      `npt ${cell}`,
      { ensemble: 'npt', barostat: { cell, dampingFs: 800 } },
    ]),
    ['npt cooled', { ensemble: 'npt', ramp: { toK: 1, overSteps: 90 } }],
    ['npt rescaled', { ensemble: 'npt', rescaleEverySteps: 15 }],
    ['nvt cooled', { ensemble: 'nvt', ramp: { toK: 1, overSteps: 90 } }],
    ['nve rescaled', { ensemble: 'nve', rescaleEverySteps: 15 }],
    ['nvt rescaled while heated', { ensemble: 'nvt', rescaleEverySteps: 7, ramp: { toK: 80, overSteps: 200 } }],
  ];
  it.each(cases)('cut into pieces, a run has the same bits (%s)', (_, changes) => {
    const asked = request('isotropic', { ...changes, sampleEverySteps: 5 });
    const whole = runSegment(asked);
    expect(whole.outcome.status).toBe('completed');
    const parts: Segment[] = [];
    let state: MdState = asked.state;
    for (const steps of [30, 15, 5, 50]) {
      parts.push(runSegment({ ...asked, state, steps }));
      state = parts.at(-1)!.finalState;
    }
    expect(state).toEqual(whole.finalState);
    expect(joined(parts, ({ frames }) => frames)).toEqual(Array.from(whole.frames));
    expect(joined(parts, ({ energies }) => energies.conservedEv)).toEqual(Array.from(whole.energies.conservedEv));
    if (whole.cellsA !== null) expect(joined(parts, ({ cellsA }) => cellsA!)).toEqual(Array.from(whole.cellsA));
  });
});

describe('the z barostat', () => {
  it('leaves x and y of the cell, and the map from fractional to Cartesian x and y, as they are to the bit', () => {
    const tilted = sheared(crystal);
    const state = createState(tilted, drawVelocities(massesAmu, 60, '00000000000000d5'));
    const { cellsA, finalState, statistics } = runSegment(request('z', { structure: tilted, state }));
    const plane = (cell: Float64Array): number[] => [0, 1, 3, 4, 6, 7].map((k) => cell[k]);
    for (const cell of [finalState.cellA, statistics!.cell!.meanCellA, cellsA!.slice(-9)]) {
      expect(plane(cell).map((c, k) => Object.is(c, plane(tilted.cellA)[k]))).not.toContain(false);
    }
    expect(Math.abs(finalState.cellA[8] - tilted.cellA[8])).toBeGreaterThan(1e-3);
  });

  it('is driven by P_zz alone: atoms move in x and y as in NVT with the same forces', () => {
    // Without forces nothing of z reaches x and y but through the thermostat, which is slow here.
    const free = {
      cutoffA: 5,
      evaluate: () => ({ energyEv: 0, forcesEvA: new Float64Array(96), virialEv: new Float64Array(9) }),
    };
    const slow = { forceField: free, dampingFs: 1e9, steps: 50 };
    const npt = runSegment(request('z', slow));
    const nvt = runSegment(request('z', { ...slow, ensemble: 'nvt' }));
    const differences = [0, 0, 0];
    npt.finalState.positionsA.forEach((x, k) => {
      differences[k % 3] = Math.max(differences[k % 3], Math.abs(x - nvt.finalState.positionsA[k]));
    });
    expect(differences[0]).toBeLessThan(1e-9);
    expect(differences[1]).toBeLessThan(1e-9);
    expect(differences[2]).toBeGreaterThan(1e-3);
  });
});

describe('the ensemble', () => {
  const warmK = 30;
  const long = (cell: CellFreedom, steps: number, changes: Partial<SegmentRequest> = {}) => {
    const asked = request(cell, {
      temperatureK: warmK,
      dampingFs: 300,
      barostat: { cell, dampingFs: 1500, pressureGpa: 0.1 },
      ...changes,
    });
    const equilibrated = runSegment({ ...asked, steps: 3000, sampleEverySteps: 1000 });
    return runSegment({ ...asked, state: equilibrated.finalState, steps, sampleEverySteps: 1 });
  };

  /** Mean of a component of the pressure in NVT, the cell stretched, GPa. */
  function pressureGpa(stretch: readonly number[], component: (pressure: Float64Array) => number): number {
    const at = (vectors: Float64Array): Float64Array => vectors.map((x, k) => x * stretch[k % 3]!);
    const stretched = { ...crystal, cellA: at(crystal.cellA), positionsA: at(crystal.positionsA) };
    const state = createState(stretched, drawVelocities(massesAmu, 2 * warmK, '00000000000000d6'));
    // A barostat so heavy that nothing moves it.
    const barostat = { cell: 'isotropic', dampingFs: 1e12 } as const;
    const asked = request('isotropic', { structure: stretched, state, temperatureK: warmK, dampingFs: 300, barostat });
    const { finalState } = runSegment({ ...asked, steps: 2000 });
    return component(runSegment({ ...asked, state: finalState, steps: 10_000 }).statistics!.cell!.meanPressureGpa);
  }

  it.each(freedoms)('has the target pressure on average, component by component (%s)', (cell) => {
    const { meanPressureGpa } = long(cell, 12_000).statistics!.cell!;
    const along = cell === 'z' ? [meanPressureGpa[8]] : [0, 4, 8].map((k) => meanPressureGpa[k]);
    expect(Math.abs(mean(along) - 0.1)).toBeLessThan(0.005);
    if (cell === 'full') {
      for (const gpa of along) expect(Math.abs(gpa - 0.1)).toBeLessThan(0.01);
      for (const k of [1, 2, 5]) expect(Math.abs(meanPressureGpa[k])).toBeLessThan(0.01);
    }
  });

  it('has the volume fluctuations of its compressibility, and a canonical kinetic energy (isotropic)', () => {
    const { cellsA, energies, statistics } = long('isotropic', 20_000);
    const volumes = Array.from({ length: cellsA!.length / 9 }, (_, n) =>
      cellVolumeA3(cellsA!.subarray(9 * n, 9 * n + 9)),
    );
    const volumeA3 = mean(volumes);
    expect(volumeA3).toBeCloseTo(statistics!.cell!.meanVolumeA3, 6);
    const edge = Math.cbrt(volumeA3 / cellVolumeA3(crystal.cellA));
    const trace = (p: Float64Array): number => (p[0] + p[4] + p[8]) / 3;
    const at = (strain: number): number =>
      pressureGpa(
        [1, 1, 1].map(() => edge * (1 + strain)),
        trace,
      );
    // B = −V dP/dV, V ∝ (1 + ε)³.
    const bulkModulusGpa = (at(-0.004) - at(0.004)) / (3 * 0.008);
    const predicted = (BOLTZMANN_EV_K * warmK * volumeA3 * GPA_PER_EV_A3) / bulkModulusGpa;
    expect(variance(volumes) / predicted).toBeGreaterThan(0.8);
    expect(variance(volumes) / predicted).toBeLessThan(1.25);
    const thermalEv = BOLTZMANN_EV_K * warmK;
    expect(mean(energies.kineticEv) / (0.5 * 93 * thermalEv)).toBeCloseTo(1, 1.7);
    const canonical = 0.5 * 93 * thermalEv * thermalEv;
    expect(variance(energies.kineticEv) / canonical).toBeGreaterThan(0.8);
    expect(variance(energies.kineticEv) / canonical).toBeLessThan(1.25);
  });

  it('has the fluctuations of the height along z (z)', () => {
    const { cellsA } = long('z', 20_000);
    const heights = Array.from({ length: cellsA!.length / 9 }, (_, n) => cellsA![9 * n + 8]);
    const c = mean(heights) / crystal.cellA[8];
    const at = (strain: number): number => pressureGpa([1, 1, c * (1 + strain)], (p) => p[8]);
    // Of the height L: −A dP_zz/dL = kB T/Var(L).
    const stiffnessGpa = (at(-0.006) - at(0.006)) / 0.012;
    const volumeA3 = cellVolumeA3(crystal.cellA) * c;
    const relative = (BOLTZMANN_EV_K * warmK * GPA_PER_EV_A3) / (stiffnessGpa * volumeA3);
    expect(variance(heights) / (mean(heights) * mean(heights)) / relative).toBeGreaterThan(0.8);
    expect(variance(heights) / (mean(heights) * mean(heights)) / relative).toBeLessThan(1.25);
  });
});
