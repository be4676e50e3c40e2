import { describe, expect, it } from 'vitest';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import { type JsonObject, readJsonDocument } from '../../src/formats/json-document.ts';
import { writeState } from '../../src/formats/md-state-bundle.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { writeTrajectory } from '../../src/formats/trajectory-bundle.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const structure = bench.done('structure.create', structureParams).outputs.structure!;
const crystal = readStructure(bench.get(structure), 'structure');
const atoms = crystal.species.length;

const start = bench.put(
  writeState(
    {
      step: 0,
      cellA: crystal.cellA,
      positionsA: crystal.positionsA,
      velocitiesAFs: new Float64Array(3 * atoms),
      thermostat: { positions: new Float64Array(0), velocitiesPerFs: new Float64Array(0) },
      conservedReferenceEv: null,
    },
    0,
  ),
);

/** Frames first + 1 … last of a walk in which Li moves by `stepA` (Å) a frame and component, and nothing else. */
function piece(first: number, last: number, stepA: number, every = 10): string {
  const random = new RandomStream('0000000000000017', 0);
  const positionsA = crystal.positionsA.slice();
  const frames: number[] = [];
  const steps: number[] = [];
  for (let frame = 1; frame <= last; frame++) {
    for (let i = 0; i < atoms; i++) {
      for (let axis = 0; axis < 3; axis++) {
        if (crystal.species[i] === 0) positionsA[3 * i + axis]! += stepA * random.normal();
      }
    }
    if (frame <= first) continue;
    frames.push(...positionsA);
    steps.push(every * frame);
  }
  const energies = new Float64Array(steps.length).fill(5);
  return bench.put(
    writeTrajectory(
      {
        frames: Float64Array.from(frames),
        frameSteps: Int32Array.from(steps),
        energies: { potentialEv: energies, kineticEv: energies, conservedEv: energies },
      },
      crystal,
      2,
    ),
  );
}

const params = { mobileSpecies: 'Li', fitWindow: [0.2, 0.6], alphaRange: [0.5, 1.5], timeStepFs: 2 };
const diffusion = (trajectory: string[], over: object = {}) =>
  bench.run('analysis.diffusion', { ...params, ...over }, { structure, start, trajectory });

describe('analysis.diffusion', () => {
  it('finds the D of a random walk, the same from one piece as from several', () => {
    const one = diffusion([piece(0, 200, 0.1)]);
    expect(one.outcome).toEqual({ status: 'done' });
    // 3 · 0.1² Å² in 20 fs: D = 0.03 / (6 · 20) Å²/fs.
    const expected = (0.1 * 0.03) / 120;
    expect(Math.abs((one.results.diffusionCm2S as number) / expected - 1)).toBeLessThan(0.2);
    expect(one.results).toMatchObject({ runLengthPs: 4, verdict: 'pass', finalMsdA2: { P: 0, S: 0, Cl: 0 } });
    expect(diffusion([piece(0, 70, 0.1), piece(70, 200, 0.1)])).toEqual(one);
    const curves = readBundle(bench.get(one.outputs.msd!), 'msd');
    expect(doubles(curves, 'msdA2', 'msd')).toHaveLength(201);
    const document = readJsonDocument(bench.get(one.outputs.diffusion!), 'diffusion') as JsonObject;
    expect(document).toMatchObject({ runLengthFs: 4000, windowFs: [800, 2400] });
  });

  it('of atoms that do not move says so, in numbers that are numbers', () => {
    const still = diffusion([piece(0, 40, 0)]);
    expect(still.outcome).toEqual({ status: 'done' });
    expect(still.results).toMatchObject({ diffusionCm2S: 0, alpha: null, verdict: 'fail' });
  });

  it('fails, with code and reason, on a trajectory that is broken, short, of another structure or without the species', () => {
    const failed = (trajectory: string[], over: object = {}) => diffusion(trajectory, over).outcome;
    const code = (name: string) => ({ status: 'failed', error: expect.objectContaining({ code: name }) });
    expect(failed([])).toEqual(code('broken-trajectory'));
    expect(failed([piece(0, 10, 0.1), piece(12, 20, 0.1)])).toEqual(code('broken-trajectory'));
    expect(failed([piece(10, 20, 0.1), piece(0, 10, 0.1)])).toEqual(code('broken-trajectory'));
    expect(failed([piece(0, 8, 0.1)])).toEqual(code('trajectory-too-short'));
    expect(failed([piece(0, 40, 0.1)], { mobileSpecies: 'Na' })).toEqual(code('no-mobile-atoms'));
    expect(failed([piece(0, 40, 0.1)], { fitWindow: [0.6, 0.2] })).toEqual(code('bad-window'));
    const large = bench.done('structure.create', { ...structureParams, supercell: [1, 1, 2] }).outputs.structure!;
    const trajectory = [piece(0, 40, 0.1)];
    expect(bench.run('analysis.diffusion', params, { structure: large, start, trajectory }).outcome).toEqual(
      code('broken-trajectory'),
    );
  });
});

