/**
 * `label.reference`: energy, forces and stress of one configuration from a potential that stands in for a DFT code. The
 * label names that potential, so that it is never taken for DFT and never meets DFT labels unnoticed (L3).
 */
import { z } from 'zod';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { readConfigurationBundle } from '../formats/configuration-bundle.ts';
import { writeLabelBundle } from '../formats/label-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { createCompiledEvaluator } from '../potential/compiled-evaluate.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { withElements } from '../structure/structure.ts';
import { potentialOf } from './potential-input.ts';
import { elementsSchema } from './schemas.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';

export const labelReference = defineKind({
  kind: 'label.reference',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    elements: elementsSchema,
    /** Which of the configurations of the input. */
    index: z.int().min(0),
  }),
  run(context) {
    const { elements, index } = context.params;
    const potential = potentialOf(context);
    const blob = singleInput(context, 'configurations');
    const configurations = readConfigurationBundle(blob.bytes, blobName(blob));
    const configuration = configurations[index];
    if (configuration === undefined) {
      throw new InputError('bad-manifest', 'the task names a configuration that is not there', {
        where: blobName(blob),
        expected: `an index below ${configurations.length}`,
        found: String(index),
      });
    }
    const structure = withElements(configuration.structure, elements);
    const evaluator = createCompiledEvaluator(potential);
    const found = evaluator.evaluate(structure, buildNeighbourList(structure, potential.maxDistanceA));
    const atoms = structure.species.length;
    const frame = {
      structure,
      energyEv: found.energyEv,
      forcesEvA: found.forcesEvA.slice(),
      virialEv: found.virialEv.slice(),
      configurationType: '',
      methodNote: `reference potential ${potential.name} (SHA-256 ${singleInput(context, 'potential').hash.slice(0, 16)}), no DFT`,
    };
    return {
      outcome: { status: 'done' },
      outputs: { labels: { bytes: writeLabelBundle([frame]), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        configurations: 1,
        atoms,
        methods: [frame.methodNote],
        energyEvPerAtom: frame.energyEv / atoms + 0,
        maxForceEvA: largestForceEvA(frame.forcesEvA),
      },
      modules: [evaluator.module],
    };
  },
});

function largestForceEvA(forcesEvA: Float64Array): number {
  let largest2 = 0;
  for (let k = 0; k < forcesEvA.length; k += 3) {
    const [x, y, z] = [forcesEvA[k]!, forcesEvA[k + 1]!, forcesEvA[k + 2]!];
    largest2 = Math.max(largest2, x * x + y * y + z * z);
  }
  return Math.sqrt(largest2);
}
