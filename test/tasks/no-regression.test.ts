/**
 * Bytes of every task kind for a small fixed input. Where one of these hashes changes, the numbers of recorded campaigns
 * change: raise `v` of the kind, and note the new hashes under the new version beside the old ones' successors.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/numerics/input-error.ts';
import { findKind } from '../../src/tasks/registry.ts';
import { type Done, fitParams, indices, labelParams, mdParams, realLabels, structureParams, Workbench } from './workbench.ts';

const RECORDED: { readonly [kindAndVersion: string]: { readonly [what: string]: string } } = {};

const bench = new Workbench();

/** Hashes of what the kind makes: its outputs, and its outcome and results as they are recorded. */
function made(kind: string, done: Done): { [kindAndVersion: string]: { [what: string]: string } } {
  const said = bench.put(JSON.stringify([done.outcome, done.results]));
  return { [`${kind}@1`]: { ...done.outputs, said } };
}

describe('the bytes of every task kind', () => {
  const labels = bench.done('label.import', labelParams, { file: bench.put(realLabels(5)) });
  const training = indices(labels.outputs.labels!, 0, 1, 2, 3);
  const fit = bench.done('potential.fit', fitParams, { training, validation: indices(labels.outputs.labels!, 4) });
  const structure = bench.done('structure.create', {
    ...structureParams,
    prototype: { ...structureParams.prototype, cationSites: '48h' },
    disorder: { sites: ['4a', '4c'], fraction: 0.5 },
  });
  const inputs = {
    structure: structure.outputs.structure!,
    potential: fit.outputs.potential!,
    range: fit.outputs.range!,
  };
  const start = bench.done('md.run', mdParams, inputs);
  const production = bench.done(
    'md.run',
    {
      ...mdParams,
      ensemble: 'nve',
      steps: 40,
      sampleEverySteps: 2,
      start: { from: 'state', newRun: true, rescaleToMeanEnergy: true },
    },
    { ...inputs, state: start.outputs.state! },
  );
  const window = { fitWindow: [0.5, 1], alphaRange: [0.1, 3] };
  const diffusion = bench.done(
    'analysis.diffusion',
    { mobileSpecies: 'Li', timeStepFs: 1, ...window },
    { structure: inputs.structure, start: start.outputs.state!, trajectory: production.outputs.trajectory! },
  );
  const replicas = bench.done(
    'analysis.replicas',
    { alphaRange: window.alphaRange },
    { members: [diffusion.outputs.diffusion!, diffusion.outputs.diffusion!] },
  );
  const point = (meanTemperatureK: number, diffusionCm2S: number): string =>
    bench.put(
      JSON.stringify({ meanTemperatureK, diffusionCm2S, standardErrorCm2S: 0.1 * diffusionCm2S, degreesOfFreedom: 4 }),
    );
  const arrhenius = bench.done(
    'analysis.arrhenius',
    { extrapolateToK: 300, conductivityFactorPerA3: 21.808e-3 },
    { points: [point(700, 1e-6), point(900, 7e-6), point(1000, 1.5e-5)] },
  );
  const all = {
    ...made('label.import', labels),
    ...made('potential.fit', fit),
    ...made('structure.create', structure),
    ...made('md.run', production),
    ...made('analysis.diffusion', diffusion),
    ...made('analysis.replicas', replicas),
    ...made('analysis.arrhenius', arrhenius),
  };

  it.each(Object.keys(all))('%s are as they were recorded', (kindAndVersion) => {
    expect(all[kindAndVersion], 'other bytes need another version of the kind').toEqual(RECORDED[kindAndVersion]);
  });

  it('are recorded for every kind that computes', () => {
    let known = '';
    try {
      findKind('none', 1);
    } catch (error) {
      known = (error as InputError).details.expected!;
    }
    const kinds = known.replace('one of ', '').split(', ').filter((kind) => kind !== 'blob.import@1');
    expect(kinds.sort()).toEqual(Object.keys(RECORDED).sort());
  });

  it('are the same when they are made again', () => {
    const again = bench.done('potential.fit', fitParams, { training, validation: indices(labels.outputs.labels!, 4) });
    expect(again).toEqual(fit);
    expect(bench.done('md.run', mdParams, inputs)).toEqual(start);
  });

  it('prints', () => { console.log(JSON.stringify(all, null, 2), JSON.stringify([diffusion, replicas, arrhenius].map((d) => d.results), null, 1)); });
});
