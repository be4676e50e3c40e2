import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCfg } from '../../src/formats/mlip-cfg.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { randomPotential, randomStructure } from '../potential/random-potential.ts';

const random = new RandomStream('0000000000000c11', 0);
const potential = randomPotential(generateTemplate(8), 2, random);
const labelled = [1, 2].map((n) => {
  const structure = randomStructure(n, 2, random);
  const { energyEv, forcesEvA, virialEv } = createEvaluator(potential).evaluate(
    structure,
    buildNeighbourList(structure, potential.maxDistanceA),
  );
  return { structure, energyEv, forcesEvA, virialEv, features: new Map() };
});

async function withFiles<T>(use: (mtp: string, cfg: string, folder: string) => Promise<T>): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const [mtp, cfg] = [join(folder, 'pot.mtp'), join(folder, 'some.cfg')];
    writeFileSync(mtp, writeMtp(potential));
    writeFileSync(cfg, writeCfg(labelled));
    return use(mtp, cfg, folder);
  });
}

describe('varve mtp', () => {
  it('eval gives energies, site energies, forces and virials of a file of configurations', () =>
    withFiles(async (mtp, cfg) => {
      const found = await varveJson<
        { natoms: number; energyEv: number; siteEnergiesEv: number[]; forcesEvA: number[][]; virialEv: number[][] }[]
      >(['mtp', 'eval', mtp, cfg]);
      expect(found.map(({ natoms }) => natoms)).toEqual([1, 8]);
      for (const [k, { energyEv, siteEnergiesEv, forcesEvA, virialEv }] of found.entries()) {
        const wanted = labelled[k]!;
        expect(energyEv).toBeCloseTo(wanted.energyEv, 10);
        expect(siteEnergiesEv.reduce((sum, site) => sum + site, 0)).toBeCloseTo(energyEv, 10);
        for (const [at, force] of forcesEvA.flat().entries()) expect(force).toBeCloseTo(wanted.forcesEvA[at]!, 9);
        for (const [at, component] of virialEv.flat().entries()) {
          expect(component).toBeCloseTo(wanted.virialEv[at]!, 9);
        }
      }
      const { stdout } = await varve(['mtp', 'eval', mtp, cfg]);
      expect(stdout).toContain(labelled[1]!.energyEv.toFixed(8));
    }));

  it('errors finds none where the labels are the potential’s own', () =>
    withFiles(async (mtp, cfg) => {
      const found = await varveJson<{ configurations: number; energyMaxMevAtom: number; forceMaxEvA: number }>([
        'mtp',
        'errors',
        mtp,
        cfg,
      ]);
      expect(found.configurations).toBe(2);
      expect(found.energyMaxMevAtom).toBeLessThan(1e-9);
      expect(found.forceMaxEvA).toBeLessThan(1e-11);
      expect((await varve(['mtp', 'errors', mtp, cfg])).stdout).toMatch(/force on an atom, largest error .* eV\/Å/);
    }));

  it('template counts what a level has', async () => {
    expect(await varveJson(['mtp', 'template', '18'])).toEqual({
      level: 18,
      scalars: 163,
      basics: 201,
      moments: expect.any(Number),
      products: expect.any(Number),
      parameters: 807,
    });
    expect(await varveJson(['mtp', 'template', '8', '--species', '2', '--radial', '5'])).toMatchObject({
      parameters: 2 * 2 * 2 * 5 + 2 + 9,
    });
  });

  it('says what is wrong with a file, a line or a level', () =>
    withFiles(async (mtp, cfg, folder) => {
      const bad = join(folder, 'bad.cfg');
      writeFileSync(bad, 'BEGIN_CFG\n Size\n  many\n');
      const unlabelled = join(folder, 'unlabelled.cfg');
      writeFileSync(unlabelled, writeCfg([{ structure: labelled[0]!.structure, features: new Map() }]));
      const refusals: [string[], RegExp][] = [
        [['eval', mtp, bad], /bad\.cfg:3/],
        [['eval', mtp, join(folder, 'none.cfg')], /none\.cfg: .*cannot be read; found no such file/],
        [['eval', cfg, cfg], /some\.cfg/],
        [['errors', mtp, unlabelled], /configuration 1: .*no energy, forces or stress/],
        [['template', '7'], /even integer from 2 to 28/],
      ];
      for (const [args, words] of refusals) {
        const { code, stderr } = await varve(['mtp', ...args]);
        expect(code, args.join(' ')).toBe(2);
        expect(stderr).toMatch(words);
      }
    }));
});
