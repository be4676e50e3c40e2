import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { runSegment, type SegmentRequest } from '../../src/dynamics/md-segment.ts';
import { relaxStructure } from '../../src/dynamics/minimise/relax.ts';
import { mtpForceField } from '../../src/dynamics/mtp-force-field.ts';
import { createState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { threadCrew } from '../../src/execution/thread-crew.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import type { Crew } from '../../src/numerics/crew.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { rattle } from '../../src/structure/disorder.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';

const potential = readMtp(readFileSync(new URL('./level-8.mtp', import.meta.url), 'utf8'), 'level-8.mtp');
const structure = rattle(
  makeSupercell(argyrodite({ latticeConstantA: 10.25 }), [2, 2, 2]).structure,
  0.03,
  '0000000000000061',
);
const state = createState(structure, drawVelocities(atomMassesAmu(structure), 300, '0000000000000062'));
const crews = [2, 3].map(threadCrew);
afterAll(() => {
  for (const crew of crews) crew.dismiss();
});

const request = (changes: Partial<SegmentRequest>, crew?: Crew): SegmentRequest => ({
  structure,
  state,
  forceField: mtpForceField(potential, crew),
  ensemble: 'nve',
  timeStepFs: 1,
  temperatureK: 300,
  dampingFs: 50,
  steps: 25,
  sampleEverySteps: 5,
  watch: { pairDistanceA: new Float64Array(16), maxTemperatureK: 1e5, maxConservedDriftEvAtom: 10 },
  ...changes,
});

describe('one run shared out among threads', () => {
  it.each<[string, Partial<SegmentRequest>]>([
    ['nve', {}],
    ['nvt', { ensemble: 'nvt' }],
    ['npt isotropic', { ensemble: 'npt', barostat: { cell: 'isotropic', dampingFs: 200 } }],
    ['npt z', { ensemble: 'npt', barostat: { cell: 'z', dampingFs: 200 } }],
    ['npt full', { ensemble: 'npt', barostat: { cell: 'full', dampingFs: 200 } }],
  ])('has the bits of one thread with two and with three (%s)', (_, changes) => {
    const one = runSegment(request(changes));
    expect(one.outcome.status).toBe('completed');
    for (const crew of crews) expect(runSegment(request(changes, crew))).toEqual(one);
  });

  it('so has a relaxation', () => {
    const relax = (crew?: Crew) =>
      relaxStructure({
        structure,
        forceField: mtpForceField(potential, crew),
        method: 'l-bfgs',
        cell: 'full',
        forceToleranceEvA: 1e-3,
        stressToleranceGpa: 1e-2,
        maxSteps: 10,
      });
    const one = relax();
    for (const crew of crews) expect(relax(crew)).toEqual(one);
  });
});
