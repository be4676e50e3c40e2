import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanSquareDisplacement, msdCurve } from '../../src/analysis/msd.ts';
import { atomsOfSpecies, collectPaths, framesOf } from '../../src/analysis/paths.ts';
import { speciesMsd } from '../../src/analysis/species-msd.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { randomWalk } from './walks.ts';

const isotropic = { atoms: 7, frames: 12, frameIntervalFs: 100, diffusionCm2S: [1e-5, 2e-5, 3e-5] } as const;

describe('mean square displacement', () => {
  it('equals the triple loop, with one origin and with all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 15 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(999),
        (frames, atoms, seed) => {
          const paths = randomWalk({ ...isotropic, frames, atoms }, seed);
          const single = meanSquareDisplacement(paths, { origins: 'single', frameIntervalFs: 100, groups: 3 });
          const multiple = meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 100, groups: 3 });
          for (let lag = 0; lag < frames; lag++) {
            const squares: number[] = [];
            for (let origin = 0; origin + lag < frames; origin++) {
              for (let i = 0; i < atoms; i++) {
                const d = [0, 1, 2].map(
                  (c) => paths.framesA[origin + lag][3 * i + c] - paths.framesA[origin][3 * i + c],
                );
                squares.push(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
              }
            }
            const average = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
            expect(msdCurve(multiple, 'all')[lag]).toBeCloseTo(average(squares), 9);
            expect(msdCurve(single, 'all')[lag]).toBeCloseTo(average(squares.slice(0, atoms)), 9);
            expect(multiple.timesFs[lag]).toBe(100 * lag);
            expect(multiple.originCounts[lag]).toBe(frames - lag);
          }
        },
      ),
      { numRuns: 40, seed: 11 },
    );
  });

  it('splits into directions, and into groups that can be left out', () => {
    const paths = randomWalk(isotropic, 1);
    const msd = meanSquareDisplacement(paths, { origins: 'multiple', frameIntervalFs: 100, groups: 3 });
    expect(Array.from(msd.groupSizes)).toEqual([2, 2, 3]);
    const [all, parallel, perpendicular] = (['all', 'parallel', 'perpendicular'] as const).map((d) => msdCurve(msd, d));
    all.forEach((total, lag) => {
      expect(parallel[lag] + perpendicular[lag]).toBeCloseTo(total, 12);
    });
    const rest = { atoms: paths.atoms.subarray(2), framesA: paths.framesA.map((frame) => frame.subarray(6)) };
    const direct = msdCurve(meanSquareDisplacement(rest, { origins: 'multiple', frameIntervalFs: 100 }), 'all');
    msdCurve(msd, 'all', 0).forEach((value, lag) => {
      expect(value).toBeCloseTo(direct[lag], 10);
    });
  });

  it('refuses one frame, no time between frames, no groups', () => {
    const paths = randomWalk(isotropic, 1);
    const one = { ...paths, framesA: paths.framesA.slice(0, 1) };
    expect(() => meanSquareDisplacement(one, { origins: 'single', frameIntervalFs: 1 })).toThrow(/two frames/);
    expect(() => meanSquareDisplacement(paths, { origins: 'single', frameIntervalFs: 0 })).toThrow(/between frames/);
    expect(() => meanSquareDisplacement(paths, { origins: 'single', frameIntervalFs: 1, groups: 0 })).toThrow(/groups/);
  });
});

describe('drift of the framework', () => {
  const species = Int32Array.of(0, 1, 0, 2, 1);
  const system = { species, massesAmu: Float64Array.of(6.94, 32.06, 6.94, 35.45, 32.06), mobileSpecies: [0] };
  const frame = (random: RandomStream): Float64Array => Float64Array.from({ length: 15 }, () => random.normal());

  it('does not show in the mobile atoms’ paths, whatever is added to all atoms', () => {
    const random = new RandomStream('00000000000001b2', 0);
    const still = Array.from({ length: 6 }, () => frame(random));
    const drifting = still.map((positions, n) => positions.map((x, k) => x + n * [0.3, -1.2, 7][k % 3]));
    const [a, b] = [still, drifting].map((frames) => collectPaths(system, frames));
    expect(Array.from(a.atoms)).toEqual([0, 2]);
    a.framesA.forEach((positions, n) => {
      positions.forEach((x, k) => {
        expect(b.framesA[n][k]).toBeCloseTo(x, 10);
      });
    });
  });

  it('is the framework’s alone: the mobile atoms’ own centre keeps its motion', () => {
    const first = new Float64Array(15);
    const second = new Float64Array(15);
    second.set([1, 2, 3], 0);
    second.set([1, 2, 3], 6);
    const { framesA } = collectPaths(system, [first, second]);
    expect(Array.from(framesA[1])).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('is weighted by mass, and is not removed where nothing is framework', () => {
    const moved = new Float64Array(15);
    moved[3] = 1; // one of the two S
    const centreA = 32.06 / (2 * 32.06 + 35.45);
    expect(collectPaths(system, [new Float64Array(15), moved]).framesA[1][0]).toBeCloseTo(-centreA, 14);
    const all = { ...system, mobileSpecies: [0, 1, 2] };
    expect(Array.from(collectPaths(all, [new Float64Array(15), moved]).framesA[1])).toEqual(Array.from(moved));
  });

  it('reports the other species’ displacement, so that a broken framework shows', () => {
    const moved = new Float64Array(15);
    moved.set([0, 3, 0], 3);
    moved.set([0, -3, 0], 12);
    moved.set([2, 0, 0], 0);
    const curves = speciesMsd(system, [new Float64Array(15), moved]);
    expect(curves[0]).toEqual(Float64Array.of(0, 0, 0));
    expect(curves[1]).toEqual(Float64Array.of(2, 9, 0));
    const drifting = moved.map((x) => x + 1);
    expect(speciesMsd(system, [new Float64Array(15), drifting])[1][1]).toBeCloseTo(9, 12);
  });

  it('reads frames of one array, chosen atoms, and refuses what is not a trajectory', () => {
    const flat = Float64Array.from({ length: 30 }, (_, k) => k);
    expect(Array.from(framesOf(flat, 5))).toHaveLength(2);
    expect(Array.from(atomsOfSpecies(species, [1, 2]))).toEqual([1, 3, 4]);
    expect(collectPaths(system, framesOf(flat, 5), Int32Array.of(2)).framesA[0]).toEqual(Float64Array.of(6, 7, 8));
    expect(() => collectPaths(system, [new Float64Array(12)])).toThrow(/frame 0: .*expected 15 numbers/);
    const broken = new Float64Array(15).with(7, Number.NaN);
    expect(() => collectPaths(system, [new Float64Array(15), broken])).toThrow(/frame 1, atom 2/);
    expect(() => collectPaths({ ...system, mobileSpecies: [9] }, [])).toThrow(/no atom of the mobile species/);
  });
});
