/**
 * Bytes of every task kind for a small fixed input. Where one of these hashes changes, the numbers of recorded campaigns
 * change: raise `v` of the kind, and record the new hashes under the new version.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/formats/json-document.ts';
import { writeState } from '../../src/formats/md-state-bundle.ts';
import { readStructure } from '../../src/formats/structure-bundle.ts';
import { writeTrajectory } from '../../src/formats/trajectory-bundle.ts';
import type { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { findKind } from '../../src/tasks/registry.ts';
import { plantedLine, plantedProfile, plantedWidth } from './boundary-plants.ts';
import {
  type Done,
  ELEMENTS,
  fitParams,
  indices,
  labelParams,
  mdParams,
  potentialFile,
  rangeOf,
  realLabels,
  relaxablePotentialFile,
  relaxParams,
  structureParams,
  versionOf,
  Workbench,
} from './workbench.ts';

/** SHA-256 of the outputs; `said` is outcome and results. */
const RECORDED: { readonly [kindAndVersion: string]: { readonly [what: string]: string } } = {
  'structure.create@1': {
    structure: 'c2e1d9b83eddcc44c72b12e827e41cb251e2c5bbed04e8056c560faf2a485bfa',
    said: 'ff3420c58b91498259a6daf81bcb8ecb96c84c110a79775b2d8ff63d2a03767e',
  },
  'structure.relax@1': {
    structure: '91930dbe379ea53e5b37736b814dfce754ffbc1d869bf0f03dd9ee239fc350fd',
    path: 'a14804fe965a553be67b3474c71ebef2a4a2a41ed568ffc3e0250fc2d95025c1',
    said: '1dfde937bf337978b2b7ec4802746b82afe71c980061d45cb28f51e04183e59b',
  },
  'label.import@1': {
    labels: 'e5ed9059e1dce9cad1b4980b60c0e5069da822ec251f874bb55ba8f32cc9ffa9',
    said: '1fc8b8c040330bfcc3a5976a04291acc6d5980edefd84be4b0f084038fc510e9',
  },
  'potential.fit@4': {
    state: '257a255533ad15950b57204837be8733a7c6e45104547f1a545edad7ba27d09a',
    potential: 'ca3a6cf09d3c9d623bb5ef16aef75d77b936b0f4cd7f282b7875b0666cd4832b',
    range: '602dfc140df35496ae8528c33ce85bd39d8ab6564c31cdace72e03741f563fbc',
    history: '42321b341ea2f2cd3257c759e0d5a2be0d176f1130fb7219ce9602a6963e460c',
    said: '469743d32a66477bc365c37b92f4a91e4b9b25ef2c8a0f14dc013ffc0af0953a',
  },
  'md.run@3': {
    state: '9acad64c0854cda0125cabf1a4c0fb4b8aae9b94d318194dd6fc138d1dbca11b',
    trajectory: '7e889df350a0e0f8be622f3d75ee3a6e67c046632a9b7db213254af9cb41005d',
    said: '43b38dde08c8b922347140ae0dc3bb5c40daae02d463beab933c7cf723d9a4f5',
  },
  'potential.active-set@1': {
    activeSet: 'edf358f8c4475a1a75a8ff17cd0fba33c6a803e565c35803fdbc5011213f136e',
    said: '6d0c2783555acac4a3c94d0d30088a8fe57b873af8efe0b13b90df0bf8d0ef54',
  },
  'configurations.sample@1': {
    configurations: '76c8591a34a9229c07bcb3dbf9e27fa65c0ebad550b5066f95d4b7fdfe73d3e6',
    said: '65855e306534162bcdf7bc09c8201b1148958e36c37310436fa0ef71f639c7b6',
  },
  'configurations.select@1': {
    configurations: '7ecef98b100bb796a207f852d926f63b73bd73ccecf3937b27fdf82e5025cec3',
    said: '3df705d79ba030a0a8cd43b6a86610e056e71372081ca46bf104d710f0c7c61d',
  },
  'label.reference@1': {
    labels: 'b739ba44ce13caf51d1419c563b37293f961aaa10a8015480ab18485c1c449c9',
    said: '48ec805fc472240bbcee10efacee989028a4db5b48b7e7bf0480738648a4b334',
  },
  'potential.errors@1': {
    said: 'a22778ab66db50f3d4d2f7ed507143a98df6c4312204a61a134b8f7d1e87f3da',
  },
  'analysis.diffusion@1': {
    diffusion: 'a9e8f0185feb71928ca13612fc4d9a3f912cd4141bd465a45a6911c9105f2a42',
    msd: '9013ade7086a45c9290c5f1dd4844e16cb69dec821984b8ff8b539ecf327a5b2',
    said: '476a0ca1cd0a4fb529b36bd0cdb0a9eb67cff59d93d8f6f9590e7fe10e62eb93',
  },
  'analysis.replicas@1': {
    mean: 'bb6cfa37309429415b8f228af2fdc2fd33f199e9fbcaf27cc6800141ab699f23',
    said: '3e6785d1c3699f2553b0eaa3ecfd704fbf713f7926fa9700094aa866145cd673',
  },
  'analysis.arrhenius@1': {
    line: 'b7e5109724503adfeb17269edc219eea343a5762122769712caf09c06b712f3d',
    said: 'd34e2e4a2b77269049238064544beb2d79854bb20b3e8c614dde9063ac740813',
  },
  'structure.search-shifts@1': {
    row: '3dd7cce9abfcc651598ab2757bca4c956fe183d77bc3faf4cb6bf3e433200b80',
    structure: 'f5000273388779c70bea26ebcba7b720ebcf03e35c7da6fa88b9a29f542f9691',
    said: 'fb6fa62d047a9e8dcebe8a2473adaa4155a590d4f46e2e5a2cb67b7fad864e3f',
  },
  'structure.choose-shift@1': {
    structure: 'f5000273388779c70bea26ebcba7b720ebcf03e35c7da6fa88b9a29f542f9691',
    surface: '382c20ce09da910cc30652f0e93337133cb35fcd3bbf3a0a4c1ec1d0c88690c2',
    said: '03d844dde18e7f56f97307a3b61565f7bfc16d24542996fd7e1d6e5d3c156628',
  },
  'analysis.boundary-energy@1': {
    energy: 'e058600371d1ac41a324c234b5a28344e751f2705ea6f687f64474cafc208c5b',
    said: 'f3ab7c87bd2b2bca5a0228d21e3808082e5da4f7d8a51273944ea3c3db7640aa',
  },
  'analysis.height-profile@1': {
    profile: '6cc57c4d9b35edc98bd1d019c572a7a1fff0a91b1dba0aafff5c05df2fc25480',
    said: 'ef4c76f1d9e9f4f8b8c90dbf390dd9714edb89ee87df09685eed44dba864d2c5',
  },
  'analysis.boundary-width@1': {
    width: '1da547642fb6a7dca488773f2e150bbd2b0ae723a31241e6e4b1f89e807414a4',
    curve: '0c4c07ede271bd00582c0d0e949fd9bb4dc9bfc08894fc4d7682211f9b414066',
    said: 'd87c2248dc485b13fda190528414a67a81d669e7c68816e3b96f70655c4adc6a',
  },
  'analysis.boundary-diffusion@1': {
    line: 'af61b3d2675eec938ac3fa38b3299c15295b4039359ca2362bf15dc9e233d09d',
    said: '77492afb69588879ee8aa048a9d3da7df453da21fb442fe6563d4c78456338fb',
  },
  'analysis.polycrystal@1': {
    bounds: '47f2edc1891ac58e37cbefcb43dd74b04fe144afc8defb7759e68cb5889916b5',
    said: 'f8b602fdeb406797bf97933e6a6ccd793a216a1c0070f17b9b8fbd7583800386',
  },
  'analysis.mixture@1': {
    bounds: 'e7c87cd89ebfc6b4cbbc342b388520525a00c27048acacf0f3cad1937177153d',
    said: 'cbf6f9f41bdfc83207e0332c13cfe5c2355fa2c7df5682a80ac88497b222d80f',
  },
  'analysis.carrier-density@1': {
    density: '3ed83a32a6deb5e0bbff2ab0a294dbd5449d4391b07df767e643654c9f2063d4',
    said: 'd1fa79663dcc67cc64007a58c0af889ad3027ba43ba2be2825c2ac8662d4a377',
  },
  'analysis.jumps@1': {
    jumps: 'a5f3d09433689bbd012e91bd9abe7d6e867b5a2db72afd11ec50162a537d0f3c',
    said: '18f2d94a7d923a994ff6295c81ec1d5fb96ef5eb50202f0a04f62148ca6445b7',
  },
  'analysis.rdf@1': {
    distributions: 'de0d5a37bdd9bd0a8157c6bc2496e462a49ee4e7e137f47faed3868e7c218338',
    said: 'c464c192d3d662f8426509e096ee93e63424a6ee5ca398001ad9cdd647278163',
  },
  'analysis.displacements@1': {
    distributions: '15919349015bfde9f96300b79d6e3b5ce349fdcfda8b3aa0e6dc08f60d353926',
    density: '66dd13a5b448d45af166939d375b9015699c27e36b984475f7a5341c7b9bea9c',
    said: '8bfa38743cc4b74dc14cc49060b65780f06710c3ff8302d97788e54269c52ff7',
  },
  'analysis.phonons@1': {
    phonons: 'ca632c81bef5916205adefa9c951fca24193692dee439edfcae55ddec267a302',
    forceConstants: '3f97e39ddd319684ccc11cfa9f26615a562beb922b6b8ed3fa6598c80c11bc48',
    said: '3ed7aab0b693f5926cf8180f0afb21c63835b83e20b8f92da43c2cad372753d5',
  },
  'analysis.ground-state@1': {
    row: '6d0403e7502ae1680f14e331a0ba2d9e4521ecd7b2161dca95d0dc0f3e16ebe7',
    said: '3448adf9e8cf6601c2ecd61831e0dc0154bd5678dcee760b0e18af1b9e372ee7',
  },
};

