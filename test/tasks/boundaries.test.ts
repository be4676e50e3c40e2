/** The kinds of grain boundaries and of the scale of grains: S8, R4, R5, R6, R10, R11. */
import { describe, expect, it } from 'vitest';
import { createState } from '../../src/dynamics/state.ts';
import { doubles, readBundle } from '../../src/formats/array-bundle.ts';
import { type JsonObject, readJsonDocument } from '../../src/formats/json-document.ts';
import { writeState } from '../../src/formats/md-state-bundle.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { readStructure, writeStructure } from '../../src/formats/structure-bundle.ts';
import { writeTrajectory } from '../../src/formats/trajectory-bundle.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import type { Structure } from '../../src/structure/structure.ts';
import { readHistogram } from '../../src/tasks/profile-bundle.ts';
import { diffusionOf, type Line, plantedLine, plantedMean, plantedProfile, plantedWidth } from './boundary-plants.ts';
import { potentialFile, rangeOf, relaxParams, structureParams, Workbench } from './workbench.ts';

const bench = new Workbench();
const potential = bench.put(potentialFile());
const range = bench.put(rangeOf(1));
const structureOf = (hash: string): Structure => readStructure(bench.get(hash), 'structure');
const json = (hash: string): JsonObject => readJsonDocument(bench.get(hash), 'document') as JsonObject;
const failure = (code: string) => ({ status: 'failed', error: expect.objectContaining({ code }) });

const twin = { ...structureParams, boundary: { name: 'sigma3(-111)[110]' }, supercell: [1, 1, 2], rattleA: 0.02 };
const { pairDistanceFraction, ...relax } = { ...relaxParams, cell: 'fixed', maxSteps: 2, forceToleranceEvA: 9 };

describe('the γ-surface as tasks (S8)', () => {
  const row = (over: object = {}) =>
    bench.run(
      'structure.search-shifts',
      { recipe: twin, mesh: [2, 2], row: 0, relax, pairDistanceFraction, ...over },
      { potential, range },
    );
  const rows = [row(), row({ row: 1 })];

  it('has every distinct point once, each as the recipe and a relaxation make it', () => {
    const points = rows.flatMap(({ outputs }) => json(outputs.row!).points as JsonObject[]);
    // Two of the four are the same boundary: a centring translation in the plane.
    expect(points.map(({ members }) => (members as unknown[]).length)).toEqual([2, 2]);
    for (const { shift, energyEv } of points) {
      const made = bench.done('structure.create', { ...twin, boundary: { ...twin.boundary, shift } as JsonObject });
      const relaxed = bench.run(
        'structure.relax',
        { ...relax, pairDistanceFraction },
        { structure: made.outputs.structure!, potential, range },
      );
      expect(relaxed.results.energyEv).toBe(energyEv);
    }
  });

  it('ends in the lowest point of all rows', () => {
    const structures = rows.flatMap(({ outputs }) => outputs.structure ?? []);
    const chosen = bench.done(
      'structure.choose-shift',
      {},
      { rows: rows.map(({ outputs }) => outputs.row!), structures },
    );
    const points = json(chosen.outputs.surface!).points as { energyEv: number; fault: string | null }[];
    const sound = points.filter(({ fault }) => fault === null).map(({ energyEv }) => energyEv);
    expect(sound.length).toBeGreaterThan(0);
    expect(chosen.results).toMatchObject({ points: 2, atoms: 156, energyEv: Math.min(...sound) });
    const inputs = { structure: chosen.outputs.structure!, potential, range };
    const again = bench.run('structure.relax', { ...relax, pairDistanceFraction }, inputs);
    expect(again.results.energyEv).toBeCloseTo(chosen.results.energyEv as number, 6);
  });

  it('stops where no point comes to a minimum, with the reason', () => {
    const unsound = [0, 1].map((k) => row({ row: k, relax: { ...relax, forceToleranceEvA: 1e-9 } }));
    expect(unsound.map(({ outputs }) => outputs.structure)).toEqual([undefined, undefined]);
    const chosen = bench.run(
      'structure.choose-shift',
      {},
      { rows: unsound.map(({ outputs }) => outputs.row!), structures: [] },
    );
    expect(chosen.outcome).toMatchObject({
      status: 'stopped',
      reason: { message: expect.stringMatching(/no point of the γ-surface came to a minimum: after 2 steps/) },
    });
  });

  it('fails on rows of another mesh, on rows that are missing, and on a structure without a boundary', () => {
    const [first, second] = rows.map(({ outputs }) => outputs.row!);
    const choose = (list: string[]) => bench.run('structure.choose-shift', {}, { rows: list, structures: [] }).outcome;
    expect(choose([first!])).toEqual(failure('bad-mesh'));
    expect(choose([second!, first!])).toEqual(failure('bad-mesh'));
    expect(choose([])).toEqual(failure('bad-mesh'));
    expect(row({ row: 2 }).outcome).toEqual(failure('bad-mesh'));
    const bulk = { ...twin, boundary: { ...twin.boundary, reference: 'bulk' } };
    expect(row({ recipe: bulk }).outcome).toEqual(failure('no-boundary'));
    expect(row({ recipe: structureParams }).outcome).toEqual(failure('no-boundary'));
  });
});

