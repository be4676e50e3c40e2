import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExtxyz } from '../../src/formats/extxyz.ts';
import { type CfgRecord, readCfg, writeCfg } from '../../src/formats/mlip-cfg.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { randomPotential, randomStructure } from '../potential/random-potential.ts';

const random = new RandomStream('0000000000c0ffee', 0);
const draw = (length: number): Float64Array => Float64Array.from({ length }, () => 2 * random.uniform() - 1);
const records: CfgRecord[] = [1, 2].map((n) => {
  const structure = randomStructure(n, 2, random);
  const atoms = structure.species.length;
  const [xx, yy, zz, yz, xz, xy] = draw(6) as unknown as [number, number, number, number, number, number];
  return {
    structure,
    energyEv: draw(1)[0]!,
    forcesEvA: draw(3 * atoms),
    virialEv: Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz),
    siteEnergiesEv: draw(atoms),
    columns: new Map([['charge', draw(atoms)]]),
    features: new Map([
      ['EFS_by', 'VASP 5.4'],
      ['name', `n${n}`],
    ]),
  };
});

interface Report {
  readonly from: string;
  readonly to: string;
  readonly configurations: number;
  readonly atoms: number;
  readonly species: string[];
  readonly lost: { what: string; configurations: number }[];
}

const withFile = <T>(use: (cfg: string, at: (name: string) => string) => Promise<T>): Promise<T> =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('some.cfg'), writeCfg(records));
    return use(at('some.cfg'), at);
  });

