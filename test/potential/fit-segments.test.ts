/** A fit cut anywhere, its state written out and read back, is the fit uncut; and that is what it always was. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFitState, writeFitState } from '../../src/formats/fit-state-bundle.ts';
import { writeMtp } from '../../src/formats/mtp.ts';
import { factorCholesky, solveCholesky } from '../../src/numerics/cholesky.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createCompiledTraining } from '../../src/potential/compiled-training.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { type FitStart, fitPotential, fitSegment } from '../../src/potential/fit.ts';
import type { FitSettings } from '../../src/potential/fit-settings.ts';
import type { FitState } from '../../src/potential/fit-state.ts';
import { type MtpPotential, packParameters, parameterCount } from '../../src/potential/potential.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { prepareTraining } from '../../src/potential/training-set.ts';
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

/** The potential of a fit in one piece. */
function fitSegmentOf(settings: FitSettings, start: FitStart): MtpPotential {
  const segment = fitSegment(training, settings, start, Number.POSITIVE_INFINITY);
  if (!segment.finished) throw new Error('cut without a limit');
  return segment.result.potential;
}

const formOf = (level: number): string =>
  `${generateTemplate(level).scalars.length} basis functions, 2 species, 5 radial functions from 1.5 to 4 Å`;

/** With seed 1 and seed ab, and what the potential's file hashed to before fits were cut. */
const CASES = [
  {
    what: 'level 4, to the limit, one linear solve on the way',
    settings: settingsOf(4, 12, 70, 1e-3),
    bytes: [
      '1eefe498e15548b29f83164c8df7d43a60bf3a5b913a4b7363e2b16db9a15f75',
      '80e28b4ed7e6cf7081a5f44b00a1a268f9afcb00549f4cba71d4a4eb4e948087',
    ],
  },
  {
    what: 'level 4, converging',
    settings: settingsOf(4, 5, 300, 1e-2),
    bytes: [
      '3fc0493ba54ac2ef2eadc6e04a03bce5383a78e5ab023691dbeaf1ab38aee40c',
      'be1b8203fee85f5ebb94f2be2e06644c638b613df48a3386b7be132be0ff03e5',
    ],
  },
  {
    what: 'level 6, converging as soon as it can',
    settings: settingsOf(6, 60, 120, 0.5),
    bytes: [
      'bca25b32f7a8bbde21fff7414f09689cedd8649c9a1b047c76b5cf935e7e6083',
      'e1ffd15e2f3e2a8422e4a246fefc03dfe4f2400fbb647bee1980898aa7197989',
    ],
  },
  {
    what: 'level 8, without pre-training, forces weighed by size',
    settings: settingsOf(8, 0, 30, 0, 0.5),
    bytes: [
      '4823bdb03ea97850944f9f81b8a7816755e22a7293437be334abb23c49900843',
      '1ab409b15caeb176cdd8d0abc177be9368efbf2ced322a6729a8a2da3f6cdab9',
    ],
  },
  {
    what: 'level 8, a linear solve in each phase',
    settings: settingsOf(8, 55, 60, 1e-3),
    bytes: [
      '38a154efdbb3005a5e4daf03283faa0a24c1390372a715567e2977e7b0cca95c',
      'f868170e6e9da4ebafa90aad02d514741a291346684fe8f9a33773d75922e4b2',
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

  it('refined, is the same cut anywhere too, and its parameters are where the loss is flat', () => {
    const settings = { ...settingsOf(6, 5, 20, 1e-3), refineIterations: 300 };
    const seed = '0000000000000001';
    const uncut = fitPotential(training, { ...settings, seed });
    expect(uncut.converged).toBe(true);
    expect(uncut.refinements).toBeGreaterThan(3);
    expect(uncut.loss).toBeLessThan(0.8 * fitPotential(training, { ...settings, refineIterations: 0, seed }).loss);
    for (const lengths of [[1], [27, 30], [60]]) {
      const { segments, ...fit } = fitInSegments(settings, seed, lengths);
      expect(segments).toBeGreaterThan(2);
      expect(fit).toEqual(uncut);
    }
    const set = prepareTraining(training, settings);
    const loss = createCompiledTraining(set, uncut.potential);
    const gradient = new Float64Array(parameterCount(uncut.potential));
    const parameters = packParameters(uncut.potential);
    expect(loss.evaluate(parameters, uncut.potential.scaling, gradient)).toBe(uncut.loss);
    // Newton's decrement by the Gauss–Newton matrix: what a full step would still bring.
    const curvature = loss.gaussNewton(parameters, uncut.potential.scaling);
    const n = gradient.length;
    for (let k = 0; k < n; k++) curvature[n * k + k]! *= 1 + 1e-6;
    expect(factorCholesky(curvature, n)).toBe(true);
    const step = solveCholesky(curvature, n, gradient);
    expect(0.5 * step.reduce((sum, p, k) => sum + p * gradient[k]!, 0)).toBeLessThan(1e-2 * uncut.loss);
  });

  it('from a potential begins at its loss or below, needs no pre-training, and is the same in segments', () => {
    const settings = settingsOf(4, 12, 30, 0);
    const first = fitPotential(training.slice(0, 3), { ...settings, seed: '0000000000000001' }).potential;
    const start: FitStart = { from: 'potential', potential: first };
    const whole = fitSegment(training, settings, start, Number.POSITIVE_INFINITY);
    const given = createCompiledTraining(prepareTraining(training, settings), first);
    const lossGiven = given.evaluate(packParameters(first), first.scaling);
    given.release();
    expect(whole.history['pre-training']).toHaveLength(0);
    expect(whole.history.main).toHaveLength(31);
    expect(whole.history.main[0]).toBeLessThanOrEqual(lossGiven * (1 + 1e-12));
    if (!whole.finished) throw new Error('cut without a limit');
    expect(whole.result.loss).toBeLessThan(whole.history.main[0]!);
    for (const length of [1, 7, 30]) {
      const losses: number[] = [];
      let segment = fitSegment(training, settings, start, length);
      for (;;) {
        losses.push(...segment.history.main);
        if (segment.finished) break;
        segment = fitSegment(training, settings, { from: 'state', state: segment.state }, length);
      }
      expect([segment.result, losses]).toEqual([whole.result, [...whole.history.main]]);
    }
    expect(writeMtp(fitSegmentOf(settings, { from: 'potential', potential: { ...first, name: 'other' } }))).toBe(
      writeMtp(whole.result.potential),
    );
  });

  it('does not start from a potential of another form', () => {
    const other = (changes: Partial<FitSettings>, level = 4): FitStart => ({
      from: 'potential',
      potential: fitSegmentOf(
        { ...settingsOf(level, 0, 1, 0), ...changes },
        { from: 'seed', seed: '0000000000000001' },
      ),
    });
    for (const start of [other({}, 6), other({ radialBasisSize: 6 }), other({ maxDistanceA: 4.2 })]) {
      expect(() => fitSegment(training, settingsOf(4, 0, 1, 0), start, 1)).toThrow(
        expect.objectContaining({
          code: 'other-potential',
          details: { expected: formOf(4), found: expect.any(String) },
        }),
      );
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
    if (overflowed.phase === 'refinement') throw new Error('not the phase that is meant');
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
