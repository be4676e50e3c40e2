import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledEvaluator } from '../../src/potential/compiled-evaluate.ts';
import { createEvaluator as createPlainEvaluator } from '../../src/potential/evaluate.ts';
import { basisGraphs } from '../../src/potential/moment-graph.ts';
import { referenceSiteEnergiesEv } from '../../src/potential/reference.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { hasReference, referenceCfg, referencePotential } from './mlip-reference.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const stream = (n: number): RandomStream => new RandomStream('0000000000000e01', n);

/** 1e-10 of the largest reference component; 1e-12 where the reference is zero by symmetry. */
function expectAgreement(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  const scale = Math.max(...Array.from(wanted, Math.abs));
  for (let k = 0; k < wanted.length; k++) {
    expect(Math.abs(found[k]! - wanted[k]!)).toBeLessThanOrEqual(Math.max(1e-12, 1e-10 * scale));
  }
}

const evaluators = { plain: createPlainEvaluator, compiled: createCompiledEvaluator };
const kinds = ['plain', 'compiled'] as const;

describe.skipIf(!hasReference).each(kinds)('the %s evaluator against MLIP-2', (kind) => {
  const createEvaluator = evaluators[kind];
  it.each(['l08', 'l16'])('%s: energies, forces and virials of all configurations', (name) => {
    const evaluator = createEvaluator(referencePotential(`${name}.mtp`));
    const wanted = referenceCfg(`out/${name}.cfg`);
    const given = referenceCfg('input.cfg');
    expect(given.length).toBe(19);
    for (const [at, { structure }] of given.entries()) {
      const found = evaluator.evaluate(structure, buildNeighbourList(structure, 5));
      expectAgreement([found.energyEv], [wanted[at]!.energyEv!]);
      expectAgreement(found.forcesEvA, wanted[at]!.forcesEvA!);
      expectAgreement(found.virialEv, wanted[at]!.virialEv!);
    }
  });
});

