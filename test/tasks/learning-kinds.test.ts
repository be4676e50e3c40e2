/** The task kinds of active learning (A1–A5, P5, P6, L3), each on the outputs of the ones before. */
import { describe, expect, it } from 'vitest';
import { readActiveSet } from '../../src/formats/active-set-bundle.ts';
import { type Configuration, readConfigurationBundle } from '../../src/formats/configuration-bundle.ts';
import type { JsonObject } from '../../src/formats/json-document.ts';
import { readLabelBundle } from '../../src/formats/label-bundle.ts';
import { readState } from '../../src/formats/md-state-bundle.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { readTrajectory } from '../../src/formats/trajectory-bundle.ts';
import { buildActiveSet } from '../../src/potential/active-set.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { fitErrors } from '../../src/potential/fit-errors.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { selectAdd } from '../../src/potential/select-add.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { type Structure, withElements } from '../../src/structure/structure.ts';
import {
  type Done,
  ELEMENTS,
  fitParams,
  indices,
  labelParams,
  mdParams,
  potentialFile,
  rangeOf,
  realLabels,
  structureParams,
  Workbench,
} from './workbench.ts';

const bench = new Workbench();
const potential = readMtp(potentialFile(), 'level-4.mtp');
const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(5)) }).outputs.labels!;
const training = indices(labels, 0, 1, 2, 3);
const frames = readLabelBundle(bench.get(labels), 'labels').slice(0, 4);
const structure = bench.done('structure.create', structureParams).outputs.structure!;
const mdInputs = { structure, potential: bench.put(potentialFile()), range: bench.put(rangeOf(2)) };
const setParams = { mode: 'neighbourhood', weighting: 'vibrations', elements: ELEMENTS };
const active = bench.done('potential.active-set', setParams, { potential: mdInputs.potential, training });
const gradedInputs = { ...mdInputs, activeSet: active.outputs.activeSet! };
const set = readActiveSet(bench.get(active.outputs.activeSet!), 'activeSet');
const grader = createGrader(set, potential);

const onwards = { from: 'state', newRun: false, rescaleToMeanEnergy: false };
const everyGrade = { selectAbove: 0, stopAbove: 1e9, everySteps: 5 };
const configurationsOf = ({ outputs }: Done, output: string): Configuration[] =>
  readConfigurationBundle(bench.get(outputs[output]!), output);
const trajectoryOf = ({ outputs }: Done) => readTrajectory(bench.get(outputs.trajectory!), 'trajectory');
const gradeOf = (at: Structure) => grader.grade(at, buildNeighbourList(at, potential.maxDistanceA)).grade;
const md = (changes: JsonObject, inputs: { readonly [name: string]: string } = gradedInputs): Done =>
  bench.run('md.run', { ...mdParams, ...changes }, inputs);

describe('potential.active-set (P5)', () => {
  it('is the active set of the training set', () => {
    const structures = frames.map((frame) => withElements(frame.structure, ELEMENTS));
    const wanted = buildActiveSet(
      potential,
      { name: 'training', structures },
      { mode: 'neighbourhood', weighting: 'vibrations' },
    );
    expect(set).toEqual(wanted);
    expect(active.results).toMatchObject({
      parameters: wanted.configurations.length,
      trainingConfigurations: 4,
      activeConfigurations: new Set(wanted.configurations.filter((owner) => owner >= 0)).size,
      logDeterminant: wanted.logDeterminant,
    });
  });
});

