/** The three boundaries of the argyrodite study (S4–S7), number by number. */
import { describe, expect, it } from 'vitest';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { cellLengthsA, makeBicrystal, makeBulkReference } from '../../src/structure/bicrystal.ts';
import { boundaryPairs, haveEqualBoundaries } from '../../src/structure/boundary-pairs.ts';
import { boundaryOf, makeBoundary } from '../../src/structure/boundary-recipe.ts';
import { closestPairs } from '../../src/structure/closest-pair.ts';
import { coincidenceCell } from '../../src/structure/coincidence-cell.ts';
import { rotationsOf } from '../../src/structure/coincidence-rotation.ts';
import { coincidentSites } from '../../src/structure/coincident-sites.ts';
import type { CubicHost } from '../../src/structure/cubic-host.ts';
import { cutUnits, LITHIUM_CAGE, PS4_UNIT, uncutWindows } from '../../src/structure/cut-units.ts';
import { exchangeSites } from '../../src/structure/disorder.ts';
import { separationFor } from '../../src/structure/grain-separation.ts';
import { primitive } from '../../src/structure/integer-lattice.ts';
import { type BoundaryName, NAMED_BOUNDARIES } from '../../src/structure/named-boundaries.ts';
import { cellVolumeA3, composition } from '../../src/structure/structure.ts';
import { makeSupercell } from '../../src/structure/supercell.ts';
import { requireEqualBoundaries } from '../../src/structure/unequal-boundaries.ts';

const A = 10.25;
/** z of 24g with which the reference numbers of this geometry were computed; the prototype's own default is 0.018. */
const ordered = argyrodite({ latticeConstantA: A, cationZ: 0.016 });

const EXPECTED = {
  'sigma3(1-12)[110]': {
    x: [1n, -1n, -1n],
    y: [1n, 1n, 0n],
    z: [1n, -1n, 2n],
    lengthsA: [17.7535, 7.2478, 12.5536],
    sigma: 3,
    degrees: 70.53,
    cslAtoms: 78,
    production: 19656,
    boxA: [53.26, 50.73, 150.64],
    training: 312,
    closestCrossA: 2.05,
    separationA: 0,
    coincident: [2, 6],
    ps4: { count: 1, split: [1, 3] },
    cages: { count: 1, split: [3, 3] },
  },
  'sigma3(-111)[110]': {
    x: [1n, -1n, 2n],
    y: [1n, 1n, 0n],
    z: [-1n, 1n, 1n],
    lengthsA: [12.5536, 7.2478, 17.7535],
    sigma: 3,
    degrees: -109.47,
    cslAtoms: 78,
    production: 17472,
    boxA: [50.21, 50.73, 142.03],
    training: 156,
    closestCrossA: 2.39,
    separationA: 0,
    coincident: [2, 6],
    ps4: { count: 0 },
    cages: { count: 0 },
  },
  'sigma5(001)[001]': {
    x: [3n, -1n, 0n],
    y: [1n, 3n, 0n],
    z: [0n, 0n, 1n],
    lengthsA: [16.2067, 16.2067, 10.25],
    sigma: 5,
    degrees: -36.87,
    cslAtoms: 130,
    production: 16380,
    boxA: [48.62, 48.62, 143.5],
    training: 260,
    closestCrossA: 0.33,
    separationA: 1.2,
    coincident: [2, 10],
    ps4: { count: 5, split: [2, 2] },
    cages: { count: 0 },
  },
} as const;

