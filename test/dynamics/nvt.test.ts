import { describe, expect, it } from 'vitest';
import { Integrator } from '../../src/dynamics/integrator.ts';
import { degreesOfFreedom, temperatureK } from '../../src/dynamics/kinetic-energy.ts';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { chainSettings } from '../../src/dynamics/nose-hoover-chain.ts';
import { createState, type MdState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { mean, standardDeviation, variance } from '../../src/numerics/statistics.ts';
import { argonCrystal, LennardJones } from './argon.ts';

const crystal = argonCrystal(2);
const massesAmu = atomMassesAmu(crystal);
const freedom = degreesOfFreedom(32);

const start = (chainLength = 3, startK = 40): MdState =>
  createState(crystal, drawVelocities(massesAmu, startK, '00000000000000c3'), chainLength);

const integrator = (state: MdState, timeStepFs: number, targetK = 40, dampingFs = 500): Integrator =>
  new Integrator({
    structure: crystal,
    state,
    forceField: new LennardJones(5.2),
    massesAmu,
    timeStepFs,
    thermostat: chainSettings(state.thermostat.positions.length, freedom, targetK, dampingFs),
    skinA: 1,
  });

describe('Nosé–Hoover chain (NVT)', () => {
  it('conserves its energy, with an error that scales with the square of the time step', () => {
    const fluctuationEv = (timeStepFs: number): number => {
      const run = integrator(start(), timeStepFs);
      const conserved: number[] = [];
      const total: number[] = [];
      for (let n = 0; n < 8000 / timeStepFs; n++) {
        run.step();
        conserved.push(run.conservedEv);
        total.push(run.evaluation.energyEv + run.kineticEv);
      }
      expect(standardDeviation(total)).toBeGreaterThan(20 * standardDeviation(conserved));
      return standardDeviation(conserved);
    };
    const ratio = fluctuationEv(8) / fluctuationEv(4);
    expect(ratio).toBeGreaterThan(3.5);
    expect(ratio).toBeLessThan(4.5);
  });

  it.each([1, 3])('gives a canonical kinetic energy: mean and variance (chain of %i)', (chainLength) => {
    const run = integrator(start(chainLength, 30), 8, 40, 200);
    const kineticEv: number[] = [];
    for (let n = 0; n < 13_000; n++) {
      run.step();
      if (n >= 1000) kineticEv.push(run.kineticEv);
    }
    const thermalEv = 8.617333262e-5 * 40;
    expect(mean(kineticEv) / (0.5 * freedom * thermalEv)).toBeCloseTo(1, 1.7);
    const canonical = 0.5 * freedom * thermalEv * thermalEv;
    expect(variance(kineticEv) / canonical).toBeGreaterThan(0.8);
    expect(variance(kineticEv) / canonical).toBeLessThan(1.25);
  });

  it('brings a cold start to the temperature', () => {
    const run = integrator(start(3, 5), 8, 60, 200);
    const temperatures: number[] = [];
    for (let n = 0; n < 4000; n++) {
      run.step();
      if (n >= 1500) temperatures.push(temperatureK(run.kineticEv, 32));
    }
    expect(Math.abs(mean(temperatures) - 60)).toBeLessThan(3);
  });

  it('goes back to where it came from when all velocities are reversed, the chain’s too', () => {
    const run = integrator(start(), 5);
    for (let n = 0; n < 200; n++) run.step();
    for (const velocities of [run.state.velocitiesAFs, run.state.thermostat.velocitiesPerFs]) {
      for (let k = 0; k < velocities.length; k++) velocities[k] *= -1;
    }
    const back = integrator(run.state, 5);
    for (let n = 0; n < 200; n++) back.step();
    back.state.positionsA.forEach((x, k) => {
      expect(Math.abs(x - crystal.positionsA[k])).toBeLessThan(1e-9);
    });
    for (const eta of back.state.thermostat.positions) expect(Math.abs(eta)).toBeLessThan(1e-9);
  });

  it('refuses a damping time that is not positive, and a chain without links', () => {
    expect(() => chainSettings(3, freedom, 40, 0)).toThrow(/damping time/);
    expect(() => chainSettings(0, freedom, 40, 100)).toThrow(/thermostat chain/);
  });
});
