/** Analyses of one run as task kinds: jumps and occupancies, radial distributions, displacements (R7, R8). */
import { describe, expect, it } from 'vitest';
import { findCageCentres } from '../../src/analysis/cage-centres.ts';
import { RadialDistributionSum } from '../../src/analysis/radial-distribution.ts';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import { type JsonObject, readJsonDocument } from '../../src/formats/json-document.ts';
import { readLabelBundle } from '../../src/formats/label-bundle.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { recordedRun } from './recorded-walk.ts';
import { ELEMENTS, indices, labelParams, realLabels, structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const { rattleA: _rattleA, seed: _seed, ...idealParams } = structureParams;
const made = (params: JsonObject): string => bench.done('structure.create', params).outputs.structure!;
const ordered = made({ ...idealParams, supercell: [2, 1, 1] });
const read = (hash: string): Structure => readStructure(bench.get(hash), 'structure');
const crystal = read(ordered);

const jumpParams = {
  mobileSpecies: 'Li',
  timeStepFs: 2,
  centre: 'S',
  notBondedTo: 'P',
  bondA: 2.8,
  marginA: 1,
  backWithinFs: 50,
};

/** Frames in which one Li is carried to the cages one after another; a frame every 10 fs. */
function carried(structure: Structure, visits: readonly number[]): Float64Array[] {
  const centres = findCageCentres(structure, { centre: 'S', notBondedTo: 'P' });
  const first = structure.positionsA;
  const li = structure.species.indexOf(0);
  return [
    first.slice(),
    ...visits.map((visit) => {
      const frame = first.slice();
      for (let axis = 0; axis < 3; axis++)
        frame[3 * li + axis] = first[3 * centres[visit]! + axis]! + (axis === 0 ? 0.5 : 0);
      return frame;
    }),
  ];
}

describe('analysis.jumps (R7)', () => {
  it('counts the jumps of a planted path, back-jumps apart, and what the cages hold', () => {
    const centres = findCageCentres(crystal, { centre: 'S', notBondedTo: 'P' });
    expect(centres).toHaveLength(8);
    // Stays, jumps, is back within 50 fs, stays long, jumps on twice.
    const visits = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 3];
    const run = recordedRun(bench, crystal, carried(crystal, visits), { perPiece: 7 });
    const { results, outputs } = bench.done('analysis.jumps', jumpParams, { structure: ordered, ...run });
    const start = results.jumps as number;
    expect(results).toMatchObject({ atoms: 48, cages: 8, frames: 21, timePs: 0.2, backJumps: 1 });
    // Getting to the first cage may be a jump of its own.
    expect([4, 5]).toContain(start);
    expect(results.netJumps).toBe(start - 2);
    expect(results.jumpsPerAtomNs).toBeCloseTo(start / 48 / 0.0002, 6);
    const document = readJsonDocument(bench.get(outputs.jumps!), 'jumps') as unknown as {
      occupancy: number[];
      jumpsOfAtom: number[];
    };
    expect(document.occupancy.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
    expect(results.meanOccupancy).toBeCloseTo(6, 12);
    expect(document.occupancy[6]).toBeGreaterThan(0.7);
    expect(document.jumpsOfAtom.filter((jumps) => jumps > 0)).toHaveLength(1);
  });

  it('does not depend on how the trajectory is cut into pieces', () => {
    const framesA = carried(crystal, [1, 1, 2, 2, 5, 5, 0, 0]);
    const of = (perPiece: number) =>
      bench.done('analysis.jumps', jumpParams, {
        structure: ordered,
        ...recordedRun(bench, crystal, framesA, { perPiece }),
      });
    expect(of(1)).toEqual(of(8));
    expect(of(3)).toEqual(of(8));
  });

  it('takes 4a and 4c sulphur for centres of disordered crystals, where a cage does not hold six', () => {
    const disordered = made({
      ...idealParams,
      disorder: { sites: ['4a', '4c'], fraction: 0.5 },
      seed: '0000000000000001',
    });
    const structure = read(disordered);
    const run = recordedRun(bench, structure, [structure.positionsA, structure.positionsA]);
    const { results } = bench.done('analysis.jumps', jumpParams, { structure: disordered, ...run });
    expect(results).toMatchObject({ cages: 4, jumps: 0, netJumps: 0, jumpsPerAtomNs: 0 });
  });

  it('fails for a run of another structure, for frames that are not even, and where there are no cages', () => {
    const framesA = carried(crystal, [0, 1]);
    const run = recordedRun(bench, crystal, framesA);
    const other = made(idealParams);
    const failed = (inputs: object, params: object = jumpParams) =>
      bench.run('analysis.jumps', params as JsonObject, { structure: ordered, ...run, ...inputs }).outcome;
    expect(failed({ structure: other })).toMatchObject({ status: 'failed', error: { code: 'broken-trajectory' } });
    const twice = [run.trajectory, run.trajectory].flat();
    expect(failed({ trajectory: twice })).toMatchObject({
      error: { code: 'broken-trajectory', where: 'frame 3', expected: 'step 15', found: 'step 5' },
    });
    expect(failed({ trajectory: [] })).toMatchObject({ error: { code: 'broken-trajectory' } });
    expect(failed({}, { ...jumpParams, meanCell: true })).toMatchObject({ error: { code: 'no-mean-cell' } });
    expect(failed({}, { ...jumpParams, centre: 'P', notBondedTo: 'S' })).toMatchObject({ error: { code: 'no-cages' } });
  });
});

/** All atoms walk. */
function walked(structure: Structure, frames: number, stepA: number): Float64Array[] {
  const random = new RandomStream('0000000000000021', 0);
  const positionsA = structure.positionsA.slice();
  return Array.from({ length: frames }, (_, k) => {
    if (k > 0) for (let at = 0; at < positionsA.length; at++) positionsA[at]! += stepA * random.normal();
    return positionsA.slice();
  });
}

describe('analysis.rdf (R8)', () => {
  const of = { from: 'run', timeStepFs: 2, everyFrames: 1 };
  const params = {
    pairs: [
      ['Li', 'S'],
      ['P', 'S'],
    ],
    reachA: 6,
    shellA: 0.1,
    of,
  };

  it('of a run is that of its frames, at the cell of each', () => {
    const framesA = walked(crystal, 6, 0.05);
    const cellsA = framesA.map((_, k) => crystal.cellA.map((c) => c * (1 + 0.01 * k)));
    const run = recordedRun(bench, crystal, framesA, { perPiece: 2, cellsA });
    const { results, outputs } = bench.done('analysis.rdf', params, { structure: ordered, ...run });
    expect(results.frames).toBe(6);
    const sum = new RadialDistributionSum(['Li', 'S'], 6, 0.1);
    framesA.forEach((positionsA, k) => {
      sum.add({ ...crystal, positionsA, cellA: cellsA[k]! });
    });
    const bundle = readBundle(bench.get(outputs.distributions!), 'rdf');
    const expected = sum.result();
    expect(bundle.meta.pairs).toEqual(['Li-S', 'P-S']);
    expect(doubles(bundle, 'g', 'rdf').subarray(0, 60)).toEqual(expected.g);
    expect(doubles(bundle, 'neighbours', 'rdf').subarray(0, 60)).toEqual(expected.neighbours);
  });

  it('takes every n-th frame, and finds the P–S bond', () => {
    const framesA = [crystal.positionsA, ...walked(crystal, 4, 1).slice(1), crystal.positionsA];
    const run = recordedRun(bench, crystal, framesA);
    const params4 = { ...params, of: { ...of, everyFrames: 4 } };
    const { results } = bench.done('analysis.rdf', params4, { structure: ordered, ...run });
    expect(results.frames).toBe(2);
    const peaks = results.highestPeaks as { [pair: string]: { radiusA: number } };
    expect(peaks['P-S']!.radiusA).toBeCloseTo(2.05, 6);
  });

  it('of labels is that of the configurations that the manifest names: DFT beside the potential', () => {
    const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(4)) }).outputs.labels!;
    const ofLabels = { ...params, of: { from: 'labels', elements: ELEMENTS } };
    const { results, outputs } = bench.done('analysis.rdf', ofLabels, { configurations: indices(labels, 0, 2, 3) });
    expect(results.frames).toBe(3);
    const sum = new RadialDistributionSum(['P', 'S'], 6, 0.1);
    const all = readLabelBundle(bench.get(labels), 'labels');
    for (const k of [0, 2, 3]) sum.add(all[k]!.structure);
    const g = doubles(readBundle(bench.get(outputs.distributions!), 'rdf'), 'g', 'rdf');
    expect(g.subarray(60)).toEqual(sum.result().g);
  });

  it('fails for a species that is not there', () => {
    const run = recordedRun(bench, crystal, walked(crystal, 2, 0.1));
    const none = { ...params, pairs: [['Li', 'Na']] };
    expect(bench.run('analysis.rdf', none, { structure: ordered, ...run }).outcome).toMatchObject({
      status: 'failed',
      error: { code: 'unknown-species' },
    });
  });
});