describe('varve convert', () => {
  it('turns .cfg into extended XYZ and back into the same bytes', () =>
    withFile(async (cfg, at) => {
      const there = await varveJson<Report>(['convert', cfg, at('a.xyz'), '--species', 'Li,P']);
      expect(there).toMatchObject({
        from: 'cfg',
        to: 'extxyz',
        configurations: 2,
        atoms: 9,
        species: ['Li', 'P'],
        lost: [],
      });
      const [, frame] = readExtxyz(readFileSync(at('a.xyz'), 'utf8'), 'a.xyz', ['Li', 'P']);
      expect(frame!.structure.positionsA).toEqual(records[1]!.structure.positionsA);
      expect(Number(frame!.info.get('energy'))).toBe(records[1]!.energyEv);
      expect(frame!.columns.get('forces')!.data).toEqual(records[1]!.forcesEvA);
      const back = await varveJson<Report>(['convert', at('a.xyz'), at('b.cfg'), '--species', 'Li,P']);
      expect(back.lost).toEqual([]);
      expect(readFileSync(at('b.cfg'), 'utf8')).toBe(readFileSync(cfg, 'utf8'));
    }));

  it('lists what POSCAR cannot hold, and takes one configuration', () =>
    withFile(async (cfg, at) => {
      const several = await varve(['convert', cfg, at('POSCAR'), '--species', 'Li,P']);
      expect(several.code).toBe(2);
      expect(several.stderr).toMatch(/some\.cfg: POSCAR holds one structure; .*--frame N/);
      expect(existsSync(at('POSCAR'))).toBe(false);
      const one = await varve(['convert', cfg, at('POSCAR'), '--species', 'Li,P', '--frame', '2']);
      expect(one.code).toBe(0);
      for (const lost of ['energy', 'forces', 'virial', 'site energies', 'column charge', 'EFS_by', 'name']) {
        expect(one.stderr).toContain(`  ${lost} (1 configuration)\n`);
      }
      const back = await varveJson<Report>(['convert', at('POSCAR'), at('back.cfg'), '--species', 'Li,P']);
      expect(back.lost).toEqual([]);
      const [read] = readCfg(readFileSync(at('back.cfg'), 'utf8'), 'back.cfg', ['Li', 'P']);
      const sorted = (x: Float64Array): number[] => [...x].sort((a, b) => a - b);
      expect(sorted(read!.structure.positionsA)).toEqual(sorted(records[1]!.structure.positionsA));
      expect(read!.structure.cellA).toEqual(records[1]!.structure.cellA);
      expect((await varve(['convert', cfg, at('P2.vasp'), '--frame', '3'])).stderr).toMatch(
        /--frame from 1 to 2; found 3/,
      );
    }));

  it('asks for the elements where types have none, and for the format where no name says it', () =>
    withFile(async (cfg, at) => {
      const refusals: [string[], RegExp][] = [
        [[cfg, at('a.xyz')], /some\.cfg:1: extended XYZ needs element symbols; name the types with --species/],
        [[cfg, at('a.vasp'), '--frame', '1'], /some\.cfg:1: POSCAR needs element symbols.*--species/],
        [[cfg, at('a.xyz'), '--species', 'Li'], /some\.cfg:\d+: no such atom type; expected 0 … 0 \(Li\)/],
        [[cfg, at('a.xyz'), '--species', 'Li,Li'], /different element symbols/],
        [[cfg, at('a.dat')], /a\.dat: the name of the file does not say its format.*--to/],
        [[cfg, at('none/a.cfg')], /cannot be written; found no such folder/],
        [[cfg, at('a.mtp')], /a potential is no configuration/],
        [[at('none.cfg'), at('a.cfg')], /none\.cfg: the file cannot be read/],
      ];
      for (const [args, words] of refusals) {
        const { code, stderr } = await varve(['convert', ...args]);
        expect(code, args.join(' ')).toBe(2);
        expect(stderr).toMatch(words);
      }
      expect((await varve(['convert', cfg, at('a.dat'), '--to', 'cfg'])).code).toBe(0);
      expect(readFileSync(at('a.dat'), 'utf8')).toBe(readFileSync(cfg, 'utf8'));
    }));

  it('overwrites nothing unless told to, and leaves nothing half done', () =>
    withFile(async (cfg, at) => {
      writeFileSync(at('a.cfg'), 'mine');
      const refused = await varve(['convert', cfg, at('a.cfg')]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/a\.cfg: there is something under this name already.*--force/);
      expect(readFileSync(at('a.cfg'), 'utf8')).toBe('mine');
      expect((await varve(['convert', cfg, at('a.cfg'), '--force'])).code).toBe(0);
      expect((await varve(['convert', cfg, cfg, '--force'])).code).toBe(0);
      expect(readFileSync(at('a.cfg'), 'utf8')).toBe(readFileSync(cfg, 'utf8'));
      expect(readdirSync(at('.')).sort()).toEqual(['a.cfg', 'some.cfg']);
    }));

  it('writes potentials anew, fitted or not, and says that an active set stays behind', () =>
    withFile(async (_cfg, at) => {
      const text = writeMtp(randomPotential(generateTemplate(4), 2, random));
      writeFileSync(
        at('loose.mtp'),
        text.replaceAll('\n', '\r\n').replace(/ = /g, '  =\t').replace('potential_tag  =\t', '$& a tag'),
      );
      writeFileSync(
        at('set.als'),
        Buffer.concat([Buffer.from(`${text}\n^`), Buffer.from([0xff, 0xfe, 0x80, 0x0a]), Buffer.from('\n#')]),
      );
      writeFileSync(
        at('untrained.mtp'),
        text.replace(/\tradial_coeffs[^a]*(?=alpha)/, '').replace(/\nspecies_coeffs[\s\S]*/, '\n'),
      );
      expect((await varveJson<Report>(['convert', at('loose.mtp'), at('a.mtp')])).lost).toEqual([]);
      expect(readFileSync(at('a.mtp'), 'utf8')).toBe(text.replace('potential_tag = ', 'potential_tag = a tag'));
      const { lost } = await varveJson<Report>(['convert', at('set.als'), at('b.mtp')]);
      expect(lost[0]!.what).toMatch(/what follows the potential \(\^ in line \d+\)/);
      expect(readFileSync(at('b.mtp'), 'utf8')).toBe(text);
      expect((await varve(['convert', at('untrained.mtp'), at('c.mtp')])).code).toBe(0);
      expect(readFileSync(at('c.mtp'), 'utf8')).not.toMatch(/coeffs/);
    }));
});
