/**
 * The exact state of a fit as a bundle of arrays: iteration [1]; scaling [1]; parameters [n], radial, species and moment
 * coefficients; gradient [n] of the loss there; inverseHessian [n,n]; losses [k], of the start of the phase and after
 * each of its iterations, at most the last 51. All without a unit: they are of a loss that is a weighted sum. Meta:
 * `phase`, `pre-training`, `main` or `refinement`; `fresh`, whether the inverse Hessian has learnt nothing yet; in a file
 * that stands by itself also `fit`: what is fitted to what, since the state can go on in no other fit. A refinement has
 * `mainIterations` [1] besides, and at most 101 losses.
 */
import { InputError } from '../numerics/input-error.ts';
import { type FitPhase, type FitState, periodOf } from '../potential/fit-state.ts';
import { type BundleEntry, doubles, integers, readBundle, writeBundle } from './array-bundle.ts';
import type { JsonObject } from './json-document.ts';

/** A state with the settings of the fit that it belongs to. */
export interface FitCheckpoint {
  readonly state: FitState;
  readonly fit: JsonObject;
}

export const writeFitState = (state: FitState): Uint8Array => write(state, {});

export const writeFitCheckpoint = ({ state, fit }: FitCheckpoint): Uint8Array => write(state, { fit });

function write(state: FitState, about: JsonObject): Uint8Array {
  const { phase, iteration, scaling, losses, bfgs } = state;
  const n = bfgs.x.length;
  const entries: BundleEntry[] = [
    { name: 'iteration', shape: [1], unit: '1', data: Int32Array.of(iteration) },
    { name: 'scaling', shape: [1], unit: '1', data: Float64Array.of(scaling) },
    { name: 'parameters', shape: [n], unit: '1', data: bfgs.x },
    { name: 'gradient', shape: [n], unit: '1', data: bfgs.gradient },
    { name: 'inverseHessian', shape: [n, n], unit: '1', data: bfgs.inverseHessian },
    { name: 'losses', shape: [losses.length], unit: '1', data: Float64Array.from(losses) },
    ...(state.phase === 'refinement'
      ? [{ name: 'mainIterations', shape: [1], unit: '1', data: Int32Array.of(state.mainIterations) }]
      : []),
  ];
  return writeBundle({ entries, meta: { phase, fresh: bfgs.fresh, ...about } });
}

/** @throws InputError `bad-bundle` where the bytes are not those of a fit's state */
export function readFitState(bytes: Uint8Array, where: string): FitState {
  const bundle = readBundle(bytes, where);
  const n = bundle.entries.find((entry) => entry.name === 'parameters')?.shape[0] ?? 0;
  const numbers = (name: string, ...shape: number[]): Float64Array => doubles(bundle, name, where, shape);
  const bad = (): InputError => new InputError('bad-bundle', 'not the state of a fit', { where });
  const { phase, fresh } = bundle.meta;
  const iteration = integers(bundle, 'iteration', where, [1])[0]!;
  if (!isPhase(phase) || typeof fresh !== 'boolean' || iteration < 0) throw bad();
  const losses = [...numbers('losses', Math.min(iteration, periodOf(phase)) + 1)];
  const scaling = numbers('scaling', 1)[0]!;
  const common = {
    iteration,
    scaling,
    bfgs: {
      x: numbers('parameters', n),
      gradient: numbers('gradient', n),
      value: losses.at(-1)!,
      inverseHessian: numbers('inverseHessian', n, n),
      fresh,
    },
    losses,
  };
  if (phase !== 'refinement') return { phase, ...common };
  const mainIterations = integers(bundle, 'mainIterations', where, [1])[0]!;
  if (mainIterations < 0) throw bad();
  return { phase, mainIterations, ...common };
}

/** @throws InputError `bad-bundle` where the bytes are not a state with its fit */
export function readFitCheckpoint(bytes: Uint8Array, where: string): FitCheckpoint {
  const { fit } = readBundle(bytes, where).meta;
  if (typeof fit === 'object' && fit !== null && !Array.isArray(fit)) return { state: readFitState(bytes, where), fit };
  throw new InputError('bad-bundle', 'the state does not say which fit it belongs to', { where });
}

const isPhase = (value: unknown): value is FitPhase =>
  value === 'pre-training' || value === 'main' || value === 'refinement';