const bench = new Workbench();

function made(...runs: Done[]): { [what: string]: string } {
  const said = bench.put(JSON.stringify(runs.map(({ outcome, results }) => [outcome, results])));
  return { ...Object.assign({}, ...runs.map(({ outputs }) => outputs)), said };
}

const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(5)) });
const fitInputs = {
  training: indices(labels.outputs.labels!, 0, 1, 2, 3),
  validation: indices(labels.outputs.labels!, 4),
};
const structure = bench.done('structure.create', {
  ...structureParams,
  prototype: { ...structureParams.prototype, cationSites: '48h' },
  disorder: { sites: ['4a', '4c'], fraction: 0.5 },
});
const mdInputs = {
  structure: bench.done('structure.create', structureParams).outputs.structure!,
  potential: bench.put(potentialFile()),
  range: bench.put(rangeOf(2)),
};

const relaxInputs = { ...mdInputs, potential: bench.put(relaxablePotentialFile()) };

/** A random walk of all atoms: the analysis is not to hang on the dynamics. */
function walk(): { start: string; trajectory: string } {
  const from = readStructure(bench.get(structure.outputs.structure!), 'structure');
  const random = new RandomStream('0000000000000011', 0);
  const positionsA = from.positionsA.slice();
  const frames = Array.from({ length: 40 }, () => {
    for (let k = 0; k < positionsA.length; k++) positionsA[k]! += 0.2 * random.normal();
    return positionsA.slice();
  });
  const at = {
    step: 0,
    cellA: from.cellA,
    positionsA: from.positionsA,
    velocitiesAFs: new Float64Array(156),
    thermostat: { positions: new Float64Array(0), velocitiesPerFs: new Float64Array(0) },
    conservedReferenceEv: null,
  };
  const energies = Float64Array.from(frames, () => 4);
  const piece = {
    frames: Float64Array.from(frames.flatMap((frame) => [...frame])),
    frameSteps: Int32Array.from(frames, (_, k) => 5 * (k + 1)),
    energies: { potentialEv: energies, kineticEv: energies, conservedEv: energies },
  };
  return { start: bench.put(writeState(at, 0)), trajectory: bench.put(writeTrajectory(piece, from, 2)) };
}

