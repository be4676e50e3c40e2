import { describe, expect, it } from 'vitest';
import type { ForceField } from '../../src/dynamics/force-field.ts';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { runSegment, type Segment } from '../../src/dynamics/md-segment.ts';
import { createState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import type { StopReason, Watch } from '../../src/dynamics/watch.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { argonCrystal, dimer, LennardJones, watchNothing } from './argon.ts';

const free: ForceField = {
  cutoffA: 5,
  evaluate: ({ positionsA }) => ({
    energyEv: 0,
    forcesEvA: new Float64Array(positionsA.length),
    virialEv: new Float64Array(9),
  }),
};

const run = (structure: Structure, velocities: Float64Array, forceField: ForceField, watch: Watch): Segment =>
  runSegment({
    structure,
    state: createState(structure, velocities),
    forceField,
    ensemble: 'nve',
    timeStepFs: 1,
    steps: 100,
    sampleEverySteps: 5,
    watch,
  });

function reasonOf(segment: Segment): StopReason {
  if (segment.outcome.status !== 'stopped') throw new Error('the segment was not stopped');
  return segment.outcome.reason;
}

describe('the watch', () => {
  // Two atoms 3 Å apart approach by 0.02 Å a step, without forces.
  const approach = Float64Array.of(0.01, 0, 0, -0.01, 0, 0);
  const limits = (allowedA: number, watchEverySteps: number): Watch => ({
    ...watchNothing(2),
    pairDistanceA: Float64Array.of(0, allowedA, allowedA, 0),
    watchEverySteps,
  });

  it.each([
    [1, 51],
    [10, 60],
    [7, 56],
  ])('stops at the first step watched at which a pair is too near (every %i)', (every, step) => {
    const segment = run(dimer(['Li', 'S'], 3), approach, free, limits(1.99, every));
    const reason = reasonOf(segment);
    expect(reason).toMatchObject({ quantity: 'pair distance', limit: 1.99, unit: 'Å', step, atom: 0, otherAtom: 1 });
    expect(reason.elements).toEqual(['Li', 'S']);
    expect(reason.value).toBeCloseTo(3 - 0.02 * step, 12);
    expect(reason.message).toContain(`at step ${step}, Li atom 0 and S atom 1 were`);
    expect(segment.finalState.step).toBe(step);
    expect(segment.frameSteps).toHaveLength(Math.floor(step / 5));
    expect(segment.frames).toHaveLength(6 * Math.floor(step / 5));
    expect(segment.closestApproach).toMatchObject({ atomI: 0, atomJ: 1, step, distanceA: reason.value });
  });

  it('stops at step 0 where the start is beyond a limit already', () => {
    const segment = run(dimer(['Li', 'S'], 3), approach, free, limits(3.5, 10));
    expect(reasonOf(segment).step).toBe(0);
    expect(segment.frames).toHaveLength(0);
    expect(segment.statistics!.energyDriftEvAtomPs).toBe(0);
  });

  it('stops at a temperature, naming the hottest atom', () => {
    const crystal = argonCrystal(2);
    const velocities = drawVelocities(atomMassesAmu(crystal), 40, '00000000000000e5');
    velocities.set([0.02, 0, 0], 21);
    const reason = reasonOf(run(crystal, velocities, new LennardJones(), { ...watchNothing(), maxTemperatureK: 60 }));
    expect(reason).toMatchObject({ quantity: 'temperature', limit: 60, unit: 'K', step: 0, atom: 7 });
    expect(reason.value).toBeGreaterThan(60);
  });

  it('stops at a drift of the conserved energy, counted from the start of the run, over segments', () => {
    const crystal = argonCrystal(2);
    let calls = 0;
    // Heats: every evaluation adds a force along the velocity of none, so energy appears from nothing at atom 3.
    const lennardJones = new LennardJones();
    const pushed: ForceField = {
      cutoffA: 6,
      evaluate: (structure, neighbours) => {
        const evaluation = lennardJones.evaluate(structure, neighbours);
        calls += 1;
        evaluation.forcesEvA[9] += 1;
        return evaluation;
      },
    };
    const watch = { ...watchNothing(), maxConservedDriftEvAtom: 0.01 };
    const request = {
      structure: crystal,
      forceField: pushed,
      ensemble: 'nve' as const,
      timeStepFs: 1,
      sampleEverySteps: 5,
      watch,
    };
    const state = createState(crystal, new Float64Array(96));
    const whole = reasonOf(runSegment({ ...request, state, steps: 200 }));
    expect(whole).toMatchObject({ quantity: 'conserved energy', limit: 0.01, unit: 'eV/atom', atom: 3 });
    expect(whole.value).toBeGreaterThan(0.01);
    expect(calls).toBe(whole.step + 1);
    const first = runSegment({ ...request, state, steps: whole.step - 1 });
    expect(first.outcome.status).toBe('completed');
    expect(reasonOf(runSegment({ ...request, state: first.finalState, steps: 50 }))).toEqual(whole);
  });

  it.each([
    ['force', 'force', 1],
    ['energy', 'potential energy', null],
  ])('stops at a %s that is not finite, and ends at the last state that was', (kind, name, atom) => {
    let calls = 0;
    const failing: ForceField = {
      cutoffA: 5,
      evaluate: (structure) => {
        const failed = calls++ === 37;
        const forcesEvA = new Float64Array(structure.positionsA.length);
        if (failed && kind === 'force') forcesEvA[4] = Number.NaN;
        const energyEv = failed && kind === 'energy' ? Number.POSITIVE_INFINITY : 0;
        return { energyEv, forcesEvA, virialEv: new Float64Array(9) };
      },
    };
    const segment = run(dimer(['Li', 'S'], 3), approach, failing, watchNothing(2));
    const reason = reasonOf(segment);
    expect(reason).toMatchObject({ quantity: 'non-finite', value: null, limit: null, step: 37, atom });
    expect(reason.elements).toEqual(atom === null ? [] : ['S']);
    expect(reason.message).toContain(`the ${name}`);
    expect(segment.finalState.step).toBe(36);
    expect(segment.finalState.positionsA[0]).toBeCloseTo(0.36, 12);
    expect(Array.from(segment.frameSteps)).toEqual([5, 10, 15, 20, 25, 30, 35]);
  });

  it.each([
    ['position', 1e308, 1000, 0],
    ['velocity', 1e200, 1, null],
  ])('stops at a %s beyond all numbers', (name, forceEvA, timeStepFs, atom) => {
    const structure = dimer(['Li', 'S'], 3);
    const violent: ForceField = {
      cutoffA: 5,
      evaluate: () => ({
        energyEv: 0,
        forcesEvA: Float64Array.of(-forceEvA, 0, 0, forceEvA, 0, 0),
        virialEv: new Float64Array(9),
      }),
    };
    const segment = runSegment({
      structure,
      state: createState(structure, approach),
      forceField: violent,
      ensemble: 'nve',
      timeStepFs,
      steps: 10,
      sampleEverySteps: 1,
      watch: watchNothing(2),
    });
    expect(reasonOf(segment)).toMatchObject({ quantity: 'non-finite', step: 1, atom });
    expect(reasonOf(segment).message).toContain(`the ${name}`);
    expect(Array.from(segment.finalState.positionsA)).toEqual(Array.from(structure.positionsA));
  });

  it('stops at step 0 where the start cannot be evaluated', () => {
    const never: ForceField = {
      cutoffA: 5,
      evaluate: ({ positionsA }) => ({
        energyEv: Number.NaN,
        forcesEvA: new Float64Array(positionsA.length),
        virialEv: new Float64Array(9),
      }),
    };
    const segment = run(dimer(['Li', 'S'], 3), approach, never, watchNothing(2));
    expect(reasonOf(segment).step).toBe(0);
    expect(segment.statistics).toBeNull();
    expect(segment.finalState.conservedReferenceEv).toBeNull();
  });

  it('lets nothing through when a run explodes: hot argon with a time step far too long', () => {
    const crystal = argonCrystal(2);
    const velocities = drawVelocities(atomMassesAmu(crystal), 300, '00000000000000e6');
    const segment = runSegment({
      structure: crystal,
      state: createState(crystal, velocities),
      forceField: new LennardJones(),
      ensemble: 'nve',
      timeStepFs: 200,
      steps: 1000,
      sampleEverySteps: 1,
      watch: { ...watchNothing(), maxTemperatureK: 2000, maxConservedDriftEvAtom: 0.05 },
    });
    expect(segment.outcome.status).toBe('stopped');
    expect(segment.frames.every(Number.isFinite)).toBe(true);
    expect(segment.finalState.positionsA.every(Number.isFinite)).toBe(true);
  });
});
