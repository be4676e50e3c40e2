/** A moment tensor potential as a force field; with a crew, one configuration's forces are shared out among threads. */
import { alone, type Crew } from '../numerics/crew.ts';
import { createCompiledEvaluator } from '../potential/compiled-evaluate.ts';
import { type Evaluation, emptyEvaluation } from '../potential/evaluate.ts';
import type { MtpPotential } from '../potential/potential.ts';
import type { ForceField } from './force-field.ts';

export interface MtpForceField extends ForceField {
  /** The kernel's WebAssembly module. */
  readonly module: Uint8Array<ArrayBuffer>;
  /** Lets the crew forget it; nothing may be asked of it afterwards. */
  release(): void;
}

/**
 * Same bits for any number of threads. What `evaluate` returns is overwritten by its next call.
 * @throws InputError `bad-potential`
 */
export function mtpForceField(potential: MtpPotential, crew: Crew = alone): MtpForceField {
  const { evaluate, module, release } = createCompiledEvaluator(potential, crew);
  let out: Evaluation = emptyEvaluation(0);
  return {
    cutoffA: potential.maxDistanceA,
    module,
    release,
    evaluate(structure, neighbours) {
      out = evaluate(structure, neighbours, out);
      return out;
    },
  };
}
