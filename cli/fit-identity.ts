/**
 * What a fit under way belongs to: every setting that its bits depend on, and hashes of the template and the training
 * set. The number of iterations is not among them: a fit that is allowed more of them goes on.
 */
import { createHash } from 'node:crypto';
import { VARVE_VERSION } from '../src/execution/version.ts';
import type { JsonObject } from '../src/formats/json-document.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { FitSettings } from '../src/potential/fit-settings.ts';
import type { MtpTemplate } from '../src/potential/template.ts';
import type { LabelledConfiguration } from '../src/potential/training-set.ts';

type Numbers = Float64Array | Int32Array;

function hashOf(arrays: Iterable<Numbers>): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

function* numbersOfSet(configurations: readonly LabelledConfiguration[]): Generator<Numbers> {
  for (const { structure, energyEv, forcesEvA, virialEv } of configurations) {
    const { species, periodic, cellA, positionsA } = structure;
    yield Int32Array.of(species.length, ...periodic.map(Number), virialEv === null ? 0 : 1);
    yield species;
    yield cellA;
    yield positionsA;
    yield Float64Array.of(energyEv);
    yield forcesEvA;
    yield virialEv ?? new Float64Array(0);
  }
}

const numbersOfTemplate = ({ radialFunctions, basic, products, momentCount, scalars }: MtpTemplate): Numbers[] => [
  Int32Array.of(radialFunctions, momentCount, basic.length, products.length, scalars.length),
  basic,
  products,
  scalars,
];

export function fitIdentity(
  settings: FitSettings,
  seed: string,
  training: readonly LabelledConfiguration[],
): JsonObject {
  return {
    varve: VARVE_VERSION,
    training: hashOf(numbersOfSet(training)),
    template: hashOf(numbersOfTemplate(settings.template)),
    seed,
    species: settings.speciesCount,
    minDistanceA: settings.minDistanceA,
    cutoffA: settings.maxDistanceA,
    radial: settings.radialBasisSize,
    energyWeight: settings.weights.energy,
    forceWeight: settings.weights.forces,
    stressWeight: settings.weights.stress,
    weighting: settings.weighting,
    scaleByForce: settings.scaleByForce ?? 0,
    preIterations: settings.preIterations ?? 0,
    tolerance: settings.convergenceTolerance,
    name: settings.name ?? '',
  };
}

/** @throws InputError `other-fit`, which lists what differs */
export function demandSameFit(found: JsonObject, asked: JsonObject, where: string): void {
  const fields = [...new Set([...Object.keys(asked), ...Object.keys(found)])];
  const list = fields
    .filter((field) => found[field] !== asked[field])
    .map((field) => `${field}: ${JSON.stringify(found[field])} there, ${JSON.stringify(asked[field])} asked for`);
  if (list.length === 0) return;
  throw new InputError('other-fit', 'the state there is that of another fit', {
    where,
    remedy: 'ask for that fit, or remove the file or name another with --state to begin anew',
    list,
  });
}
