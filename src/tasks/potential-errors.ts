/** `potential.errors` (P4, A5): root-mean-square errors of a potential on labels that it may never have seen. */
import { z } from 'zod';
import { fitErrors } from '../potential/fit-errors.ts';
import { labelledConfigurations } from './labelled-configurations.ts';
import { potentialOf } from './potential-input.ts';
import { elementsSchema } from './schemas.ts';
import { defineKind } from './task-kind.ts';

export const potentialErrors = defineKind({
  kind: 'potential.errors',
  v: 1,
  class: 'exact',
  params: z.strictObject({ elements: elementsSchema }),
  run(context) {
    const frames = labelledConfigurations(context.inputs('configurations'), context.params.elements);
    const errors = fitErrors(potentialOf(context), frames);
    return {
      outcome: { status: 'done' },
      outputs: {},
      results: {
        configurations: errors.configurations,
        atoms: errors.atoms,
        energyRmseMevAtom: errors.energyRmseMevAtom,
        energyMaxMevAtom: errors.energyMaxMevAtom,
        forceRmseEvA: errors.forceRmseEvA,
        forceComponentRmseEvA: errors.forceComponentRmseEvA,
        forceMaxEvA: errors.forceMaxEvA,
        stressRmseGpa: errors.stressRmseGpa,
        methods: [...new Set(frames.map(({ methodNote }) => methodNote))].sort(),
      },
    };
  },
});
