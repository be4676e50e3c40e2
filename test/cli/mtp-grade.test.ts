import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCfg, writeCfg } from '../../src/formats/mlip-cfg.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { buildActiveSet } from '../../src/potential/active-set.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { selectAdd } from '../../src/potential/select-add.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { randomPotential, randomStructure } from '../potential/random-potential.ts';

const random = new RandomStream('0000000000c119ad', 0);
const potential = randomPotential(generateTemplate(6), 2, random);
const draw = (count: number): Structure[] => Array.from({ length: count }, () => randomStructure(2, 2, random));
const [training, pool] = [draw(8), draw(5)];
const asCfg = (structures: readonly Structure[]): string =>
  writeCfg(structures.map((structure, k) => ({ structure, features: new Map([['name', `number ${k}`]]) })));

async function withFiles<T>(use: (path: (name: string) => string) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const path = (name: string): string => join(folder, name);
    writeFileSync(path('pot.mtp'), writeMtp(potential));
    writeFileSync(path('train.cfg'), asCfg(training));
    writeFileSync(path('pool.cfg'), asCfg(pool));
    return use(path);
  });
}

const modes = [
  ['cfg', 'configuration'],
  ['nbh', 'neighbourhood'],
] as const;

describe.each(modes)('varve mtp, mode %s', (flag, mode) => {
  const options = { mode, weighting: 'vibrations' } as const;
  const named = { name: 'train.cfg', structures: training };

  it('grade gives the grade of each configuration, and says what the active set is', () =>
    withFiles(async (path) => {
      const args = ['mtp', 'grade', path('pot.mtp'), path('train.cfg'), path('pool.cfg'), '--mode', flag];
      const grader = createGrader(buildActiveSet(potential, named, options), potential);
      const wanted = pool.map((structure) => grader.grade(structure, buildNeighbourList(structure, 4)));
      expect(await varveJson<number[]>(args)).toEqual(wanted.map(({ grade }) => grade));
      const { stdout } = await varve(args);
      expect(stdout).toMatch(/active set: \d+ of \d+ rows, from \d of the 8 configurations in /);
      if (mode === 'configuration') expect(stdout).toMatch(/warning: \d+ of \d+ directions/);
      expect(/worst atom/.test(stdout)).toBe(mode === 'neighbourhood');
      const other = await varveJson<number[]>([...args, '--init-threshold', '1e-3', '--swap-threshold', '2']);
      expect(other).not.toEqual(wanted.map(({ grade }) => grade));
    }));

  it('select writes what it chose, with the grades, and overwrites nothing', () =>
    withFiles(async (path) => {
      const args = ['mtp', 'select', path('pot.mtp'), path('train.cfg'), path('pool.cfg')];
      const { selected } = selectAdd(potential, named, { name: 'pool.cfg', structures: pool }, options);
      const found = await varveJson([...args, path('out.cfg'), '--mode', flag]);
      expect(found).toEqual(selected.map(({ index, grade }) => ({ configuration: index + 1, grade })));
      const written = readCfg(readFileSync(path('out.cfg'), 'utf8'), 'out.cfg', ['a', 'b']);
      expect(written.map(({ features }) => [...features])).toEqual(
        selected.map(({ index, grade }) => [
          ['name', `number ${index}`],
          ['MV_grade', String(grade)],
        ]),
      );
      expect(written.map(({ structure }) => structure.positionsA)).toEqual(
        selected.map(({ index }) => pool[index]!.positionsA),
      );
      const again = await varve([...args, path('out.cfg'), '--mode', flag]);
      expect(again.code).toBe(2);
      expect(again.stderr).toMatch(/out\.cfg: there is something here already/);
      const one = await varve([...args, path('one.cfg'), '--mode', flag, '--limit', '1']);
      expect(one.stdout).toMatch(/1 of 5 configurations chosen/);
      expect(await varveJson([...args, path('none.cfg'), '--mode', flag, '--threshold', '1e30'])).toEqual([]);
    }));
});

describe('varve mtp grade', () => {
  it('warns of pairs of types that never come near each other', () =>
    withFiles(async (path) => {
      writeFileSync(
        path('one.cfg'),
        asCfg(training.map((structure) => ({ ...structure, species: new Int32Array(8) }))),
      );
      const { stdout } = await varve([
        'mtp',
        'grade',
        path('pot.mtp'),
        path('one.cfg'),
        path('pool.cfg'),
        '--mode',
        'nbh',
      ]);
      expect(stdout).toMatch(/never come within 4 Å of each other \(central-neighbour 0-1, 1-0, 1-1\)/);
    }));

  it('says what is wrong, in which file and configuration', () =>
    withFiles(async (path) => {
      writeFileSync(path('empty.cfg'), '');
      const positionsA = pool[1]!.positionsA.slice();
      positionsA.copyWithin(6, 0, 3);
      writeFileSync(path('overlap.cfg'), asCfg([pool[0]!, { ...pool[1]!, positionsA }]));
      writeFileSync(path('types.cfg'), asCfg([{ ...pool[0]!, species: pool[0]!.species.with(0, 3) }]));
      writeFileSync(path('nan.cfg'), asCfg(pool).replace(/^( +1 \d +)\S+/m, '$1nan'));
      const refusals: [string, string, RegExp][] = [
        ['empty.cfg', 'pool.cfg', /empty\.cfg: the file holds no configuration/],
        ['overlap.cfg', 'pool.cfg', /overlap\.cfg, configuration 2, atoms 1 and 3 .*same place/],
        ['train.cfg', 'overlap.cfg', /overlap\.cfg, configuration 2, atoms 1 and 3 .*same place/],
        ['train.cfg', 'types.cfg', /types\.cfg:\d+: no such atom type/],
        ['nan.cfg', 'pool.cfg', /nan\.cfg:\d+: not a finite number/],
        ['none.cfg', 'pool.cfg', /none\.cfg: .*no such file/],
      ];
      for (const [train, file, words] of refusals) {
        for (const mode of ['cfg', 'nbh']) {
          const args = ['mtp', 'grade', path('pot.mtp'), path(train), path(file), '--mode', mode];
          const { code, stderr } = await varve(args);
          expect(code, stderr).toBe(2);
          expect(stderr).toMatch(words);
        }
      }
      const args = ['mtp', 'grade', path('pot.mtp'), path('train.cfg'), path('pool.cfg')];
      expect((await varve([...args, '--mode', 'all'])).code).toBe(2);
      expect((await varve([...args, '--init-threshold', '0'])).code).toBe(2);
      expect((await varve([...args, '--swap-threshold', '0.5'])).stderr).toMatch(/swap threshold .* from 1/);
    }));
});
