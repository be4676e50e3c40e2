/** Phonons and ground states as task kinds: the rows of Table IV (R9). */
import { describe, expect, it } from 'vitest';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import { type JsonObject, readJsonDocument } from '../../src/formats/json-document.ts';
import { readStructure, writeStructure } from '../../src/formats/structure-bundle.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';
import { rangeOf, relaxablePotentialFile, relaxParams, structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const { rattleA: _rattleA, seed: _seed, ...idealParams } = structureParams;
const potential = { potential: bench.put(relaxablePotentialFile()), range: bench.put(rangeOf(2)) };
const relaxed = (params: JsonObject, more: JsonObject = {}) =>
  bench.done(
    'structure.relax',
    { ...relaxParams, forceToleranceEvA: 1e-5, stressToleranceGpa: 1e-3, ...more },
    { ...potential, structure: bench.done('structure.create', params).outputs.structure! },
  );
const symmetric = relaxed(idealParams, { symmetry: { toleranceA: 0.01 } });
const free = relaxed(structureParams);
const phononParams = { supercell: [1, 1, 1], displacementA: 0.01, toleranceThz: 0.05, symmetryToleranceA: 0.01 };
const phononsOf = (structure: string, params: JsonObject = phononParams) =>
  bench.done('analysis.phonons', params, { ...potential, structure });
const symmetricPhonons = phononsOf(symmetric.outputs.structure!);

describe('analysis.phonons (R9)', () => {
  it('of the structure that kept its symmetry has imaginary modes, named, from few displacements', () => {
    const { results, outputs } = symmetricPhonons;
    expect(results).toMatchObject({ verdict: 'unstable', operations: 96, points: 1, lowestAt: [0, 0, 0] });
    expect(results.lowestThz).toBeLessThan(-0.05);
    // Five kinds of sites: far fewer than 6 for each of 52 atoms.
    expect(results.forceCalls).toBeLessThan(25);
    expect(results.residualForceEvA).toBeLessThan(1e-5);
    const { gamma } = readJsonDocument(bench.get(outputs.phonons!), 'phonons') as unknown as {
      gamma: { frequencyThz: number; kind: string; degeneracy: number; elementShares: number[] }[];
    };
    expect(gamma.reduce((sum, { degeneracy }) => sum + degeneracy, 0)).toBe(156);
    const imaginary = gamma.filter(({ kind }) => kind === 'imaginary');
    expect(imaginary.reduce((sum, { degeneracy }) => sum + degeneracy, 0)).toBe(results.imaginaryModes);
    for (const group of gamma) expect(group.elementShares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    const constants = doubles(
      readBundle(bench.get(outputs.forceConstants!), 'c'),
      'forceConstantsEvA2',
      'c',
      [52, 52, 3, 3],
    );
    expect(constants.every(Number.isFinite)).toBe(true);
  });

  it('of the minimum that rattled atoms find has none', () => {
    const { results } = phononsOf(free.outputs.structure!);
    expect(results).toMatchObject({ verdict: 'stable', operations: 1, imaginaryModes: 0 });
    expect(results.forceCalls).toBe(1 + 6 * 52);
  });

  it('looks at more points of q in a supercell and on a mesh', () => {
    const { results } = phononsOf(symmetric.outputs.structure!, {
      ...phononParams,
      supercell: [1, 1, 2],
      mesh: [1, 1, 3],
    });
    expect(results.points).toBe(2 + 2);
    expect(results.verdict).toBe('unstable');
  });

  it('refuses another potential’s elements and force constants that do not fit', () => {
    const structure = symmetric.outputs.structure!;
    const huge = bench.run(
      'analysis.phonons',
      { ...phononParams, supercell: [20, 20, 20] },
      { ...potential, structure },
    );
    expect(huge.outcome).toMatchObject({ status: 'failed', error: { code: 'too-many-atoms' } });
    const other = { ...readStructure(bench.get(structure), 's'), elements: ['Na', 'P', 'S', 'Cl'] };
    const mismatched = bench.run('analysis.phonons', phononParams, {
      ...potential,
      structure: bench.put(writeStructure(other)),
    });
    expect(mismatched.outcome).toMatchObject({ error: { code: 'mismatched-elements' } });
  });
});

describe('analysis.ground-state (R9)', () => {
  const params = { cells: 1, symprecA: 0.01 };

  it('of the symmetric structure: F-43m, unstable, ΔE of nothing to itself', () => {
    const structure = symmetric.outputs.structure!;
    const inputs = { ...potential, structure, reference: structure, phonons: symmetricPhonons.outputs.phonons! };
    const { results } = bench.done('analysis.ground-state', params, inputs);
    expect(results).toMatchObject({
      atoms: 52,
      spaceGroupNumber: 216,
      spaceGroupSymbol: 'F-43m',
      operations: 96,
      stability: 'unstable',
      energyDifferenceMevAtom: 0,
      energyEvAtom: symmetric.results.energyEvPerAtom,
    });
    expect(results.effectiveLatticeConstantA).toBeCloseTo((symmetric.results.cellLengthsA as number[])[0]!, 9);
    expect(results.imaginaryModes).toBe(symmetricPhonons.results.imaginaryModes);
  });

  it('of the minimum: P1, lower than the symmetric one', () => {
    const inputs = { ...potential, structure: free.outputs.structure!, reference: symmetric.outputs.structure! };
    const { results } = bench.done('analysis.ground-state', params, inputs);
    expect(results).toMatchObject({ spaceGroupSymbol: 'P1', operations: 1, stability: null, imaginaryModes: null });
    expect(results.energyDifferenceMevAtom).toBeCloseTo(
      1000 * ((free.results.energyEvPerAtom as number) - (symmetric.results.energyEvPerAtom as number)),
      9,
    );
    expect(results.energyDifferenceMevAtom).toBeLessThan(0);
  });

  it('of a supercell has the lattice constant and the energy of its unit cell', () => {
    const unit = readStructure(bench.get(symmetric.outputs.structure!), 's');
    const { structure } = makeSupercell({ structure: unit, siteLabels: [] }, [1, 2, 2]);
    const { results } = bench.done(
      'analysis.ground-state',
      { ...params, cells: 4 },
      { ...potential, structure: bench.put(writeStructure(structure)), reference: symmetric.outputs.structure! },
    );
    expect(results.effectiveLatticeConstantA).toBeCloseTo(unit.cellA[0]!, 9);
    expect(results.energyDifferenceMevAtom).toBeCloseTo(0, 6);
    expect(results.spaceGroupSymbol).toBe('F-43m');
  });
});