describe('analysis.boundary-energy (R6)', () => {
  const made = (over: object = {}) => bench.done('structure.create', { ...twin, ...over }).outputs.structure!;
  const reference = { boundary: { ...twin.boundary, reference: 'bulk' } };
  const energy = (boundary: string, bulk: string) =>
    bench.run('analysis.boundary-energy', {}, { boundary, bulk, potential });

  it('is the difference of the two energies over the area of both boundaries', () => {
    const [boundary, bulk] = [made(), made(reference)];
    const { outcome, results } = energy(boundary, bulk);
    expect(outcome).toEqual({ status: 'done' });
    const evaluator = createEvaluator(readMtp(potentialFile(), 'potential'));
    const [e, b] = [boundary, bulk].map((hash) => {
      const structure = structureOf(hash);
      return evaluator.evaluate(structure, buildNeighbourList(structure, 5)).energyEv;
    });
    const { cellA } = structureOf(boundary);
    const areaA2 = 2 * cellA[0]! * cellA[4]!;
    expect(results.totalAreaA2).toBeCloseTo(areaA2, 9);
    expect(results.formationEnergyMevA2).toBeCloseTo((1000 * (e! - b!)) / areaA2, 6);
    expect(results.mevA2PerMevPerAtom).toBeCloseTo(156 / areaA2, 9);
    expect(energy(bulk, bulk).results.formationEnergyMevA2).toBe(0);
  });

  it('fails where atoms or lattice vectors in the plane differ', () => {
    const boundary = made();
    const wider = structureOf(made(reference));
    wider.cellA[0]! += 0.01;
    const poorer = made({ ...reference, vacancies: { site: '24g', count: 1 } });
    expect(energy(boundary, bench.put(writeStructure(wider))).outcome).toEqual(failure('unlike-cells'));
    expect(energy(boundary, poorer).outcome).toEqual(failure('unlike-cells'));
  });
});

describe('analysis.height-profile (R5)', () => {
  const crystal = structureOf(bench.done('structure.create', structureParams).outputs.structure!);
  const random = new RandomStream('0000000000000005', 0);
  const frames = Array.from({ length: 5 }, () => crystal.positionsA.map((x) => x + 0.1 * random.normal()));
  const piece = (from: number, to: number): string => {
    const taken = frames.slice(from, to);
    const energies = Float64Array.from(taken, () => 1);
    return bench.put(
      writeTrajectory(
        {
          frames: Float64Array.from(taken.flatMap((frame) => [...frame])),
          frameSteps: Int32Array.from(taken, (_, k) => 5 * (from + k + 1)),
          energies: { potentialEv: energies, kineticEv: energies, conservedEv: energies },
        },
        crystal,
        2,
      ),
    );
  };
  const profile = (trajectory: string[], everyFrames = 1) =>
    bench.done(
      'analysis.height-profile',
      { species: 'Li', everyFrames },
      {
        structure: bench.put(writeStructure(crystal)),
        state: bench.put(writeState(createState(crystal, new Float64Array(crystal.positionsA.length)), 0)),
        potential,
        trajectory,
      },
    );

  it('sums the energies that the potential gives the mobile atoms, the same from one piece as from several', () => {
    const one = profile([piece(0, 5)]);
    expect(profile([piece(0, 2), piece(2, 5)])).toEqual(one);
    const evaluator = createEvaluator(readMtp(potentialFile(), 'potential'));
    let [sum, atoms] = [0, 0];
    for (const positionsA of frames) {
      const at = { ...crystal, positionsA };
      const { siteEnergiesEv } = evaluator.evaluate(at, buildNeighbourList(at, 5));
      crystal.species.forEach((species, i) => {
        if (species !== 0) return;
        sum += siteEnergiesEv[i]!;
        atoms += 1;
      });
    }
    expect(one.results).toMatchObject({ frames: 5, mobileAtoms: atoms / 5, meanHeightA: 10.25 });
    expect(one.results.meanSiteEnergyEv).toBeCloseTo(sum / atoms, 9);
    const histogram = readHistogram(bench.get(one.outputs.profile!), 'profile');
    expect(histogram.counts.reduce((total, count) => total + count, 0)).toBe(atoms);
  });

  it('takes every n-th frame where asked to', () => {
    expect(profile([piece(0, 2), piece(2, 5)], 2).results.frames).toBe(3);
  });
});

