import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type FieldPath,
  fieldName,
  findField,
  valueAt,
  type Written,
  withField,
  withoutField,
} from '../../src/campaign/spec-field.ts';
import { loadSpec, storedContent } from '../../src/campaign/spec-file.ts';
import { specYaml, writtenSpec } from '../../src/campaign/written-spec.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { openStore } from '../../store/store.ts';
import { microSpec, miniSpec } from '../campaigns/cli-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'varve-spec-field-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const micro = writtenSpec(loadSpec(microSpec).spec);

function pathsOf(value: Written | undefined, path: FieldPath = []): FieldPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, k) => k) : Object.keys(value);
  return [
    ...(path.length === 0 ? [] : [path]),
    ...keys.flatMap((key) => pathsOf(valueAt(value, [key]), [...path, key])),
  ];
}

function refusal(step: () => unknown): InputError {
  try {
    step();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('expected an InputError');
}

describe('a field of a spec', () => {
  it('is found by its name, whatever of the spec it is, and what is set there is there', () => {
    const paths = pathsOf(micro);
    expect(paths.length).toBeGreaterThan(80);
    for (const path of paths) {
      const name = fieldName(path);
      // What a union holds is not looked into: a file is given whole.
      if (/\.file\./.test(name)) continue;
      expect(findField(name, micro), name).toEqual(path);
      expect(valueAt(withField(micro, path, 'planted'), path)).toBe('planted');
      expect(withField(micro, path, valueAt(micro, path)!)).toEqual(micro);
    }
  });

  it('may be one that the schema knows and the spec does not set', () => {
    const path = findField('dynamics.equilibration.barostat.cell', micro);
    const set = withField(micro, path, 'z');
    expect(valueAt(set, ['dynamics', 'equilibration', 'barostat'])).toEqual({ cell: 'z' });
    expect(findField('dynamics.runs[2]', micro)).toEqual(['dynamics', 'runs', 2]);
    expect(findField('structures.another.rattleA', micro)).toEqual(['structures', 'another', 'rattleA']);
    expect(findField('analysis.fitWindow[1]', micro)).toEqual(['analysis', 'fitWindow', 1]);
  });

  it('of something whose name holds dots is found by the longest name that is there', () => {
    const dotted = withField(withField(micro, ['structures', 'a.b'], { rattleA: 0 }), ['structures', 'a'], {
      rattleA: 1,
    });
    expect(findField('structures.a.b.rattleA', dotted)).toEqual(['structures', 'a.b', 'rattleA']);
    expect(findField('structures.a.rattleA', dotted)).toEqual(['structures', 'a', 'rattleA']);
  });

  it('that is not there is refused with what may have been meant', () => {
    const said = (name: string) => refusal(() => findField(name, micro)).details;
    expect(said('dynamics.timestepFs')).toMatchObject({ where: 'dynamics', list: ['dynamics.timeStepFs'] });
    expect(said('dynamics.runs[0].temperatureK').list).toEqual(['dynamics.runs[0].temperaturesK']);
    expect(said('dynamic.seed').list).toEqual(['dynamics']);
    expect(said('dynamics.runs[5]')).toMatchObject({
      expected: 'dynamics.runs[0] to dynamics.runs[2], the last being a new one',
    });
    expect(said('dynamics.runs.members')).toMatchObject({ where: 'dynamics.runs' });
    expect(said('seed.x')).toMatchObject({ where: 'seed', expected: 'nothing below it' });
    expect(said('nothing').list).toContain('potentials');
    for (const name of [
      '',
      '.',
      'seed.',
      '..',
      '[0]',
      'dynamics.',
      'dynamics..runs',
      'dynamics.runs[x]',
      '__proto__.x',
    ]) {
      expect(refusal(() => findField(name, micro)).code, name).toBe('no-field');
    }
  });

  it('is taken out only where it is set', () => {
    const path = findField('structures.anion-ordered-bulk.rattleA', micro);
    expect(valueAt(withoutField(micro, path), path)).toBeUndefined();
    const unset = findField('dynamics.equilibration.ensemble', micro);
    expect(refusal(() => withoutField(micro, unset)).message).toMatch(/ensemble is not set in the spec/);
    const first = findField('dynamics.runs[0]', micro);
    expect(valueAt(withoutField(micro, first), ['dynamics', 'runs'])).toHaveLength(1);
  });
});

describe('a recorded spec that is written again', () => {
  it('and read with the files that a store holds is the same', () => {
    const store = openStore({ dir: join(folder, 'store'), mode: 'write', create: true });
    for (const path of [microSpec, miniSpec]) {
      const { spec, files } = loadSpec(path);
      const file = join(folder, 'again.yaml');
      writeFileSync(file, specYaml(spec, ['two\nlines']));
      expect(refusal(() => loadSpec(file)).code).toBe('no-such-content');
      for (const [, source] of files) store.blobs.put(readFileSync(source));
      const again = loadSpec(file, storedContent(store));
      expect(JSON.stringify(again.spec)).toBe(JSON.stringify(spec));
      expect(again.files.size).toBe(0);
    }
    store.close();
  });

  it('refuses names of files that are paths, and hashes that are none', () => {
    const file = join(folder, 'bad.yaml');
    const { spec } = loadSpec(microSpec);
    for (const [from, to, message] of [
      ['name: li6ps5cl', 'name: ../li6ps5cl', /labels\.gpaw\.file\.name: expected the name of a file, without folders/],
      ['sha256: ', 'sha256: x', /labels\.gpaw\.file\.sha256: /],
      ['sha256: ', 'path: ', /labels\.gpaw\.file/],
    ] as const) {
      writeFileSync(file, specYaml(spec, []).replace(from, to));
      expect(refusal(() => loadSpec(file)).message).toMatch(message);
    }
  });
});
