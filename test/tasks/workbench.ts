/** A blob store in a folder of its own, and tasks that run on it one after another, as a campaign would run them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { ResolvedInput } from '../../src/execution/assignment.ts';
import { runAssignment } from '../../src/execution/run-assignment.ts';
import { readBundle, writeBundle } from '../../src/formats/array-bundle.ts';
import { type JsonObject, type JsonValue, readJsonDocument } from '../../src/formats/json-document.ts';
import { findKind } from '../../src/tasks/registry.ts';
import type { TaskOutcome } from '../../src/tasks/task-kind.ts';
import { BlobStore } from '../../store/blob-store.ts';

export interface Done {
  readonly outcome: TaskOutcome;
  readonly results: JsonObject;
  /** SHA-256 of each output, which the store holds. */
  readonly outputs: { readonly [name: string]: string };
}

export type Inputs = { readonly [name: string]: string | readonly (string | ResolvedInput)[] };

export class Workbench {
  readonly #folder = mkdtempSync(join(tmpdir(), 'varve-tasks-'));
  readonly blobs = new BlobStore(join(this.#folder, 'blobs'), true);

  constructor() {
    afterAll(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  put(bytes: Uint8Array | string): string {
    return this.blobs.put(Buffer.from(bytes)).hash;
  }

  /** Inputs are hashes of blobs; what comes out is checked to hold no NaN and, in numbers that people read, no −0. */
  run(kind: string, params: JsonObject, inputs: Inputs = {}): Done {
    const resolved = Object.entries(inputs).map(([name, input]) => [
      name,
      [input].flat().map((item) => (typeof item === 'string' ? { hash: item } : item)),
    ]);
    const { outcome, results, outputs } = runAssignment(
      { kind, v: versionOf(kind), params, inputs: Object.fromEntries(resolved) },
      this.blobs,
    );
    requirePlainNumbers({ outcome: { ...outcome }, results } as unknown as JsonValue);
    for (const { bytes, mediaType } of Object.values(outputs)) {
      if (mediaType === 'application/json') requirePlainNumbers(readJsonDocument(bytes, 'output'));
      if (mediaType === 'application/vnd.varve.array-bundle') readBundle(bytes, 'output');
    }
    return {
      outcome,
      results,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, { bytes }]) => [name, this.put(bytes)])),
    };
  }

  /** As `run`, demanding that the task is done. */
  done(kind: string, params: JsonObject, inputs: Inputs = {}): Done {
    const result = this.run(kind, params, inputs);
    expect(result.outcome).toEqual({ status: 'done' });
    return result;
  }

  get(hash: string): Uint8Array {
    return this.blobs.get(hash);
  }
}

function requirePlainNumbers(value: JsonValue): void {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    throw new Error(`${Object.is(value, -0) ? '-0' : value} in what a task says`);
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requirePlainNumbers);
}

export const ELEMENTS = ['Li', 'P', 'S', 'Cl'];
export const METHOD = { engine: 'GPAW', version: '22.8.0', functional: 'PBE', settings: 'plane waves 400 eV' };

/** The first frames of the real labels, as a file. */
export function realLabels(count: number): string {
  const path = new URL('../../examples/labels/li6ps5cl-gpaw-pw400.extxyz', import.meta.url);
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, 54 * count)
    .join('\n');
}

export const labelParams = { name: 'labels.extxyz', format: 'extxyz', elements: ELEMENTS, method: METHOD };
export const fitParams = {
  level: 4,
  minDistanceA: 1.5,
  cutoffA: 5,
  radialBasisSize: 6,
  weights: { energy: 1, forces: 0.1, stress: 0.001 },
  weighting: 'vibrations',
  scaleByForce: 0,
  preIterations: 3,
  maxIterations: 10,
  convergenceTolerance: 0,
  elements: ELEMENTS,
  allowMixedMethods: false,
  segmentIterations: 100,
  start: { from: 'seed', seed: '0123456789abcdef' },
};
export const structureParams = {
  elements: ELEMENTS,
  prototype: { name: 'argyrodite', latticeConstantA: 10.25 },
  rattleA: 0.05,
  seed: 'fedcba9876543210',
};
export const mdParams = {
  ensemble: 'nvt',
  temperatureK: 300,
  timeStepFs: 1,
  dampingFs: 50,
  steps: 20,
  sampleEverySteps: 5,
  start: { from: 'structure', seed: '00000000000000aa' },
  watch: { everySteps: 5, pairDistanceFraction: 0.5, maxTemperatureFactor: 10, maxDriftEvPerAtom: 1 },
};

export const relaxParams = {
  method: 'l-bfgs',
  cell: 'isotropic',
  pressureGpa: 0,
  forceToleranceEvA: 1e-3,
  stressToleranceGpa: 0.01,
  maxSteps: 500,
  pairDistanceFraction: 0.5,
};

export const indices = (hash: string, ...frames: number[]): ResolvedInput[] => frames.map((index) => ({ hash, index }));

/** The version at which a kind stands. */
export function versionOf(kind: string): number {
  let latest = 0;
  for (let v = 1; v < 100; v++) {
    try {
      latest = findKind(kind, v).v;
    } catch {}
  }
  return latest;
}

/** A potential that was fitted once to eight of the real labels: the tests that need one do not hang on the fit. */
export const potentialFile = (): string => readFileSync(new URL('./level-4.mtp', import.meta.url), 'utf8');

/** Another, of level 8, under which the crystal has a minimum: that of level 4 lets it collapse. */
export const relaxablePotentialFile = (): string =>
  readFileSync(new URL('../dynamics/level-8.mtp', import.meta.url), 'utf8');

/** The range that goes with it: smallest distances by pair of species, Å. */
export const rangeOf = (distanceA: number): Uint8Array =>
  writeBundle({
    entries: [{ name: 'closestPairsA', shape: [4, 4], unit: 'Å', data: new Float64Array(16).fill(distanceA) }],
    meta: { elements: ELEMENTS, cutoffA: 5 },
  });
