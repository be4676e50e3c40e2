/** Analyses of runs and structures at 0 K in a spec: what is refused, with line and field. */
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../src/campaign/spec-file.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { BULK_SPEC, GROUND_STATES, RUN_ANALYSES } from './bulk-spec-text.ts';
import { SPEC } from './spec-text.ts';

function faults(text: string): string[] {
  try {
    parseSpec(text, 'spec.yaml');
  } catch (error) {
    if (error instanceof InputError) return [...(error.details.list ?? [])];
    throw error;
  }
  return [];
}

describe('a spec with analyses of its runs and structures at 0 K', () => {
  it('is read, with its defaults', () => {
    const spec = parseSpec(BULK_SPEC, 'spec.yaml');
    expect(spec.analysis.jumps).toEqual({ centre: 'S', notBondedTo: 'P', bondA: 2.8, marginA: 1, backWithinFs: 1000 });
    expect(spec.analysis.rdf).toMatchObject({ everyFrames: 10, labels: ['gpaw'] });
    expect(spec.analysis.displacements).toEqual({ binA: 0.25, origins: 'single', lagsPs: [0.1, 0.4] });
    expect(spec.groundStates!.ordered).toMatchObject({
      fit: 1,
      methods: ['symmetric', 'annealed'],
      relax: { cell: 'isotropic', method: 'conjugate-gradient', forceToleranceEvA: 1e-4 },
      symmetryToleranceA: 0.01,
      phonons: { supercell: [1, 1, 1], displacementA: 0.01, toleranceThz: 0.05 },
    });
  });

  it('adds nothing to specs that do not ask: their campaigns stay what they were', () => {
    const spec = parseSpec(SPEC, 'spec.yaml');
    expect(Object.keys(spec)).not.toContain('groundStates');
    expect(Object.keys(spec.analysis).sort()).toEqual(
      ['alphaRange', 'conductivityFactorPerA3', 'extrapolateToK', 'fitWindow', 'mobileSpecies'].sort(),
    );
  });

  const [jumps, rdf, displacements] = RUN_ANALYSES.split('\n') as [string, string, string];
  it.each<[string, string, string, string]>([
    ['a centre that is no element', jumps, jumps.replace('S,', 'Se,'), 'analysis.jumps.centre: is not among'],
    [
      'a structure without runs',
      jumps,
      jumps.replace(' }', ', structures: [ideal] }'),
      'analysis.jumps.structures[0]: is the structure of none of the runs',
    ],
    [
      'a structure that is not there',
      jumps,
      jumps.replace(' }', ', structures: [bulk] }'),
      'analysis.jumps.structures[0]: names no structure',
    ],
    [
      'a temperature of no run',
      rdf,
      rdf.replace(' }', ', temperaturesK: [450] }'),
      'analysis.rdf.temperaturesK[0]: is the temperature of no run; expected one of 700, 900, 1000',
    ],
    ['a pair with a stranger', rdf, rdf.replace('[P, S]', '[P, Se]'), 'analysis.rdf.pairs[1][1]: is not among'],
    [
      'a pair named twice',
      rdf,
      rdf.replace('[P, S]', '[Li, S]'),
      'analysis.rdf.pairs: a pair of species is named twice',
    ],
    ['labels that are not there', rdf, rdf.replace('gpaw', 'vasp'), 'analysis.rdf.labels[0]: names no labels'],
    [
      'a time between frames',
      displacements,
      displacements.replace('0.1', '0.11'),
      'analysis.displacements.lagsPs[0]: must be a multiple of production.sampleEveryFs, 20 fs',
    ],
    [
      'a time beyond the runs',
      displacements,
      displacements.replace('0.4', '0.6'),
      'analysis.displacements.lagsPs[1]: is longer than the production of a run, 0.4 ps',
    ],
    [
      'a grid without end',
      displacements,
      displacements.replace(' }', ', density: { grid: [1000, 1000, 1000] } }'),
      'analysis.displacements.density.grid: at most a million',
    ],
    [
      'displaced atoms whose symmetry is to be kept',
      'structure: ideal\n',
      'structure: anion-ordered-bulk\n',
      'groundStates.ordered.structure: has displaced atoms',
    ],
    [
      'a fit that is not there',
      'potential: level-6\n    anneal',
      'potential: level-6\n    fit: 3\n    anneal',
      'groundStates.ordered.fit: the potential has 2 fits',
    ],
    [
      'annealing without saying how',
      '    anneal: { holdPs: 0.2, coolPs: 0.4 }\n',
      '',
      'groundStates.ordered.methods: annealed needs',
    ],
    [
      'annealing that is not asked for',
      'methods: [annealed]',
      'methods: [symmetric]',
      'groundStates.large.anneal: means something with',
    ],
    [
      'half a time step',
      'coolPs: 0.4 }',
      'coolPs: 0.401 }',
      'groundStates.ordered.anneal.coolPs: must be a whole number',
    ],
    [
      'a reference that is not there',
      'reference: ordered',
      'reference: other',
      'groundStates.large.reference: names no ground state',
    ],
    [
      'a reference that did not keep its symmetry',
      'reference: ordered',
      'reference: large',
      'groundStates.large.reference: lacks the method symmetric',
    ],
    [
      'a reference under another fit',
      'reference: ordered',
      'reference: ordered\n    fit: 2',
      'groundStates.large.reference: is of another potential or fit',
    ],
    [
      'a published row of a method that is not asked for',
      'groundState: ordered, method: annealed',
      'groundState: large, method: symmetric',
      'published.groundStates[0].method: is none of that ground state',
    ],
    [
      'a published row that says not what it is',
      'heading: "DFT, USPEX", ',
      '',
      'published.groundStates[1]: needs a heading',
    ],
    [
      'half a space group',
      'spaceGroup: P1, ',
      '',
      'published.groundStates[0]: gives spaceGroup and spaceGroupNumber together',
    ],
  ])('refuses %s', (_, before, after, expected) => {
    expect(BULK_SPEC).toContain(before);
    expect(faults(BULK_SPEC.replace(before, after)).join('\n')).toContain(expected);
  });

  it('refuses jumps at boundaries and lattice constants of coincidence cells', () => {
    const boundary = '    boundary: { name: "sigma3(-111)[110]" }\n    supercell: [1, 1, 2]\n';
    const twist = BULK_SPEC.replace('  ideal:\n', `  ideal:\n${boundary}`);
    expect(faults(twist).join('\n')).toContain('groundStates.ordered.structure: is made of coincidence cells');
    const run = BULK_SPEC.replace('  anion-ordered-bulk:\n', `  anion-ordered-bulk:\n${boundary}`).replace(
      jumps,
      jumps.replace(' }', ', structures: [anion-ordered-bulk] }'),
    );
    expect(faults(run).join('\n')).toContain('analysis.jumps.structures[0]: has grain boundaries');
    expect(GROUND_STATES).toContain('ordered');
  });
});
