import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GradeWatch } from '../../src/dynamics/grade-watch.ts';
import { atomMassesAmu } from '../../src/dynamics/masses.ts';
import { runSegment, type Segment, type SegmentRequest } from '../../src/dynamics/md-segment.ts';
import { createState, type MdState } from '../../src/dynamics/state.ts';
import { drawVelocities } from '../../src/dynamics/velocities.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { buildActiveSet } from '../../src/potential/active-set.ts';
import type { GradeMode } from '../../src/potential/candidate-rows.ts';
import { createCompiledEvaluator } from '../../src/potential/compiled-evaluate.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { rattle } from '../../src/structure/disorder.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';

const potential = readMtp(readFileSync(new URL('./level-8.mtp', import.meta.url), 'utf8'), 'level-8.mtp');
const ideal = argyrodite({ latticeConstantA: 10.25 }).structure;
const structure = rattle(ideal, 0.02, '0000000000000017');
const structures = Array.from({ length: 12 }, (_, k) => rattle(ideal, 0.05, `00000000000000${(32 + k).toString(16)}`));
const evaluator = createCompiledEvaluator(potential);

const graderOf = (mode: GradeMode) =>
  createGrader(
    buildActiveSet(potential, { name: 'training', structures }, { mode, weighting: 'vibrations' }),
    potential,
  );

const request = (changes: Partial<SegmentRequest>): SegmentRequest => ({
  structure,
  state: createState(structure, drawVelocities(atomMassesAmu(structure), 600, '0000000000000018')),
  forceField: { cutoffA: potential.maxDistanceA, evaluate: (at, list) => evaluator.evaluate(at, list) },
  ensemble: 'nvt',
  timeStepFs: 1,
  temperatureK: 600,
  steps: 60,
  sampleEverySteps: 10,
  watch: { pairDistanceA: new Float64Array(16), maxTemperatureK: 1e5, maxConservedDriftEvAtom: 10 },
  ...changes,
});

const withoutGrades = ({ selected: _, largestGrade: __, ...rest }: Segment) => rest;

describe.each(['configuration', 'neighbourhood'] as const)('grading a run, mode %s', (mode) => {
  const grader = graderOf(mode);
  const gradeWatch: GradeWatch = { grader, selectAbove: 0, stopAbove: Number.POSITIVE_INFINITY, everySteps: 4 };
  const whole = runSegment(request({ gradeWatch }));

  it('changes no bit of the run, and keeps the states above the threshold with their grades', () => {
    expect(withoutGrades(whole)).toEqual(withoutGrades(runSegment(request({}))));
    expect(whole.selected.map(({ step }) => step)).toEqual(Array.from({ length: 16 }, (_, k) => 4 * k));
    for (const { structure: at, grade, atom } of whole.selected) {
      const wanted = grader.grade(at, buildNeighbourList(at, potential.maxDistanceA));
      expect([grade, atom]).toEqual([wanted.grade, wanted.atom]);
    }
    const sampled = whole.selected.find(({ step }) => step === 40)!;
    expect(Array.from(sampled.structure.positionsA)).toEqual(Array.from(whole.frames.slice(3 * 52 * 3, 4 * 52 * 3)));
    const grades = whole.selected.map(({ grade }) => grade);
    expect(whole.largestGrade!.grade).toBe(Math.max(...grades));
    const middle = [...grades].sort((a, b) => a - b)[8]!;
    const some = runSegment(request({ gradeWatch: { ...gradeWatch, selectAbove: middle } }));
    expect(some.selected).toEqual(whole.selected.filter(({ grade }) => grade > middle));
  });

  it('cut into segments anywhere, selects the same states', () => {
    const parts: Segment[] = [];
    let state: MdState = request({}).state;
    for (const steps of [8, 7, 25, 20]) {
      const part = runSegment(request({ state, steps, gradeWatch }));
      parts.push(part);
      state = part.finalState;
    }
    expect(parts.flatMap(({ selected }) => selected)).toEqual(whole.selected);
    expect(state).toEqual(whole.finalState);
  });

  it('stops above the limit, at the state that it names and keeps', () => {
    const grades = whole.selected.map(({ grade }) => grade);
    const stopAbove = Math.max(...grades.slice(0, 8));
    const wanted = whole.selected.find(({ grade }) => grade > stopAbove)!;
    const stopped = runSegment(request({ gradeWatch: { ...gradeWatch, selectAbove: stopAbove, stopAbove } }));
    expect(stopped.outcome).toMatchObject({
      status: 'stopped',
      reason: {
        quantity: 'extrapolation grade',
        value: wanted.grade,
        limit: stopAbove,
        step: wanted.step,
        atom: wanted.atom,
      },
    });
    expect(stopped.finalState.step).toBe(wanted.step);
    expect(stopped.selected).toEqual([wanted]);
  });
});

describe('grading a run', () => {
  const steady = { grade: () => ({ grade: 1, atom: null, atomGrades: null }) };
  const gradeWatch: GradeWatch = { grader: steady, selectAbove: 2, stopAbove: 5, everySteps: 10 };

  it('stops where the grade is beyond all numbers', () => {
    const failing = {
      grade: () => {
        throw new InputError('non-finite-result', 'the grade is not a number');
      },
    };
    const { outcome } = runSegment(request({ gradeWatch: { ...gradeWatch, grader: failing } }));
    expect(outcome).toMatchObject({ status: 'stopped', reason: { value: null, step: 0, limit: 5 } });
  });

  it.each([
    [{ selectAbove: -1 }],
    [{ selectAbove: Number.NaN }],
    [{ stopAbove: 1 }],
    [{ everySteps: 0 }],
    [{ everySteps: 1.5 }],
  ])('refuses %j', (changes) => {
    const run = () => runSegment(request({ gradeWatch: { ...gradeWatch, ...changes } }));
    expect(run).toThrow(expect.objectContaining({ code: 'bad-watch' }));
  });
});
