import { describe, expect, it } from 'vitest';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { runSegment, type Segment, type SegmentRequest } from '../../src/dynamics/md-segment.ts';
import { createState, type MdState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { argonCrystal, dimer, LennardJones, watchNothing } from './argon.ts';

const crystal = argonCrystal(2);
const massesAmu = atomMassesAmu(crystal);

const request = (changes: Partial<SegmentRequest> = {}): SegmentRequest => ({
  structure: crystal,
  state: createState(crystal, drawVelocities(massesAmu, 90, '00000000000000d4')),
  forceField: new LennardJones(),
  ensemble: 'nvt',
  timeStepFs: 8,
  temperatureK: 90,
  steps: 200,
  sampleEverySteps: 10,
  watch: watchNothing(),
  ...changes,
});

const joined = (parts: readonly Float64Array[]): number[] => parts.flatMap((part) => Array.from(part));

describe('segments', () => {
  it.each(['nve', 'nvt'] as const)('cut into four, a run has the same bits (%s)', (ensemble) => {
    const whole = runSegment(request({ ensemble }));
    const parts: Segment[] = [];
    let state: MdState = request().state;
    for (let k = 0; k < 4; k++) {
      const part = runSegment(request({ ensemble, state, steps: 50 }));
      state = part.finalState;
      parts.push(part);
    }
    expect(state).toEqual(whole.finalState);
    expect(joined(parts.map((part) => part.frames))).toEqual(Array.from(whole.frames));
    expect(parts.flatMap((part) => Array.from(part.frameSteps))).toEqual(Array.from(whole.frameSteps));
    for (const name of ['potentialEv', 'kineticEv', 'conservedEv'] as const) {
      expect(joined(parts.map((part) => part.energies[name]))).toEqual(Array.from(whole.energies[name]));
    }
    const nearest = Math.min(...parts.map((part) => part.closestApproach!.distanceA));
    expect(nearest).toBe(whole.closestApproach!.distanceA);
  });

  it('has the same bits whatever the skin', () => {
    const results = [0, 0.3, 1, 2.5].map((skinA) => {
      const forceField = new LennardJones();
      return runSegment(request({ skinA, forceField }));
    });
    for (const result of results.slice(1)) expect(result).toEqual(results[0]);
  });

  it('leaves the state that it was given untouched, and is cut at any sampling', () => {
    const given = request();
    const before = given.state.positionsA.slice();
    const segment = runSegment({ ...given, steps: 25, sampleEverySteps: 10 });
    expect(given.state.positionsA).toEqual(before);
    expect(given.state.step).toBe(0);
    expect(Array.from(segment.frameSteps)).toEqual([10, 20]);
    const next = runSegment({ ...given, state: segment.finalState, steps: 25, sampleEverySteps: 10 });
    expect(Array.from(next.frameSteps)).toEqual([30, 40, 50]);
    expect(Array.from(next.frames.slice(-96))).toEqual(Array.from(next.finalState.positionsA));
  });

  it('reports temperature, energies and progress', () => {
    const seen: number[] = [];
    const segment = runSegment(request({ ensemble: 'nve', steps: 100, onProgress: (done) => seen.push(done) }));
    expect(seen).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    const { meanTotalEnergyEv, energyDriftEvAtomPs, meanTemperatureK, stdTemperatureK } = segment.statistics!;
    expect(meanTotalEnergyEv).toBeCloseTo(segment.energies.conservedEv[9], 3);
    expect(Math.abs(energyDriftEvAtomPs)).toBeLessThan(1e-4);
    // Half of the kinetic energy of an ideal lattice goes into displacements.
    expect(meanTemperatureK).toBeLessThan(80);
    expect(meanTemperatureK).toBeGreaterThan(35);
    expect(stdTemperatureK).toBeGreaterThan(1);
    expect(segment.outcome).toEqual({ status: 'completed' });
    expect(segment.closestApproach!.distanceA).toBeGreaterThan(2.8);
    expect(segment.closestApproach!.distanceA).toBeLessThan(5.3 / Math.SQRT2);
  });

  const cases: [string, Partial<SegmentRequest>, string][] = [
    ['no steps', { steps: 0 }, 'bad-steps'],
    ['half a step', { steps: 0.5 }, 'bad-steps'],
    ['no sampling', { sampleEverySteps: 0 }, 'bad-steps'],
    ['no time', { timeStepFs: 0 }, 'bad-time-step'],
    ['time backwards', { timeStepFs: -1 }, 'bad-time-step'],
    ['no heat', { temperatureK: 0 }, 'bad-temperature'],
    ['negative damping', { dampingFs: -5 }, 'bad-damping'],
    ['limits for another number of species', { watch: watchNothing(2) }, 'bad-watch'],
    ['a limit beyond the cutoff', { watch: { ...watchNothing(), pairDistanceA: Float64Array.of(7) } }, 'bad-watch'],
    ['an endless watch', { watch: { ...watchNothing(), watchEverySteps: 0 } }, 'bad-watch'],
    ['another structure', { structure: argonCrystal(1) }, 'bad-shape'],
  ];
  it.each(cases)('refuses %s', (_, changes, code) => {
    try {
      runSegment(request(changes));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).code).toBe(code);
    }
  });

  it('refuses overlapping atoms, also through a cell’s boundary, and names them', () => {
    expect(() => createState(dimer(['Li', 'S'], 0.2), new Float64Array(6))).toThrow(
      /Li atom 0 and S atom 1 lie nearer/,
    );
    const shifted = { ...crystal, positionsA: crystal.positionsA.slice() };
    shifted.positionsA.set([10.5, 0, 0], 15);
    expect(() => createState(shifted, new Float64Array(96))).toThrow(/Ar atom 0 and Ar atom 5 lie nearer/);
    expect(() => createState(crystal, new Float64Array(3))).toThrow(/velocities must hold/);
    const broken = { ...crystal, positionsA: crystal.positionsA.with(4, Number.NaN) };
    expect(() => createState(broken, new Float64Array(96))).toThrow(/atom 1: positions must be finite/);
  });
});
