import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellLengthsA, makeBicrystal, makeBulkReference } from '../../src/structure/bicrystal.ts';
import { closestPairs } from '../../src/structure/closest-pair.ts';
import { type CoincidenceCell, coincidenceCell } from '../../src/structure/coincidence-cell.ts';
import { rotationOf } from '../../src/structure/coincidence-rotation.ts';
import { cubicHost } from '../../src/structure/cubic-host.ts';
import { separationFor } from '../../src/structure/grain-separation.ts';
import { primitive, vector } from '../../src/structure/integer-lattice.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { cellVolumeA3, composition, type Structure } from '../../src/structure/structure.ts';
import { requireEqualBoundaries } from '../../src/structure/unequal-boundaries.ts';
import { HOSTS } from './cubic-hosts.ts';

const index = fc.integer({ min: -2, max: 2 });
const indices = fc.tuple(index, index, index).filter((v) => v.some((x) => x !== 0));
const boundaries = fc
  .tuple(
    fc.constantFrom(...Object.values(HOSTS)),
    indices,
    fc.integer({ min: 0, max: 4 }),
    fc.integer({ min: -2, max: 2 }),
    indices,
  )
  .filter(([, , m, n]) => m !== 0 || n !== 0)
  .map(([crystal, axis, m, n, plane]) => {
    const host = cubicHost(crystal);
    const cell = coincidenceCell(host.lattice, rotationOf(primitive(vector(axis)), m, n), plane);
    return { crystal, host, cell };
  })
  .filter(({ host, cell }) => cell.latticePoints * host.sites.length <= 700);

/** Species and distance (to 1e-6 Å) of every pair within reach, counted from each atom. */
function shells(structure: Structure, reachA: number): string[] {
  const list = buildNeighbourList(structure, reachA);
  return Array.from(structure.species, (own, i) => {
    const around: string[] = [];
    for (let entry = list.start[i]!; entry < list.start[i + 1]!; entry++) {
      const j = list.atom[entry]!;
      const d = [0, 1, 2].map(
        (axis) =>
          structure.positionsA[3 * j + axis]! +
          list.imageShiftA[3 * list.image[entry]! + axis]! -
          structure.positionsA[3 * i + axis]!,
      );
      around.push(`${structure.species[j]} ${Math.hypot(...d).toFixed(6)}`);
    }
    return `${own}: ${around.sort().join(', ')}`;
  });
}

const turnedRound = (cell: CoincidenceCell): CoincidenceCell => ({ ...cell, vectorsA: cell.vectorsB });