const ideal = bench.done('structure.create', { elements: ELEMENTS, prototype: structureParams.prototype });
const phonons = (): Done =>
  bench.done(
    'analysis.phonons',
    { supercell: [1, 1, 2], displacementA: 0.01, toleranceThz: 0.05, symmetryToleranceA: 0.01, mesh: [1, 1, 3] },
    { ...relaxInputs, structure: ideal.outputs.structure! },
  );

const document = (value: object): string => bench.put(JSON.stringify(value));

const estimate = (diffusionCm2S: number) => ({
  diffusionCm2S,
  standardErrorCm2S: 0.2 * diffusionCm2S,
  degreesOfFreedom: 9,
  alpha: 1 + 1000 * diffusionCm2S,
  alphaStandardError: 0.03,
});
const member = (meanTemperatureK: number, diffusionCm2S: number): string =>
  document({
    meanTemperatureK,
    directions: { all: { multipleOrigins: estimate(diffusionCm2S), singleOrigin: estimate(1.1 * diffusionCm2S) } },
  });
const point = (meanTemperatureK: number, diffusionCm2S: number): string =>
  document({ meanTemperatureK, diffusionCm2S, standardErrorCm2S: 0.1 * diffusionCm2S, degreesOfFreedom: 4 });

const twin = { ...structureParams, boundary: { name: 'sigma3(-111)[110]' }, supercell: [1, 1, 2], rattleA: 0.02 };
const { pairDistanceFraction, ...relaxSettings } = {
  ...relaxParams,
  maxSteps: 3,
  forceToleranceEvA: 9,
  stressToleranceGpa: 100,
  cell: 'z',
};
const shiftRows = (): Done[] =>
  [0, 1].map((row) =>
    bench.done(
      'structure.search-shifts',
      { recipe: twin, mesh: [2, 2], row, relax: relaxSettings, pairDistanceFraction },
      { potential: relaxInputs.potential, range: bench.put(rangeOf(1)) },
    ),
  );