describe.each(Object.keys(NAMED_BOUNDARIES) as BoundaryName[])('%s', (name) => {
  const expected = EXPECTED[name];
  const { host, cell, options } = boundaryOf(ordered, { name });
  const published = NAMED_BOUNDARIES[name];

  it('has the published directions, angle and CSL cell (S4)', () => {
    expect(cell.vectorsA.map(primitive)).toEqual([expected.x, expected.y, expected.z]);
    cellLengthsA(host, cell).forEach((lengthA, k) => {
      expect(lengthA).toBeCloseTo(expected.lengthsA[k]!, 4);
    });
    expect(cell.rotation.sigma).toBe(expected.sigma);
    expect(cell.rotation.angleDegrees).toBeCloseTo(expected.degrees, 2);
    expect(cell.latticePoints * host.sites.length).toBe(expected.cslAtoms);
  });

  it('is the cell that is found when only axis, Σ, angle and plane are given', () => {
    const { axis, sigma, angleDegrees, plane } = published;
    expect(boundaryOf(ordered, { axis, sigma, angleDegrees, plane }).cell.vectorsA).toEqual(cell.vectorsA);
  });

  it('has the published atoms, box and stoichiometry, and more than 65 Å between its boundaries (S5)', () => {
    const production = makeBicrystal(host, cell, { ...options, repeats: published.production });
    const { structure } = production;
    expect(structure.species).toHaveLength(expected.production);
    expect(composition(structure).map((count) => (13 * count) / expected.production)).toEqual([6, 1, 5, 1]);
    [0, 4, 8].forEach((diagonal, k) => {
      expect(Math.abs(structure.cellA[diagonal]! - expected.boxA[k]!)).toBeLessThan(0.006);
    });
    expect(production.boundaryDistanceA).toBeGreaterThan(65);
    expect(makeBicrystal(host, cell, { ...options, repeats: published.training }).structure.species).toHaveLength(
      expected.training,
    );
  });

  it('needs the known separation for 1.5 Å between any two atoms', () => {
    const touching = makeBicrystal(host, cell, { ...options, repeats: published.training });
    const closestA = Math.min(...boundaryPairs(touching, 3).flatMap(({ distanceA }) => [...distanceA]));
    expect(closestA).toBeCloseTo(expected.closestCrossA, 2);
    const separationA = separationFor(host, cell, options, 1.5);
    expect(separationA).toBe(expected.separationA);
    const { structure } = makeBicrystal(host, cell, { ...options, repeats: published.training, separationA });
    expect(closestPairs(structure, 1.5).closest).toBeUndefined();
  });

  it('has Cl and P of both grains in common at one of Σ sites', () => {
    for (const label of ['4a', '4b']) {
      const { coincident, sites } = coincidentSites(host, cell, label);
      expect([coincident, sites]).toEqual(expected.coincident);
    }
  });

  it('cuts the published units at the Cl layer, and the same in both grains', () => {
    for (const [kind, { count, ...rest }] of [
      [PS4_UNIT, expected.ps4],
      [LITHIUM_CAGE, expected.cages],
    ] as const) {
      const cut = cutUnits(host, cell, kind);
      expect(cut.inA).toHaveLength(count);
      expect(cut.inB).toHaveLength(count);
      for (const { below, above } of [...cut.inA, ...cut.inB]) {
        expect([below, above].sort()).toEqual('split' in rest ? rest.split : []);
      }
    }
  });

  it('has two boundaries of one kind, also in the production model’s grains', () => {
    for (const separationA of [0, 1.2]) {
      expect(haveEqualBoundaries(makeBicrystal(host, cell, { ...options, repeats: [1, 1, 4], separationA }))).toBe(
        true,
      );
    }
  });

  it('has a bulk reference of the same atoms in the same x and y (S6)', () => {
    const bicrystal = makeBicrystal(host, cell, { ...options, repeats: published.production, separationA: 1.2 });
    const bulk = makeBulkReference(host, cell, { ...options, repeats: published.production }).structure;
    expect(composition(bulk)).toEqual(composition(bicrystal.structure));
    expect(bulk.cellA.subarray(0, 8)).toEqual(bicrystal.structure.cellA.subarray(0, 8));
    expect(bulk.cellA[8]!).toBeCloseTo(bicrystal.structure.cellA[8]! - 2.4, 9);
    expect(cellVolumeA3(bulk.cellA) / bulk.species.length).toBeCloseTo(A ** 3 / 52, 9);
    expect(closestPairs(bulk, 2).closest).toBeUndefined();
  });

  it('can be disordered (S3): half of the 4a Cl and as many 4c S of the bicrystal', () => {
    const { crystal } = makeBoundary(ordered, { name }, published.training, 1.5);
    const disordered = exchangeSites(crystal, { sites: ['4a', '4c'], fraction: 0.5 }, '0000000000000001');
    const changed = crystal.siteLabels.flatMap((label, i) =>
      crystal.structure.species[i] === disordered.structure.species[i] ? [] : [label],
    );
    const formulaUnits = expected.training / 13;
    expect(changed.filter((label) => label === '4a')).toHaveLength(Math.round(formulaUnits / 2));
    expect(changed.filter((label) => label === '4c')).toHaveLength(Math.round(formulaUnits / 2));
    expect(composition(disordered.structure)).toEqual(composition(crystal.structure));
  });
});

