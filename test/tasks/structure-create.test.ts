import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/formats/json-document.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { composition } from '../../src/structure/structure.ts';
import { WURTZITE } from '../formats/cif-samples.ts';
import { ELEMENTS, structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const ordered = { elements: ELEMENTS, prototype: { name: 'argyrodite', latticeConstantA: 10.25 } };
const made = (hash: string) => readStructure(bench.get(hash), 'structure');

describe('structure.create', () => {
  it('makes the production model of 17 836 atoms (S2)', () => {
    const { results, outputs } = bench.done('structure.create', { ...ordered, supercell: [7, 7, 7] });
    expect(results).toEqual({
      atoms: 17836,
      composition: { Cl: 1372, Li: 8232, P: 1372, S: 6860 },
      volumeA3PerAtom: expect.closeTo(10.25 ** 3 / 52, 9),
    });
    expect(made(outputs.structure!).species).toHaveLength(17836);
  });

  it('makes disorder and displacements from the seed: the same bytes again, others from another seed', () => {
    const params = { ...structureParams, disorder: { sites: ['4a', '4c'], fraction: 0.5 } };
    const first = bench.done('structure.create', params);
    expect(bench.done('structure.create', params)).toEqual(first);
    const other = bench.done('structure.create', { ...params, seed: '0000000000000001' });
    expect(other.outputs.structure).not.toBe(first.outputs.structure);
    expect(other.results).toEqual(first.results);
    expect(composition(made(first.outputs.structure!))).toEqual([24, 4, 20, 4]);
  });

  it('keeps to the order of the elements that it is given, and to other symbols on the sites', () => {
    const { outputs, results } = bench.done('structure.create', {
      elements: ['I', 'Li', 'P', 'S'],
      prototype: { name: 'argyrodite', latticeConstantA: 10.25, elements: ['Li', 'P', 'S', 'I'] },
    });
    expect(made(outputs.structure!).elements).toEqual(['I', 'Li', 'P', 'S']);
    expect(results.composition).toEqual({ I: 4, Li: 24, P: 4, S: 20 });
  });

  it('makes any crystal from its cell and sites', () => {
    const { outputs } = bench.done('structure.create', {
      elements: ['Na', 'Cl'],
      cell: {
        latticeVectorsA: [
          [5.64, 0, 0],
          [0, 5.64, 0],
          [0, 0, 5.64],
        ],
        sites: [
          { element: 'Cl', fractional: [0, 0, 0] },
          { element: 'Na', fractional: [0.5, 0, 0] },
        ],
      },
      supercell: [1, 1, 2],
    });
    expect([...made(outputs.structure!).positionsA]).toEqual([0, 0, 0, 2.82, 0, 0, 0, 0, 5.64, 2.82, 0, 5.64]);
  });

  it('takes the cell from a file, its sites by their labels, and says the line of a fault', () => {
    const params = { elements: ['O', 'Zn'], file: { name: 'ZnO.cif', format: 'cif' }, supercell: [2, 2, 1] };
    const { outputs, results } = bench.done('structure.create', params, { file: bench.put(WURTZITE) });
    expect(results.composition).toEqual({ O: 8, Zn: 8 });
    expect([...made(outputs.structure!).species.subarray(0, 4)]).toEqual([1, 1, 0, 0]);
    const exchanged = { ...params, disorder: { sites: ['Zn1', 'O1'], fraction: 0.5 }, seed: '0000000000000001' };
    const mixed = bench.done('structure.create', exchanged, { file: bench.put(WURTZITE) });
    expect(mixed.results.composition).toEqual({ O: 8, Zn: 8 });
    expect(mixed.outputs.structure).not.toBe(outputs.structure);
    for (const [text, message] of [
      [WURTZITE.replace('1.000 ?', '0.5 ?'), /ZnO\.cif:37: a site is not fully occupied/],
      [WURTZITE.replace('O2-', 'S2-'), /ZnO\.cif:2: element S is not among the campaign's/],
      [WURTZITE + WURTZITE, /ZnO\.cif: the file holds several structures/],
    ] as const) {
      const { outcome } = bench.run('structure.create', params, { file: bench.put(text) });
      expect(outcome.status === 'failed' && `${outcome.error.where}: ${outcome.error.what}`).toMatch(message);
    }
  });

  it('makes bicrystals by name (S5), their bulk (S6), and says what they are', () => {
    const tilt = { ...ordered, boundary: { name: 'sigma3(-111)[110]' }, supercell: [1, 1, 2] };
    const { results, outputs } = bench.done('structure.create', tilt);
    expect(results).toEqual({
      atoms: 156,
      composition: { Cl: 12, Li: 72, P: 12, S: 60 },
      volumeA3PerAtom: expect.closeTo(10.25 ** 3 / 52, 9),
      boundary: {
        sigma: 3,
        misorientationDegrees: expect.closeTo(-109.4712, 4),
        coincidenceCellAtoms: 78,
        separationA: 0,
        boundaryDistanceA: expect.closeTo(17.7535, 4),
        boundaryAreaA2: expect.closeTo(12.5536 * 7.2478, 2),
        areBoundariesEqual: true,
      },
    });
    expect(bench.done('structure.create', tilt).outputs).toEqual(outputs);
    const bulk = bench.done('structure.create', { ...tilt, boundary: { ...tilt.boundary, reference: 'bulk' } });
    expect(bulk.results).toMatchObject({ atoms: 156, boundary: { reference: 'bulk' } });
    expect(made(bulk.outputs.structure!).cellA).toEqual(made(outputs.structure!).cellA);
    expect(bulk.outputs.structure).not.toBe(outputs.structure);
  });

  it('makes the production model of a twist boundary, disordered (S3, S5)', () => {
    const { results } = bench.done('structure.create', {
      ...ordered,
      boundary: { name: 'sigma5(001)[001]' },
      supercell: [3, 3, 14],
      disorder: { sites: ['4a', '4c'], fraction: 0.5 },
      seed: '0000000000000001',
    });
    expect(results).toMatchObject({ atoms: 16380, boundary: { separationA: 1.2, areBoundariesEqual: true } });
  });

  it('makes any other boundary of any cubic crystal from axis, Σ and plane, with vacancies if asked for', () => {
    const aluminium = {
      elements: ['Al'],
      cell: {
        latticeVectorsA: [
          [4.05, 0, 0],
          [0, 4.05, 0],
          [0, 0, 4.05],
        ],
        sites: [
          [0, 0, 0],
          [0, 0.5, 0.5],
          [0.5, 0, 0.5],
          [0.5, 0.5, 0],
        ].map((fractional) => ({ element: 'Al', fractional })),
      },
      boundary: { axis: [0, 0, 1], sigma: 5, angleDegrees: 53.13, plane: [2, 1, 0], planeThrough: 'Al' },
      supercell: [1, 2, 4],
      minimumDistanceA: 2.2,
      vacancies: { site: 'Al', count: 2 },
      seed: '0000000000000001',
    };
    const { results, outputs } = bench.done('structure.create', aluminium);
    expect(results).toMatchObject({
      atoms: 158,
      boundary: { sigma: 5, coincidenceCellAtoms: 20, areBoundariesEqual: true },
    });
    expect(made(outputs.structure!).species).toHaveLength(158);
  });

  it('that cannot be made fails, with code and reason, and leaves nothing', () => {
    const cell = (z: number) => ({
      elements: ['Na'],
      cell: {
        latticeVectorsA: [
          [100, 0, 0],
          [0, 100, 0],
          [0, 0, z],
        ],
        sites: [{ element: 'Na', fractional: [0, 0, 0] }],
      },
    });
    const cases: [JsonObject, object][] = [
      [
        { ...ordered, prototype: { name: 'argyrodite', latticeConstantA: 7 } },
        { code: 'overlapping-atoms', where: 'structure.create', found: expect.stringMatching(/Å apart/) },
      ],
      [
        { ...ordered, supercell: [1000, 1000, 1000] },
        { code: 'bad-structure', where: 'supercell' },
      ],
      [
        { ...ordered, prototype: { name: 'argyrodite', latticeConstantA: 10.25, cationSites: '48h' } },
        { code: 'bad-structure', what: expect.stringMatching(/need a seed/) },
      ],
      [
        { ...ordered, elements: ['Li', 'P', 'S'] },
        { code: 'bad-structure', where: 'prototype.elements' },
      ],
      [
        { ...structureParams, disorder: { sites: ['4a', '9z'], fraction: 0.5 } },
        { code: 'bad-structure', where: 'disorder.sites' },
      ],
      [cell(1e-11), { code: 'bad-structure' }],
      [
        { ...cell(90), boundary: { axis: [0, 0, 1], sigma: 5, plane: [0, 0, 1] }, supercell: [1, 1, 2] },
        { code: 'bad-host', where: 'boundary' },
      ],
      [
        { ...ordered, boundary: { axis: [0, 0, 1], sigma: 3, plane: [0, 0, 1] }, supercell: [1, 1, 2] },
        { code: 'bad-boundary', where: 'boundary.sigma', expected: expect.stringMatching(/^one of 5, 13/) },
      ],
      [
        {
          ...ordered,
          boundary: { axis: [1, 1, 0], sigma: 3, angleDegrees: 36.87, plane: [1, -1, 2] },
          supercell: [1, 1, 2],
        },
        { code: 'bad-boundary', where: 'boundary.angleDegrees' },
      ],
      [
        { ...ordered, boundary: { axis: [1, 1, 0], sigma: 3, plane: [-1, 1, 1] }, supercell: [1, 1, 2] },
        { code: 'unequal-boundaries', where: 'boundary' },
      ],
      [
        { ...ordered, boundary: { name: 'sigma5(001)[001]', separationA: 0.5 }, supercell: [1, 1, 2] },
        { code: 'overlapping-atoms', where: 'boundary.separationA', found: expect.stringMatching(/0.869 Å apart/) },
      ],
      [
        { ...ordered, boundary: { name: 'sigma5(001)[001]', planeThrough: '9z' }, supercell: [1, 1, 2] },
        { code: 'bad-boundary', where: 'boundary.planeThrough' },
      ],
      [cell(1e-8), { code: 'singular-cell' }],
    ];
    for (const [params, error] of cases) {
      expect(bench.run('structure.create', params)).toEqual({
        outcome: { status: 'failed', error: expect.objectContaining(error) },
        outputs: {},
        results: {},
      });
    }
  });

  it('does not take displacements or disorder without a seed', () => {
    const unseeded = { elements: ELEMENTS, prototype: structureParams.prototype };
    for (const drawn of [{ rattleA: 0.1 }, { disorder: { sites: ['4a', '4c'], fraction: 0.5 } }]) {
      expect(bench.run('structure.create', { ...unseeded, ...drawn }).outcome).toMatchObject({
        status: 'failed',
        error: { code: 'bad-structure', what: expect.stringMatching(/seed/) },
      });
    }
  });
});
