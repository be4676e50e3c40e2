import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCfg } from '../../src/formats/mlip-cfg.ts';
import { readMtp, writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { inTemporaryFolder, startVarve, varve, varveJson } from '../campaigns/cli-process.ts';
import { randomPotential, randomStructure } from '../potential/random-potential.ts';

const random = new RandomStream('0000000000000f17', 0);
const truth = randomPotential(generateTemplate(8), 2, random);
const labelled = Array.from({ length: 24 }, () => {
  const structure = randomStructure(2, 2, random);
  const list = buildNeighbourList(structure, truth.maxDistanceA);
  const { energyEv, forcesEvA, virialEv } = createEvaluator(truth).evaluate(structure, list);
  return { structure, energyEv, forcesEvA, virialEv, features: new Map() };
});

/** A fit of some seconds that no tolerance ends. */
const SETTINGS = [
  '--level',
  '6',
  '--cutoff',
  '4',
  '--radial',
  '5',
  '--seed',
  '12',
  '--pre-iterations',
  '10',
  '--max-iter',
  '400',
  '--tolerance',
  '0',
  '--refine',
  '30',
];

interface FitReport {
  readonly level: number;
  readonly parameters: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly loss: number;
  readonly training: { configurations: number; energyRmseMevAtom: number; forceRmseEvA: number };
  readonly validation: { configurations: number } | null;
}

const withFiles = <T>(use: (training: string, valid: string, at: (name: string) => string) => Promise<T>): Promise<T> =>
  inTemporaryFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('train.cfg'), writeCfg(labelled.slice(0, 20)));
    writeFileSync(at('valid.cfg'), writeCfg(labelled.slice(20)));
    return use(at('train.cfg'), at('valid.cfg'), at);
  });