describe('the published lengths in the plane', () => {
  it('are those of a between 10.225 and 10.296 Å: x and y keep the crystal’s own lattice constant', () => {
    const roundedA = (latticeConstantA: number): number[] => {
      const crystal = argyrodite({ latticeConstantA });
      return (Object.keys(NAMED_BOUNDARIES) as BoundaryName[]).flatMap((name) => {
        const { host, cell } = boundaryOf(crystal, { name });
        const lengths = cellLengthsA(host, cell);
        return [0, 1].map((k) => Math.round(lengths[k]! * NAMED_BOUNDARIES[name].production[k]!));
      });
    };
    const published = [53, 51, 50, 51, 49, 49];
    expect([10.225, 10.25, 10.296].map(roundedA)).toEqual([published, published, published]);
    for (const latticeConstantA of [10.22, 10.3]) expect(roundedA(latticeConstantA)).not.toEqual(published);
  });
});

describe('planes through the argyrodite', () => {
  const windows = (name: BoundaryName, kinds: Parameters<typeof uncutWindows>[2], crystal = ordered) => {
    const { host, cell } = boundaryOf(crystal, { name });
    return uncutWindows(host, cell, kinds);
  };

  it('(1-12): every one cuts PS4 units, and every one cuts cages', () => {
    expect(windows('sigma3(1-12)[110]', [PS4_UNIT])).toEqual([]);
    expect(windows('sigma3(1-12)[110]', [LITHIUM_CAGE])).toEqual([]);
  });

  it('(-111): the uncut window has 0.09 Å to spare at the Cl layer', () => {
    const atLayer = (crystal: ReturnType<typeof argyrodite>, around: string) =>
      windows('sigma3(-111)[110]', [PS4_UNIT, { ...LITHIUM_CAGE, around }], crystal).find(
        ({ fromA, toA }) => fromA < 0 && toA > 0,
      )!;
    expect(atLayer(ordered, '24g').toA).toBeCloseTo(0.0947, 3);
    // The halves of a split site that faces the layer lie beside each other in it: the window is that of 24g.
    const split = argyrodite({ latticeConstantA: A, cationZ: 0.016, cationSites: '48h' }, '0000000000000001');
    expect(atLayer(split, '48h').toA).toBeCloseTo(0.0947, 3);
  });

  it('(001): cages stay whole only within 0.16 Å of the Cl and P layers, where PS4 units are cut', () => {
    const around = windows('sigma5(001)[001]', [LITHIUM_CAGE]);
    expect(around.map(({ fromA, toA }) => [fromA, toA].map((z) => Math.round(100 * z) / 100))).toEqual([
      [-0.16, 0.16],
      [4.96, 5.29],
    ]);
    expect(windows('sigma5(001)[001]', [PS4_UNIT, LITHIUM_CAGE])).toEqual([]);
    const { host, cell } = boundaryOf(ordered, { name: 'sigma5(001)[001]' });
    const cut = (cutOffsetA: number): number => cutUnits(host, cell, LITHIUM_CAGE, [0, 0, 0], cutOffsetA).inA.length;
    expect([-0.2, -0.15, 0.15, 0.2].map((cutOffsetA) => cut(cutOffsetA) > 0)).toEqual([true, false, false, true]);
  });
});

