import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { type ActiveSetOptions, buildActiveSet, undetermined } from '../../src/potential/active-set.ts';
import { candidateRows, type GradeMode } from '../../src/potential/candidate-rows.ts';
import { createCompiledRows } from '../../src/potential/compiled-rows.ts';
import { createGrader } from '../../src/potential/grader.ts';
import { parameterCount, radialCount } from '../../src/potential/potential.ts';
import { selectAdd, selectFrom } from '../../src/potential/select-add.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import type { Weighting } from '../../src/potential/training-set.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const random = new RandomStream('0000000000ac71fe', 0);
const potential = randomPotential(generateTemplate(6), 2, random);
const draw = (count: number, n = 2): Structure[] => Array.from({ length: count }, () => randomStructure(n, 2, random));
const training = { name: 'training', structures: draw(12) };
const listOf = (structure: Structure) => buildNeighbourList(structure, potential.maxDistanceA);
const modes: GradeMode[] = ['configuration', 'neighbourhood'];
const optionsOf = (mode: GradeMode, weighting: Weighting = 'vibrations'): ActiveSetOptions => ({ mode, weighting });

/** max |b·A⁻¹| over the rows, one at a time. */
function slowGrade(inverse: Float64Array, rows: Float64Array): number {
  const m = parameterCount(potential);
  let grade = 0;
  for (let at = 0; at < rows.length; at += m) {
    for (let l = 0; l < m; l++) {
      let product = 0;
      for (let k = 0; k < m; k++) product += rows[at + k]! * inverse[m * k + l]!;
      grade = Math.max(grade, Math.abs(product));
    }
  }
  return grade;
}

describe.each(modes)('an active set, mode %s', (mode) => {
  const set = buildActiveSet(potential, training, optionsOf(mode));
  const grader = createGrader(set, potential);

  it('holds rows of its configurations, and grades none of them above 1', () => {
    const source = createCompiledRows(potential);
    for (const [k, structure] of training.structures.entries()) {
      const rows = candidateRows(source, set, structure, listOf(structure));
      for (const [j, owner] of set.configurations.entries()) {
        if (owner !== k) continue;
        const from = source.length * (mode === 'neighbourhood' ? set.atoms[j]! : 0);
        expect(set.matrix.subarray(source.length * j, source.length * (j + 1))).toEqual(
          rows.subarray(from, from + source.length),
        );
      }
      expect(grader.grade(structure, listOf(structure)).grade).toBeLessThan(1 + 1e-6);
    }
    expect(set.configurations.some((owner) => owner >= 0)).toBe(true);
  });

  it('grades with the bits of the plain product, whatever was graded before and far the list reaches', () => {
    const source = createCompiledRows(potential);
    for (const structure of [...draw(2), ...draw(2, 3), ...draw(2, 1), ...draw(1, 4)]) {
      const wanted = slowGrade(set.inverse, candidateRows(source, set, structure, listOf(structure)));
      expect(grader.grade(structure, listOf(structure)).grade).toBe(wanted);
      expect(createGrader(set, potential).grade(structure, buildNeighbourList(structure, 4.8)).grade).toBe(wanted);
    }
  });

  it('names the worst atom where it grades atoms', () => {
    const [structure] = draw(1, 3);
    const { grade, atom, atomGrades } = grader.grade(structure!, listOf(structure!));
    if (mode === 'configuration') {
      expect([atom, atomGrades]).toEqual([null, null]);
      return;
    }
    expect(grade).toBe(Math.max(...atomGrades!));
    expect(atomGrades!.indexOf(grade)).toBe(atom);
    const source = createCompiledRows(potential);
    const rows = candidateRows(source, set, structure!, listOf(structure!));
    for (const [i, one] of atomGrades!.entries()) {
      expect(one).toBe(slowGrade(set.inverse, rows.slice(source.length * i, source.length * (i + 1))));
    }
  });

  it('is not used with other parameters', () => {
    const other = { ...potential, scaling: 0.5 };
    expect(() => createGrader(set, other)).toThrow(expect.objectContaining({ code: 'other-potential' }));
  });

  it('is graded anew after an error', () => {
    const [structure] = draw(1, 3);
    const wanted = grader.grade(structure!, listOf(structure!));
    const positionsA = structure!.positionsA.slice();
    positionsA.copyWithin(3 * 20, 0, 3);
    const overlapping = { ...structure!, positionsA };
    expect(() => grader.grade(overlapping, listOf(overlapping))).toThrow(/atoms 1 and 21/);
    expect(grader.grade(structure!, listOf(structure!))).toEqual(wanted);
    const none = { ...structure!, species: new Int32Array(0), positionsA: new Float64Array(0) };
    expect(() => grader.grade(none, listOf(none))).toThrow(/no atoms/);
  });
});

describe('weighting', () => {
  it('leaves grades of configurations of one size alone: rows and A scale alike', () => {
    const structure = draw(1)[0]!;
    const gradeOf = (weighting: Weighting, initThreshold: number): number =>
      createGrader(
        buildActiveSet(potential, training, { ...optionsOf('configuration', weighting), initThreshold }),
        potential,
      ).grade(structure, listOf(structure)).grade;
    const wanted = gradeOf('vibrations', 1e-5);
    expect(gradeOf('structures', 1e-5)).toBe(wanted);
    expect(gradeOf('molecules', 8e-5) / wanted).toBeCloseTo(1, 9);
  });
});