describe('analysis.boundary-width (R5)', () => {
  const plant = { heightA: 80, sigmaA: 4, amplitudeEv: 0.2, bulkEv: 0, centreA: 7 };
  const width = (profiles: string[], bulks: string[], sliceA = 4) =>
    bench.run('analysis.boundary-width', { sliceA, bandwidthA: 2 }, { boundary: profiles, bulk: bulks });
  const bulkOf = (bulkEv: number) => plantedProfile(bench, { ...plant, amplitudeEv: 0, bulkEv });

  it('recovers a planted δ = 6σ, slices taken off, of peaks and of dips, whatever the zero of the energy', () => {
    for (const amplitudeEv of [0.2, -0.1]) {
      const { results, outputs } = width([plantedProfile(bench, { ...plant, amplitudeEv, bulkEv: -3 })], [bulkOf(-3)]);
      expect(Math.abs((results.widthA as number) / 24 - 1)).toBeLessThan(0.02);
      expect(results.amplitudeEv).toBeCloseTo(amplitudeEv, 1);
      expect(results.groundEv).toBeCloseTo(0, 2);
      expect(results.spacingA).toBe(40);
      expect(results.boundaryConcentration).toBeCloseTo(1, 9);
      expect(doubles(readBundle(bench.get(outputs.curve!), 'curve'), 'fitEv', 'curve')).toHaveLength(200);
    }
  });

  it('tells the spread over fits, each counted from its own bulk, and lets it into the error', () => {
    const sigmas = [3.5, 4, 4.5];
    const profiles = sigmas.map((sigmaA, k) => plantedProfile(bench, { ...plant, sigmaA, bulkEv: 10 * k }));
    const { results } = width(
      profiles,
      sigmas.map((_, k) => bulkOf(10 * k)),
    );
    (results.memberWidthsA as number[]).forEach((widthA, k) => {
      expect(Math.abs(widthA / (6 * sigmas[k]!) - 1)).toBeLessThan(0.03);
    });
    expect(results.widthScatterA).toBeGreaterThan(2.5);
    expect(results.widthStandardErrorA).toBeGreaterThanOrEqual((results.widthScatterA as number) / Math.sqrt(3));
  });

  it('withholds what the cell does not show, with the reason, and fails on what does not belong together', () => {
    const withheld = (over: object, sliceA?: number) =>
      width([plantedProfile(bench, { ...plant, ...over })], [bulkOf(0)], sliceA).results;
    expect(withheld({ sigmaA: 7.5 })).toMatchObject({
      widthA: null,
      withheld: expect.stringMatching(/as wide as the distance between them/),
    });
    expect(withheld({ heightA: 20, sigmaA: 1 })).toMatchObject({
      withheld: expect.stringMatching(/slices are too wide/),
    });
    expect(withheld({ amplitudeEv: 0 }).widthA).toBeNull();
    const one = plantedProfile(bench, plant);
    expect(width([one, one], [bulkOf(0)]).outcome).toEqual(failure('unlike-profiles'));
  });
});

const bulk: Line = { prefactorCm2S: 3.3e-3, activationEnergyMev: 384 };
const grain: Line = { prefactorCm2S: 9.4e-4, activationEnergyMev: 274 };

