import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadSpec, parseSpec } from '../../src/campaign/spec-file.ts';
import { type JsonValue, writeJsonDocument } from '../../src/formats/json-document.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { SPEC } from './spec-text.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const LABELS = 'labels/li6ps5cl-gpaw-pw400.extxyz';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-spec-'));
  mkdirSync(join(folder, 'labels'));
  copyFileSync(join(EXAMPLES, LABELS), join(folder, LABELS));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const normalised = (text: string): string => {
  writeFileSync(join(folder, 'spec.yaml'), text);
  return new TextDecoder().decode(writeJsonDocument(loadSpec(join(folder, 'spec.yaml')).spec as unknown as JsonValue));
};

function fault(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
const loadFault = (text: string | Uint8Array): InputError => {
  writeFileSync(join(folder, 'spec.yaml'), text);
  return fault(() => loadSpec(join(folder, 'spec.yaml')));
};

/** The spec with a line's text replaced, and the number of that line. */
function edited(from: string, to: string): { text: string; line: number } {
  expect(SPEC.split(from)).toHaveLength(2);
  return { text: SPEC.replace(from, to), line: SPEC.slice(0, SPEC.indexOf(from)).split('\n').length };
}

/** The same value with the keys of every object in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [random(), key, shuffled(item, random)] as const);
  return Object.fromEntries(entries.sort((a, b) => a[0] - b[0]).map(([, key, item]) => [key, item]));
}

describe('the specs in examples/', () => {
  it.each([
    ['argyrodite', 3],
    ['paper', 5],
    ['argyrodite-learning-micro', 1],
  ])('%s.yaml loads: every name, time and structure of it fits the others', (file, schemes) => {
    const { spec, packs } = loadSpec(join(EXAMPLES, `${file}.yaml`));
    expect(Object.keys(spec.schemes!)).toHaveLength(schemes);
    expect(Object.keys(spec.schemes!)).toContain(spec.variance!.scheme);
    expect(packs).toHaveLength(spec.schemes!.bulk === undefined ? 1 : 0);
  });

  it('load, with their labels by content and all defaults filled in', () => {
    for (const name of ['argyrodite-micro', 'argyrodite-mini']) {
      const { spec, files } = loadSpec(join(EXAMPLES, `${name}.yaml`));
      expect(spec.name).toBe(name);
      const { gpaw } = spec.labels;
      expect(gpaw).toMatchObject({
        name: 'li6ps5cl-gpaw-pw400.extxyz',
        sha256: '30ab147c7bd7942df838b56d9b5f65040666aba3924b108678c49c70a4dd180a',
        configurations: 60,
        methodNotes: ['GPAW-22.8.0 PBE PW400 Gamma dav d1e-5'],
      });
      expect(files.get(gpaw!.sha256)).toBe(join(EXAMPLES, LABELS));
      expect(spec.trainingSets.all!.allowMixedMethods).toBe(false);
      expect(spec.potentials[Object.keys(spec.potentials)[0]!]).toMatchObject({
        cutoffA: 5,
        minDistanceA: 1.5,
        radialBasisSize: 8,
      });
      expect(spec.dynamics.watch).toMatchObject({ everySteps: 10, pairDistanceFraction: 0.8 });
      expect(spec.analysis).toMatchObject({ alphaRange: [0.9, 1.1], extrapolateToK: 300 });
    }
  });
});

describe('the normalised spec', () => {
  it('does not depend on the order of keys, on comments or on how the YAML is laid out', () => {
    const expected = normalised(SPEC);
    const value = parse(SPEC) as unknown;
    expect(normalised(SPEC.replace(/ *#.*$/gm, ''))).toBe(expected);
    expect(normalised(JSON.stringify(value, null, 2))).toBe(expected);
    expect(normalised(`\ufeff${SPEC.replaceAll('\n', '\r\n')}`)).toBe(expected);
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), fc.boolean(), (stream, flow) => {
        const text = stringify(
          shuffled(value, () => stream.next().value),
          { collectionStyle: flow ? 'flow' : 'block', lineWidth: 0 },
        );
        expect(normalised(text.replaceAll('\n', '\n# a comment\n'))).toBe(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('changes with any number in it', () => {
    const expected = normalised(SPEC);
    expect(normalised(edited('seed: 1', 'seed: 2').text)).not.toBe(expected);
    expect(normalised(edited('maxIterations: 6', 'maxIterations: 7').text)).not.toBe(expected);
  });

  it('holds no −0, which no task could carry', () => {
    const { text } = edited('rattleA: 0.05\n  anion-disordered-bulk', 'rattleA: -0.0\n  anion-disordered-bulk');
    writeFileSync(join(folder, 'spec.yaml'), text);
    expect(loadSpec(join(folder, 'spec.yaml')).spec.structures['anion-ordered-bulk']!.rattleA).toBe(0);
  });
});

const BULK = 'rattleA: 0.05\n  anion-disordered-bulk';
/** The first structure as a bicrystal. */
const withBoundary = (boundary: string, supercell = '[1, 1, 2]'): [from: string, to: string] => [
  BULK,
  `boundary: ${boundary}\n    supercell: ${supercell}\n    ${BULK}`,
];
/** A fault in it: the line further down, the field within the structure, and what is said. */
const ofBoundary = (
  edit: [from: string, to: string],
  offset: number,
  field: string,
  what: RegExp,
): [from: string, to: string, line: number, field: string, what: RegExp] => [
  ...edit,
  offset,
  `structures.anion-ordered-bulk.${field}`,
  what,
];

describe('faults of a spec', () => {
  it('in its YAML name file, line and column', () => {
    const broken = edited('elements: [Li, P, S, Cl]', 'elements: [Li, P, S, Cl');
    expect(loadFault(broken.text)).toMatchObject({
      code: 'bad-spec',
      message: expect.stringMatching(/spec\.yaml:\d+:\d+: the spec is not valid YAML/),
    });
    const twice = edited('varve: 1', 'varve: 1\nvarve: 1');
    expect(loadFault(twice.text).message).toMatch(new RegExp(`spec\\.yaml:${twice.line + 1}:1: .*unique`));
    const tabs = edited('  timeStepFs: 2', '\ttimeStepFs: 2');
    expect(loadFault(tabs.text).message).toMatch(new RegExp(`spec\\.yaml:${tabs.line}:`));
    expect(loadFault(`${SPEC}\n---\n${SPEC}`).code).toBe('bad-spec');
    expect(loadFault(Buffer.concat([Buffer.from(SPEC), Buffer.from([0xff, 0xfe])])).code).toBe('bad-spec');
  });

  it('in its fields name file, line and field, all of them at once', () => {
    const cases: [from: string, to: string, line: number, field: string, what: RegExp][] = [
      ['name: a-small-campaign', 'name: a-small-campaign\ncolour: red', 1, 'colour', /is no field of the spec/],
      ['timeStepFs: 2', 'timeStepFs: 2\n  colour:\n    red: 1', 1, 'dynamics.colour', /is no field of the spec/],
      ['seed: 1', 'seed: one', 0, 'seed', /expected number, received string/],
      ['seed: 1', 'seed: -1', 0, 'seed', />=0/],
      ['seed: 1', 'seed: 1.5', 0, 'seed', /int/],
      ['varve: 1', 'varve: 2', 0, 'varve', /1/],
      ['level: 6', 'level: 7', 0, 'potentials.level-6.level', /multiple of 2/],
      ['level: 6', 'level: .nan', 0, 'potentials.level-6.level', /NaN/],
      ['level: 6', 'level: .inf', 0, 'potentials.level-6.level', /number|infin/i],
      ['elements: [Li, P, S, Cl]', 'elements: [Li, P, S, 7]', 0, 'elements[3]', /expected string/],
      ['elements: [Li, P, S, Cl]', 'elements: [Li, P, S, Li]', 0, 'elements', /twice/],
      ['fraction: 0.5', 'fraction: 1.5', 0, 'structures.anion-disordered-bulk.disorder.fraction', /<=1/],
      [
        'labels: [gpaw]',
        'labels: [vasp]',
        0,
        'trainingSets.all.labels[0]',
        /names no labels of this spec; expected one of gpaw/,
      ],
      [
        'trainingSet: all',
        'trainingSet: none',
        0,
        'potentials.level-6.trainingSet',
        /names no training set of this spec; expected one of all/,
      ],
      [
        '{ structure: anion-ordered-bulk, potential: level-6, temperaturesK: [900',
        '{ structure: bulk, potential: level-6, temperaturesK: [900',
        0,
        'dynamics.runs[0].structure',
        /names no structure of this spec; expected one of anion-ordered-bulk, anion-disordered-bulk/,
      ],
      [
        'anion-disordered-bulk, potential: level-6',
        'anion-disordered-bulk, potential: level-8',
        0,
        'dynamics.runs[1].potential',
        /names no potential of this spec; expected one of level-6/,
      ],
      [
        'temperaturesK: [900, 1000]',
        'temperaturesK: [900, 900]',
        0,
        'dynamics.runs[0].temperaturesK[1]',
        /asked for twice/,
      ],
      ['mobileSpecies: Li', 'mobileSpecies: Na', 0, 'analysis.mobileSpecies', /is not among the elements Li, P, S, Cl/],
      ['fitWindow: [0.6, 1.0]', 'fitWindow: [1.0, 0.6]', 0, 'analysis.fitWindow', /must rise/],
      ['segmentPs: 0.2', 'segmentPs: 0.21', 0, 'dynamics.segmentPs', /multiple of production.sampleEveryFs/],
      ['segmentPs: 0.2', 'segmentPs: 0.201', 0, 'dynamics.segmentPs', /whole number of time steps of 2 fs/],
      ['sampleEveryFs: 20', 'sampleEveryFs: 1', 0, 'dynamics.production.sampleEveryFs', /whole number of time steps/],
      ofBoundary(withBoundary('{ name: sigma7 }'), 0, 'boundary.name', /sigma3\(1-12\)\[110\]/),
      ofBoundary(
        withBoundary('{ axis: [0, 0, 1], sigma: 5 }'),
        0,
        'boundary',
        /needs a name, or axis, sigma and plane; plane missing/,
      ),
      ofBoundary(withBoundary('{ name: "sigma5(001)[001]", sigma: 5 }'), 0, 'boundary.sigma', /is settled by the name/),
      ofBoundary(withBoundary('{ axis: [0, 0, 0], sigma: 5, plane: [0, 0, 1] }'), 0, 'boundary.axis', /not zero/),
      ofBoundary(withBoundary('{ axis: [0, 0, 1], sigma: 4, plane: [0, 0, 1] }'), 0, 'boundary.sigma', /odd number/),
      ofBoundary(withBoundary('{ axis: [0, 0, 1], sigma: 5, plane: [0, 0, 0.5] }'), 0, 'boundary.plane[2]', /int/),
      ofBoundary(withBoundary('{ name: "sigma5(001)[001]", separationA: -1 }'), 0, 'boundary.separationA', />=0/),
      ofBoundary(withBoundary('{ name: "sigma5(001)[001]" }', '[1, 1, 3]'), 1, 'supercell', /must be even/),
      ['  gpaw:', '  "a b":', 0, 'labels.a b', /letters, digits, dot, dash or underscore/],
      ['      engine: GPAW', '      engine: ""', 0, 'labels.gpaw.method.engine', /./],
    ];
    for (const [from, to, offset, field, what] of cases) {
      const { text, line } = edited(from, to);
      const { code, message } = loadFault(text);
      expect(code, to).toBe('bad-spec');
      const lines = message.split('\n').filter((row) => row.includes(`spec.yaml:${line + offset}: ${field}: `));
      expect(
        lines.some((row) => what.test(row)),
        `${to}: ${message}`,
      ).toBe(true);
    }
    const two = edited('seed: 1', 'seed: one').text.replace('mobileSpecies: Li', 'mobileSpecies: 7');
    expect(loadFault(two).message).toMatch(/the spec has 2 faults/);
  });

  it('in its structures name the structure and its line', () => {
    const { text, line } = edited(
      'anion-ordered-bulk:\n    prototype: { name: argyrodite, latticeConstantA: 10.25 }',
      'anion-ordered-bulk:\n    prototype: { name: argyrodite, latticeConstantA: 5 }',
    );
    expect(loadFault(text)).toMatchObject({
      code: 'overlapping-atoms',
      message: expect.stringMatching(new RegExp(`spec\\.yaml:${line}: structures\\.anion-ordered-bulk: atoms overlap`)),
    });
  });

  it('in its boundaries name the field, what was expected and what to do', () => {
    const cases: [boundary: string, code: string, field: string, what: RegExp][] = [
      [
        '{ axis: [0, 0, 1], sigma: 3, plane: [0, 0, 1] }',
        'bad-boundary',
        '.boundary.sigma',
        /no rotation about \[0 0 1\] has Σ = 3; expected one of 5, 13, 17/,
      ],
      [
        '{ axis: [1, 1, 0], sigma: 3, angleDegrees: 50.48, plane: [1, -1, 2] }',
        'bad-boundary',
        '.boundary.angleDegrees',
        /expected one of 70.53, -70.53, 109.47, -109.47 degrees/,
      ],
      [
        '{ axis: [1, 1, 0], sigma: 3, plane: [-1, 1, 1], x: [1, -1, -2], y: [1, 1, 0] }',
        'bad-boundary',
        '.boundary.x',
        /does not lie in the boundary plane/,
      ],
      [
        '{ axis: [1, 1, 0], sigma: 3, plane: [1, -1, 2], x: [-1, 1, 1], y: [1, 1, 0] }',
        'bad-boundary',
        '.boundary.y',
        /not a right-handed orthogonal set; .*leave y out/,
      ],
      [
        '{ axis: [1, 1, 0], sigma: 3, angleDegrees: 109.47, plane: [1, -1, 2] }',
        'unequal-boundaries',
        '.boundary',
        /not of one kind; .*equal with angleDegrees: 70.53; take that, or say allowUnequalBoundaries/,
      ],
      [
        '{ name: "sigma5(001)[001]", separationA: 0.5 }',
        'overlapping-atoms',
        '.boundary.separationA',
        /too near .*expected 1.2 Å or so.*leave it out/,
      ],
      [
        '{ name: "sigma5(001)[001]", planeThrough: 9z }',
        'bad-boundary',
        '.boundary.planeThrough',
        /expected one of 24g/,
      ],
    ];
    for (const [boundary, code, field, what] of cases) {
      const { text, line } = edited(...withBoundary(boundary));
      const found = loadFault(text);
      expect(found.code, boundary).toBe(code);
      expect(found.message).toMatch(
        new RegExp(`spec\\.yaml:${line}: structures\\.anion-ordered-bulk${field.replaceAll('.', '\\.')}: `),
      );
      expect(found.message).toMatch(what);
    }
  });

  it('are none where a boundary can be made: by name, or by axis, Σ and plane', () => {
    for (const boundary of [
      '{ name: "sigma3(-111)[110]", planeThrough: 4a }',
      '{ name: "sigma3(-111)[110]", reference: bulk }',
      '{ axis: [0, 0, 1], sigma: 5, plane: [0, 0, 1], planeThrough: [0, 0, 0], shift: [0.5, 0], separationA: 1.8 }',
    ]) {
      writeFileSync(join(folder, 'spec.yaml'), edited(...withBoundary(boundary)).text);
      expect(loadSpec(join(folder, 'spec.yaml')).spec.structures['anion-ordered-bulk']).toHaveProperty('boundary');
    }
  });

  it('that are missing fields name the field and the nearest line there is', () => {
    const { text, line } = edited(
      '  equilibration: { timePs: 0.2, dampingFs: 200 }',
      '  equilibration: { dampingFs: 200 }',
    );
    expect(loadFault(text).message).toMatch(new RegExp(`spec\\.yaml:${line}: dynamics\\.equilibration\\.timePs: `));
    const rows = edited('seed: 1\n', '');
    expect(loadFault(rows.text).message).toMatch(/spec\.yaml:\d+: seed: /);
    expect(loadFault('').message).toMatch(/spec\.yaml:1: the spec: /);
    expect(loadFault('[1, 2]').message).toMatch(/spec\.yaml:1: the spec: /);
    expect(loadFault('just text').message).toMatch(/spec\.yaml:1: the spec: /);
  });

  it('that are aliases are refused at their line, before they are expanded', () => {
    const { text, line } = edited('elements: [Li, P, S, Cl]', 'elements: &e [Li, P, S, Cl]\nother: *e');
    expect(loadFault(text)).toMatchObject({
      code: 'bad-spec',
      message: expect.stringMatching(new RegExp(`spec\\.yaml:${line + 1}.*: the spec uses YAML aliases`)),
    });
    const laughs = Array.from(
      { length: 30 },
      (_, k) => `l${k + 1}: &l${k + 1} [${Array(10).fill(`*l${k}`).join(', ')}]`,
    );
    const started = performance.now();
    expect(loadFault(`l0: &l0 lol\n${laughs.join('\n')}\n`).code).toBe('bad-spec');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('that are nested without end are refused, and do not crash', () => {
    expect(loadFault(`a: ${'['.repeat(100_000)}`).code).toBe('bad-spec');
    expect(loadFault(`${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}`).code).toBe('bad-spec');
  });

  it('that play on prototypes do nothing', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(loadFault(`${SPEC}\n${key}: { polluted: 1 }\n`).code).toBe('bad-spec');
      const named = edited('  gpaw:', `  ${key}:`).text.replace('labels: [gpaw]', `labels: [${key}]`);
      expect(loadFault(named).message).toMatch(
        key === '__proto__' ? /labels: at least one file of labels is needed/ : `labels.${key}: is a reserved word`,
      );
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('that ask for more segments than can be planned are refused', () => {
    const { text, line } = edited('timePs: 0.4, sampleEveryFs: 20', 'timePs: 1000000, sampleEveryFs: 20');
    expect(loadFault(text).message).toMatch(new RegExp(`spec\\.yaml:${line + 1}: dynamics\\.segmentPs: .*segments`));
  });
});

describe('files of a spec', () => {
  it('that cannot be read name the path, and the line that asks for them', () => {
    const missing = edited(`file: ${LABELS}`, 'file: labels/missing.extxyz');
    const other = (text: string, found: string) =>
      expect(loadFault(text)).toMatchObject({
        code: 'unreadable-file',
        message: expect.stringMatching(
          new RegExp(
            `the label file cannot be read; found ${found}; .*spec\\.yaml:${missing.line}: labels\\.gpaw\\.file`,
          ),
        ),
      });
    other(missing.text, 'no such file');
    other(edited(`file: ${LABELS}`, 'file: labels').text, 'a folder');
    other(edited(`file: ${LABELS}`, 'file: /dev/null').text, 'no regular file');
  });

  it('that are missing, folders or too large are refused as specs', () => {
    expect(fault(() => loadSpec(join(folder, 'none.yaml')))).toMatchObject({
      code: 'unreadable-file',
      message: expect.stringMatching(/none\.yaml: the spec cannot be read; found no such file/),
    });
    expect(fault(() => loadSpec(folder)).message).toMatch(/the spec cannot be read; found a folder/);
    expect(fault(() => loadSpec('/dev/zero')).message).toMatch(/found no regular file/);
    expect(loadFault(`# ${'x'.repeat(1024 * 1024)}`)).toMatchObject({
      code: 'file-too-large',
      message: expect.stringMatching(
        /spec\.yaml: the spec is too large; expected at most 1048576 bytes; found 1048578/,
      ),
    });
  });

  it('of labels that no string could hold are refused unread', () => {
    truncateSync(join(folder, LABELS), 2 ** 29);
    expect(loadFault(SPEC)).toMatchObject({ code: 'file-too-large' });
  });

  it('of labels are checked as the campaign will read them: species, values, encoding', () => {
    const path = join(folder, LABELS);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^Li/m, 'Na'));
    expect(loadFault(SPEC)).toMatchObject({
      code: 'unknown-species',
      message: expect.stringMatching(/li6ps5cl-gpaw-pw400\.extxyz:3: element "Na" is not among the campaign's/),
    });
    writeFileSync(path, text.replace(/energy=\S+/, ''));
    expect(loadFault(SPEC).message).toMatch(/\.extxyz:2: the label has no energy/);
    writeFileSync(path, Buffer.from(text.replace('GPAW', 'GP\u00e4W'), 'latin1'));
    expect(loadFault(SPEC)).toMatchObject({ code: 'bad-extxyz', message: expect.stringMatching(/not UTF-8 text/) });
  });

  it('of labels by different methods meet in a training set only where the spec says so', () => {
    const path = join(folder, LABELS);
    const frames = readFileSync(path, 'utf8');
    writeFileSync(path, frames.replace('GPAW-22.8.0 PBE', 'GPAW-22.8.0 LDA'));
    const { line } = edited('  all:', '  all:');
    expect(loadFault(SPEC)).toMatchObject({
      code: 'mixed-methods',
      message: expect.stringMatching(
        new RegExp(
          `spec\\.yaml:${line}: trainingSets\\.all: the training set mixes .* LDA .* and .* PBE .* allowMixedMethods: true`,
        ),
      ),
    });
    const allowed = edited('validationEvery: 10', 'validationEvery: 10\n    allowMixedMethods: true').text;
    expect(() => normalised(allowed)).not.toThrow();
    writeFileSync(path, frames);
    const other = `  vasp:\n    file: ${LABELS}\n    method: { engine: VASP, version: "6", functional: PBE, settings: 500 eV }\n\n`;
    const twoFiles = edited('trainingSets:', `${other}trainingSets:`).text.replace(
      'labels: [gpaw]',
      'labels: [gpaw, vasp]',
    );
    expect(loadFault(twoFiles).code).toBe('mixed-methods');
    expect(() => normalised(twoFiles.replace('validationEvery: 10', 'allowMixedMethods: true'))).not.toThrow();
  });
});

describe('parsing', () => {
  it('of any text gives a spec or says what is wrong', () => {
    fc.assert(
      fc.property(fc.nat(SPEC.length), fc.nat(20), fc.string({ unit: 'binary' }), (at, length, insert) => {
        try {
          parseSpec(SPEC.slice(0, at) + insert + SPEC.slice(at + length), 'spec.yaml');
        } catch (error) {
          expect(error).toMatchObject({ name: 'InputError', code: 'bad-spec' });
        }
      }),
      { numRuns: 200 },
    );
  });
});