/** Starts the fit, stops it as soon as it has shown errors, and gives what it said. */
async function interrupted(args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = startVarve(['mtp', 'fit', ...args]);
  let said = '';
  child.stderr!.on('data', (text) => {
    const before = said;
    said += text;
    if (/iteration 25:/.test(said) && !/iteration 25:/.test(before)) child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { code, said };
}

describe('varve mtp fit', () => {
  it('gives the same bytes for the same seed, whether it was stopped or not, and says how good they are', () =>
    withFiles(async (training, valid, at) => {
      const report = await varveJson<FitReport>(['mtp', 'fit', training, at('a.mtp'), ...SETTINGS, '--valid', valid]);
      expect(report).toMatchObject({ level: 6, parameters: 2 * 2 * 2 * 5 + 2 + 5, iterations: 400, converged: false });
      expect(report.training.configurations).toBe(20);
      expect(report.validation!.configurations).toBe(4);
      expect(report.training.forceRmseEvA).toBeLessThan(1);

      const { code, said } = await interrupted([training, at('b.mtp'), ...SETTINGS]);
      expect(said).toMatch(/stopped; the same command goes on from .*b\.mtp\.fit-state/);
      expect(code).toBe(130);
      expect(existsSync(at('b.mtp'))).toBe(false);

      const other = await varve(['mtp', 'fit', training, at('b.mtp'), ...SETTINGS, '--force-weight', '0.02']);
      expect(other.code).toBe(2);
      expect(other.stderr).toMatch(/that of another fit.*\n {2}forceWeight: 0\.01 there, 0\.02 asked for/);
      expect((await varve(['mtp', 'fit', valid, at('b.mtp'), ...SETTINGS])).stderr).toMatch(/ {2}training: "/);

      const resumed = await varve(['mtp', 'fit', training, at('b.mtp'), ...SETTINGS]);
      expect(resumed.stderr).toMatch(/goes on from iteration \d+/);
      expect(resumed.stdout).toMatch(/energy, root-mean-square error +\S+ meV\/atom/);
      expect(readFileSync(at('b.mtp'), 'utf8')).toBe(readFileSync(at('a.mtp'), 'utf8'));
      expect(existsSync(at('b.mtp.fit-state'))).toBe(false);

      const errors = await varveJson<object>(['mtp', 'errors', at('b.mtp'), training]);
      expect(errors).toEqual(report.training);
      const again = await varve(['mtp', 'fit', training, at('b.mtp'), ...SETTINGS]);
      expect(again.code).toBe(2);
      expect(again.stderr).toMatch(/b\.mtp: there is something under this name already/);
    }));

  it('takes an untrained file, a training set in extended XYZ, and MLIP-2’s names of options', () =>
    withFiles(async (training, _valid, at) => {
      const untrained = writeMtp(truth)
        .replace(/\tradial_coeffs[^a]*(?=alpha)/, '')
        .replace(/\nspecies_coeffs[\s\S]*/, '\n');
      writeFileSync(at('untrained.mtp'), untrained);
      expect((await varve(['convert', training, at('train.xyz'), '--species', 'Li,P'])).code).toBe(0);
      const options = [
        '--max-iter',
        '5',
        '--bfgs-conv-tol',
        '1e-4',
        '--pre-iterations',
        '5',
        '--weighting',
        'structures',
      ];
      const fitted = (set: string, out: string, ...more: string[]) =>
        varve(['mtp', 'fit', set, at(out), '--from', at('untrained.mtp'), ...options, ...more]);
      expect((await fitted(training, 'a.mtp')).code).toBe(0);
      expect((await fitted(at('train.xyz'), 'b.mtp', '--species', 'Li,P')).code).toBe(0);
      const found = readMtp(readFileSync(at('a.mtp'), 'utf8'), 'a.mtp');
      expect(found.template).toEqual(truth.template);
      expect(found).toMatchObject({ minDistanceA: 1.5, maxDistanceA: 4, radialBasisSize: 5, name: truth.name });
      expect(readFileSync(at('a.mtp'), 'utf8')).toBe(readFileSync(at('b.mtp'), 'utf8'));
      const level = ['--level', '8', '--species', '2', '--radial', '5', '--max-dist', '4', '--update-mindist'];
      expect((await varve(['mtp', 'fit', training, at('c.mtp'), ...level, ...options])).code).toBe(0);
      expect(readMtp(readFileSync(at('c.mtp'), 'utf8'), 'c.mtp').minDistanceA).not.toBe(1.5);
    }));

  it('says what is wrong with a set, a file or a setting', () =>
    withFiles(async (training, _valid, at) => {
      const first = labelled[0]!;
      const set = (name: string, changed: object): string => {
        writeFileSync(at(name), writeCfg([first, { ...first, ...changed }]));
        return at(name);
      };
      const onTop = { ...first.structure, positionsA: first.structure.positionsA.slice() };
      onTop.positionsA.copyWithin(3, 0, 3);
      const { forcesEvA: _forces, ...unlabelled } = first;
      writeFileSync(at('unlabelled.cfg'), writeCfg([unlabelled]));
      writeFileSync(at('trained.mtp'), writeMtp(truth));
      writeFileSync(at('cut.cfg'), readFileSync(training, 'utf8').slice(0, 3000));
      writeFileSync(at('bad.fit-state'), 'VARVEAB1 nothing');
      expect((await varve(['convert', training, at('train.xyz'), '--species', 'Li,P'])).code).toBe(0);
      const level = ['--level', '6'];
      const refusals: [string, string[], RegExp][] = [
        [set('top.cfg', { structure: onTop }), level, /top\.cfg:\d+: atoms overlap; .*0\.000 Å apart/],
        [at('unlabelled.cfg'), level, /unlabelled\.cfg:1: the configuration has no forces/],
        [at('cut.cfg'), level, /cut\.cfg:\d+: /],
        [
          set('few.cfg', {}),
          ['--level', '16'],
          /few\.cfg: the labels do not determine the parameters; expected at least \d+/,
        ],
        [training, ['--level', '7'], /even integer from 2 to 28/],
        [training, [], /neither --level nor --from/],
        [training, ['--from', at('trained.mtp')], /fitted already/],
        [training, [...level, '--cutoff', '1'], /no interval of distances/],
        [training, [...level, '--species', '1'], /train\.cfg:\d+: no such atom type/],
        [training, [...level, '--species', '1000000000'], /number from 1 to 200/],
        [training, [...level, '--radial', '3.5'], /whole number/],
        [training, [...level, '--seed', 'xyz'], /16 hexadecimal digits/],
        [training, [...level, '--energy-weight', '-1'], /number from 0/],
        [training, [...level, '--state', at('none/a.fit-state')], /none\/a\.fit-state: .*no such folder/],
        [training, [...level, '--state', at('bad.fit-state')], /bad\.fit-state: not a bundle of arrays/],
        [at('train.xyz'), level, /train\.xyz: extended XYZ names elements.*--species/],
      ];
      for (const [file, args, words] of refusals) {
        const { code, stderr } = await varve(['mtp', 'fit', file, at('out.mtp'), ...args]);
        expect(stderr).toMatch(words);
        expect(code, args.join(' ')).toBe(2);
      }
    }));
});
