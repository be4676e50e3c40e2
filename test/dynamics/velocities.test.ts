import { describe, expect, it } from 'vitest';
import { kineticEnergyEv, temperatureK } from '../../src/dynamics/kinetic-energy.ts';
import { createState } from '../../src/dynamics/state.ts';
import { velocitiesAtTotalEnergy } from '../../src/dynamics/total-energy.ts';
import { EV_PER_AMU_A2_FS2 } from '../../src/dynamics/units.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { VerletList } from '../../src/dynamics/verlet-list.ts';
import { argonCrystal, LennardJones } from './argon.ts';

const SEED = '00000000000000a1';

describe('starting velocities', () => {
  const massesAmu = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 6.94 : 32.06));

  it('converts amu·Å²/fs² to eV', () => {
    expect(EV_PER_AMU_A2_FS2).toBeCloseTo(103.6426966, 6);
  });

  it('has exactly the temperature, and no momentum', () => {
    const velocities = drawVelocities(massesAmu, 600, SEED);
    expect(temperatureK(kineticEnergyEv(velocities, massesAmu), 400) / 600).toBeCloseTo(1, 13);
    for (let axis = 0; axis < 3; axis++) {
      let momentum = 0;
      for (let i = 0; i < 400; i++) momentum += massesAmu[i] * velocities[3 * i + axis];
      expect(Math.abs(momentum)).toBeLessThan(1e-13);
    }
  });

  it('shares the energy out by atom, whatever the mass: equipartition and Maxwell’s fourth moment', () => {
    const sums = [0, 0];
    const fourths = [0, 0];
    const draws = 50;
    for (let draw = 0; draw < draws; draw++) {
      const velocities = drawVelocities(massesAmu, 600, SEED, draw);
      velocities.forEach((v, k) => {
        const kind = Math.floor(k / 3) % 2;
        const reduced = (massesAmu[Math.floor(k / 3)] * v * v * EV_PER_AMU_A2_FS2) / (8.617333262e-5 * 600);
        sums[kind] += reduced / (draws * 600);
        fourths[kind] += (reduced * reduced) / (draws * 600);
      });
    }
    for (const kind of [0, 1]) {
      expect(Math.abs(sums[kind] - 1)).toBeLessThan(0.025);
      expect(Math.abs(fourths[kind] - 3)).toBeLessThan(0.2);
    }
  });

  it('depends on seed and stream alone, and refuses temperatures that are not positive', () => {
    expect(drawVelocities(massesAmu, 600, SEED)).toEqual(drawVelocities(massesAmu, 600, SEED));
    expect(drawVelocities(massesAmu, 600, SEED)).not.toEqual(drawVelocities(massesAmu, 600, SEED, 1));
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => drawVelocities(massesAmu, bad, SEED)).toThrow(/temperature must be positive/);
    }
    expect(() => drawVelocities(Float64Array.of(1), 300, SEED)).toThrow(/two atoms/);
  });

  it('are scaled to a total energy, or refused where the potential energy alone is above it', () => {
    const crystal = argonCrystal(2);
    const field = new LennardJones();
    const argon = new Float64Array(32).fill(39.95);
    const state = createState(crystal, drawVelocities(argon, 30, SEED));
    const potentialEv = field.evaluate(crystal, new VerletList(6, 0).update(crystal)).energyEv;
    const velocities = velocitiesAtTotalEnergy(crystal, state, field, potentialEv + 0.25);
    expect(kineticEnergyEv(velocities, argon)).toBeCloseTo(0.25, 12);
    expect(() => velocitiesAtTotalEnergy(crystal, state, field, potentialEv - 0.1)).toThrow(/cannot be scaled/);
  });
});
