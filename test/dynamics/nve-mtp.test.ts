import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { runSegment } from '../../src/dynamics/md-segment.ts';
import { createState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { rattle } from '../../src/structure/disorder.ts';

/** Fitted by varve to the labels in examples/: good enough for a crystal at 300 K. */
const potential = readMtp(readFileSync(new URL('./level-8.mtp', import.meta.url), 'utf8'), 'level-8.mtp');

/** Standard deviation of the total energy about its mean, meV/atom, and its drift over 0.4 ps at 300 K. */
function run(timeStepFs: number) {
  const structure = rattle(argyrodite({ latticeConstantA: 10.25 }).structure, 0.02, '0000000000000007');
  const evaluator = createEvaluator(potential);
  const segment = runSegment({
    structure,
    state: createState(structure, drawVelocities(atomMassesAmu(structure), 300, '0000000000000008')),
    forceField: { cutoffA: potential.maxDistanceA, evaluate: (at, list) => evaluator.evaluate(at, list) },
    ensemble: 'nve',
    timeStepFs,
    steps: 400 / timeStepFs,
    sampleEverySteps: 1,
    watch: { pairDistanceA: new Float64Array(16), maxTemperatureK: 1e5, maxConservedDriftEvAtom: 10 },
  });
  const energies = segment.energies.conservedEv.map((ev) => (1000 * ev) / structure.species.length);
  const mean = energies.reduce((sum, energy) => sum + energy, 0) / energies.length;
  const variance = energies.reduce((sum, energy) => sum + (energy - mean) * (energy - mean), 0) / energies.length;
  return { scatterMev: Math.sqrt(variance), driftMevPs: 1000 * segment.statistics!.energyDriftEvAtomPs };
}

describe('NVE of Li6PS5Cl with a moment tensor potential', () => {
  it('keeps its energy: an error that scales with the square of the time step, and no drift at 1 fs', () => {
    const [fine, coarse] = [run(0.5), run(1)];
    expect(coarse.scatterMev / fine.scatterMev).toBeGreaterThan(3.8);
    expect(coarse.scatterMev / fine.scatterMev).toBeLessThan(4.2);
    expect(Math.abs(coarse.driftMevPs)).toBeLessThan(0.05);
  });
});