describe('analysis.boundary-diffusion (R4)', () => {
  const temperaturesK = [550, 600, 650, 700, 750, 800];
  const params = {
    direction: 'parallel',
    extrapolateToK: 300,
    conductivityFactorPerA3: 21.808e-3,
    widthsA: [5, 28.8, 60],
    maxBoundaryFraction: 0.5,
  };
  const hart = (
    { tau = 28.8 / 74, error = 0.01, boundary = grain }: { tau?: number; error?: number; boundary?: Line },
    over: object = {},
    width = plantedWidth(bench, 28.8, 74),
  ) => {
    const effective = (t: number) => (1 - tau) * diffusionOf(bulk, t) + tau * diffusionOf(boundary, t);
    return bench.done(
      'analysis.boundary-diffusion',
      { ...params, ...over },
      {
        effective: temperaturesK.map((t) => plantedMean(bench, t, effective(t), error)),
        bulk: temperaturesK.map((t) => plantedMean(bench, t, diffusionOf(bulk, t), 0.01)),
        width,
      },
    );
  };

  it('recovers a planted D_GB, its line and its conductivity; at other widths what Hart’s equation gives', () => {
    const { results, outputs } = hart({});
    expect(results.withheld).toBeUndefined();
    expect((results.diffusionCm2S as number) / diffusionOf(grain, 300)).toBeCloseTo(1, 6);
    expect(results.activationEnergyMev).toBeCloseTo(274, 6);
    const [low, high] = results.diffusionInterval95Cm2S as [number, number];
    expect(low).toBeLessThan(diffusionOf(grain, 300));
    expect(high).toBeGreaterThan(diffusionOf(grain, 300));
    for (const point of results.points as { temperatureK: number; boundaryCm2S: number }[]) {
      expect(point.boundaryCm2S / diffusionOf(grain, point.temperatureK)).toBeCloseTo(1, 9);
    }
    const widths = json(outputs.line!).byWidth as { widthA: number; diffusionCm2S: number | null; withheld?: string }[];
    expect(widths.map(({ widthA }) => widthA)).toEqual([5, 28.8, 60]);
    expect(widths[0]!.diffusionCm2S).toBeGreaterThan(widths[1]!.diffusionCm2S!);
    expect(widths[1]!.diffusionCm2S).toBeCloseTo(results.diffusionCm2S as number, 15);
    expect(widths[2]).toMatchObject({ diffusionCm2S: null, withheld: expect.stringMatching(/τ = 0.81/) });
  });

  it('withholds it where boundaries fill most of a training cell, and computes all the same', () => {
    const { results } = hart({ tau: 0.95 }, {}, plantedWidth(bench, 16.9, 17.75));
    expect(results.withheld).toMatch(/τ = 0.95 of the cell, more than 0.5/);
    expect(results.points).toHaveLength(6);
    const given = { givenWidthA: { value: 5, standardError: 0 } };
    const other = hart({ tau: 5 / 17.75 }, given, plantedWidth(bench, null, 17.75, 'no peak')).results;
    expect(other).toMatchObject({ isWidthGiven: true, widthA: 5 });
    expect((other.diffusionCm2S as number) / diffusionOf(grain, 300)).toBeCloseTo(1, 6);
  });

  it('withholds it where no temperature shows a contrast, where D_eff is below the bulk’s share, and without a width', () => {
    expect(hart({ error: 2 }).results.withheld).toMatch(/at no temperature does the D of the bicrystal differ/);
    expect(hart({ boundary: { prefactorCm2S: -1e-3, activationEnergyMev: 384 } }).results.withheld).toMatch(
      /needs two temperatures with a D above 0; 0 of 6/,
    );
    expect(hart({}, {}, plantedWidth(bench, null, 17, 'there is no peak')).results).toMatchObject({
      diffusionCm2S: null,
      withheld: 'the boundary has no width: there is no peak',
    });
    expect(hart({}, { givenWidthA: { value: 80, standardError: 0 } }).results.withheld).toMatch(/no bulk is left/);
  });
});

