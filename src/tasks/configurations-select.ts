/**
 * `configurations.select` (P5, "select-add"): which of the candidates are worth a label: those that enter the active set
 * of the training set when all of them are offered. What is chosen says which candidate it was and its grade against
 * that active set.
 */
import { readActiveSet } from '../formats/active-set-bundle.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE } from '../formats/array-bundle.ts';
import { readConfigurationBundle, writeConfigurations } from '../formats/configuration-bundle.ts';
import { selectFrom } from '../potential/select-add.ts';
import { withElements } from '../structure/structure.ts';
import { potentialOf } from './potential-input.ts';
import { activeSetSchema, elementsSchema, selectSchema } from './schemas.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';

export const configurationsSelect = defineKind({
  kind: 'configurations.select',
  v: 1,
  class: 'exact',
  params: selectSchema.extend({
    elements: elementsSchema,
    /** That the active set was made with, where it is not the usual one. */
    swapThreshold: activeSetSchema.shape.swapThreshold,
  }),
  run(context) {
    const { elements, ...options } = context.params;
    const potential = potentialOf(context);
    const setBlob = singleInput(context, 'activeSet');
    const set = readActiveSet(setBlob.bytes, blobName(setBlob));
    const candidates = context.inputs('candidates').flatMap((blob) =>
      readConfigurationBundle(blob.bytes, blobName(blob)).map((configuration) => ({
        ...configuration,
        structure: withElements(configuration.structure, elements),
      })),
    );
    const { selected, grades, module } = selectFrom(
      set,
      potential,
      { name: 'candidates', structures: candidates.map(({ structure }) => structure) },
      options,
    );
    const chosen = selected.map(({ index, grade }) => ({ ...candidates[index]!, grade, candidate: index }));
    return {
      outcome: { status: 'done' },
      outputs:
        chosen.length === 0
          ? {}
          : { configurations: { bytes: writeConfigurations(chosen), mediaType: ARRAY_BUNDLE_MEDIA_TYPE } },
      results: {
        candidates: candidates.length,
        selected: chosen.length,
        largestGrade: grades.reduce((a, b) => Math.max(a, b), 0),
      },
      modules: [module],
    };
  },
});