const profilePlant = { heightA: 80, sigmaA: 4, amplitudeEv: 0.2, bulkEv: -1, centreA: 7 };

/** Molecular dynamics that looks for what a potential does not know, and what is chosen of it. */
function learning() {
  const { potential, range } = mdInputs;
  const set = { mode: 'neighbourhood', weighting: 'vibrations', elements: ELEMENTS };
  const activeSet = bench.done('potential.active-set', set, { potential, training: fitInputs.training });
  const grades = { selectAbove: 0.2, stopAbove: 1e6, everySteps: 20 };
  const graded = bench.done(
    'md.run',
    { ...mdParams, grades },
    { ...mdInputs, potential, range, activeSet: activeSet.outputs.activeSet! },
  );
  const sample = bench.done(
    'configurations.sample',
    { everyFrames: 1, skipFrames: 1 },
    { structure: mdInputs.structure, trajectory: [graded.outputs.trajectory!] },
  );
  const selection = bench.done(
    'configurations.select',
    { selectThreshold: 0, elements: ELEMENTS },
    {
      potential,
      activeSet: activeSet.outputs.activeSet!,
      candidates: [graded.outputs.selected!, sample.outputs.configurations!],
    },
  );
  return { potential, activeSet, graded, sample, selection };
}
const learned = learning();

