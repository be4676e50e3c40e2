import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { runAssignment } from '../../src/execution/run-assignment.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { sha256Hex } from '../../store/hash.ts';
import { StoreError } from '../../store/store-error.ts';
import { labelParams, realLabels, structureParams, Workbench } from '../tasks/workbench.ts';

const bench = new Workbench();
const assignment = (kind: string, params: object, inputs: object = {}) => ({
  kind,
  v: 1,
  params: { ...params },
  inputs: { ...inputs },
});
const labelsOf = (hash: string) => assignment('label.import', labelParams, { file: [{ hash }] });

describe('an assignment', () => {
  it('gives the same result inline as through an executor', async () => {
    const task = assignment('structure.create', structureParams);
    const executor = inlineExecutor(bench.blobs);
    expect(await executor.execute(task, {})).toEqual(runAssignment(task, bench.blobs));
    expect(executor.slots).toBe(1);
  });

  it('reports its progress', () => {
    const seen: number[] = [];
    const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(3)) }).outputs.labels!;
    const params = {
      level: 2,
      elements: ['Li', 'P', 'S', 'Cl'],
      allowMixedMethods: false,
      start: { from: 'seed', seed: '0000000000000001' },
      preIterations: 1,
      maxIterations: 2,
      radialBasisSize: 3,
    };
    const training = [0, 1, 2].map((index) => ({ hash: labels, index }));
    runAssignment({ ...assignment('potential.fit', params, { training }), v: 4 }, bench.blobs, {
      onProgress: (fraction) => seen.push(fraction),
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  it('of an unknown kind or version is refused', () => {
    for (const [kind, v] of [
      ['structure.create', 2],
      ['structure.invent', 1],
      ['__proto__', 1],
    ] as const) {
      expect(() => runAssignment({ kind, v, params: {}, inputs: {} }, bench.blobs)).toThrow(
        expect.objectContaining({ code: 'unknown-kind' }),
      );
    }
  });

  it('with parameters that its kind does not have is thrown out, not recorded as failed', () => {
    for (const wrong of [{ ...structureParams, colour: 'red' }, { ...structureParams, seed: 'abc' }, {}]) {
      expect(() => runAssignment(assignment('structure.create', wrong), bench.blobs)).toThrow(/./);
    }
  });

  it('whose blob is missing or damaged throws, and is not recorded as failed', () => {
    expect(() => runAssignment(labelsOf(sha256Hex('nowhere')), bench.blobs)).toThrow(
      expect.objectContaining({ code: 'blob-missing' }),
    );
    const hash = bench.put(realLabels(1));
    writeFileSync(bench.blobs.path(hash), realLabels(1).replace('Li', 'LI'));
    expect(() => runAssignment(labelsOf(hash), bench.blobs)).toThrow(StoreError);
    expect(() => runAssignment(labelsOf(hash), bench.blobs)).toThrow(expect.objectContaining({ code: 'blob-corrupt' }));
  });

  it('without an input that it needs, or with two for one, is our own mistake', () => {
    expect(() => runAssignment(assignment('label.import', labelParams), bench.blobs)).toThrow(/input file: 0 blobs/);
    const hash = bench.put(realLabels(2));
    const both = { file: [{ hash }, { hash }] };
    expect(() => runAssignment(assignment('label.import', labelParams, both), bench.blobs)).toThrow(
      /input file: 2 blobs/,
    );
  });

  it('that fails keeps code, place, what was expected and found', () => {
    const { outcome, outputs, results } = runAssignment(labelsOf(bench.put('7 atoms\n')), bench.blobs);
    expect(outcome).toEqual({
      status: 'failed',
      error: {
        code: 'bad-extxyz',
        what: 'a frame starts with its number of atoms',
        where: 'labels.extxyz:1',
        expected: 'an integer from 1 to 1000000',
        found: '"7 atoms"',
      },
    });
    expect([outputs, results]).toEqual([{}, {}]);
  });
});

describe('blob.import', () => {
  const bytes = Buffer.from('anything');
  const params = { name: 'a.txt', sha256: sha256Hex(bytes), bytes: 8, mediaType: 'text/plain' };

  it('takes the bytes from outside as they are', () => {
    const result = runAssignment(assignment('blob.import', params), bench.blobs, { external: () => bytes });
    expect(result).toEqual({
      outcome: { status: 'done' },
      outputs: { content: { bytes, mediaType: 'text/plain' } },
      results: { bytes: 8 },
    });
  });

  it('takes no other bytes than those that the task names', () => {
    const other = { external: () => Buffer.from('anything else') };
    expect(() => runAssignment(assignment('blob.import', params), bench.blobs, other)).toThrow(InputError);
  });

  it('does not run where no files can be read, and passes on why a file could not be', () => {
    expect(() => runAssignment(assignment('blob.import', params), bench.blobs)).toThrow(/where files can be read/);
    const external = (): never => {
      throw new InputError('file-changed', 'the file changed');
    };
    expect(() => runAssignment(assignment('blob.import', params), bench.blobs, { external })).toThrow(
      expect.objectContaining({ code: 'file-changed' }),
    );
  });
});
