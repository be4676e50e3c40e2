import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Paths } from '../../src/analysis/paths.ts';
import { collectPathBlocks, type PathExtent } from '../../src/campaign/trajectory-view.ts';
import { inTemporaryFolder } from '../campaigns/cli-process.ts';
import { wander, xyz } from '../formats/trajectories.ts';

class Blocks {
  readonly blocks: Paths[] = [];
  add(paths: Paths): void {
    this.blocks.push(paths);
  }
}

const made = wander(12, [8, 0, 0, 0, 9, 0, 0, 0, 10], 1.5);

it('gives paths that fit no memory in blocks of atoms, reading the file once for each', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'walk.xyz');
    writeFileSync(path, xyz(made));
    const request = { path, timeStepFs: 2, species: ['Li'] };
    const extents: PathExtent[] = [];
    const collect = (mostBytes?: number): Promise<Blocks> =>
      collectPathBlocks(
        request,
        (extent) => {
          extents.push(extent);
          return new Blocks();
        },
        mostBytes,
      );
    const [whole] = (await collect()).blocks;
    const atoms = whole!.atoms.length;
    expect(extents).toEqual([{ atoms, frames: 12, frameIntervalFs: 2 }]);
    // Room for one atom: as many blocks as atoms.
    const { blocks } = await collect(12 * 24);
    expect(blocks.length).toBe(atoms);
    expect(blocks.flatMap((block) => [...block.atoms])).toEqual([...whole!.atoms]);
    whole!.framesA.forEach((frameA, frame) => {
      expect(blocks.flatMap((block) => [...block.framesA[frame]!])).toEqual([...frameA]);
    });
    await expect(collect(12 * 24 - 1)).rejects.toThrow(/walk\.xyz: the paths do not fit.*--every n/);
    const growing = collectPathBlocks(
      request,
      () => {
        appendFileSync(path, xyz({ ...made, frames: made.frames.slice(-1) }));
        return new Blocks();
      },
      12 * 24,
    );
    await expect(growing).rejects.toThrow(/walk\.xyz: the file changed while it was read/);
  }));