describe('analysis.displacements (R7)', () => {
  const params = { mobileSpecies: 'Li', timeStepFs: 2, binA: 0.2, origins: 'multiple', lagsFs: [20, 60] };

  it('of a walk is Maxwell’s, whose mean grows with the root of the time; the drift of the framework is no displacement', () => {
    const framesA = walked(crystal, 60, 0.3).map((frame, k) =>
      frame.map((x, at) => (crystal.species[Math.floor(at / 3)] === 0 ? x : crystal.positionsA[at]!) + 0.05 * k),
    );
    const run = recordedRun(bench, crystal, framesA, { perPiece: 11 });
    const { results, outputs } = bench.done('analysis.displacements', params, { structure: ordered, ...run });
    expect(results.samples).toEqual([48 * 58, 48 * 54]);
    const [two, six] = results.meanDisplacementsA as [number, number];
    expect(two / (0.3 * Math.sqrt(2) * Math.sqrt(8 / Math.PI))).toBeCloseTo(1, 1);
    expect(six / two / Math.sqrt(3)).toBeCloseTo(1, 1);
    const bundle = readBundle(bench.get(outputs.distributions!), 'displacements');
    const densities = doubles(bundle, 'densityPerA', 'displacements');
    const bins = doubles(bundle, 'distancesA', 'displacements').length;
    for (const k of [0, 1]) {
      const row = densities.subarray(k * bins, (k + 1) * bins);
      expect(row.reduce((sum, part) => sum + 0.2 * part, 0)).toBeCloseTo(1, 10);
    }
  });

  it('of one origin counts each atom once, and leaves a density that integrates to 1', () => {
    const run = recordedRun(bench, crystal, walked(crystal, 11, 0.2), { perPiece: 4 });
    const { results, outputs } = bench.done(
      'analysis.displacements',
      { ...params, origins: 'single', lagsFs: [100], density: { grid: [16, 8, 8], bandwidthA: 0.5, everyFrames: 5 } },
      { structure: ordered, ...run },
    );
    expect(results.samples).toEqual([48]);
    const density = doubles(readBundle(bench.get(outputs.density!), 'density'), 'densityPerA3', 'density', [16, 8, 8]);
    const pointA3 = (2 * 10.25 ** 3) / density.length;
    expect(density.reduce((sum, value) => sum + value * pointA3, 0)).toBeCloseTo(1, 10);
  });

  it('refuses times between frames, and those that the run does not reach', () => {
    const run = recordedRun(bench, crystal, walked(crystal, 4, 0.1));
    const outcome = (lagFs: number) =>
      bench.run('analysis.displacements', { ...params, lagsFs: [lagFs] }, { structure: ordered, ...run }).outcome;
    expect(outcome(15)).toMatchObject({ error: { code: 'bad-lag', expected: 'a multiple of 10 fs' } });
    expect(outcome(40)).toMatchObject({ error: { code: 'trajectory-too-short' } });
    expect(outcome(30)).toEqual({ status: 'done' });
  });
});
