import { describe, expect, it } from 'vitest';
import type { ResolvedInput } from '../../src/execution/assignment.ts';
import { runAssignment } from '../../src/execution/run-assignment.ts';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import type { JsonObject } from '../../src/formats/json-document.ts';
import { readLabelBundle, writeLabelBundle } from '../../src/formats/label-bundle.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { closestPairs } from '../../src/structure/closest-pair.ts';
import { withElements } from '../../src/structure/structure.ts';
import { fitParams, indices, labelParams, realLabels, Workbench } from './workbench.ts';

const bench = new Workbench();
const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(5)) }).outputs.labels!;
const quick = { ...fitParams, preIterations: 0, maxIterations: 2 };

describe('potential.fit', () => {
  it('leaves the potential, the range of its training set and the loss; the seed decides the bytes', () => {
    const inputs = { training: indices(labels, 0, 1, 2), validation: indices(labels, 3) };
    const { outputs, results } = bench.done('potential.fit', quick, inputs);
    const potential = readMtp(Buffer.from(bench.get(outputs.potential!)).toString(), 'potential');
    expect(potential).toMatchObject({ name: 'level-4', speciesCount: 4, maxDistanceA: 5, minDistanceA: 1.5 });
    expect(results).toMatchObject({
      finished: true,
      trainingConfigurations: 3,
      validationConfigurations: 1,
      iterations: 2,
      converged: false,
      trainingForceRmseEvA: expect.any(Number),
      validationStressRmseGpa: expect.any(Number),
    });
    const frames = readLabelBundle(bench.get(labels), 'labels').slice(0, 3);
    const range = doubles(readBundle(bench.get(outputs.range!), 'range'), 'closestPairsA', 'range');
    const nearest = frames.map(({ structure }) => closestPairs(structure, 5).bySpecies);
    expect([...range]).toEqual([...range.keys()].map((pair) => Math.min(5, ...nearest.map((pairs) => pairs[pair]!))));
    expect(doubles(readBundle(bench.get(outputs.history!), 'history'), 'loss', 'history')).toHaveLength(3);
    expect(bench.done('potential.fit', quick, inputs)).toEqual({ outcome: { status: 'done' }, outputs, results });
    const other = bench.done('potential.fit', { ...quick, start: { from: 'seed', seed: '0000000000000001' } }, inputs);
    expect(other.outputs.potential).not.toBe(outputs.potential);
  });

  it('in segments leaves what it leaves in one, and a state between them', () => {
    const inputs = { training: indices(labels, 0, 1, 2), validation: indices(labels, 3) };
    const params = { ...fitParams, preIterations: 3, maxIterations: 6 };
    const whole = bench.done('potential.fit', params, inputs);
    const cut = { ...params, segmentIterations: 5 };
    const first = bench.done('potential.fit', cut, inputs);
    expect(Object.keys(first.outputs).sort()).toEqual(['history', 'state']);
    const history = (hash: string, name: string) => [...doubles(readBundle(bench.get(hash), 'h'), name, 'h')];
    expect(first.results).toEqual({
      finished: false,
      phase: 'main',
      iterations: 2,
      loss: history(first.outputs.history!, 'loss').at(-1),
    });
    const onwards = { ...cut, start: { from: 'state' } };
    const last = bench.done('potential.fit', onwards, { ...inputs, state: first.outputs.state! });
    expect(last.results).toEqual(whole.results);
    expect(Object.keys(last.outputs).sort()).toEqual(['history', 'potential', 'range']);
    expect([last.outputs.potential, last.outputs.range]).toEqual([whole.outputs.potential, whole.outputs.range]);
    for (const name of ['preTrainingLoss', 'loss']) {
      const parts = [first, last].flatMap(({ outputs }) => history(outputs.history!, name));
      expect(parts, name).toEqual(history(whole.outputs.history!, name));
    }
    expect(history(whole.outputs.history!, 'preTrainingLoss')).toHaveLength(4);
    expect(history(whole.outputs.history!, 'loss')).toHaveLength(7);
  });

  it('reports the share of the segment that is done', () => {
    const training = indices(labels, 0, 1, 2);
    const params = { ...fitParams, preIterations: 2, maxIterations: 4, segmentIterations: 4 };
    const progressOf = (start: JsonObject, inputs: { readonly [name: string]: readonly ResolvedInput[] }): number[] => {
      const seen: number[] = [];
      runAssignment({ kind: 'potential.fit', v: 4, params: { ...params, start }, inputs }, bench.blobs, {
        onProgress: (fraction) => seen.push(fraction),
      });
      return seen;
    };
    expect(progressOf(params.start, { training })).toEqual([1, 2, 3, 4].map((n) => (0.97 * n) / 4));
    const { state } = bench.done('potential.fit', params, { training }).outputs;
    expect(progressOf({ from: 'state' }, { training, state: [{ hash: state! }] })).toEqual(
      [1, 2].map((n) => (0.97 * n) / 2),
    );
  });

  it('from the state of a fit of another size, or from what is no state, fails with the reason', () => {
    const training = indices(labels, 0, 1, 2);
    const cut = { ...fitParams, segmentIterations: 1 };
    const { state } = bench.done('potential.fit', cut, { training }).outputs;
    const failed = (over: object, from: string) =>
      bench.run('potential.fit', { ...cut, start: { from: 'state' }, ...over }, { training, state: from }).outcome;
    expect(failed({ radialBasisSize: 5 }, state!)).toMatchObject({
      status: 'failed',
      error: { code: 'bad-fit-state', expected: expect.stringMatching(/^\d+ parameters$/) },
    });
    expect(failed({}, labels)).toMatchObject({ status: 'failed', error: { code: 'bad-bundle' } });
  });

  it('takes the configurations that the manifest names, in its order', () => {
    const potential = (...frames: number[]) =>
      bench.done('potential.fit', quick, { training: indices(labels, ...frames) }).outputs.potential;
    const parts = readLabelBundle(bench.get(labels), 'labels');
    const alone = bench.put(writeLabelBundle([parts[4]!, parts[1]!]));
    expect(potential(4, 1)).toBe(
      bench.done('potential.fit', quick, { training: indices(alone, 0, 1) }).outputs.potential,
    );
    expect(potential(4, 1)).not.toBe(potential(4, 2));
  });

  it('of labels by different methods fails, unless that is said to be meant', () => {
    const lda = bench.done(
      'label.import',
      { ...labelParams, method: { ...labelParams.method, functional: 'LDA' } },
      { file: bench.put(realLabels(2)) },
    ).outputs.labels!;
    const training = [...indices(labels, 0, 1, 2), ...indices(lda, 1)];
    for (const inputs of [{ training }, { training: indices(labels, 0, 1), validation: indices(lda, 1) }]) {
      expect(bench.run('potential.fit', quick, inputs)).toEqual({
        outcome: {
          status: 'failed',
          error: expect.objectContaining({
            code: 'mixed-methods',
            found: expect.stringMatching(/PBE.* and .*LDA/),
            remedy: expect.stringMatching(/allowMixedMethods: true/),
          }),
        },
        outputs: {},
        results: {},
      });
    }
    bench.done('potential.fit', { ...quick, allowMixedMethods: true }, { training });
  });

  it('of too few labels, of none, or of one that is not there fails with the reason', () => {
    const failed = (params: object, inputs: object) =>
      bench.run('potential.fit', { ...quick, ...params }, { ...inputs }).outcome;
    expect(failed({ level: 10, radialBasisSize: 12 }, { training: indices(labels, 0) })).toMatchObject({
      status: 'failed',
      error: {
        code: 'training-set-too-small',
        expected: expect.stringMatching(/at least \d+ labelled numbers/),
        found: '163 in 1 configurations',
      },
    });
    expect(failed({}, { training: [] })).toMatchObject({ status: 'failed', error: { code: 'empty-training-set' } });
    expect(failed({}, { training: indices(labels, 0, 5) })).toMatchObject({
      status: 'failed',
      error: { code: 'bad-manifest', expected: 'an index below 5', found: '5' },
    });
    expect(failed({}, { training: [bench.put('no bundle')] })).toMatchObject({
      status: 'failed',
      error: { code: 'bad-bundle', where: expect.stringMatching(/^blob [0-9a-f]{12}$/) },
    });
  });

  it('counts the species by their elements, in whatever order the labels list them', () => {
    const frames = readLabelBundle(bench.get(labels), 'labels').slice(0, 2);
    const reordered = frames.map((frame) => ({
      ...frame,
      structure: withElements(frame.structure, ['Cl', 'S', 'Li', 'P']),
    }));
    const fitted = (hash: string) => bench.done('potential.fit', quick, { training: indices(hash, 0, 1) }).outputs;
    expect(fitted(bench.put(writeLabelBundle(reordered)))).toEqual(fitted(bench.put(writeLabelBundle(frames))));
    const foreign = bench.put(
      writeLabelBundle(
        frames.map((frame) => ({ ...frame, structure: { ...frame.structure, elements: ['Na', 'P', 'S', 'Cl'] } })),
      ),
    );
    expect(bench.run('potential.fit', quick, { training: indices(foreign, 0, 1) }).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'unknown-species', found: 'Na' },
    });
  });
});
