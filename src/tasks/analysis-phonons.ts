/**
 * `analysis.phonons` (R9): phonons of a structure under a potential by finite displacements, as few as its symmetry allows,
 * and whether any is imaginary. The operations are those that varve's own arithmetic finds.
 */
import { z } from 'zod';
import type { ForceConstants } from '../analysis/phonons/force-constants.ts';
import type { PhononsAt } from '../analysis/phonons/frequencies.ts';
import { type StructurePhonons, structurePhonons } from '../analysis/phonons/structure-phonons.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonObject, type JsonValue, writeJsonDocument } from '../formats/json-document.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { findOperations } from '../structure/find-operations.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { phononShape } from './analysis-schemas.ts';
import { demandElements } from './pair-limits.ts';
import { potentialOf } from './potential-input.ts';
import { blobName, defineKind, singleInput } from './task-kind.ts';

/** Force constants of more than this are no small result: 400 MB. */
const MOST_CONSTANTS = 50_000_000;

export const analysisPhonons = defineKind({
  kind: 'analysis.phonons',
  v: 1,
  class: 'exact',
  params: z.strictObject(phononShape),
  /** Inputs: `structure` (relaxed), `potential`, `range`. */
  run(context) {
    const { supercell, displacementA, toleranceThz, symmetryToleranceA, mesh } = context.params;
    const blob = singleInput(context, 'structure');
    const structure = readStructure(blob.bytes, blobName(blob));
    demandElements(context, structure.elements);
    demandSize(structure.species.length, supercell);
    const forceField = mtpForceField(potentialOf(context), context.crew);
    const operations = findOperations(structure, symmetryToleranceA);
    const found = structurePhonons(
      structure,
      (of) => forceField.evaluate(of, buildNeighbourList(of, forceField.cutoffA)).forcesEvA,
      {
        supercell,
        operations,
        massesAmu: atomMassesAmu(structure),
        toleranceThz,
        amplitudeA: displacementA,
        ...(mesh === undefined ? {} : { mesh }),
      },
    );
    forceField.release();
    const { stability, constants } = found;
    return {
      outcome: { status: 'done' },
      outputs: {
        phonons: { bytes: writeJsonDocument(document(found)), mediaType: JSON_MEDIA_TYPE },
        forceConstants: { bytes: writeConstants(constants), mediaType: ARRAY_BUNDLE_MEDIA_TYPE },
      },
      results: {
        ...verdictOf(found),
        points: stability.points,
        operations: operations.length,
        forceCalls: constants.forceCalls,
        residualForceEvA: constants.residualForceEvA,
        driftEvA2: constants.driftEvA2,
      },
      modules: [forceField.module],
    };
  },
});

const verdictOf = ({ stability }: StructurePhonons): JsonObject => ({
  verdict: stability.verdict,
  lowestThz: stability.lowestThz,
  lowestAt: [...stability.lowestAt],
  imaginaryModes: stability.imaginaryModes,
  pointsWithImaginaryModes: stability.pointsWithImaginaryModes,
  toleranceThz: stability.toleranceThz,
});

/** Frequencies in THz, below 0 where imaginary; q in reciprocal lattice vectors. */
function document(found: StructurePhonons): JsonObject {
  const rows = (points: readonly PhononsAt[]): JsonValue =>
    points.map(({ q, frequenciesThz }) => ({ q: [...q], frequenciesThz: [...frequenciesThz] }));
  return {
    ...verdictOf(found),
    points: found.stability.points,
    gamma: found.gamma.map((group) => ({ ...group, elementShares: [...group.elementShares] })),
    exact: rows(found.exact),
    mesh: rows(found.mesh),
  };
}

function writeConstants({ cell, values }: ForceConstants): Uint8Array {
  const shape = [cell.unit.species.length, cell.supercell.species.length, 3, 3];
  return writeBundle({
    entries: [{ name: 'forceConstantsEvA2', shape, unit: 'eV/Å²', data: values }],
    meta: { supercell: [...cell.repeats] },
  });
}

function demandSize(atoms: number, [a, b, c]: readonly [number, number, number]): void {
  const constants = atoms * atoms * a * b * c * 9;
  if (constants <= MOST_CONSTANTS) return;
  throw new InputError('too-many-atoms', 'the force constants of so many atoms do not fit', {
    expected: `at most ${MOST_CONSTANTS} of them`,
    found: `${constants}: ${atoms} atoms in a cell, ${a} × ${b} × ${c} cells`,
    remedy: 'take a smaller cell, or leave the phonons out',
  });
}