const runs: { readonly [kind: string]: () => Done[] } = {
  'structure.search-shifts': shiftRows,
  'structure.choose-shift': () => {
    const rows = shiftRows().map(({ outputs }) => outputs);
    const inputs = { rows: rows.map(({ row }) => row!), structures: rows.flatMap((row) => row.structure ?? []) };
    return [bench.done('structure.choose-shift', {}, inputs)];
  },
  'analysis.boundary-energy': () => {
    const made = (boundary: JsonObject) => bench.done('structure.create', { ...twin, boundary }).outputs.structure!;
    const inputs = { boundary: made(twin.boundary), bulk: made({ ...twin.boundary, reference: 'bulk' }) };
    return [bench.done('analysis.boundary-energy', {}, { ...inputs, potential: mdInputs.potential })];
  },
  'analysis.height-profile': () => {
    const { start, trajectory } = walk();
    const inputs = { structure: structure.outputs.structure!, state: start, potential: mdInputs.potential, trajectory };
    return [bench.done('analysis.height-profile', { species: 'Li', everyFrames: 7 }, inputs)];
  },
  'analysis.boundary-width': () => {
    const boundary = [4, 4.4].map((sigmaA) => plantedProfile(bench, { ...profilePlant, sigmaA }));
    const bulk = boundary.map(() => plantedProfile(bench, { ...profilePlant, amplitudeEv: 0 }));
    return [bench.done('analysis.boundary-width', { sliceA: 4, bandwidthA: 2 }, { boundary, bulk })];
  },
  'analysis.boundary-diffusion': () => [
    bench.done(
      'analysis.boundary-diffusion',
      {
        direction: 'perpendicular',
        extrapolateToK: 300,
        conductivityFactorPerA3: 21.808e-3,
        widthsA: [5, 20],
        maxBoundaryFraction: 0.5,
      },
      {
        effective: [point(600, 4e-6), point(700, 9e-6), point(800, 1.8e-5)],
        bulk: [point(600, 2e-6), point(700, 6e-6), point(800, 1.5e-5)],
        width: plantedWidth(bench, 20, 70),
      },
    ),
  ],
  'analysis.polycrystal': () => [
    bench.done(
      'analysis.polycrystal',
      {
        names: ['a', 'b'],
        probabilities: [0.25, 0.75],
        grainSizesNm: [5, 50, 500],
        grainShape: 2.9105,
        negligible: 0.1,
      },
      {
        bulk: plantedLine(bench, 1e-9),
        parallel: [plantedLine(bench, 2e-8, 20), plantedLine(bench, 4e-8, 30)],
        perpendicular: [plantedLine(bench, 1e-8, 20), plantedLine(bench, 3e-8, 30)],
      },
    ),
  ],
  'analysis.mixture': () => [
    bench.done(
      'analysis.mixture',
      { names: ['a', 'b'], fractions: [0, 0.3, 1], measured: [{ name: 'c', diffusionCm2S: 1e-8 }] },
      { first: plantedLine(bench, 1e-9), second: plantedLine(bench, 2e-7) },
    ),
  ],
  'analysis.carrier-density': () => [
    bench.done('analysis.carrier-density', { conductivityMsCm: 3.4, diffusionCm2S: 2.5e-8, temperatureK: 298 }),
  ],
  'potential.active-set': () => [
    learned.activeSet,
    bench.done(
      'potential.active-set',
      { mode: 'configuration', weighting: 'molecules', elements: ELEMENTS },
      { potential: learned.potential, training: fitInputs.training },
    ),
  ],
  'configurations.sample': () => [learned.sample],
  'configurations.select': () => [learned.selection],
  'label.reference': () => [
    bench.done(
      'label.reference',
      { elements: ELEMENTS, index: 1 },
      { potential: learned.potential, configurations: learned.sample.outputs.configurations! },
    ),
  ],
  'potential.errors': () => [
    bench.done(
      'potential.errors',
      { elements: ELEMENTS },
      { potential: learned.potential, configurations: fitInputs.training },
    ),
  ],
  'structure.create': () => [structure],
  'structure.relax': () => [bench.done('structure.relax', { ...relaxParams, cell: 'full' }, relaxInputs)],
  'label.import': () => [labels],
  'potential.fit': () => {
    const params = { ...fitParams, segmentIterations: 8 };
    const start = bench.done('potential.fit', params, fitInputs);
    const onwards = { ...params, start: { from: 'state' } };
    return [start, bench.done('potential.fit', onwards, { ...fitInputs, state: start.outputs.state! })];
  },
  'md.run': () => {
    const start = bench.done('md.run', mdParams, mdInputs);
    const production = {
      ...mdParams,
      ensemble: 'nve',
      steps: 40,
      sampleEverySteps: 2,
      start: { from: 'state', newRun: true, rescaleToMeanEnergy: true },
    };
    return [start, bench.done('md.run', production, { ...mdInputs, state: start.outputs.state! })];
  },
  'analysis.diffusion': () => [
    bench.done(
      'analysis.diffusion',
      { mobileSpecies: 'Li', fitWindow: [0.6, 1], alphaRange: [0.9, 1.1], timeStepFs: 2 },
      { structure: structure.outputs.structure!, ...walk() },
    ),
  ],
  'analysis.replicas': () => [
    bench.done(
      'analysis.replicas',
      { alphaRange: [0.9, 1.1] },
      { members: [member(899, 8e-6), member(904, 1.2e-5), member(901, 9e-6)] },
    ),
  ],
  'analysis.arrhenius': () => [
    bench.done(
      'analysis.arrhenius',
      { extrapolateToK: 300, conductivityFactorPerA3: 21.808e-3 },
      { points: [point(700, 1e-6), point(900, 7e-6), point(1000, 1.5e-5)] },
    ),
  ],
  'analysis.jumps': () => [
    bench.done(
      'analysis.jumps',
      {
        mobileSpecies: 'Li',
        timeStepFs: 2,
        centre: 'S',
        notBondedTo: 'P',
        bondA: 2.8,
        marginA: 0.5,
        backWithinFs: 50,
      },
      { structure: structure.outputs.structure!, ...walk() },
    ),
  ],
  'analysis.rdf': () => [
    bench.done(
      'analysis.rdf',
      {
        pairs: [
          ['Li', 'S'],
          ['Li', 'Li'],
        ],
        reachA: 8,
        shellA: 0.1,
        of: { from: 'run', timeStepFs: 2, everyFrames: 8 },
      },
      { structure: structure.outputs.structure!, ...walk() },
    ),
  ],
  'analysis.displacements': () => [
    bench.done(
      'analysis.displacements',
      {
        mobileSpecies: 'Li',
        timeStepFs: 2,
        binA: 0.25,
        origins: 'multiple',
        lagsFs: [50, 400],
        density: { grid: [8, 8, 8], bandwidthA: 0.6, everyFrames: 10 },
      },
      { structure: structure.outputs.structure!, ...walk() },
    ),
  ],
  'analysis.phonons': () => [phonons()],
  'analysis.ground-state': () => [
    bench.done(
      'analysis.ground-state',
      { cells: 1, symprecA: 0.01 },
      {
        ...relaxInputs,
        structure: ideal.outputs.structure!,
        reference: mdInputs.structure,
        phonons: phonons().outputs.phonons!,
      },
    ),
  ],
};