describe('bicrystals of any cubic host, rotation and plane', () => {
  it('have Σ-consistent numbers of atoms, each grain stoichiometric, and the volume of the crystal', () => {
    fc.assert(
      fc.property(boundaries, fc.integer({ min: 1, max: 2 }), ({ crystal, host, cell }, half) => {
        const { structure, grain, siteLabels, boundaryAreaA2, boundaryDistanceA } = makeBicrystal(host, cell, {
          repeats: [1, 2, 2 * half],
          separationA: 0.5,
        });
        const cells = 4 * half;
        expect(cell.latticePoints % cell.rotation.sigma).toBe(0);
        expect(structure.species).toHaveLength(cells * cell.latticePoints * host.sites.length);
        expect(siteLabels).toHaveLength(structure.species.length);
        const pure = composition(crystal.structure);
        for (const g of [0, 1]) {
          const counts = composition({ ...structure, species: structure.species.filter((_, i) => grain[i] === g) });
          counts.forEach((count, k) => {
            expect(count * pure[0]!).toBe(counts[0]! * pure[k]!);
          });
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(structure.species.length / 2);
        }
        const volumeA3 = cellVolumeA3(structure.cellA) - 2 * 0.5 * boundaryAreaA2;
        const perAtomA3 = host.latticeConstantA ** 3 / crystal.structure.species.length;
        expect(volumeA3 / structure.species.length / perAtomA3).toBeCloseTo(1, 9);
        expect(2 * boundaryDistanceA).toBeCloseTo(structure.cellA[8]!, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('are crystal inside both grains: the bulk of either orientation has the neighbours of the host', () => {
    fc.assert(
      fc.property(boundaries, ({ crystal, host, cell }) => {
        const expected = new Set(shells(crystal.structure, 4.2));
        for (const oriented of [cell, turnedRound(cell)]) {
          const { structure } = makeBulkReference(host, oriented, { repeats: [1, 1, 1] });
          expect(new Set(shells(structure, 4.2))).toEqual(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keep their atoms apart, lie in their half of the cell, and are the same again', () => {
    fc.assert(
      fc.property(
        boundaries,
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        ({ host, cell }, cutOffsetA, shift) => {
          const minimumA = 1.5;
          const options = { cutOffsetA, shift };
          const separationA = separationFor(host, cell, options, minimumA);
          const build = () => makeBicrystal(host, cell, { ...options, repeats: [1, 1, 2], separationA });
          const { structure, grain } = build();
          expect(closestPairs(structure, minimumA).closest).toBeUndefined();
          const halfA = structure.cellA[8]! / 2;
          structure.species.forEach((_, i) => {
            const z = structure.positionsA[3 * i + 2]!;
            const bottomA = grain[i]! * halfA + separationA / 2;
            expect(z).toBeGreaterThanOrEqual(bottomA);
            expect(z).toBeLessThan(bottomA + halfA - separationA);
            for (const axis of [0, 1]) {
              expect(structure.positionsA[3 * i + axis]!).toBeGreaterThanOrEqual(0);
              expect(structure.positionsA[3 * i + axis]!).toBeLessThan(structure.cellA[4 * axis]!);
            }
          });
          expect(build()).toEqual({ ...build(), structure });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('repeat like a supercell: twice the cells, the same neighbours', () => {
    fc.assert(
      fc.property(boundaries, ({ host, cell }) => {
        fc.pre(cell.latticePoints * host.sites.length <= 200);
        const once = makeBicrystal(host, cell, { repeats: [1, 1, 2], separationA: 1 }).structure;
        const twice = makeBicrystal(host, cell, { repeats: [2, 2, 2], separationA: 1 }).structure;
        const [few, many] = [shells(once, 3.5).sort(), shells(twice, 3.5).sort()];
        expect(many).toEqual(few.flatMap((line) => [line, line, line, line]));
      }),
      { numRuns: 20 },
    );
  });

  it('turn grain B by the rotation: its atoms are those of the host, turned about the point in the plane', () => {
    fc.assert(
      fc.property(boundaries, ({ host, cell }) => {
        const a = host.latticeConstantA;
        const planeThrough = host.sites[host.sites.length - 1]!.fractional;
        const { structure, grain } = makeBicrystal(host, cell, { planeThrough, repeats: [1, 1, 2], separationA: 0 });
        const { numerator, denominator } = cell.rotation;
        const R = numerator.map((row) => row.map((entry) => Number(entry) / Number(denominator)));
        const axes = cell.vectorsA.map((v) => {
          const along = v.map(Number);
          return along.map((entry) => entry / Math.hypot(...along));
        });
        const [, , zA] = cellLengthsA(host, cell);
        structure.species.forEach((species, i) => {
          const [x, y, z] = structure.positionsA.subarray(3 * i, 3 * i + 3);
          // The upper boundary of A lies at z = |z|: measured from there, a whole period, or from 0 is the same.
          const sample = [x!, y!, z! - zA];
          const inA = [0, 1, 2].map((k) => sample.reduce((sum, s, axis) => sum + s * axes[axis]![k]!, 0));
          const own =
            grain[i] === 0 ? inA : [0, 1, 2].map((k) => inA.reduce((sum, s, row) => sum + R[row]![k]! * s, 0));
          const fractional = own.map((s, k) => s / a + planeThrough[k]!);
          const isHostSite = host.sites.some(
            (site) =>
              site.species === species &&
              translations(host.centring).some((t) =>
                fractional.every((f, k) => {
                  const apart = f - site.fractional[k]! - t[k]!;
                  return Math.abs(apart - Math.round(apart)) < 1e-6;
                }),
              ),
          );
          expect(isHostSite).toBe(true);
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe('bicrystals', () => {
  const host = cubicHost(HOSTS.aluminium);
  const cell = coincidenceCell(host.lattice, rotationOf(vector([0, 0, 1]), 3, 1), [3, 1, 0]);

  it('refuse repeats that leave the grains unequal, are not whole or are too many', () => {
    for (const repeats of [
      [1, 1, 3],
      [1, 0, 2],
      [1.5, 1, 2],
      [1000, 1000, 1000],
    ] as const) {
      expect(() => makeBicrystal(host, cell, { repeats })).toThrow(
        /supercell: a bicrystal cannot have these repeats; expected three positive integers, the third even/,
      );
    }
    expect(() => makeBulkReference(host, cell, { repeats: [1, 1, 3] })).not.toThrow();
    expect(() => makeBicrystal(host, cell, { repeats: [1, 1, 2], separationA: -0.1 })).toThrow(/boundary.separationA/);
  });

  it('whose crystals end in a layer of both are equal only by luck: a refusal names a cut that helps', () => {
    const asymmetric = coincidenceCell(host.lattice, rotationOf(vector([0, 0, 1]), 3, 1), [2, 1, 0]);
    let message = '';
    try {
      requireEqualBoundaries(host, asymmetric, {});
    } catch (error) {
      message = (error as Error).message;
    }
    const cutOffsetA = Number(/cutOffsetA: (-?[\d.]+)/.exec(message)![1]);
    expect(() => requireEqualBoundaries(host, asymmetric, { cutOffsetA })).not.toThrow();
  });
});

function translations(centring: 'P' | 'I' | 'F'): readonly (readonly [number, number, number])[] {
  if (centring === 'P') return [[0, 0, 0]];
  if (centring === 'I')
    return [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
    ];
  return [
    [0, 0, 0],
    [0, 0.5, 0.5],
    [0.5, 0, 0.5],
    [0.5, 0.5, 0],
  ];
}
