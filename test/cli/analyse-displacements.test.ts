/** `varve analyse displacements` and `varve analyse density` (R7), on files whose displacements are known. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { wander, xyz } from '../formats/trajectories.ts';

interface Report {
  readonly timeFs: number;
  readonly meanA: number;
  readonly samples: number;
  readonly distancesA: number[];
  readonly densityPerA: number[];
}

const made = wander(30, [8, 0, 0, 0, 9, 0, 0, 0, 10], 1.5);
const LI = [0, 1, 4];

/** |Δr| of each Li between two frames, drift in. */
const moved = (from: number, to: number): number[] =>
  LI.map((i) =>
    Math.hypot(
      ...[0, 1, 2].map((k) => made.frames[to]!.positionsA[3 * i + k]! - made.frames[from]!.positionsA[3 * i + k]!),
    ),
  );
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;

const withFile = (use: (file: string) => Promise<void>): Promise<void> =>
  inTemporaryFolder(async (folder) => {
    const file = join(folder, 'walk.xyz');
    writeFileSync(file, xyz(made));
    await use(file);
  });

const common = ['--species', 'Li', '--time-step-fs', '2', '--keep-drift'];

describe('varve analyse displacements', () => {
  it('gives the planted ones: from the first frame to the last, after a time, from every frame', () =>
    withFile(async (file) => {
      const of = (...more: string[]) => varveJson<Report>(['analyse', 'displacements', file, ...common, ...more]);
      const whole = await of();
      expect(whole).toMatchObject({ timeFs: 58, samples: 3 });
      expect(whole.meanA).toBeCloseTo(mean(moved(0, 29)), 8);
      const later = await of('--after', '20');
      expect(later).toMatchObject({ timeFs: 20, samples: 3 });
      expect(later.meanA).toBeCloseTo(mean(moved(0, 10)), 8);
      const every = await of('--after', '20', '--origins', 'multiple', '--bin', '0.5');
      expect(every.samples).toBe(3 * 20);
      expect(every.meanA).toBeCloseTo(mean(Array.from({ length: 20 }, (_, k) => mean(moved(k, k + 10)))), 8);
      expect(every.densityPerA.reduce((sum, part) => sum + 0.5 * part, 0)).toBeCloseTo(1, 10);
      expect(every.distancesA[0]).toBe(0.25);
      const across = await of('--direction', 'perpendicular');
      expect(across.meanA).toBeLessThan(whole.meanA);
    }));

  it('prints a table with units, and refuses times that are none', () =>
    withFile(async (file) => {
      const args = ['analyse', 'displacements', file, ...common];
      const { stdout } = await varve([...args, '--after', '20', '--origins', 'multiple']);
      expect(stdout).toMatch(/Li after 20 fs from every frame: mean displacement [\d.]+ Å, 60 displacements/);
      expect(stdout).toMatch(/displacement \(Å\) +part of the atoms \(1\/Å\)/);
      for (const [after, reason] of [
        ['21', /no whole number of frames; .*multiple of 2 fs/],
        ['2000', /not within the trajectory/],
        ['-4', /no whole number of frames/],
      ] as const) {
        const refused = await varve([...args, '--after', after]);
        expect(refused.code).toBe(2);
        expect(refused.stderr.replaceAll('\n', ' ')).toMatch(reason);
      }
      expect((await varve([...args, '--bin', '0'])).stderr).toMatch(/a bin must be above 0/);
    }));
});

describe('varve analyse density', () => {
  it('integrates to 1, and is highest where an atom stays', () =>
    inTemporaryFolder(async (folder) => {
      const file = join(folder, 'rest.xyz');
      const frame = '2\nLattice="8 0 0 0 8 0 0 0 8" pbc="T T T" Properties=species:S:1:pos:R:3\nLi 2 4 6\nS 0 0 0\n';
      writeFileSync(file, frame.repeat(3));
      const args = ['analyse', 'density', file, '--species', 'Li', '--grid', '8,8,8', '--bandwidth', '0.5'];
      const found = await varveJson<{ densityPerA3: number[]; frames: number; atoms: number; cellA: number[][] }>(args);
      expect(found).toMatchObject({
        frames: 3,
        atoms: 1,
        cellA: [
          [8, 0, 0],
          [0, 8, 0],
          [0, 0, 8],
        ],
      });
      expect(found.densityPerA3.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
      const highest = found.densityPerA3.indexOf(Math.max(...found.densityPerA3));
      expect(highest).toBe((2 * 8 + 4) * 8 + 6);
      const { stdout } = await varve(args);
      expect(stdout).toMatch(/1 Li atom, 3 frames, grid of 8 × 8 × 8 points, bandwidth 0.5 Å/);
      expect(stdout).toMatch(/0.250 0.500 0.750/);
      const refused = await varve([...args.slice(0, -3), '8,8']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/three numbers of points/);
    }));
});