/** An option that came later than version 1 of structure.relax. */
const SYMMETRIC: { readonly [what: string]: string } = {
  structure: '80ffaabcf5610a75d73cebb8cfafefec185ecad3ec3228b566c91b6b7a56bda7',
  path: '70ac4fcd7129ee06c84dd9922343c1214e3b52b3fd612d06f379c5f0e22df7e5',
  said: 'ebd6d050dc079c5cea83dc2b0af9fe75b46b03f702ee48337531c8a1876fc8f5',
};

/** Ensembles that came later than the version: recorded beside it, under the same. */
const LATER: { readonly [what: string]: { readonly [what: string]: string } } = {
  isotropic: {
    state: '3265417e5640229219eefdb8b4408508914a6c08276c141ce0daa54e009eca03',
    trajectory: '3882e39e21819553169a25b9b0eed88a62dc5118bbf7ba8337e04e694bff1320',
    said: 'aecc191e670ba2e7dc98e848385245cee7856da561356d645c614f524c88f8cf',
  },
  z: {
    state: 'b7db80083eb8d805ba387c83861153cef7ed442cd4db11b1689dbe5aea508b11',
    trajectory: '41fa6a1ba02cbf2606872fad6cdea9b65c2a5be94d75ecb4621c2bb7a2857f4a',
    said: '74e59a01ac8a7bd9dc6f0159eaf40beb073db75e91aea6b5926d69039f966373',
  },
  full: {
    state: 'eb5094c1451c846e756bd5e982d6271f510dd119d1c2a9aab90a64ab38ae0754',
    trajectory: 'dcf79334d7b78a8299c52c11b17aebfc0d555a11f641472470cde96fc627c7c0',
    said: '1381433d79975f95a488e1c98141df0765073117adfc390fa982b2d304641d9d',
  },
};