describe('the scale of grains (R10, R11)', () => {
  const published = {
    ordered: 0.012e-7,
    disordered: 2.203e-7,
    boundaries: [
      { parallel: 0.236e-7, perpendicular: 0.218e-7, widthA: 28.8 },
      { parallel: 0.035e-7, perpendicular: 0.026e-7, widthA: 16.7 },
      { parallel: 0.307e-7, perpendicular: 0.222e-7, widthA: 26.5 },
    ],
  };
  const polycrystal = (sizesNm: number[], bulkCm2S = published.ordered) =>
    bench.done(
      'analysis.polycrystal',
      { names: ['a', 'b', 'c'], grainSizesNm: sizesNm, grainShape: 2.9105, negligible: 0.1 },
      {
        bulk: plantedLine(bench, bulkCm2S),
        parallel: published.boundaries.map((of) => plantedLine(bench, of.parallel, of.widthA)),
        perpendicular: published.boundaries.map((of) => plantedLine(bench, of.perpendicular, of.widthA)),
      },
    );

  it('of the published boundaries: they fill all below 7.0 nm, and make a tenth of D at 1000 nm', () => {
    const { results, outputs } = polycrystal([5, 10, 100, 1000, 10_000]);
    expect((results.smallestGrainSizeNm as number).toFixed(1)).toBe('7.0');
    const sizes = json(outputs.bounds!).sizes as { upperCm2S?: number; lowerCm2S?: number; withheld?: string }[];
    expect(sizes[0]).toMatchObject({ withheld: expect.stringMatching(/more than the whole volume/) });
    for (const { upperCm2S, lowerCm2S } of sizes.slice(1)) expect(upperCm2S).toBeGreaterThan(lowerCm2S!);
    // Fig. 13a: the published "nearly negligible above 1000 nm" is a tenth of D there, Σf being 0.0070.
    expect(sizes[3]!.upperCm2S! / published.ordered).toBeCloseTo(1.1, 1);
    expect(sizes[3]!.lowerCm2S! / published.ordered).toBeCloseTo(1, 1);
    expect(results.negligibleFromNm).toBe(10_000);
  });

  it('of ordered and disordered bulk: 10.9 % and 95.7 % where the bounds meet 0.25e-7 cm²/s, at a contrast of 184', () => {
    const mixture = (first: string) =>
      bench.run(
        'analysis.mixture',
        {
          names: ['ordered', 'disordered'],
          fractions: [0, 0.5, 1],
          measured: [
            { name: 'schlenker', diffusionCm2S: 0.25e-7 },
            { name: 'beyond', diffusionCm2S: 1e-3 },
          ],
        },
        { first, second: plantedLine(bench, published.disordered) },
      );
    const { results, outputs } = mixture(plantedLine(bench, published.ordered));
    expect(Math.round(results.contrast as number)).toBe(184);
    expect(results.lowContrast).toBe(false);
    const [schlenker, beyond] = results.measured as JsonObject[];
    expect((100 * (schlenker!.upperFraction as number)).toFixed(1)).toBe('10.9');
    expect((100 * (schlenker!.lowerFraction as number)).toFixed(1)).toBe('95.7');
    expect(beyond!.withheld).toMatch(/no mixture of the two has this/);
    const points = json(outputs.bounds!).points as { upperCm2S: number; upperRangeCm2S: number[] }[];
    expect(points[0]!.upperCm2S).toBeCloseTo(published.ordered, 15);
    expect(points[1]!.upperRangeCm2S[0]! / points[1]!.upperCm2S).toBeCloseTo(0.5, 9);
    const other = bench.put(
      JSON.stringify({ extrapolatedToK: 400, diffusionCm2S: 1e-9, diffusionInterval95Cm2S: [null, null] }),
    );
    expect(mixture(other).outcome).toEqual(failure('unlike-temperatures'));
    expect(mixture(bench.put(JSON.stringify({ extrapolatedToK: 300, diffusionCm2S: null }))).outcome).toEqual(
      failure('no-diffusion'),
    );
  });

  it('Λ of Table VI: to its digits with the rounded constants, and not with the exact ones', () => {
    const lambda = (conductivityMsCm: number, diffusionCm2S: number, temperatureK: number) =>
      bench.done('analysis.carrier-density', { conductivityMsCm, diffusionCm2S, temperatureK }).results;
    const digits = (value: unknown): string => (1000 * (value as number)).toFixed(3);
    const rows = [
      lambda(0.0013, 0.77e-7, 313),
      lambda(9, 0.67e-7, 313),
      lambda(2.5, 0.387e-7, 298),
      lambda(3.4, 0.25e-7, 298),
    ];
    expect(rows.map((row) => digits(row.carrierDensityOfRoundedConstantsPerA3))).toEqual([
      '0.003',
      '22.625',
      '10.359',
      '21.808',
    ]);
    expect(rows.map((row) => digits(row.carrierDensityPerA3))).toEqual(['0.003', '22.614', '10.354', '21.798']);
  });
});
