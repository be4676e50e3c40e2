import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCfg, writeCfg } from '../../src/formats/mlip-cfg.ts';
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

  it('eval writes the configurations with what it computed, which errors then finds right', () =>
    withFiles(async (mtp, cfg, folder) => {
      const out = join(folder, 'out.cfg');
      const bare = join(folder, 'bare.cfg');
      writeFileSync(
        bare,
        writeCfg(labelled.map(({ structure }, k) => ({ structure, features: new Map([['n', `${k}`]]) }))),
      );
      expect((await varve(['mtp', 'eval', mtp, bare, '--out', out])).code).toBe(0);
      const found = readCfg(readFileSync(out, 'utf8'), 'out.cfg', ['Li', 'P']);
      const exact = await varveJson<{ energyEv: number; siteEnergiesEv: number[] }[]>(['mtp', 'eval', mtp, cfg]);
      for (const [k, { energyEv, siteEnergiesEv, structure, features }] of found.entries()) {
        expect(energyEv).toBe(exact[k]!.energyEv);
        expect([...siteEnergiesEv!]).toEqual(exact[k]!.siteEnergiesEv);
        expect(structure).toEqual(labelled[k]!.structure);
        expect([...features]).toEqual([
          ['n', `${k}`],
          ['EFS_by', 'MTP'],
        ]);
      }
      expect(await varveJson(['mtp', 'errors', mtp, out])).toMatchObject({ energyMaxMevAtom: 0, forceMaxEvA: 0 });
      expect((await varve(['mtp', 'eval', mtp, bare, '--out', out])).stderr).toMatch(/--force to replace it/);
    }));

  it('errors needs no stress, and takes extended XYZ where the elements have an order', () =>
    withFiles(async (mtp, cfg, folder) => {
      const [nostress, xyz] = [join(folder, 'nostress.cfg'), join(folder, 'some.xyz')];
      writeFileSync(nostress, writeCfg(labelled.map(({ virialEv: _virial, ...record }) => record)));
      expect(await varveJson(['mtp', 'errors', mtp, nostress])).toMatchObject({
        configurations: 2,
        stressRmseGpa: null,
      });
      expect((await varve(['convert', cfg, xyz, '--species', 'Li,P'])).code).toBe(0);
      expect(await varveJson(['mtp', 'errors', mtp, xyz, '--species', 'Li,P'])).toEqual(
        await varveJson(['mtp', 'errors', mtp, cfg]),
      );
      expect((await varve(['mtp', 'errors', mtp, xyz])).stderr).toMatch(/--species/);
      expect((await varve(['mtp', 'errors', mtp, xyz, '--species', 'Li,P,S'])).stderr).toMatch(
        /expected 2 species; found 3/,
      );
    }));

  it('an active set is read as its potential, and that is said', () =>
    withFiles(async (mtp, cfg, folder) => {
      const als = join(folder, 'set.als');
      writeFileSync(
        als,
        Buffer.concat([readFileSync(mtp), Buffer.from('\n^'), Buffer.from([0x80, 0xff]), Buffer.from('\n#')]),
      );
      const { code, stdout, stderr } = await varve(['mtp', 'eval', als, cfg]);
      expect(code).toBe(0);
      expect(stderr).toMatch(/set\.als: what follows the potential \(\^ in line \d+\) is not read/);
      expect(stdout).toBe((await varve(['mtp', 'eval', mtp, cfg])).stdout);
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
      const { structure } = labelled[1]!;
      const file = (name: string, text: string | Uint8Array): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
      };
      const withStructure = (name: string, changed: Partial<typeof structure>): string =>
        file(name, writeCfg([labelled[0]!, { structure: { ...structure, ...changed }, features: new Map() }]));
      const onTop = structure.positionsA.slice();
      onTop.copyWithin(3, 0, 3);
      const text = readFileSync(mtp, 'utf8');
      const refusals: [string[], RegExp][] = [
        [
          ['eval', mtp, withStructure('top.cfg', { positionsA: onTop })],
          /top\.cfg:\d+, atoms \d and \d .*: two atoms are at the same place/,
        ],
        [['eval', mtp, withStructure('flat.cfg', { cellA: new Float64Array(9) })], /flat\.cfg:\d+: .*span no volume/],
        [
          ['eval', mtp, withStructure('tiny.cfg', { cellA: structure.cellA.map((x) => x / 50) })],
          /tiny\.cfg:\d+: .*(more neighbours|almost no volume)/,
        ],
        [['eval', mtp, file('empty.cfg', '')], /empty\.cfg: the file holds no configuration/],
        [
          [
            'eval',
            mtp,
            file(
              'binary.cfg',
              Uint8Array.from({ length: 999 }, (_, k) => (k * 89) % 256),
            ),
          ],
          /binary\.cfg: .*UTF-8/,
        ],
        [['eval', mtp, file('nul.cfg', '\0'.repeat(9999))], /nul\.cfg:1: /],
        [['eval', mtp, file('long.cfg', `BEGIN_CFG\n Size\n ${'9'.repeat(1e7)}\n`)], /long\.cfg:3: no number of atoms/],
        [
          ['eval', mtp, file('huge.cfg', `BEGIN_CFG\n Size\n 999999\n AtomData: type cartes_x cartes_y cartes_z\n`)],
          /huge\.cfg:4: .*ends early/,
        ],
        [['eval', file('cut.mtp', text.slice(0, 900)), cfg], /cut\.mtp:\d+: /],
        [
          ['eval', file('species.mtp', text.replace('species_count = 2', 'species_count = 99999')), cfg],
          /species\.mtp:\d+: out of range/,
        ],
        [
          ['eval', file('coefficient.mtp', text.replace(/e-01/, 'e+999')), cfg],
          /coefficient\.mtp:\d+: not a finite number/,
        ],
        [
          ['errors', mtp, withStructure('bare.cfg', {})],
          /bare\.cfg:\d+: the configuration has no energy and no forces/,
        ],
        [['eval', mtp, bad], /bad\.cfg:3/],
        [['eval', mtp, join(folder, 'none.cfg')], /none\.cfg: .*cannot be read; found no such file/],
        [['eval', cfg, cfg], /some\.cfg/],
        [['errors', mtp, unlabelled], /unlabelled\.cfg:1: the configuration has no energy and no forces/],
        [['template', '7'], /even integer from 2 to 28/],
      ];
      for (const [args, words] of refusals) {
        const { code, stderr } = await varve(['mtp', ...args]);
        expect(code, args.join(' ')).toBe(2);
        expect(stderr).toMatch(words);
      }
    }));
});
