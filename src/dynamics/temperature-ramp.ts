/**
 * A temperature that changes linearly with the steps of a run: annealing and quenching. The thermostat of the step that
 * ends at step n has the temperature of step n, so a run cut anywhere goes through the same temperatures.
 */
import { InputError } from '../numerics/input-error.ts';
import { requireTemperature } from './velocities.ts';

export interface TemperatureRamp {
  readonly toK: number;
  /** Steps from the start of the run (step 0) after which `toK` is reached and kept. */
  readonly overSteps: number;
}

/** @throws InputError `bad-temperature`, `bad-steps` */
export function requireRamp({ toK, overSteps }: TemperatureRamp): void {
  requireTemperature(toK);
  if (Number.isInteger(overSteps) && overSteps > 0) return;
  throw new InputError('bad-steps', 'a ramp must take a positive number of steps', { found: String(overSteps) });
}

export function rampTemperatureK(fromK: number, { toK, overSteps }: TemperatureRamp, step: number): number {
  return step >= overSteps ? toK : fromK + ((toK - fromK) * step) / overSteps;
}
