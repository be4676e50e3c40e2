/** V-A, V-B, V-C from lineages alone. */
import { describe, expect, it } from 'vitest';
import { RunOrigins } from '../../../src/projections/variance/run-origin.ts';
import { trainingManifest } from '../../../src/projections/variance/training-origin.ts';
import { deriveVarianceSets, type VarianceSets } from '../../../src/projections/variance/variance-sets.ts';
import { SchemeLineage } from './scheme-lineage.ts';

const LEVELS = [4, 6];

/** The paper's study at a smaller number: A 3 runs, B 4 fits, C 3 scheme runs. */
function study(): SchemeLineage {
  const lineage = new SchemeLineage();
  const [first, ...others] = [1, 2, 3].map((r) => lineage.scheme(`scheme ${r}`, LEVELS));
  for (const level of LEVELS) {
    for (let m = 0; m < 3; m++) lineage.run({ fit: first!.fits.get(level)!, member: m });
    for (let b = 0; b < 4; b++) {
      lineage.run({ fit: lineage.fit(first!.final, level, `refit ${level} ${b}`), member: 10 + b });
    }
    for (const [c, { fits }] of others.entries()) lineage.run({ fit: fits.get(level)!, member: 20 + c });
  }
  return lineage;
}

const sizes = (sets: VarianceSets) =>
  sets.alike.map(({ levels }) =>
    levels.map(({ level, nested, sets: { A, B, C } }) => ({
      level,
      nested: nested.map((fits) => fits.map((runs) => runs.length).sort()).sort((a, b) => b.length - a.length),
      A: A.groups.map((group) => group.length),
      B: B.groups.map((group) => group.length),
      C: C.groups.map((group) => group.length),
    })),
  );

