/**
 * `potential.active-set` (P5): the D-optimal active set of a potential's training set, against which configurations are
 * graded. It belongs to this potential alone: the rows are those at its parameters.
 */
import { writeActiveSet } from '../formats/active-set-bundle.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { ActiveRows, undetermined } from '../potential/active-set.ts';
import { labelledConfigurations } from './labelled-configurations.ts';
import { potentialOf } from './potential-input.ts';
import { activeSetSchema, elementsSchema } from './schemas.ts';
import { defineKind } from './task-kind.ts';

export const potentialActiveSet = defineKind({
  kind: 'potential.active-set',
  v: 1,
  class: 'exact',
  params: activeSetSchema.extend({ elements: elementsSchema }),
  run(context) {
    const { elements, ...options } = context.params;
    const potential = potentialOf(context);
    const frames = labelledConfigurations(context.inputs('training'), elements);
    const rows = new ActiveRows(potential, options);
    rows.queue({ name: 'training', structures: frames.map(({ structure }) => structure) });
    context.onProgress(0.3);
    const swaps = rows.maximise();
    const set = rows.activeSet();
    const missing = undetermined(set, potential);
    return {
      outcome: { status: 'done' },
      outputs: { activeSet: { bytes: writeActiveSet(set), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        parameters: set.configurations.length,
        trainingConfigurations: frames.length,
        activeConfigurations: new Set(set.configurations.filter((owner) => owner >= 0)).size,
        undeterminedParameters: missing.rows,
        logDeterminant: set.logDeterminant + 0,
        swaps,
      },
      modules: [rows.module],
    };
  },
});
