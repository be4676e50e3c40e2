/** What a spec may say of active learning (A1–A5, V-A to V-C): each fault with the field that it is in. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/campaign/spec-file.ts';
import { potentialNames, refitPotential, schemePotential } from '../../src/campaign/spec-scheme.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { learningSpec } from '../campaigns/cli-process.ts';

const SPEC = readFileSync(learningSpec, 'utf8');

function edited(from: string, to: string): string {
  expect(SPEC.split(from), from).toHaveLength(2);
  return SPEC.replace(from, to);
}

function faultsOf(text: string): string {
  try {
    parseSpec(text, 'spec.yaml');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return '';
}

const scheme = 'schemes.bulk';
const cases: readonly [from: string, to: string, field: string, what: RegExp][] = [
  [
    'engine: stand-in',
    'engine: vasp',
    `${scheme}.engine`,
    /names no label engine of this spec; expected one of stand-in/,
  ],
  ['levels: [2, 4]', 'levels: [4, 2]', `${scheme}.levels`, /must rise, e.g. \[4, 6, 8\]/],
  ['levels: [2, 4]', 'levels: [2, 5]', `${scheme}.levels[1]`, /multiple of 2/],
  ['levels: [2, 4]', 'levels: []', `${scheme}.levels`, /./],
  ['fit: { preIterations: 10', 'fit: { level: 4, preIterations: 10', `${scheme}.fit.level`, /is no field of the spec/],
  [
    'structures: [dense, anion',
    'structures: [cubic, anion',
    `${scheme}.initial.structures[0]`,
    /names no structure .*dense/,
  ],
  ['targets: [anion-ordered-bulk]', 'targets: [twist]', `${scheme}.targets[0]`, /names no structure of this spec/],
  [
    'timePs: 0.2, poolEveryFs',
    'timePs: 0.2001, poolEveryFs',
    `${scheme}.initial.timePs`,
    /whole number of time steps of 2 fs/,
  ],
  ['poolEveryFs: 10', 'poolEveryFs: 5', `${scheme}.initial.poolEveryFs`, /whole number of time steps of 2 fs/],
  [
    'labelEveryFs: 40 }\n    targets',
    'labelEveryFs: 45 }\n    targets',
    `${scheme}.initial.labelEveryFs`,
    /must be a multiple of poolEveryFs, 10 fs/,
  ],
  [
    'labelEveryFs: 40 }\n    targets',
    'labelEveryFs: 210 }\n    targets',
    `${scheme}.initial.labelEveryFs`,
    /is longer than timePs/,
  ],
  [
    'temperatureK: 600, timePs: 0.2,',
    'temperatureK: 600, timePs: 0.0001,',
    `${scheme}.sampling.timePs`,
    /whole number of time steps/,
  ],
  [
    'timePs: 0.2, maxIterations: 3',
    'timePs: 0.2, grades: { selectAbove: 5, stopAbove: 2 }, maxIterations: 3',
    `${scheme}.sampling.grades.stopAbove`,
    /must not be below selectAbove/,
  ],
  [
    'validation: { structure: anion',
    'validation: { structure: cation',
    `${scheme}.validation.structure`,
    /names no structure/,
  ],
  [
    'timePs: 0.16, labelEveryFs: 40',
    'timePs: 0.161, labelEveryFs: 40',
    `${scheme}.validation.timePs`,
    /whole number of time steps/,
  ],
  [
    'timePs: 0.16, labelEveryFs: 40',
    'timePs: 0.16, labelEveryFs: 5',
    `${scheme}.validation.labelEveryFs`,
    /whole number of time steps/,
  ],
  [
    'timePs: 0.16, labelEveryFs: 40',
    'timePs: 0.02, labelEveryFs: 40',
    `${scheme}.validation.labelEveryFs`,
    /is longer than timePs/,
  ],
  [
    'equilibrationPs: 0.04',
    'equilibrationPs: 0.05',
    `${scheme}.validation.equilibrationPs`,
    /must be a multiple of labelEveryFs, 40 fs/,
  ],
  [
    'stand-in: { engine: reference, potential: reference',
    'stand-in: { engine: reference, potential: teacher',
    'labelEngines.stand-in.potential',
    /names no potential .*reference/,
  ],
  ['stand-in: { engine: reference', 'stand-in: { engine: dreams', 'labelEngines.stand-in.engine', /./],
  [
    'reference: { trainingSet: dft',
    'reference: { trainingSet: bulk',
    'labelEngines.stand-in.potential',
    /is fitted to the training set of the scheme bulk; expected one that is fitted to labels/,
  ],
  [
    'trainingSets:\n  dft: {',
    'trainingSets:\n  bulk: { labels: [gpaw] }\n  dft: {',
    scheme,
    /is the name of a training set too/,
  ],
  [
    'potentials:\n',
    'potentials:\n  bulk-level-4: { trainingSet: dft, level: 4 }\n',
    scheme,
    /gives a potential bulk-level-4, and another of that name is under potentials/,
  ],
  [
    'potentials:\n',
    'potentials:\n  bulk-refit-level-4: { trainingSet: bulk, level: 4 }\n',
    'variance.scheme',
    /gives a potential bulk-refit-level-4, and another has that name/,
  ],
  [
    'variance:\n  scheme: bulk',
    'variance:\n  scheme: twist',
    'variance.scheme',
    /names no scheme of this spec; expected one of bulk/,
  ],
  [
    '  structure: anion-ordered-bulk\n  temperatureK',
    '  structure: twist\n  temperatureK',
    'variance.structure',
    /names no structure/,
  ],
  ['samplingRuns: 2', 'productionPs: 0.0001', 'variance.productionPs', /whole number of time steps/],
  ['samplingRuns: 2', 'levels: [2, 6]', 'variance.levels[1]', /is no level of the scheme; expected one of 2, 4/],
  ['samplingRuns: 2', 'samplingRuns: 0', 'variance.samplingRuns', /./],
  [
    'potential: bulk-level-4,',
    'potential: bulk-level-6,',
    'dynamics.runs[0].potential',
    /expected one of reference, bulk-level-2, bulk-level-4/,
  ],
  [
    'name: by-reference, ',
    '',
    'dynamics.runs[1].name',
    /the row anion-ordered-bulk is of anion-ordered-bulk under bulk-level-4 already; give these runs a name/,
  ],
  ['name: by-reference, ', 'name: "by reference", ', 'dynamics.runs[1].name', /letters, digits/],
  [
    'reference: { trainingSet: dft',
    'reference: { trainingSet: none',
    'potentials.reference.trainingSet',
    /names no training set of this spec; expected one of dft, bulk/,
  ],
  ['labels:\n  gpaw', 'history: argyrodite.pack\nlabels:\n  gpaw', 'history', /expected array/],
];

describe('a spec with active learning', () => {
  it('is sound as it stands in examples/, and names the potentials that runs can use', () => {
    const spec = parseSpec(SPEC, 'spec.yaml');
    expect(potentialNames(spec)).toEqual(['reference', 'bulk-level-2', 'bulk-level-4']);
    expect(schemePotential('bulk', 4)).toBe('bulk-level-4');
    expect(refitPotential('bulk', 4)).toBe('bulk-refit-level-4');
    expect(spec.schemes!.bulk).toMatchObject({
      preTraining: 1,
      refit: { from: 'potential' },
      select: { selectThreshold: 1.1 },
      activeSet: { mode: 'neighbourhood' },
      sampling: { ensemble: 'npt', grades: { selectAbove: 2, stopAbove: 5, everySteps: 10 } },
      maxForceEvA: 50,
    });
  });

  it.each(cases)('is refused with %j as %j, in %s', (from, to, field, what) => {
    const rows = faultsOf(edited(from, to)).split('\n');
    const fault = rows.find((row) =>
      new RegExp(`spec\\.yaml:\\d+: ${field.replaceAll(/[.[\]]/g, '\\$&')}: `).test(row),
    );
    expect(fault, rows.join('\n')).toMatch(what);
    const line = Number(/spec\.yaml:(\d+):/.exec(fault!)![1]);
    const last = field
      .split('.')
      .at(-1)!
      .replace(/\[\d+\]/, '');
    expect(edited(from, to).split('\n')[line - 1], `line ${line}`).toContain(last === 'name' ? 'structure' : last);
  });

  it('without schemes or engines says that there are none', () => {
    const text = edited('labelEngines:\n  stand-in: { engine: reference, potential: reference }\n', '');
    expect(faultsOf(text)).toMatch(/schemes\.bulk\.engine: names no label engine of this spec; expected one of none/);
  });
});
