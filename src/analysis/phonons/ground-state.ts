/**
 * A row of the paper's Table IV (R9): lattice constant, space group, dynamical stability, energy relative to a reference
 * structure, at 0 K.
 */
import { cubeRoot } from '../../numerics/elementary.ts';
import { cellVolumeA3, type Structure } from '../../structure/structure.ts';
import type { StabilityVerdict } from './stability.ts';

export interface GroundStateRow {
  readonly atoms: number;
  /** ∛ of the volume of a conventional cell: the lattice constant of a cube, the effective one of anything else, Å. */
  readonly effectiveLatticeConstantA: number;
  /** Null where no name is certain. */
  readonly spaceGroupNumber: number | null;
  readonly spaceGroupSymbol: string | null;
  readonly symprecA: number;
  /** Null without phonons. */
  readonly stability: StabilityVerdict['verdict'] | null;
  readonly lowestFrequencyThz: number | null;
  readonly energyEvAtom: number;
  /** Null without a reference. */
  readonly energyDifferenceMevAtom: number | null;
}

/**
 * @param stability null where no phonons were asked for
 * @param referenceEvAtom energy of the reference structure by atom, by the same potential
 * @param cells conventional cells in the structure
 */
export function groundStateRow(
  structure: Structure,
  symmetry: {
    readonly number: number | null;
    readonly symbol: string | null;
    readonly symprecA: number;
  },
  stability: Pick<StabilityVerdict, 'verdict' | 'lowestThz'> | null,
  energyEvAtom: number,
  referenceEvAtom: number | null,
  cells = 1,
): GroundStateRow {
  return {
    atoms: structure.species.length,
    effectiveLatticeConstantA: cubeRoot(Math.abs(cellVolumeA3(structure.cellA)) / cells),
    spaceGroupNumber: symmetry.number,
    spaceGroupSymbol: symmetry.symbol,
    symprecA: symmetry.symprecA,
    stability: stability === null ? null : stability.verdict,
    lowestFrequencyThz: stability === null ? null : stability.lowestThz + 0,
    energyEvAtom,
    energyDifferenceMevAtom: referenceEvAtom === null ? null : (energyEvAtom - referenceEvAtom) * 1000,
  };
}
