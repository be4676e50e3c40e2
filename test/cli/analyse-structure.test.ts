import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExtxyz, writeExtxyz } from '../../src/formats/extxyz.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { inTemporaryFolder, varve, varveJson } from '../campaigns/cli-process.ts';
import { ARGYRODITE, diamond, WURTZITE } from '../formats/cif-samples.ts';
import { randomPotential } from '../potential/random-potential.ts';

const withFiles = <T>(use: (at: (name: string) => string) => Promise<T>): Promise<T> =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('argyrodite.cif'), ARGYRODITE);
    writeFileSync(at('ZnO.cif'), WURTZITE);
    const random = new RandomStream('00000000000000fe', 0);
    writeFileSync(at('pot.mtp'), writeMtp(randomPotential(generateTemplate(4), 2, random)));
    return use(at);
  });

interface Phonons {
  readonly spaceGroupSymbol: string;
  readonly effectiveLatticeConstantA: number;
  readonly energyDifferenceMevAtom: number | null;
  readonly forceCalls: number;
  readonly stability: string;
  readonly gamma: readonly { degeneracy: number; kind: string }[];
  readonly path: readonly { q: number[]; frequenciesThz: number[] }[];
  readonly dos: { frequenciesThz: number[]; densityPerThz: number[] } | null;
}

describe('varve convert', () => {
  it('reads CIF, from its symbol alone too, and writes the other formats', () =>
    withFiles(async (at) => {
      const there = await varveJson<{ atoms: number; lost: unknown[] }>(['convert', at('argyrodite.cif'), at('a.xyz')]);
      expect(there).toMatchObject({ atoms: 52, lost: [] });
      const [frame] = readExtxyz(readFileSync(at('a.xyz'), 'utf8'), 'a.xyz', null);
      expect(frame!.texts!.get('site')!.words.slice(0, 2)).toEqual(['Li1', 'Li1']);
      const data = await varve(['convert', at('ZnO.cif'), at('ZnO.data')]);
      expect(data.code).toBe(0);
      const back = await varve(['convert', at('ZnO.data'), at('ZnO.vasp')]);
      expect(back.stdout).toMatch(/4 atoms/);
      const refused = await varve(['convert', at('ZnO.data'), at('b.cif')]);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/cif are read, not written/)]);
      writeFileSync(at('C.cif'), diamond("_symmetry_space_group_name_H-M 'F d -3 m'", '0 0 0'));
      expect((await varve(['convert', at('C.cif'), at('C.xyz')])).stderr).toMatch(
        /C\.cif:8: the space group has several/,
      );
    }));
});

describe('varve analyse symmetry', () => {
  it('names the group and says with which tolerance, by which library', () =>
    withFiles(async (at) => {
      const { stdout, code } = await varve(['analyse', 'symmetry', at('argyrodite.cif')]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/space group +F-43m \(No\. 216\)/);
      expect(stdout).toMatch(/24 Li on g, 4 P on b, 4 S on c, 16 S on e, 4 Cl on a/);
      const found = await varveJson<{ operations: unknown[]; symprecA: number; library: string }>([
        'analyse',
        'symmetry',
        at('ZnO.cif'),
        '--symprec',
        '0.01',
      ]);
      expect(found).toMatchObject({
        number: 186,
        symprecA: 0.01,
        library: '@spglib/moyo-wasm 0.15.0',
        operationsRefused: 0,
      });
      expect(found.operations).toHaveLength(12);
      expect((await varve(['analyse', 'symmetry', at('ZnO.cif'), '--symprec', '2'])).code).toBe(2);
      expect((await varve(['analyse', 'symmetry', at('pot.mtp')])).stderr).toMatch(
        /does not say a format of structures/,
      );
    }));
});

describe('varve analyse phonons', () => {
  it('gives the same frequencies with and without the symmetry, a verdict, and a row of Table IV (R9)', () =>
    withFiles(async (at) => {
      const args = ['analyse', 'phonons', at('pot.mtp'), at('ZnO.cif'), '--species', 'Zn,O', '--supercell', '2,2,1'];
      const settings = ['--path', '0,0,0 1/2,0,0', '--points', '2', '--mesh', '2,2,2', '--displacement', '0.001'];
      const reduced = await varveJson<Phonons>([...args, ...settings, '--reference', at('ZnO.cif')]);
      const full = await varveJson<Phonons>([...args, ...settings, '--no-reduce']);
      expect(reduced).toMatchObject({ spaceGroupSymbol: 'P63mc', energyDifferenceMevAtom: 0, atoms: 4 });
      expect(reduced.effectiveLatticeConstantA).toBeCloseTo((3.2495 ** 2 * Math.sqrt(0.75) * 5.2069) ** (1 / 3), 9);
      expect(full.energyDifferenceMevAtom).toBeNull();
      expect(full.forceCalls).toBe(25);
      expect(reduced.forceCalls).toBeLessThan(10);
      expect(reduced.stability).toMatch(/^(un)?stable$/);
      expect(reduced.gamma.reduce((sum, { degeneracy }) => sum + degeneracy, 0)).toBe(12);
      expect(reduced.path.map(({ q }) => q)).toEqual([
        [0, 0, 0],
        [0.25, 0, 0],
        [0.5, 0, 0],
      ]);
      expect(reduced.dos!.densityPerThz).toHaveLength(400);
      const scale = Math.max(...full.path[1]!.frequenciesThz.map(Math.abs));
      for (const [k, thz] of reduced.path[1]!.frequenciesThz.entries()) {
        expect(Math.abs(thz - full.path[1]!.frequenciesThz[k]!) / scale).toBeLessThan(1e-4);
      }
      const text = await varve([...args, '--mesh', '2,2,2']);
      expect(text.stdout).toMatch(/dynamically +(stable: no imaginary|unstable: \d+ imaginary)/);
      expect(text.stdout).toMatch(/density of states/);
    }));

  it('asks for the elements, a supercell, and one structure', () =>
    withFiles(async (at) => {
      const args = ['analyse', 'phonons', at('pot.mtp'), at('ZnO.cif'), '--supercell', '1,1,1'];
      expect((await varve(args)).stderr).toMatch(/does not say what they are; expected 2 elements/);
      expect((await varve([...args.slice(0, 4), '--species', 'Zn,O'])).stderr).toMatch(/--supercell/);
      expect((await varve([...args.slice(0, 4), '--supercell', '1,1'])).stderr).toMatch(/three whole numbers/);
      expect((await varve([...args, '--species', 'Zn,O', '--path', '0,0'])).stderr).toMatch(/points in reciprocal/);
      const [frame] = readExtxyz('1\nLattice="3 0 0 0 3 0 0 0 3"\nZn 0 0 0\n', 'x', null);
      const { line: _line, ...written } = frame!;
      writeFileSync(at('two.xyz'), writeExtxyz(written).repeat(2));
      const two = ['analyse', 'phonons', at('pot.mtp'), at('two.xyz'), '--supercell', '1,1,1', '--species', 'Zn,O'];
      expect((await varve(two)).stderr).toMatch(/several structures; expected --frame from 1 to 2/);
    }));
});