describe('md.run that grades itself (P6)', () => {
  const plain = md({}, mdInputs);
  const graded = md({ grades: everyGrade });
  const grades = configurationsOf(graded, 'selected').map(({ grade }) => grade!);

  it('has the trajectory bits of a run that does not', () => {
    expect([graded.outputs.trajectory, graded.outputs.state]).toEqual([plain.outputs.trajectory, plain.outputs.state]);
    expect(Object.keys(plain.outputs)).toEqual(['state', 'trajectory']);
    const { selected, largestGrade, ...rest } = graded.results;
    expect(rest).toEqual(plain.results);
    expect([selected, largestGrade]).toEqual([5, Math.max(...grades)]);
  });

  it('keeps the states above the threshold, with the grades that they have against its active set', () => {
    const all = configurationsOf(graded, 'selected');
    expect(all.map(({ step }) => step)).toEqual([0, 5, 10, 15, 20]);
    for (const { structure: at, grade } of all) expect(grade).toBe(gradeOf(at));
    expect(all.at(-1)!.structure.positionsA).toEqual(trajectoryOf(graded).positionsA.slice(-156));
    const middle = [...grades].sort((a, b) => a - b)[2]!;
    const some = md({ grades: { ...everyGrade, selectAbove: middle } });
    expect(configurationsOf(some, 'selected')).toEqual(all.filter(({ grade }) => grade! > middle));
    const none = md({ grades: { ...everyGrade, selectAbove: 1e6 } });
    expect(none.outputs).toEqual(plain.outputs);
    expect(none.results).toMatchObject({ selected: 0, largestGrade: Math.max(...grades) });
  });

  it('stops above the other threshold, at a state that it keeps', () => {
    const limit = [...grades].sort((a, b) => a - b)[1]!;
    const step = 5 * grades.findIndex((grade) => grade > limit);
    const stopped = md({ grades: { selectAbove: limit, stopAbove: limit, everySteps: 5 } });
    expect(stopped.outcome).toMatchObject({
      status: 'stopped',
      reason: { quantity: 'extrapolation grade', limit, step },
    });
    expect(stopped.results).toMatchObject({ lastStep: step, selected: 1 });
    expect(configurationsOf(stopped, 'selected')).toMatchObject([{ step, grade: grades[step / 5] }]);
  });

  it('that another limit stopped keeps the state that it came to, whatever its grade', () => {
    const watch = { ...mdParams.watch, everySteps: 1, maxTemperatureFactor: 1.0000001 };
    const stopped = md({ watch, grades: { selectAbove: 1e6, stopAbove: 1e9, everySteps: 5 } });
    expect(stopped.outcome).toMatchObject({ status: 'stopped', reason: { quantity: 'temperature' } });
    const { state } = readState(bench.get(stopped.outputs.state!), 'state');
    const [kept, ...others] = configurationsOf(stopped, 'selected');
    expect(others).toEqual([]);
    expect([kept!.step, kept!.structure.positionsA, kept!.structure.cellA]).toEqual([
      state.step,
      state.positionsA,
      state.cellA,
    ]);
    expect(kept!.grade).toBe(gradeOf(kept!.structure));
    expect(kept!.grade).toBeLessThan(1e6);
    expect(md({ watch }, mdInputs).outputs.selected).toBeUndefined();
  });

  it.each(['nvt', 'npt'])('in chained segments selects the states of one long run (%s)', (ensemble) => {
    const changes = {
      ensemble,
      ...(ensemble === 'npt' ? { barostat: { cell: 'isotropic', dampingFs: 200 } } : {}),
      // Neither a divisor of the segments nor of the samples.
      grades: { ...everyGrade, everySteps: 3 },
    };
    const first = md(changes);
    const second = md({ ...changes, start: onwards }, { ...gradedInputs, state: first.outputs.state! });
    const whole = md({ ...changes, steps: 40 });
    const parts = [first, second].flatMap((part) => configurationsOf(part, 'selected'));
    expect(parts).toEqual(configurationsOf(whole, 'selected'));
    expect(parts.map(({ step }) => step)).toEqual(Array.from({ length: 14 }, (_, k) => 3 * k));
    expect(Math.max(...[first, second].map(({ results }) => results.largestGrade as number))).toBe(
      whole.results.largestGrade,
    );
  });

  it('fails against the active set of another potential', () => {
    const other = bench.put(potentialFile().replace(/scaling = \S+/, 'scaling = 0.5'));
    expect(md({ grades: everyGrade }, { ...gradedInputs, potential: other }).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'other-potential' },
    });
  });
});

