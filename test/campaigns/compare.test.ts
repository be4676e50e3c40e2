/** `varve compare` on a recorded campaign (V-B): text and JSON, sets, cells, potentials, campaigns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { varve } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

describe('compare', () => {
  const folder = mkdtempSync(join(tmpdir(), 'varve-compare-'));
  const store = join(folder, 'store');
  beforeAll(() => copyMicroStore(store), 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const compare = (...words: string[]) => varve(['compare', ...words, '--store', store]);

  it('shows the sets with what they lack, and what would halve an error, at what cost', async () => {
    const { code, stdout } = await compare('--halve', 'mean');
    expect(code).toBe(0);
    expect(stdout).toContain('A needs several runs of one potential');
    expect(stdout).toMatch(/anion-ordered-bulk, 900 K, level 4 +[\d.]+ \[[\d.]+, [\d.]+\] % /);
    expect(stdout).toMatch(
      /to halve the standard error of the mean of ln D over fits of one scheme run: .* further fits/,
    );
    const json = JSON.parse((await compare('B', '--halve', 'mean', '--json')).stdout);
    expect(json).toMatchObject({ campaign: 'argyrodite-micro', sets: ['B'], leftOut: [] });
    const level = json.levels.find(({ key }: { key: string }) => key === '900K-L4');
    // Two fits of one imported training set, from seeds of their own, with a run each.
    expect(level.runs).toHaveLength(1);
    expect(level.runs[0]).toHaveLength(2);
    expect(new Set(level.runs[0].map(({ training }: { training: string }) => training)).size).toBe(1);
    expect(new Set(level.runs[0].map(({ fitSeed }: { fitSeed: string }) => fitSeed)).size).toBe(2);
    const [a, b] = level.runs[0].map(
      ({ members }: { members: { diffusionCm2S: number }[] }) => members[0]!.diffusionCm2S,
    );
    expect(level.sets.B.plain.deviationCm2S).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 15);
    expect(level.sets.B.relative.deviationPercent).toBeCloseTo((100 * Math.abs(Math.log(a / b))) / Math.SQRT2, 9);
    expect(level.decomposition.components).toMatchObject([{ level: 'fit', sources: ['fit', 'sampling'] }]);
    expect(json.further.some(({ answer }: { answer: unknown }) => answer !== null)).toBe(true);
  });

  it('gives cells that why takes', async () => {
    const { code, stdout } = await varve(['why', 'variance/anion-ordered-bulk/B-900K-L4', '--store', store]);
    expect(code).toBe(0);
    expect(stdout).toContain('potential.fit');
    expect(stdout).toContain('blob.import');
  });

  it('sets two cells side by side: by their samples, or by their intervals', async () => {
    const { stdout } = await compare('diffusion/anion-ordered-bulk/D-900K', 'diffusion/anion-ordered-bulk/D-1000K');
    expect(stdout).toContain('Welch’s t');
    expect(stdout).toMatch(/ratio of variances, A\/B .* F/);
    expect(stdout).toContain('n = 2 (each the run)');
    expect((await compare('tableV/anion-ordered-bulk/Ea', 'tableV/anion-disordered-bulk/Ea')).stdout).toMatch(
      /A − B {2}-?[\d.]+ meV \[.*\]/,
    );
    const same = JSON.parse((await compare('level-4', 'level-4', '--json')).stdout);
    expect(same.points[0].contrast.shared).toBe(2);
  });

  it('sets two campaigns side by side, and refuses what has no numbers', async () => {
    const { stdout } = await compare('argyrodite-micro', 'argyrodite-micro');
    expect(stdout).toContain('fits/level-4/trainingEnergy');
    expect(stdout).toContain('both rest on the same events');
    for (const [words, said] of [
      [['3', '4'], 'holds no numbers'],
      [['A', 'level-4'], 'nothing called A'],
      [['argyrodite-micro', 'tableV/anion-ordered-bulk/Ea'], 'cannot be compared'],
      [['level-4', 'level-4', '--halve', 'mean'], 'for the sets'],
      [['A', 'B', 'x'], 'two subjects'],
    ] as const) {
      const { code, stderr } = await compare(...words);
      expect(code, words.join(' ')).toBe(2);
      expect(stderr).toContain(said);
    }
  });
});
