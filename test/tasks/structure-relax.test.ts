import { describe, expect, it } from 'vitest';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import { readState } from '../../src/formats/md-state-bundle.ts';
import { readStructure, writeStructure } from '../../src/formats/structure-bundle.ts';
import { findOperations } from '../../src/structure/find-operations.ts';
import { mdParams, rangeOf, relaxablePotentialFile, relaxParams, structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const structure = bench.done('structure.create', structureParams).outputs.structure!;
const inputs = { structure, potential: bench.put(relaxablePotentialFile()), range: bench.put(rangeOf(2)) };
const structureOf = (hash: string) => readStructure(bench.get(hash), 'structure');

describe('structure.relax', () => {
  it.each(['conjugate-gradient', 'l-bfgs', 'fire'])('ends in a minimum, and says how near (%s)', (method) => {
    const { results, outputs } = bench.done('structure.relax', { ...relaxParams, method }, inputs);
    expect(results.maxForceEvA).toBeLessThan(1e-3);
    expect(results.maxStressGpa).toBeLessThan(0.01);
    const path = readBundle(bench.get(outputs.path!), 'path');
    const enthalpies = doubles(path, 'enthalpiesEv', 'path');
    expect(enthalpies).toHaveLength((results.steps as number) + 1);
    expect(enthalpies.at(-1)).toBeLessThan(enthalpies[0]!);
    expect(results.energyEv).toBeCloseTo(enthalpies.at(-1)!, 9);
    // Relaxed once more, it stays where it is.
    const again = bench.done(
      'structure.relax',
      { ...relaxParams, method },
      { ...inputs, structure: outputs.structure! },
    );
    expect(again.results.steps).toBe(0);
    expect(again.outputs.structure).toBe(outputs.structure);
  });

  it('leaves x and y of the cell alone where z alone is free, and all of it where it is fixed', () => {
    const before = structureOf(structure).cellA;
    const z = structureOf(bench.done('structure.relax', { ...relaxParams, cell: 'z' }, inputs).outputs.structure!);
    expect([...z.cellA].map((c, k) => Object.is(c, before[k]))).toEqual([...Array(8).fill(true), false]);
    const fixed = bench.done('structure.relax', { ...relaxParams, cell: 'fixed' }, inputs).outputs.structure!;
    expect(structureOf(fixed).cellA).toEqual(before);
  });

  it('quenches the state in which a run ended', () => {
    const run = bench.done('md.run', { ...mdParams, ensemble: 'npt', barostat: { cell: 'isotropic' } }, inputs);
    const { state } = readState(bench.get(run.outputs.state!), 'state');
    const quenched = bench.done('structure.relax', relaxParams, { ...inputs, state: run.outputs.state! });
    const there = { ...structureOf(structure), cellA: state.cellA, positionsA: state.positionsA };
    const same = bench.done('structure.relax', relaxParams, { ...inputs, structure: bench.put(writeStructure(there)) });
    expect(quenched).toEqual(same);
  });

  it('stops where its steps do not suffice, and keeps what it reached', () => {
    const { outcome, outputs } = bench.run('structure.relax', { ...relaxParams, maxSteps: 3 }, inputs);
    expect(outcome).toMatchObject({ status: 'stopped', reason: { quantity: 'steps', limit: 3, step: 3 } });
    expect(structureOf(outputs.structure!).species).toHaveLength(52);
  });

  it('fails with a cell that is none', () => {
    const before = structureOf(structure);
    const mirrored = { ...before, cellA: before.cellA.map((c, k) => (k > 5 ? -c : c)) };
    const failed = bench.run('structure.relax', relaxParams, {
      ...inputs,
      structure: bench.put(writeStructure(mirrored)),
    });
    expect(failed.outcome).toMatchObject({ status: 'failed', error: { code: 'bad-cell' } });
  });

  it('keeps the symmetry of the structure where asked (D4), and ends above what rattled atoms find', () => {
    const { rattleA: _rattleA, seed: _seed, ...ideal } = structureParams;
    const start = bench.done('structure.create', ideal).outputs.structure!;
    const params = { ...relaxParams, cell: 'full', symmetry: { toleranceA: 0.01 } };
    const { results, outputs } = bench.done('structure.relax', params, { ...inputs, structure: start });
    expect(results.operationsKept).toBe(96);
    const kept = structureOf(outputs.structure!);
    expect(findOperations(kept, 1e-6)).toHaveLength(96);
    expect(kept.cellA[0]).not.toBeCloseTo(10.25, 3);
    const free = bench.done('structure.relax', { ...relaxParams, cell: 'full' }, inputs);
    expect(free.results.operationsKept).toBeUndefined();
    expect(results.energyEv).toBeGreaterThan((free.results.energyEv as number) + 0.01);
  });

  it('constrains nothing where the structure has no symmetry but the identity', () => {
    const kept = bench.done('structure.relax', { ...relaxParams, symmetry: { toleranceA: 0.01 } }, inputs);
    const free = bench.done('structure.relax', relaxParams, inputs);
    expect(kept.results).toEqual({ ...free.results, operationsKept: 1 });
    expect(kept.outputs).toEqual(free.outputs);
  });
});
