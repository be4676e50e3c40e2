/**
 * `analysis.rdf` (R8): partial radial distribution functions of one run, or of labelled configurations (ab initio molecular
 * dynamics), so that a potential can be laid beside what it was fitted to. One pass, a piece of the trajectory at a time.
 */
import { z } from 'zod';
import { type RadialDistribution, RadialDistributionSum } from '../analysis/radial-distribution.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import type { JsonObject } from '../formats/json-document.ts';
import type { Structure } from '../structure/structure.ts';
import { radialShape, runShape } from './analysis-schemas.ts';
import { labelledConfigurations } from './labelled-configurations.ts';
import { runFrames } from './run-frames.ts';
import { elementsSchema } from './schemas.ts';
import { defineKind, type TaskContext } from './task-kind.ts';

const params = z.strictObject({
  ...radialShape,
  of: z.discriminatedUnion('from', [
    /** Inputs: `structure`, `start` (state), `trajectory` (list). */
    z.strictObject({
      from: z.literal('run'),
      timeStepFs: runShape.timeStepFs,
      meanCell: runShape.meanCell,
      /** Of the frames, each n-th is taken, the first among them. */
      everyFrames: z.int().min(1),
    }),
    /** Input: `configurations` (a manifest of labels). */
    z.strictObject({ from: z.literal('labels'), elements: elementsSchema }),
  ]),
});
type Params = z.infer<typeof params>;

export const analysisRdf = defineKind({
  kind: 'analysis.rdf',
  v: 1,
  class: 'exact',
  params,
  run(context) {
    const { pairs, reachA, shellA } = context.params;
    const sums = pairs.map((pair) => new RadialDistributionSum(pair, reachA, shellA));
    for (const structure of structuresOf(context)) for (const sum of sums) sum.add(structure);
    const found = sums.map((sum) => sum.result());
    return {
      outcome: { status: 'done' },
      outputs: { distributions: { bytes: bundle(found), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: { frames: found[0]!.frames, highestPeaks: Object.fromEntries(found.map(highestPeak)) },
    };
  },
});

function* structuresOf(context: TaskContext<Params>): Generator<Structure> {
  const { of } = context.params;
  if (of.from === 'labels') {
    for (const frame of labelledConfigurations(context.inputs('configurations'), of.elements)) yield frame.structure;
    return;
  }
  const { structure, frames } = runFrames({ ...context, params: of });
  let count = 0;
  for (const { positionsA, cellA } of frames()) {
    if (count % of.everyFrames === 0) yield { ...structure, positionsA, cellA };
    count += 1;
  }
}

/** The distributions, a row each, in the order of the pairs. */
function bundle(found: readonly RadialDistribution[]): Uint8Array {
  const { radiiA } = found[0]!;
  const shape = [found.length, radiiA.length];
  const rows = (pick: (of: RadialDistribution) => Float64Array): Float64Array =>
    Float64Array.from(found.flatMap((of) => [...pick(of)]));
  return writeBundle({
    entries: [
      { name: 'radiiA', shape: [radiiA.length], unit: 'Å', data: radiiA },
      { name: 'g', shape, unit: '1', data: rows((of) => of.g) },
      { name: 'neighbours', shape, unit: '1', data: rows((of) => of.neighbours) },
    ],
    meta: { pairs: found.map(({ pair }) => pair.join('-')) },
  });
}

function highestPeak({ pair, radiiA, g }: RadialDistribution): [string, JsonObject] {
  const at = g.indexOf(g.reduce((most, value) => Math.max(most, value), 0));
  return [pair.join('-'), { radiusA: radiiA[at]!, g: g[at]! }];
}