describe('configurations.sample (L1, A1, A5)', () => {
  const first = bench.done('md.run', mdParams, mdInputs);
  const second = bench.done('md.run', { ...mdParams, start: onwards }, { ...mdInputs, state: first.outputs.state! });
  const trajectory = [first.outputs.trajectory!, second.outputs.trajectory!];
  const sample = (everyFrames: number, skipFrames: number, inputs: object = {}): Done =>
    bench.done('configurations.sample', { everyFrames, skipFrames }, { structure, trajectory, ...inputs });

  it('takes every n-th frame of a run, after those that are passed over, however the run is cut', () => {
    const steps = (done: Done): number[] => configurationsOf(done, 'configurations').map(({ step }) => step);
    expect(steps(sample(1, 0))).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    expect(steps(sample(3, 0))).toEqual([15, 30]);
    expect(steps(sample(2, 3))).toEqual([25, 35]);
    const whole = bench.done('md.run', { ...mdParams, steps: 40 }, mdInputs);
    const { outputs, results } = sample(3, 0, { trajectory: [whole.outputs.trajectory!] });
    expect(sample(3, 0).outputs).toEqual(outputs);
    expect(results).toEqual({ configurations: 2 });
    const { cellA, species } = readStructure(bench.get(structure), 'structure');
    const { positionsA } = trajectoryOf(whole);
    for (const [k, configuration] of configurationsOf(sample(3, 0), 'configurations').entries()) {
      expect(configuration.structure).toMatchObject({ cellA, species });
      const frame = 3 * (k + 1) - 1;
      expect(configuration.structure.positionsA).toEqual(positionsA.slice(156 * frame, 156 * (frame + 1)));
    }
  });

  it('leaves nothing where nothing is left', () => {
    expect(sample(1, 8)).toMatchObject({ outputs: {}, results: { configurations: 0 } });
    expect(sample(9, 0).outputs).toEqual({});
  });

  it('takes the cell of each frame under a barostat, and that of the start of a run that began with a state', () => {
    const changes = { ensemble: 'npt', barostat: { cell: 'isotropic', dampingFs: 200 } };
    const npt = bench.done('md.run', { ...mdParams, ...changes }, mdInputs);
    const cells = (done: Done): number[][] =>
      configurationsOf(done, 'configurations').map(({ structure: { cellA } }) => [...cellA]);
    const wanted = [...trajectoryOf(npt).cellsA!];
    expect(cells(sample(2, 0, { trajectory: [npt.outputs.trajectory!] })).flat()).toEqual([
      ...wanted.slice(9, 18),
      ...wanted.slice(27, 36),
    ]);
    const stage = { from: 'state', newRun: true, rescaleToMeanEnergy: true, meanCell: true };
    const nve = bench.done(
      'md.run',
      { ...mdParams, ensemble: 'nve', start: stage },
      { ...mdInputs, state: npt.outputs.state! },
    );
    const start = nve.outputs.state!;
    const { state } = readState(bench.get(start), 'state');
    const found = cells(sample(4, 0, { start, trajectory: [nve.outputs.trajectory!] }));
    expect(found).toEqual([[...state.cellA]]);
    expect(found).not.toEqual(cells(sample(4, 0, { trajectory: [nve.outputs.trajectory!] })));
  });

  it('refuses the trajectory of another structure', () => {
    const larger = bench.done('structure.create', { ...structureParams, supercell: [2, 1, 1] }).outputs.structure!;
    const params = { everyFrames: 1, skipFrames: 0 };
    expect(bench.run('configurations.sample', params, { structure: larger, trajectory }).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'broken-trajectory', expected: '104 atoms', found: '52 atoms' },
    });
  });
});