describe.each(kinds)('the %s evaluator', (kind) => {
  const createEvaluator = evaluators[kind];
  it.each([2, 6, 10, 14])(
    'level %i: site energies of the tensor reference, in cells smaller than the cutoff too',
    (level) => {
      const random = stream(level);
      for (const n of [1, 2]) {
        const structure = randomStructure(n, 3, random);
        const potential = randomPotential(generateTemplate(level), 3, random);
        const list = buildNeighbourList(structure, 4);
        const { siteEnergiesEv, energyEv } = createEvaluator(potential).evaluate(structure, list);
        const wanted = referenceSiteEnergiesEv(potential, basisGraphs(level), structure, list);
        for (const [i, site] of wanted.entries()) {
          expect(Math.abs(siteEnergiesEv[i]! - site)).toBeLessThan(1e-10 * (1 + Math.abs(site)));
        }
        expect(energyEv).toBe(siteEnergiesEv.reduce((sum, site) => sum + site, 0));
      }
    },
  );

  it.each([4, 8, 12, 16, 20])('level %i: forces and virial are derivatives of the energy', (level) => {
    const random = stream(100 + level);
    const structure = randomStructure(2, 2, random);
    const potential = randomPotential(generateTemplate(level), 2, random);
    const evaluator = createEvaluator(potential);
    const energyOf = (changed: Structure): number =>
      evaluator.evaluate(changed, buildNeighbourList(changed, 4)).energyEv;
    const { forcesEvA, virialEv } = evaluator.evaluate(structure, buildNeighbourList(structure, 4));
    const scale = Math.max(...Array.from(forcesEvA, Math.abs), ...Array.from(virialEv, Math.abs));
    const step = 1e-4;
    const slope = (at: (h: number) => Structure): number =>
      (8 * (energyOf(at(step)) - energyOf(at(-step))) - (energyOf(at(2 * step)) - energyOf(at(-2 * step)))) /
      (12 * step);
    for (let k = 0; k < forcesEvA.length; k += 5) {
      const displaced = (h: number): Structure => {
        const positionsA = structure.positionsA.slice();
        positionsA[k]! += h;
        return { ...structure, positionsA };
      };
      expect(Math.abs(forcesEvA[k]! + slope(displaced))).toBeLessThan(1e-7 * scale);
    }
    for (let ab = 0; ab < 9; ab++) {
      const a = Math.floor(ab / 3);
      const b = ab % 3;
      const strained = (h: number): Structure => {
        const stretch = (rows: Float64Array): Float64Array =>
          rows.map((x, at) => (at % 3 === a ? x + h * rows[at - a + b]! : x));
        return { ...structure, cellA: stretch(structure.cellA), positionsA: stretch(structure.positionsA) };
      };
      expect(Math.abs(virialEv[ab]! + slope(strained))).toBeLessThan(1e-7 * scale);
    }
  });

  it('gives the same bits with a longer list, a used evaluator and reused results', () => {
    const random = stream(7);
    const structure = randomStructure(3, 2, random);
    const potential = randomPotential(generateTemplate(8), 2, random);
    const evaluator = createEvaluator(potential);
    const first = evaluator.evaluate(structure, buildNeighbourList(structure, 4));
    const other = randomStructure(2, 2, random);
    const reused = evaluator.evaluate(other, buildNeighbourList(other, 5));
    const again = evaluator.evaluate(structure, buildNeighbourList(structure, 5.3), reused);
    expect(again).toEqual(first);
    expect(evaluator.evaluate(structure, buildNeighbourList(structure, 4.5), again)).toBe(again);
    expect(again).toEqual(first);
  });

  it('names the fault where there is no finite answer', () => {
    const random = stream(8);
    const structure = randomStructure(2, 2, random);
    const potential = randomPotential(generateTemplate(6), 2, random);
    const evaluate = (changed: Partial<Structure>, p = potential): unknown => {
      const s = { ...structure, ...changed };
      return createEvaluator(p).evaluate(s, buildNeighbourList(s, 4));
    };
    const overlapping = structure.positionsA.slice();
    overlapping.copyWithin(3, 0, 3);
    expect(() => evaluate({ positionsA: overlapping })).toThrow(/atoms 1 and 2.*same place/);
    expect(() => evaluate({ species: structure.species.map(() => 2) })).toThrow(/atom 1 .*no such species/);
    const list = buildNeighbourList(structure, 4);
    const broken = { ...structure, positionsA: structure.positionsA.map((x, k) => (k === 4 ? Number.NaN : x)) };
    expect(() => createEvaluator(potential).evaluate(broken, list)).toThrow(/atom 2 .*position is not a number/);
    const huge = { ...potential, momentCoefficients: potential.momentCoefficients.map(() => 1e308) };
    expect(() => evaluate({}, huge)).toThrow(/atom 1 .*no finite/);
    expect(() => createEvaluator({ ...potential, scaling: Number.NaN })).toThrow(/scaling/);
    expect(() => createEvaluator(potential).evaluate(structure, buildNeighbourList(structure, 3))).toThrow(RangeError);
  });

  it('keeps its bits', () => {
    const random = stream(9);
    const structure = randomStructure(2, 3, random);
    const potential = randomPotential(generateTemplate(10), 3, random);
    const { energyEv, forcesEvA, virialEv } = createEvaluator(potential).evaluate(
      structure,
      buildNeighbourList(structure, 4),
    );
    // The two differ by rounding: they sum in other orders.
    const bits = {
      plain: [0.42937359666579955, 0.4117274824944713, -0.43099144632788505, -0.0932096867367668, -0.3937168332701201],
      compiled: [0.4293735966657992, 0.4117274824944703, -0.430991446327885, -0.0932096867367666, -0.3937168332701267],
    };
    expect([energyEv, forcesEvA[0], forcesEvA[10], virialEv[1], virialEv[8]]).toEqual(bits[kind]);
  });
});