describe('the bytes of every task kind', () => {
  it.each(Object.keys(LATER))('md.run in NPT, cell %s, cooled and rescaled, are as they were recorded', (cell) => {
    const params = {
      ...mdParams,
      ensemble: 'npt',
      barostat: { cell, dampingFs: 200, pressureGpa: 0.5 },
      ramp: { toK: 100, overSteps: 30 },
      rescaleEverySteps: 9,
    };
    expect(made(bench.done('md.run', params, mdInputs))).toEqual(LATER[cell]);
  });

  it('structure.relax with its symmetry kept are as they were recorded', () => {
    const params = { ...relaxParams, cell: 'full', symmetry: { toleranceA: 0.01 } };
    const relaxed = bench.done('structure.relax', params, { ...relaxInputs, structure: ideal.outputs.structure! });
    expect(made(relaxed)).toEqual(SYMMETRIC);
  });

  it('of runs that grade themselves, and of fits that start from a potential, are as they were recorded', () => {
    const warm = { ...fitParams, maxIterations: 6, segmentIterations: 100, start: { from: 'potential' } };
    const first = bench.done('potential.fit', { ...fitParams, segmentIterations: 100 }, fitInputs);
    const onwards = bench.done('potential.fit', warm, { ...fitInputs, start: first.outputs.potential! });
    expect([made(learned.graded), made(onwards)]).toMatchInlineSnapshot(`
      [
        {
          "said": "01cb6691364098e764e32ca45263750c5a5c81115859258f9d492a51b189ee81",
          "selected": "f490177161b120e14ecdfa4b1e72960e79143d004f8c46b7f3bc4c69fba43303",
          "state": "519e3faee575f30c273d03ddbd83858da43b2219c4ca24dde7bde5a2b48d2a5d",
          "trajectory": "805a664e3ccdeacbe255f2c045dd436775a2e6da1ac482338a38fa1f4e0fdec3",
        },
        {
          "history": "95f30b960c1e6b5695a732ea96ba92916d1cdce7abc18e311d2cfd7cecf738cf",
          "potential": "0913a8efcb123770cb6336328645759cf7793c7519f24f9289a3b3f995304593",
          "range": "602dfc140df35496ae8528c33ce85bd39d8ab6564c31cdace72e03741f563fbc",
          "said": "8d210aec1b168ee4afa0adc63fd20384d198c8f6c994ed47c7524c299f9c2909",
        },
      ]
    `);
  });

  it.each(Object.keys(runs))('%s are as they were recorded for its version', (kind) => {
    const found = made(...runs[kind]!());
    expect(found, `other bytes need another version of ${kind}`).toEqual(RECORDED[`${kind}@${versionOf(kind)}`]);
  });

  it('structure.create of bicrystals are as they were recorded for version 1', () => {
    const bicrystal = (boundary: JsonObject): Done =>
      bench.done('structure.create', {
        ...structureParams,
        boundary,
        supercell: [1, 1, 2],
        vacancies: { site: '24g', count: 1 },
      });
    const found = [
      { name: 'sigma3(1-12)[110]' },
      { name: 'sigma3(-111)[110]', reference: 'bulk' },
      { name: 'sigma5(001)[001]' },
      { axis: [1, 1, 1], sigma: 7, plane: [1, 1, 1], planeThrough: '4c', cutOffsetA: 1.1, shift: [0.25, 0.1] },
    ].map((boundary) => made(bicrystal(boundary)));
    expect(found).toMatchInlineSnapshot(`
      [
        {
          "said": "a078585d23fdf058d4c6ec24b2c37a188480ba665107d8ced46cee1e96acd867",
          "structure": "70720b760fcae7b6967018195cd14108c00ee791f2b111e2942af9f77229b4eb",
        },
        {
          "said": "82b1ddcacb11403404ab9f1e21e2dc02ed72dd09bb6618e234ee93159105ced6",
          "structure": "d20a1f96d421bf316317fc9f6d6dde12a4d58762e6b802e897ad8603f9b5f651",
        },
        {
          "said": "1171162c9e5ef8ef8eaaa08e319e7a6d52970adcc936bd84754b1ac77951f0ee",
          "structure": "73c61392b6809e56b445175b734977b272af8346b16d94d9fa0c9dca413de962",
        },
        {
          "said": "c3fb959a673a0303226d30ba99cb44df15de742b43defadb18990db902f5e9a1",
          "structure": "a0252b810d85957d16a6267fe76a9ef3c2b1693e2665ec549f00bf3ae0ce2060",
        },
      ]
    `);
  });

  it('are recorded for every kind that computes', () => {
    let known: string[] = [];
    try {
      findKind('none', 1);
    } catch (error) {
      known = (error as InputError).details.expected!.replace('one of ', '').split(', ');
    }
    expect(known.filter((kind) => kind !== 'blob.import@1').sort()).toEqual(Object.keys(RECORDED).sort());
  });
});
