/** What a segment asks of that which advances a state, whatever the ensemble. */
import type { Structure } from '../structure/structure.ts';
import type { ForceEvaluation } from './force-field.ts';
import type { MdState } from './state.ts';
import type { VerletList } from './verlet-list.ts';

/** The first number found not to be finite in a step. */
export interface NonFinite {
  readonly of: 'position' | 'velocity' | 'force' | 'potential energy' | 'conserved energy' | 'cell';
  /** null where the number belongs to no atom. */
  readonly atom: number | null;
}

/** The state is advanced in place; what else is here is that of the state as it is now. */
export interface Propagator {
  readonly state: MdState;
  /** Its cell and positions are the state's own arrays. */
  readonly structure: Structure;
  readonly list: VerletList;
  readonly evaluation: ForceEvaluation;
  readonly kineticEv: number;
  readonly conservedEv: number;
  /** 3×3 row-major, eV/Å³, positive where the structure presses outwards; null without a barostat. */
  readonly pressureEvA3: Float64Array | null;
  /** What was not finite in the state that it began with. */
  readonly fault: NonFinite | null;
  /** One time step. Where something was not finite, the state is unusable and the fault is returned. */
  step(): NonFinite | null;
  /** Scales the velocities to that temperature, K; the energy it takes counts as work from outside. */
  rescaleTo(temperatureK: number): NonFinite | null;
}

/** The first vector with a component that is not finite; null where all are. */
export function nonFiniteVector(of: NonFinite['of'], vectors: Float64Array): NonFinite | null {
  // A product with zero is no number where a factor is not finite.
  let zero = 0;
  for (let k = 0; k < vectors.length; k++) zero += 0 * vectors[k];
  if (zero === 0) return null;
  return { of, atom: Math.floor(vectors.findIndex((component) => !Number.isFinite(component)) / 3) };
}

export function forceFault({ energyEv, forcesEvA }: ForceEvaluation): NonFinite | null {
  const force = nonFiniteVector('force', forcesEvA);
  if (force !== null || Number.isFinite(energyEv)) return force;
  return { of: 'potential energy', atom: null };
}