describe('configurations.select and what is made of it', () => {
  const graded = md({ grades: everyGrade });
  const sampled = bench.done(
    'configurations.sample',
    { everyFrames: 2, skipFrames: 0 },
    { structure, trajectory: graded.outputs.trajectory! },
  );
  const candidates = [graded.outputs.selected!, sampled.outputs.configurations!];
  const pool = [configurationsOf(graded, 'selected'), configurationsOf(sampled, 'configurations')].flat();
  const selectParams = { selectThreshold: 0, elements: ELEMENTS };
  const select = (changes: JsonObject = {}): Done =>
    bench.done(
      'configurations.select',
      { ...selectParams, ...changes },
      { potential: mdInputs.potential, activeSet: active.outputs.activeSet!, candidates },
    );

  it('chooses what select-add chooses, and says which candidate each was, with what grade (P5)', () => {
    const named = (structures: readonly Structure[], name: string) => ({
      name,
      structures: structures.map((each) => withElements(each, ELEMENTS)),
    });
    for (const [params, options] of [
      [{}, { selectThreshold: 0 }],
      [{ limit: 1 }, { selectThreshold: 0, limit: 1 }],
      [{ selectThreshold: 1e6 }, { selectThreshold: 1e6 }],
    ] as const) {
      const wanted = selectAdd(
        potential,
        named(
          frames.map((frame) => frame.structure),
          'training',
        ),
        named(
          pool.map((configuration) => configuration.structure),
          'pool',
        ),
        { mode: 'neighbourhood', weighting: 'vibrations', ...options },
      );
      const { results, outputs } = select(params);
      const chosen =
        outputs.configurations === undefined ? [] : configurationsOf({ outputs } as Done, 'configurations');
      expect(chosen.map(({ candidate, grade }) => ({ index: candidate, grade }))).toEqual(wanted.selected);
      for (const { structure: at, step, candidate } of chosen) {
        expect([at.positionsA, step]).toEqual([pool[candidate!]!.structure.positionsA, pool[candidate!]!.step]);
      }
      expect(results).toEqual({
        candidates: pool.length,
        selected: wanted.selected.length,
        largestGrade: Math.max(...wanted.grades),
      });
    }
    expect(select().results.selected).toBeGreaterThan(0);
    expect(select({ swapThreshold: 1.2 }).results.selected).toBeLessThanOrEqual(select().results.selected as number);
  });

  it('labels by the potential behind the label engine, and says so (L3)', () => {
    const { outputs, results } = bench.done(
      'label.reference',
      { elements: ELEMENTS, index: 1 },
      { potential: mdInputs.potential, configurations: sampled.outputs.configurations! },
    );
    const [label, ...others] = readLabelBundle(bench.get(outputs.labels!), 'labels');
    const at = withElements(configurationsOf(sampled, 'configurations')[1]!.structure, ELEMENTS);
    const { energyEv, forcesEvA, virialEv } = createEvaluator(potential).evaluate(
      at,
      buildNeighbourList(at, potential.maxDistanceA),
    );
    expect(others).toEqual([]);
    expect(label!.structure).toEqual(at);
    expect(label!.energyEv).toBeCloseTo(energyEv, 9);
    for (const [k, force] of forcesEvA.entries()) expect(label!.forcesEvA[k]).toBeCloseTo(force, 9);
    for (const [k, component] of virialEv.entries()) expect(label!.virialEv![k]).toBeCloseTo(component, 8);
    const norms = Array.from({ length: 52 }, (_, i) => Math.hypot(...forcesEvA.subarray(3 * i, 3 * i + 3)));
    expect(results.maxForceEvA).toBeCloseTo(Math.max(...norms), 9);
    expect(results.energyEvPerAtom).toBeCloseTo(energyEv / 52, 12);
    const note = `reference potential level-4 (SHA-256 ${mdInputs.potential.slice(0, 16)}), no DFT`;
    expect([label!.methodNote, results.methods]).toEqual([note, [note]]);
    expect(
      bench.run(
        'label.reference',
        { elements: ELEMENTS, index: 2 },
        { potential: mdInputs.potential, configurations: sampled.outputs.configurations! },
      ).outcome,
    ).toMatchObject({ status: 'failed', error: { code: 'bad-manifest', expected: 'an index below 2', found: '2' } });
  });

  it('never meets DFT labels in one fit unnoticed (L3)', () => {
    const reference = bench.done(
      'label.reference',
      { elements: ELEMENTS, index: 0 },
      { potential: mdInputs.potential, configurations: sampled.outputs.configurations! },
    ).outputs.labels!;
    const mixed = { training: [...training, { hash: reference, index: 0 }] };
    expect(bench.run('potential.fit', fitParams, mixed).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'mixed-methods', found: expect.stringMatching(/no DFT/) },
    });
  });
});

describe('potential.errors (P4, A5)', () => {
  it('are those of fitErrors, on any labels', () => {
    const { results, outputs } = bench.done(
      'potential.errors',
      { elements: ELEMENTS },
      { potential: mdInputs.potential, configurations: indices(labels, 4, 0) },
    );
    const all = readLabelBundle(bench.get(labels), 'labels');
    const wanted = fitErrors(potential, [all[4]!, all[0]!]);
    const { energyMaeMevAtom: _, forceComponentMaeEvA: __, ...rest } = wanted;
    expect(results).toEqual({ ...rest, methods: [all[0]!.methodNote] });
    expect(outputs).toEqual({});
  });
});