const estimate = (diffusionCm2S: number, alpha: number | null, error: number | null = 0.02) => ({
  diffusionCm2S,
  standardErrorCm2S: error === null ? null : Math.abs(diffusionCm2S) * 0.1,
  degreesOfFreedom: 9,
  alpha,
  alphaStandardError: alpha === null ? null : error,
});
function pooled(...members: ReturnType<typeof estimate>[]) {
  const documents = members.map((member, k) =>
    bench.put(
      JSON.stringify({
        meanTemperatureK: 900 + k,
        directions: { all: { multipleOrigins: member, singleOrigin: member } },
      }),
    ),
  );
  return bench.run('analysis.replicas', { alphaRange: [0.9, 1.1] }, { members: documents });
}

describe('analysis.replicas', () => {
  it('takes the mean, with the scatter between and within the runs', () => {
    const { results } = pooled(estimate(1e-5, 1), estimate(2e-5, 1.02));
    expect(results).toMatchObject({
      replicas: 2,
      diffusionCm2S: expect.closeTo(1.5e-5, 12),
      meanTemperatureK: 900.5,
      verdict: 'pass',
    });
    expect(results.standardErrorBetweenCm2S).toBeCloseTo(0.5e-5, 12);
    expect(results).not.toHaveProperty('withheld');
  });

  it('says why no diffusion coefficient may be read', () => {
    for (const [members, reason] of [
      [
        [estimate(1e-5, 0.4), estimate(1e-5, 0.42)],
        /not normal diffusion: α = 0\.41 \(95 %: .*\) lies outside 0.9 to 1.1/,
      ],
      [[estimate(0, null), estimate(1e-5, 1)], /nothing moved/],
      [[estimate(-1e-5, 1), estimate(-1e-5, 1)], /does not rise/],
      [[estimate(1e-5, 1, null)], /no error estimate/],
    ] as const) {
      const { outcome, results } = pooled(...members);
      expect(outcome).toEqual({ status: 'done' });
      expect(results).toMatchObject({ verdict: 'fail', withheld: expect.stringMatching(reason) });
    }
    expect(pooled().outcome).toMatchObject({ status: 'failed', error: { code: 'no-replicas' } });
  });
});

describe('analysis.arrhenius', () => {
  const KB_EV = 8.617333262e-5;
  const point = (temperatureK: number, diffusionCm2S: number, relativeError = 0.05) =>
    bench.put(
      JSON.stringify({
        meanTemperatureK: temperatureK,
        diffusionCm2S,
        standardErrorCm2S: relativeError * diffusionCm2S,
        degreesOfFreedom: 8,
      }),
    );
  const fitted = (...points: string[]) =>
    bench.run('analysis.arrhenius', { extrapolateToK: 300, conductivityFactorPerA3: 21.808e-3 }, { points });

  it('finds the line that the points lie on, and what it says at 300 K', () => {
    const law = (temperatureK: number): number => 3e-3 * Math.exp(-0.35 / (KB_EV * temperatureK));
    const { results, outputs } = fitted(...[700, 800, 900, 1000].map((t) => point(t, law(t))));
    expect(results.activationEnergyMev).toBeCloseTo(350, 6);
    expect(results.prefactorCm2S).toBeCloseTo(3e-3, 9);
    expect((results.diffusionCm2S as number) / law(300)).toBeCloseTo(1, 6);
    expect(readJsonDocument(bench.get(outputs.line!), 'line')).toEqual(results);
  });

  it('with errors beyond all bounds says null, not Infinity', () => {
    const { outcome, results } = fitted(point(999, 1e-5, 500), point(1000, 1.1e-5, 500));
    expect(outcome).toEqual({ status: 'done' });
    expect(results.diffusionInterval95Cm2S).toContain(null);
  });

  it('with a bound that the log could not hold as a number says null, so that the campaign can end', () => {
    const points = [point(999, 1e-5, 0.5), point(1000, 1.1e-5, 0.5)];
    const { outcome, results } = bench.run(
      'analysis.arrhenius',
      { extrapolateToK: 990, conductivityFactorPerA3: 1e14 },
      { points },
    );
    expect(outcome).toEqual({ status: 'done' });
    expect(results.conductivityMsCm).toBeNull();
    expect(results.conductivityInterval95MsCm).toContain(null);
    expect(() => canonicalJson(results)).not.toThrow();
  });

  it('fails on one temperature, and on points that are no points', () => {
    const failed = (...points: string[]) =>
      (fitted(...points).outcome as unknown as { error: { code: string } }).error.code;
    expect(failed(point(900, 1e-5))).toBe('too-few-temperatures');
    expect(failed(point(900, 1e-5), point(900, 2e-5))).toBe('too-few-temperatures');
    expect(failed(point(900, 1e-5), point(800, -1e-5))).toBe('bad-arrhenius-point');
    expect(failed(point(900, 1e-5, 0), point(800, 1e-6))).toBe('bad-arrhenius-point');
    expect(failed()).toBe('too-few-temperatures');
    expect(failed(bench.put('{'), point(800, 1e-6))).toBe('bad-json');
  });
});
