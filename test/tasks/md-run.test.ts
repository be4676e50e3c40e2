import { describe, expect, it } from 'vitest';
import { doubles, readBundle, writeBundle } from '../../src/formats/array-bundle.ts';
import { readState } from '../../src/formats/md-state-bundle.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { readTrajectory } from '../../src/formats/trajectory-bundle.ts';
import {
  type Done,
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
const structure = bench.done('structure.create', structureParams).outputs.structure!;
const inputs = { structure, potential: bench.put(potentialFile()), range: bench.put(rangeOf(2)) };
const onwards = { from: 'state', newRun: false, rescaleToMeanEnergy: false };
const stateOf = (done: Done) => readState(bench.get(done.outputs.state!), 'state');
const piecesOf = (...runs: Done[]) =>
  runs.map(({ outputs }) => readTrajectory(bench.get(outputs.trajectory!), 'trajectory'));

describe('md.run', () => {
  it.each(['nvt', 'nve'])('in two segments ends in the state and frames of one twice as long (%s)', (ensemble) => {
    const params = { ...mdParams, ensemble };
    const first = bench.done('md.run', params, inputs);
    const second = bench.done('md.run', { ...params, start: onwards }, { ...inputs, state: first.outputs.state! });
    const whole = bench.done('md.run', { ...params, steps: 40 }, inputs);
    expect(stateOf(second).state).toEqual(stateOf(whole).state);
    expect(stateOf(whole).state.step).toBe(40);
    // The blobs are equal but for the one number that is of the segment alone.
    const without = (done: Done) =>
      writeBundle({
        meta: {},
        entries: readBundle(bench.get(done.outputs.state!), 'state').entries.filter(
          ({ name }) => name !== 'meanTotalEnergyEv',
        ),
      });
    expect(without(second)).toEqual(without(whole));
    const [one, two, both] = piecesOf(first, second, whole);
    expect([...one!.steps, ...two!.steps]).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    for (const name of ['positionsA', 'steps', 'kineticEv'] as const) {
      expect([...one![name], ...two![name]]).toEqual([...both![name]]);
    }
  });

  it.each(['isotropic', 'z', 'full'])('so it does in NPT, with all that the barostat knows (%s)', (cell) => {
    const params = { ...mdParams, ensemble: 'npt', barostat: { cell, dampingFs: 200 } };
    const first = bench.done('md.run', params, inputs);
    const second = bench.done('md.run', { ...params, start: onwards }, { ...inputs, state: first.outputs.state! });
    const whole = bench.done('md.run', { ...params, steps: 40 }, inputs);
    expect(stateOf(whole).state.barostat).toBeDefined();
    expect(stateOf(second).state).toEqual(stateOf(whole).state);
    const [one, two, both] = piecesOf(first, second, whole);
    expect([...one!.cellsA!, ...two!.cellsA!]).toEqual([...both!.cellsA!]);
    expect(whole.results).toMatchObject({
      meanPressureGpa: expect.any(Number),
      meanPressureZzGpa: expect.any(Number),
      meanVolumeA3PerAtom: expect.any(Number),
      meanCellLengthsA: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
    const { cellA } = stateOf(whole).state;
    const x = readStructure(bench.get(structure), 'structure').cellA[0];
    expect(Object.is(cellA[0], x)).toBe(cell === 'z');
    expect(cellA[8]).not.toBe(x);
  });

  it('begins NVE at the mean cell and the mean energy of NPT, and needs a barostat to have been there', () => {
    const barostat = { cell: 'z', dampingFs: 200 };
    const before = bench.done('md.run', { ...mdParams, ensemble: 'npt', barostat }, inputs);
    const stage = { from: 'state', newRun: true, rescaleToMeanEnergy: true, meanCell: true };
    const params = { ...mdParams, ensemble: 'nve', start: stage };
    const after = stateOf(bench.done('md.run', params, { ...inputs, state: before.outputs.state! }));
    const { state, meanCellA, meanTotalEnergyEv } = stateOf(before);
    expect(after.state.cellA).toEqual(meanCellA);
    expect(after.state.cellA).not.toEqual(state.cellA);
    expect(after.state.barostat).toBeUndefined();
    expect(after.state.conservedReferenceEv).toBeCloseTo(meanTotalEnergyEv, 9);
    const rigid = bench.done('md.run', mdParams, inputs);
    expect(bench.run('md.run', params, { ...inputs, state: rigid.outputs.state! }).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'no-mean-cell' },
    });
  });

  it('cools along a ramp, however it is cut, and rescales where asked to', () => {
    const cooled = { ...mdParams, ensemble: 'npt', barostat: { cell: 'isotropic' }, ramp: { toK: 1, overSteps: 30 } };
    const first = bench.done('md.run', cooled, inputs);
    const second = bench.done('md.run', { ...cooled, start: onwards }, { ...inputs, state: first.outputs.state! });
    const whole = bench.done('md.run', { ...cooled, steps: 40 }, inputs);
    expect(stateOf(second).state).toEqual(stateOf(whole).state);
    expect(stateOf(whole).state.externalWorkEv).not.toBe(0);
    const rescaled = bench.done('md.run', { ...mdParams, ensemble: 'nve', rescaleEverySteps: 10 }, inputs);
    const { kineticEv } = piecesOf(rescaled)[0]!;
    expect(kineticEv[1]).toBeCloseTo(kineticEv[3]!, 12);
    expect(kineticEv[1]).toBeCloseTo(0.5 * 153 * 8.617333262e-5 * 300, 9);
  });

  it('stops where the volume leaves its bounds', () => {
    const watch = { ...mdParams.watch, maxVolumeChange: 1e-6 };
    const stopped = bench.run('md.run', { ...mdParams, ensemble: 'npt', barostat: { cell: 'z' }, watch }, inputs);
    expect(stopped.outcome).toMatchObject({ status: 'stopped', reason: { quantity: 'volume', unit: 'Å³' } });
    const pressed = { ...mdParams.watch, maxPressureGpa: 1e-6 };
    expect(
      bench.run('md.run', { ...mdParams, ensemble: 'npt', barostat: { cell: 'z' }, watch: pressed }, inputs).outcome,
    ).toMatchObject({ status: 'stopped', reason: { quantity: 'pressure', step: 0, limit: expect.any(Number) } });
  });

  it.each([
    ['no barostat', {}, 'no-barostat'],
    ['a barostat as fast as the time step', { barostat: { cell: 'z', dampingFs: 5 } }, 'bad-time-step'],
    ['a thermostat as fast as the time step', { barostat: { cell: 'z' }, dampingFs: 5 }, 'bad-time-step'],
  ])('fails with %s', (_, changes, code) => {
    const failed = bench.run('md.run', { ...mdParams, ensemble: 'npt', ...changes }, inputs);
    expect(failed.outcome).toMatchObject({ status: 'failed', error: { code } });
  });

  it.each([
    { temperatureK: 0 },
    { timeStepFs: 0 },
    { barostat: { cell: 'z', dampingFs: -1 } },
    { barostat: { cell: 'y' } },
    { ramp: { toK: 0, overSteps: 10 } },
    { rescaleEverySteps: 0 },
  ])('knows no task with %j', (changes) => {
    expect(() => bench.run('md.run', { ...mdParams, ...changes }, inputs)).toThrow();
  });

  it('begins a stage at step 0 with the mean energy of the stage before', () => {
    const before = bench.done('md.run', mdParams, inputs);
    const stage = { from: 'state', newRun: true, rescaleToMeanEnergy: true };
    const after = bench.done(
      'md.run',
      { ...mdParams, ensemble: 'nve', start: stage },
      { ...inputs, state: before.outputs.state! },
    );
    expect(stateOf(after).state.step).toBe(20);
    expect(stateOf(after).state.conservedReferenceEv).toBeCloseTo(stateOf(before).meanTotalEnergyEv, 9);
    expect(after.results.lastStep).toBe(20);
  });

  it('of a single step says no number that is none', () => {
    const { results } = bench.done('md.run', { ...mdParams, steps: 1, sampleEverySteps: 7 }, inputs);
    expect(results).toMatchObject({ lastStep: 1, stdTemperatureK: 0, timePs: 0.001 });
  });

  it('stops where it leaves the range of its potential, and says what, when and at which atom', () => {
    const hot = { ...mdParams, temperatureK: 20_000, steps: 200, watch: { ...mdParams.watch, everySteps: 1 } };
    const stopped = bench.run('md.run', hot, inputs);
    expect(stopped.outcome).toEqual({
      status: 'stopped',
      reason: {
        quantity: 'pair distance',
        value: expect.any(Number),
        limit: 1,
        unit: 'Å',
        step: expect.any(Number),
        atom: expect.any(Number),
        otherAtom: expect.any(Number),
        elements: [expect.stringMatching(/Li|P|S|Cl/), expect.any(String)],
        message: expect.stringMatching(/^at step \d+, \w+ atom \d+ and \w+ atom \d+ were 0\.\d+ Å apart/),
      },
    });
    const { reason } = stopped.outcome as unknown as { reason: { step: number; value: number } };
    expect(stopped.results.lastStep).toBe(reason.step);
    expect(stopped.results.timePs).toBeCloseTo(reason.step / 1000, 12);
    expect(stopped.results.closestApproachA).toBe(reason.value);
    expect(stateOf(stopped).state.step).toBe(reason.step);
    expect(bench.run('md.run', hot, inputs)).toEqual(stopped);
  });

  it('stops where the temperature or the conserved energy leaves its limit', () => {
    const watched = (watch: object, over: object = {}) =>
      bench.run('md.run', { ...mdParams, steps: 100, watch: { ...mdParams.watch, ...watch }, ...over }, inputs).outcome;
    expect(watched({ maxTemperatureFactor: 1.001 })).toMatchObject({
      status: 'stopped',
      reason: {
        quantity: 'temperature',
        unit: 'K',
        limit: 300 * 1.001,
        atom: expect.any(Number),
        step: expect.any(Number),
      },
    });
    expect(watched({ maxDriftEvPerAtom: 1e-9 }, { timeStepFs: 3 })).toMatchObject({
      status: 'stopped',
      reason: { quantity: 'conserved energy', unit: 'eV/atom', limit: 1e-9, atom: expect.any(Number) },
    });
  });

  it('stops at step 0 where the start itself is out of range', () => {
    const near = bench.run('md.run', mdParams, { ...inputs, range: bench.put(rangeOf(4.9)) });
    expect(near.outcome).toMatchObject({
      status: 'stopped',
      reason: { quantity: 'pair distance', step: 0, limit: 2.45 },
    });
    expect(near.results).toMatchObject({ lastStep: 0, timePs: 0 });
    expect(piecesOf(near)[0]!.steps).toHaveLength(0);
  });

  it('fails, with code and reason, on inputs that do not belong together', () => {
    const other = bench.done('structure.create', { ...structureParams, supercell: [1, 1, 2] }).outputs.structure!;
    const state = bench.done('md.run', mdParams, inputs).outputs.state!;
    const failed = (params: object, over: object) =>
      bench.run('md.run', { ...mdParams, ...params }, { ...inputs, ...over }).outcome;
    expect(failed({ start: onwards }, { structure: other, state })).toMatchObject({
      status: 'failed',
      error: { code: 'bad-shape' },
    });
    const swapped = writeBundle({
      entries: readBundle(rangeOf(2), 'range').entries,
      meta: { elements: ['P', 'Li', 'S', 'Cl'], cutoffA: 5 },
    });
    expect(failed({}, { range: bench.put(swapped) })).toMatchObject({
      status: 'failed',
      error: { code: 'mismatched-elements', expected: 'Li, P, S, Cl' },
    });
    expect(failed({}, { potential: bench.put('MTP\nrubbish') })).toMatchObject({
      status: 'failed',
      error: { code: 'bad-mtp' },
    });
    expect(failed({ start: onwards }, { state: structure })).toMatchObject({
      status: 'failed',
      error: { code: 'bad-bundle' },
    });
  });
});

describe('the chain from labels to an Arrhenius line', () => {
  it('runs through, each task on the outputs of the ones before, and again to the same bytes', () => {
    const chain = (): Done[] => {
      const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(5)) });
      const fit = bench.done('potential.fit', fitParams, {
        training: indices(labels.outputs.labels!, 0, 1, 2, 3),
        validation: indices(labels.outputs.labels!, 4),
      });
      const fitted = { structure, potential: fit.outputs.potential!, range: fit.outputs.range! };
      const means = [250, 350].map((temperatureK) => {
        const warm = bench.done('md.run', { ...mdParams, temperatureK }, fitted);
        const production = {
          ...mdParams,
          ensemble: 'nve',
          temperatureK,
          sampleEverySteps: 2,
          start: { from: 'state', newRun: true, rescaleToMeanEnergy: true },
        };
        const one = bench.done('md.run', production, { ...fitted, state: warm.outputs.state! });
        const two = bench.done('md.run', { ...production, start: onwards }, { ...fitted, state: one.outputs.state! });
        const diffusion = bench.done(
          'analysis.diffusion',
          { mobileSpecies: 'Li', fitWindow: [0.5, 1], alphaRange: [0.1, 3], timeStepFs: 1 },
          {
            structure,
            start: warm.outputs.state!,
            trajectory: [one.outputs.trajectory!, two.outputs.trajectory!],
          },
        );
        expect(diffusion.results).toMatchObject({ runLengthPs: 0.04, verdict: 'pass' });
        return bench.done('analysis.replicas', { alphaRange: [0.1, 3] }, { members: [diffusion.outputs.diffusion!] });
      });
      const line = bench.done(
        'analysis.arrhenius',
        { extrapolateToK: 300, conductivityFactorPerA3: 21.808e-3 },
        { points: means.map(({ outputs }) => outputs.mean!) },
      );
      return [labels, fit, ...means, line];
    };
    const first = chain();
    expect(first.at(-1)!.results).toMatchObject({ temperatures: 2, extrapolatedToK: 300 });
    expect(chain()).toEqual(first);
    expect([
      ...doubles(readBundle(bench.get(first[1]!.outputs.range!), 'range'), 'closestPairsA', 'range'),
    ]).toHaveLength(16);
  });
});
