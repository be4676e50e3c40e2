/**
 * `analysis.ground-state` (R9): a row of the paper's Table IV. Lattice constant and space group of a relaxed structure, its
 * energy beside that of a reference under the same potential, and what its phonons said.
 *
 * The name of the space group is the library's, and is given only where the library's operations are those that varve's
 * own arithmetic finds; the library's module is attested. No number comes from it.
 */
import { z } from 'zod';
import { groundStateRow } from '../analysis/phonons/ground-state.ts';
import type { StabilityVerdict } from '../analysis/phonons/stability.ts';
import { mtpForceField } from '../dynamics/mtp-force-field.ts';
import { JSON_MEDIA_TYPE, type JsonObject, readJsonDocument, writeJsonDocument } from '../formats/json-document.ts';
import { readStructure } from '../formats/structure-bundle.ts';
import { InputError } from '../numerics/input-error.ts';
import { findOperations } from '../structure/find-operations.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import type { Structure } from '../structure/structure.ts';
import { structureSymmetry } from '../structure/symmetry.ts';
import type { SymmetryLibrary } from '../structure/symmetry-library.ts';
import { counterOf } from '../structure/symmetry-operation.ts';
import { demandElements } from './pair-limits.ts';
import { potentialOf } from './potential-input.ts';
import { blobName, defineKind } from './task-kind.ts';

export const analysisGroundState = defineKind({
  kind: 'analysis.ground-state',
  v: 1,
  class: 'exact',
  params: z.strictObject({
    /** Conventional cells in the structure, of which the lattice constant is that of one. */
    cells: z.int().min(1),
    symprecA: z.number().positive().max(0.5),
  }),
  /** Inputs: `structure`, `potential`, `range`; `phonons` (a document) and `reference` (a structure) where there are. */
  run(context) {
    const { cells, symprecA } = context.params;
    const [structure, reference] = ['structure', 'reference'].map((name) => {
      const [blob] = context.inputs(name);
      return blob === undefined ? null : readStructure(blob.bytes, blobName(blob));
    }) as [Structure, Structure | null];
    demandElements(context, structure.elements);
    const [phononBlob] = context.inputs('phonons');
    const stability =
      phononBlob === undefined
        ? null
        : (readJsonDocument(phononBlob.bytes, blobName(phononBlob)) as unknown as StabilityVerdict);
    const forceField = mtpForceField(potentialOf(context), context.crew);
    const energyEvAtom = (of: Structure): number =>
      forceField.evaluate(of, buildNeighbourList(of, forceField.cutoffA)).energyEv / of.species.length;
    const library = context.spaceGroups!();
    const named = nameOf(structure, symprecA, library);
    const row = groundStateRow(
      structure,
      { ...named, symprecA },
      stability,
      energyEvAtom(structure),
      reference === null ? null : energyEvAtom(reference),
      cells,
    );
    forceField.release();
    const results: JsonObject = {
      ...row,
      imaginaryModes: stability?.imaginaryModes ?? null,
      operations: named.operations,
      ...(named.withheld === undefined ? {} : { spaceGroupWithheld: named.withheld }),
    };
    return {
      outcome: { status: 'done' },
      outputs: { row: { bytes: writeJsonDocument(results), mediaType: JSON_MEDIA_TYPE } },
      results,
      modules: [forceField.module, library.module],
    };
  },
});

interface NamedGroup {
  readonly number: number | null;
  readonly symbol: string | null;
  /** That varve finds; null where what holds to the tolerance is no group. */
  readonly operations: number | null;
  readonly withheld?: string;
}

function nameOf(structure: Structure, symprecA: number, library: SymmetryLibrary): NamedGroup {
  let operations: number | null = null;
  try {
    const own = findOperations(structure, symprecA);
    operations = own.length;
    const found = structureSymmetry(structure, symprecA, library);
    const among = counterOf(own);
    const agree = found.operations.length === own.length && found.operations.every((next) => among(next) === 1);
    if (agree) return { number: found.number, symbol: found.symbol, operations };
    const withheld = `${own.length} operations hold to ${symprecA} Å, the library names a group of ${found.operations.length}`;
    return { number: null, symbol: null, operations, withheld };
  } catch (error) {
    if (!(error instanceof InputError) || (error.code !== 'bad-symmetry' && error.code !== 'no-symmetry')) throw error;
    return { number: null, symbol: null, operations, withheld: error.what };
  }
}