describe('variance sets', () => {
  it('finds A, B and C of a study in its lineage (V-A, V-B, V-C)', () => {
    const lineage = study();
    const sets = deriveVarianceSets(lineage.diffusions, lineage);
    // At the highest level A's training set is the final one, so its fit is one more of B's.
    expect(sizes(sets)).toEqual([
      [
        { level: 4, nested: [[1, 1, 1, 1, 3], [1], [1]], A: [3], B: [4], C: [3] },
        { level: 6, nested: [[1, 1, 1, 1, 3], [1], [1]], A: [3], B: [5], C: [3] },
      ],
    ]);
    expect(sets.leftOut).toEqual([]);
  });

  it('takes of each scheme run for C the fit to the training set of the level, not a refit', () => {
    const lineage = study();
    const [level4] = deriveVarianceSets(lineage.diffusions, lineage).alike[0]!.levels;
    const used = level4!.sets.C.groups[0]!.map(({ fit }) => fit.training.configurations);
    expect(new Set(used).size).toBe(1);
    expect(Math.max(...level4!.sets.B.groups[0]!.map(({ fit }) => fit.training.configurations))).toBeGreaterThan(
      used[0]!,
    );
  });

  it('gives the fits of all levels of a scheme run one root, and others another', () => {
    const lineage = study();
    const origins = new RunOrigins(lineage);
    const roots = lineage.diffusions.map((event) => origins.of(event)!.fit.training);
    expect(roots.every(({ from }) => from === 'scheme')).toBe(true);
    expect(new Set(roots.map((training) => training.roots.join())).size).toBe(3);
    for (const { roots: found } of roots) {
      expect(found).toHaveLength(1);
      expect(lineage.byEventId(found[0]!)!.core.task.kind).toBe('potential.fit');
      expect(found[0]).not.toBe(lineage.teacher);
    }
  });

  it('takes imported labels for one scheme run, whatever part of them is fitted', () => {
    const lineage = new SchemeLineage();
    const all = lineage.manifest(trainingManifest(lineage.byEventId(lineage.teacher)!)!);
    const part = lineage.list([all[0]!.event]);
    for (let m = 0; m < 3; m++) lineage.run({ fit: lineage.fit(part, 4, `fit ${m}`), member: m });
    const { levels } = deriveVarianceSets(lineage.diffusions, lineage).alike[0]!;
    expect(levels[0]!.sets.B.groups.map((group) => group.length)).toEqual([3]);
    expect(levels[0]!.sets.C.groups).toEqual([]);
    const { from, roots } = levels[0]!.nested[0]![0]![0]!.fit.training;
    expect(from).toBe('labels');
    expect(roots.map((root) => lineage.byEventId(root)!.core.task.kind)).toEqual(['blob.import']);
  });

  it('tells sets from molecular dynamics apart by the starts of the runs, before any fit of their own', () => {
    const lineage = new SchemeLineage();
    for (const name of ['one', 'two']) {
      const pool = lineage.sample(name);
      const labels = [lineage.label(pool)];
      lineage.run({ fit: lineage.fit(lineage.list(labels), 4, `of ${name}`), member: 5 });
      // More of the same run is the same scheme run.
      const more = [...labels, lineage.label(pool)];
      lineage.run({ fit: lineage.fit(lineage.list(more), 4, `more of ${name}`), member: 6 });
    }
    const [level] = deriveVarianceSets(lineage.diffusions, lineage).alike[0]!.levels;
    expect(level!.nested.map((fits) => fits.length)).toEqual([2, 2]);
    for (const fits of level!.nested) {
      const { roots } = fits[0]![0]!.fit.training;
      expect(roots.map((root) => lineage.byEventId(root)!.core.task.kind)).toEqual(['md.run']);
    }
  });

  it('tells scheme runs apart that have initial labels of their own', () => {
    const lineage = new SchemeLineage();
    for (const name of ['one', 'two']) {
      const pool = lineage.sample(name);
      lineage.run({ fit: lineage.scheme(name, [4], pool, lineage.label(pool)).fits.get(4)!, member: 1 });
    }
    expect(sizes(deriveVarianceSets(lineage.diffusions, lineage))[0]![0]).toMatchObject({ nested: [[1], [1]], C: [2] });
  });

  it('compares alike runs only: other temperatures and lengths apart; segments and draws of a structure together', () => {
    const lineage = new SchemeLineage();
    const fit = lineage.scheme('one', [4]).fits.get(4)!;
    lineage.run({ fit, member: 1 });
    lineage.run({ fit, member: 2, segments: 6 });
    lineage.run({ fit, member: 3, structureSeed: 3 });
    lineage.run({ fit, member: 1, temperatureK: 700 });
    const sets = deriveVarianceSets(lineage.diffusions, lineage);
    expect(sizes(sets).map((levels) => levels[0]!.A)).toContainEqual([3]);
    expect(sets.alike.map(({ temperatureK }) => temperatureK).sort()).toEqual([600, 700]);
  });

  it('keeps fits of another form apart, not fits that were minimised for longer, as the refits of a scheme are', () => {
    const lineage = new SchemeLineage();
    const { final } = lineage.scheme('one', [4]);
    for (const [name, settings] of Object.entries({
      a: {},
      b: { maxIterations: 20, segmentIterations: 20 },
      c: { cutoffA: 6 },
    })) {
      lineage.run({ fit: lineage.fit(final, 4, name, settings), member: 1 });
    }
    // One that goes on from an earlier potential is no draw of a start.
    lineage.run({ fit: lineage.fit(final, 4, ''), member: 2 });
    const { levels } = deriveVarianceSets(lineage.diffusions, lineage).alike[0]!;
    expect(levels.map(({ sets }) => sets.B.groups.map((group) => group.length)).sort()).toEqual([[], [2]]);
    expect(levels.map(({ nested }) => nested[0]!.length).sort()).toEqual([1, 3]);
  });

  it('does not depend on the order of arrival', () => {
    const lineage = study();
    const forwards = deriveVarianceSets(lineage.diffusions, lineage);
    const backwards = deriveVarianceSets(lineage.diffusions.toReversed(), lineage);
    expect(backwards).toEqual(forwards);
  });

  it('leaves out and names runs whose potential was not fitted here', () => {
    const lineage = new SchemeLineage();
    const event = lineage.run({ fit: lineage.structure, member: 1 });
    expect(deriveVarianceSets([event], lineage)).toEqual({ alike: [], leftOut: [event] });
  });
});
