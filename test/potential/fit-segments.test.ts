/** A fit cut anywhere, its state written out and read back, is the fit uncut; and that is what it always was. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFitState, writeFitState } from '../../src/formats/fit-state-bundle.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { type FitStart, fitPotential, fitSegment } from '../../src/potential/fit.ts';
import type { FitSettings } from '../../src/potential/fit-settings.ts';
import type { FitState } from '../../src/potential/fit-state.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { randomPotential, randomStructure } from './random-potential.ts';

const random = new RandomStream('00000000005e6e47', 0);
const teacher = randomPotential(generateTemplate(6), 2, random);
const training = Array.from({ length: 5 }, () => {
  const structure = randomStructure(2, 2, random);
  return { structure, ...createEvaluator(teacher).evaluate(structure, buildNeighbourList(structure, 4)) };
});

const settingsOf = (
  level: number,
  preIterations: number,
  maxIterations: number,
  convergenceTolerance: number,
  scaleByForce = 0,
): FitSettings => ({
  template: generateTemplate(level),
  speciesCount: 2,
  minDistanceA: 1.5,
  maxDistanceA: 4,
  radialBasisSize: 5,
  weights: { energy: 1, forces: 0.1, stress: 0.001 },
  weighting: 'vibrations',
  preIterations,
  maxIterations,
  convergenceTolerance,
  scaleByForce,
});

/** With seed 1 and seed ab, and what the potential's file hashed to before fits were cut. */
const CASES = [
  {
    what: 'level 4, to the limit, one linear solve on the way',
    settings: settingsOf(4, 12, 70, 1e-3),
    bytes: [
      'e4f47e35af23ce2774c8ff834066e87d12c27ed868fd45df594b8cbb18654f9e',
      'd076521330f1f60508f98c2578e30f20ce8f94a9796f18f8db35075eda7b9849',
    ],
  },
  {
    what: 'level 4, converging',
    settings: settingsOf(4, 5, 300, 1e-2),
    bytes: [
      '8a9df17ab4811f2991152d55e7cc1fd37a6ec6994aba2f2475ecf186b4377f2a',
      'f15e3534afd3cdca1e5ab5ec6321ff46e220d587291338c6eef37bc308f164e9',
    ],
  },
  {
    what: 'level 6, converging as soon as it can',
    settings: settingsOf(6, 60, 120, 0.5),
    bytes: [
      '0d52a7df0be7a35e62898be7d05728c4dff36a1b7a1e79bed4fa483b49012dc5',
      'e0fbf36167f4c2ca3ae4ac368530ff2c3e4f07b2750407f64f8a7e86b89749c9',
    ],
  },
  {
    what: 'level 8, without pre-training, forces weighed by size',
    settings: settingsOf(8, 0, 30, 0, 0.5),
    bytes: [
      '18d813325ef099001195783d8ed52c80ef14b25e99614352b3e83d665ca48fdd',
      '22ca08733bb634237e48517d4f44462ba3c0563b1d3f5108eefe9104a5f37d58',
    ],
  },
  {
    what: 'level 8, a linear solve in each phase',
    settings: settingsOf(8, 55, 60, 1e-3),
    bytes: [
      '5e0b46659e7a693a8ddd8d6e2e76a901c45fc846e4f85cc37f87919a6d56f3b3',
      '7e5fa54994499a7bc3c2d97e1f565c8ecebea2676c85ca26fae9ff05681c0e27',
    ],
  },
].map((entry) => ({
  ...entry,
  seeds: ['0000000000000001', '00000000000000ab'],
  mostIterations: entry.settings.preIterations! + entry.settings.maxIterations,
}));

/** The fit in segments of those lengths, the last length again and again; each state goes through its bytes. */
function fitInSegments(settings: FitSettings, seed: string, lengths: readonly number[]) {
  const losses: number[] = [];
  let start: FitStart = { from: 'seed', seed };
  for (let k = 0; ; k++) {
    const segment = fitSegment(training, settings, start, lengths[Math.min(k, lengths.length - 1)]!);
    losses.push(...segment.history.main);
    if (segment.finished) return { ...segment.result, lossHistory: Float64Array.from(losses), segments: k + 1 };
    start = { from: 'state', state: readFitState(writeFitState(segment.state), 'state') };
  }
}

const FROM_SEED: FitStart = { from: 'seed', seed: '0000000000000001' };

function stateAfter(iterations: number, settings: FitSettings, start: FitStart = FROM_SEED): FitState {
  const segment = fitSegment(training, settings, start, iterations);
  if (segment.finished) throw new Error(`the fit ended within ${iterations} iterations`);
  return segment.state;
}

describe('a fit in segments', () => {
  it.each(CASES)('uncut leaves the bytes it left before: $what', ({ settings, seeds, bytes }) => {
    const hashes = seeds.map((seed) =>
      createHash('sha256')
        .update(writeMtp(fitPotential(training, { ...settings, seed }).potential))
        .digest('hex'),
    );
    expect(hashes).toEqual(bytes);
  });

  it.each(CASES)('cut anywhere is the fit uncut, bit for bit: $what', ({ settings, seeds, mostIterations }) => {
    const uncut = seeds.map((seed) => fitPotential(training, { ...settings, seed }));
    const lengths = fc.array(fc.integer({ min: 1, max: mostIterations }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(lengths, fc.nat(1), (cuts, which) => {
        const { segments: _segments, ...fit } = fitInSegments(settings, seeds[which]!, cuts);
        expect(fit).toEqual(uncut[which]);
      }),
      {
        numRuns: 8,
        examples: [
          [[1], 0],
          [[50, 1], 1],
        ],
      },
    );
  });

  it('ends in the segment of its last iteration, with no empty one after it', () => {
    const settings = settingsOf(4, 2, 8, 0);
    for (const [length, segments] of [
      [10, 1],
      [5, 2],
      [4, 3],
      [1, 10],
    ] as const) {
      expect(fitInSegments(settings, '0000000000000001', [length]).segments, `segments of ${length}`).toBe(segments);
    }
  });

  it('does not touch the state that it goes on from', () => {
    const settings = settingsOf(4, 2, 8, 0);
    const state = stateAfter(4, settings);
    const before = writeFitState(state);
    const again = () => fitSegment(training, settings, { from: 'state', state }, 3);
    expect(again()).toEqual(again());
    expect(writeFitState(state)).toEqual(before);
  });

  it('goes on from a Hessian that has overflowed as it would have without the cut', () => {
    const settings = settingsOf(4, 0, 8, 0);
    const overflowed = stateAfter(4, settings);
    overflowed.bfgs.inverseHessian[3] = Number.POSITIVE_INFINITY;
    const state = readFitState(writeFitState(stateAfter(0, settings, { from: 'state', state: overflowed })), 'state');
    const goOn = (from: FitState) => fitSegment(training, settings, { from: 'state', state: from }, 4);
    expect(goOn(state)).toEqual(goOn(overflowed));
  });

  it('refuses a state of another size', () => {
    const state = stateAfter(4, settingsOf(4, 2, 8, 0));
    expect(() => fitSegment(training, settingsOf(6, 2, 8, 0), { from: 'state', state }, 4)).toThrow(
      expect.objectContaining({ code: 'bad-fit-state', details: { expected: '47 parameters', found: '24' } }),
    );
  });
});