describe('mirror twins', () => {
  const variants = (name: BoundaryName) => {
    const { host, cell } = boundaryOf(ordered, { name });
    const { axis, sigma, plane, x } = NAMED_BOUNDARIES[name];
    return rotationsOf(cell.rotation.axis, sigma).map((rotation) => {
      const variant = coincidenceCell(host.lattice, rotation, plane, { x });
      return { host, variant, degrees: rotation.angleDegrees, axis };
    });
  };
  const accepted = (name: BoundaryName): string[] =>
    variants(name).flatMap(({ host, variant, degrees }) => {
      try {
        requireEqualBoundaries(host, variant, {});
        return [degrees.toFixed(2)];
      } catch {
        return [];
      }
    });

  it('of Σ3 have unequal boundaries: of the four angles one is sound for each plane, and they are not synonyms', () => {
    expect(accepted('sigma3(1-12)[110]')).toEqual(['70.53']);
    expect(accepted('sigma3(-111)[110]')).toEqual(['-109.47']);
    expect(accepted('sigma5(001)[001]')).toHaveLength(8);
  });

  it('are refused, unless they are meant', () => {
    const twin = { axis: [1, 1, 0], sigma: 3, angleDegrees: 109.47, plane: [1, -1, 2] } as const;
    expect(() => makeBoundary(ordered, twin, [1, 1, 2], 1.5)).toThrow(
      /are not of one kind; .*found Σ3, 109.47° about \[1 1 0\], plane \(1 -1 2\); .*equal with angleDegrees: 70.53; take/,
    );
    const meant = makeBoundary(ordered, { ...twin, allowUnequalBoundaries: true }, [1, 1, 2], 1.5);
    expect(meant.areBoundariesEqual).toBe(false);
  });

  it('are not what a rigid shift makes of Σ3; of the twist boundary it does part the two', () => {
    const shifted = (name: BoundaryName): boolean => {
      const { host, cell } = boundaryOf(ordered, { name });
      const options = { shift: [0.3, 0.11], separationA: 1.2 } as const;
      return haveEqualBoundaries(makeBicrystal(host, cell, { ...options, repeats: [1, 1, 2] }));
    };
    expect((Object.keys(NAMED_BOUNDARIES) as BoundaryName[]).map(shifted)).toEqual([true, true, false]);
  });

  it('turned about a Cl of another layer, a twist boundary gets a rigid shift but stays of one kind', () => {
    const { host, cell } = boundaryOf(ordered, { name: 'sigma5(001)[001]' });
    const other = { planeThrough: [0.5, 0, 0.5] } as const;
    expect(haveEqualBoundaries(makeBicrystal(host, cell, { ...other, repeats: [1, 1, 2] }))).toBe(true);
  });
});

describe('the training cells of the bulk (S7)', () => {
  it('have 104 atoms ordered and 208 disordered', () => {
    const atoms = (repeats: [number, number, number]): number =>
      makeSupercell(ordered, repeats).structure.species.length;
    expect(atoms([1, 1, 2])).toBe(104);
    expect(atoms([1, 2, 2])).toBe(208);
  });
});

describe('the default argyrodite, z = 0.018', () => {
  it('has the same separations', () => {
    const separation = (name: BoundaryName, crystal: ReturnType<typeof argyrodite>): number => {
      const { host, cell, options }: { host: CubicHost } & ReturnType<typeof boundaryOf> = boundaryOf(crystal, {
        name,
      });
      return separationFor(host, cell, options, 1.5);
    };
    const standard = argyrodite({ latticeConstantA: A });
    expect((Object.keys(NAMED_BOUNDARIES) as BoundaryName[]).map((name) => separation(name, standard))).toEqual([
      0, 0, 1.2,
    ]);
  });
});