describe('what an active set does not determine', () => {
  it('is known: pairs of species that never occur', () => {
    const lithiumOnly = training.structures.map((structure) => ({ ...structure, species: new Int32Array(8) }));
    const set = buildActiveSet(potential, { name: 'lithium', structures: lithiumOnly }, optionsOf('neighbourhood'));
    expect(undetermined(set, potential).pairs).toEqual([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(undetermined(set, potential).rows).toBeGreaterThanOrEqual((3 * radialCount(potential)) / 4);
    const [mixed] = draw(1);
    expect(createGrader(set, potential).grade(mixed!, listOf(mixed!)).grade).toBeGreaterThan(1e3);
    const all = undetermined(buildActiveSet(potential, training, optionsOf('neighbourhood')), potential);
    expect(all.pairs).toEqual([]);
  });
});

describe('bad input', () => {
  const fails = (structures: Structure[], words: RegExp, options: Partial<ActiveSetOptions> = {}): void => {
    const build = () =>
      buildActiveSet(potential, { name: 'some.cfg', structures }, { ...optionsOf('configuration'), ...options });
    expect(build).toThrow(words);
  };
  const [good] = draw(1);

  it('is refused with file and configuration', () => {
    const changed = (changes: Partial<Structure>) => ({ ...good!, ...changes });
    const positionsA = good!.positionsA.slice();
    positionsA.copyWithin(3, 0, 3);
    fails([], /some\.cfg: there are no configurations/);
    fails(
      [good!, changed({ species: good!.species.with(2, 5) })],
      /some\.cfg, configuration 2, atom 3 .*no such species/,
    );
    fails([good!, good!, changed({ positionsA })], /some\.cfg, configuration 3, atoms 1 and 2 .*same place/);
    fails([changed({ positionsA: good!.positionsA.with(0, Number.NaN) })], /configuration 1, atom 1 .*not a number/);
    fails([changed({ cellA: new Float64Array(9) })], /configuration 1: .*no volume/);
    const huge = changed({ species: new Int32Array(2 ** 24) });
    fails([good!, huge], /some\.cfg: there are too many rows/, { mode: 'neighbourhood' });
    fails([good!], /initial threshold/, { initThreshold: 0 });
    fails([good!], /swap threshold/, { swapThreshold: 0.5 });
  });
});

describe.each(modes)('select-add, mode %s', (mode) => {
  const pool = { name: 'pool', structures: [...training.structures.slice(0, 3), ...draw(6)] };

  it('takes from the pool what enters the active set, in the order of the pool, with the grades before', () => {
    const { selected, grades, activeSet } = selectAdd(potential, training, pool, optionsOf(mode));
    const before = createGrader(buildActiveSet(potential, training, optionsOf(mode)), potential);
    for (const [k, structure] of pool.structures.entries()) {
      expect(grades[k]! / before.grade(structure, listOf(structure)).grade).toBeCloseTo(1, 12);
    }
    expect(selected.length).toBeGreaterThan(0);
    const places = selected.map(({ index }) => index);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const { index, grade } of selected) expect(grade).toBe(grades[index]);
    const after = createGrader(activeSet, potential);
    for (const structure of pool.structures) {
      expect(after.grade(structure, listOf(structure)).grade).toBeLessThan(1 + 1e-6);
    }
  });

  it('from the finished active set makes the same choice to the last bit, whatever the options', () => {
    for (const options of [
      {},
      { limit: 2 },
      { selectThreshold: 1e9 },
      { swapThreshold: 1.5 },
      { initThreshold: 1e-3 },
    ]) {
      const wanted = selectAdd(potential, training, pool, { ...optionsOf(mode), ...options });
      const { initThreshold: _, ...later } = { initThreshold: undefined, ...options };
      const set = buildActiveSet(potential, training, { ...optionsOf(mode), ...options });
      const found = selectFrom(set, potential, pool, later);
      expect([found.selected, found.grades]).toEqual([wanted.selected, wanted.grades]);
      const { matrix, inverse, logDeterminant, atoms } = wanted.activeSet;
      expect(found.activeSet).toMatchObject({ matrix, inverse, logDeterminant, atoms });
      expect(selectFrom(set, potential, pool, later)).toEqual(found);
    }
    const set = buildActiveSet(potential, training, optionsOf(mode));
    expect(() => selectFrom(set, { ...potential, scaling: 0.5 }, pool)).toThrow(
      expect.objectContaining({ code: 'other-potential' }),
    );
  });

  it('takes no more than allowed, and nothing below the threshold', () => {
    expect(selectAdd(potential, training, pool, { ...optionsOf(mode), limit: 1 }).selected).toHaveLength(1);
    expect(selectAdd(potential, training, pool, { ...optionsOf(mode), selectThreshold: 1e9 }).selected).toEqual([]);
    const known = { name: 'known', structures: training.structures };
    expect(selectAdd(potential, training, known, optionsOf(mode)).selected).toEqual([]);
  });
});
