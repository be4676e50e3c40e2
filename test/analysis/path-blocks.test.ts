import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseDiffusion, DiffusionParts } from '../../src/analysis/diffusion.ts';
import { MsdParts, meanSquareDisplacement, pathBlocks } from '../../src/analysis/msd.ts';
import type { Paths } from '../../src/analysis/paths.ts';
import { analyseRun, RunParts } from '../../src/analysis/run-diffusion.ts';
import { randomWalk } from './walks.ts';

const options = { frameIntervalFs: 500 } as const;

const partOf = ({ atoms, framesA }: Paths, from: number, to: number): Paths => ({
  atoms: atoms.slice(from, to),
  framesA: framesA.map((frameA) => frameA.slice(3 * from, 3 * to)),
});

/** The paths given to a sum block by block, as a small memory would ask. */
function give<Sum extends { add(paths: Paths): void }>(paths: Paths, sum: Sum, mostBytes: number): Sum {
  const bounds = pathBlocks({ atoms: paths.atoms.length, frames: paths.framesA.length }, mostBytes);
  for (let k = 0; k + 1 < bounds.length; k++) sum.add(partOf(paths, bounds[k], bounds[k + 1]));
  return sum;
}

describe('paths analysed block by block (R1, R2 in bounded memory)', () => {
  it('are divided into whole groups that fit, or single groups', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 50 }), (atoms, atomsThatFit) => {
        const bounds = pathBlocks({ atoms, frames: 10 }, atomsThatFit * 240);
        const groups = Math.min(20, atoms);
        const ofGroups = Array.from({ length: groups + 1 }, (_, g) => Math.floor((g * atoms) / groups));
        expect(bounds[0]).toBe(0);
        expect(bounds.at(-1)).toBe(atoms);
        for (let k = 0; k + 1 < bounds.length; k++) {
          const [from, to] = [ofGroups.indexOf(bounds[k]), ofGroups.indexOf(bounds[k + 1])];
          expect(to).toBeGreaterThan(from);
          expect(from).toBeGreaterThanOrEqual(0);
          if (to > from + 1) expect(bounds[k + 1] - bounds[k]).toBeLessThanOrEqual(atomsThatFit);
        }
      }),
    );
  });

  it('give the bits that all at once give', () => {
    const walk = { atoms: 47, frames: 21, frameIntervalFs: 500, diffusionCm2S: [1e-6, 2e-6, 3e-6] } as const;
    const paths = randomWalk(walk, 5);
    const shape = { atoms: walk.atoms, frames: walk.frames };
    for (const mostBytes of [1, 24 * 21 * 6, 24 * 21 * 20]) {
      for (const origins of ['single', 'multiple'] as const) {
        const whole = meanSquareDisplacement(paths, { ...options, origins });
        expect(give(paths, new MsdParts(shape, { ...options, origins }), mostBytes).result()).toEqual(whole);
      }
      expect(give(paths, new DiffusionParts(shape, options), mostBytes).result()).toEqual(
        analyseDiffusion(paths, options),
      );
      const run = give(paths, new RunParts(shape, options), mostBytes).result();
      expect(run).toEqual(analyseRun(paths, options));
    }
  });

  it('are refused where they are no whole groups, of other frames, or not complete', () => {
    const walk = { atoms: 40, frames: 9, frameIntervalFs: 500, diffusionCm2S: [1e-6, 1e-6, 1e-6] } as const;
    const paths = randomWalk(walk, 6);
    const sum = new MsdParts({ atoms: 40, frames: 9 }, { ...options, origins: 'single' });
    expect(() => sum.add(partOf(paths, 0, 3))).toThrow(/no whole groups/);
    expect(() => sum.add({ ...partOf(paths, 0, 2), framesA: paths.framesA.slice(1) })).toThrow(/of all frames/);
    sum.add(partOf(paths, 0, 20));
    expect(() => sum.result()).toThrow(/missing/);
  });
});
