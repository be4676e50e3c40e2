import { describe, expect, it } from 'vitest';
import { Integrator } from '../../src/dynamics/integrator.ts';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { createState, type MdState } from '../../src/dynamics/state.ts';
import { EV_PER_AMU_A2_FS2 } from '../../src/dynamics/units.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { argonCrystal, dimer, LennardJones, springs } from './argon.ts';

const crystal = argonCrystal(2);
const massesAmu = atomMassesAmu(crystal);
const start = (): MdState => createState(crystal, drawVelocities(massesAmu, 40, '00000000000000b2'));

const integrator = (state: MdState, timeStepFs: number): Integrator =>
  new Integrator({
    structure: crystal,
    state,
    forceField: new LennardJones(),
    massesAmu,
    timeStepFs,
    thermostat: null,
    skinA: 1,
  });

describe('velocity Verlet (NVE)', () => {
  it('has an energy error that scales with the square of the time step', () => {
    const fluctuationEv = (timeStepFs: number): number => {
      const run = integrator(start(), timeStepFs);
      const firstEv = run.conservedEv;
      let squares = 0;
      const steps = 4000 / timeStepFs;
      for (let n = 0; n < steps; n++) {
        run.step();
        squares += (run.conservedEv - firstEv) * (run.conservedEv - firstEv);
      }
      return Math.sqrt(squares / steps);
    };
    const [fine, middle, coarse] = [fluctuationEv(2.5), fluctuationEv(5), fluctuationEv(10)];
    expect(middle / fine).toBeGreaterThan(3.7);
    expect(middle / fine).toBeLessThan(4.3);
    expect(coarse / middle).toBeGreaterThan(3.5);
    expect(coarse / middle).toBeLessThan(4.5);
  });

  it('goes back to where it came from when the velocities are reversed', () => {
    const run = integrator(start(), 5);
    for (let n = 0; n < 200; n++) run.step();
    for (let k = 0; k < run.state.velocitiesAFs.length; k++) run.state.velocitiesAFs[k] *= -1;
    const back = integrator(run.state, 5);
    for (let n = 0; n < 200; n++) back.step();
    back.state.positionsA.forEach((x, k) => {
      expect(Math.abs(x - crystal.positionsA[k])).toBeLessThan(1e-9);
    });
  });

  it('conserves momentum', () => {
    const run = integrator(start(), 5);
    for (let n = 0; n < 400; n++) run.step();
    for (let axis = 0; axis < 3; axis++) {
      let momentum = 0;
      for (let i = 0; i < massesAmu.length; i++) momentum += massesAmu[i] * run.state.velocitiesAFs[3 * i + axis];
      expect(Math.abs(momentum)).toBeLessThan(1e-13);
    }
  });

  it('swings a spring with the frequency that the discrete scheme has in theory', () => {
    // Verlet: cos(Ω Δt) = 1 − ω²Δt²/2. After n steps from rest at amplitude A, x = A cos(n Ω Δt), exactly.
    const pair = dimer(['Li'], 3);
    const stiffnessEvA2 = 2;
    const state = createState(pair, new Float64Array(6));
    state.positionsA[0] = 0.2;
    const run = new Integrator({
      structure: pair,
      state,
      forceField: springs(pair.positionsA, stiffnessEvA2),
      massesAmu: atomMassesAmu(pair),
      timeStepFs: 2,
      thermostat: null,
      skinA: 1,
    });
    const omega2 = stiffnessEvA2 / (6.94 * EV_PER_AMU_A2_FS2);
    const phase = Math.acos(1 - (omega2 * 4) / 2);
    for (let n = 1; n <= 100; n++) {
      run.step();
      expect(run.state.positionsA[0]).toBeCloseTo(0.2 * Math.cos(n * phase), 12);
    }
  });
});
