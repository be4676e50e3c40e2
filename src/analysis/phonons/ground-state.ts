/**
 * A row of the paper's Table IV (R9): lattice constant, space group, dynamical stability, energy relative to a reference
 * structure, at 0 K.
 */
import { cubeRoot } from '../../numerics/elementary.ts';
import { cellVolumeA3, type Structure } from '../../structure/structure.ts';
import type { StructureSymmetry } from '../../structure/symmetry.ts';
import type { StabilityVerdict } from './stability.ts';

export interface GroundStateRow {
  readonly atoms: number;
  /** ∛ of the volume of the cell given: the lattice constant of a cube, the effective one of anything else, Å. */
  readonly effectiveLatticeConstantA: number;
  readonly spaceGroupNumber: number;
  readonly spaceGroupSymbol: string;
  readonly symprecA: number;
  readonly stability: StabilityVerdict['verdict'];
  readonly lowestFrequencyThz: number;
  readonly energyEvAtom: number;
  /** Null without a reference. */
  readonly energyDifferenceMevAtom: number | null;
}

/** @param referenceEvAtom energy of the reference structure by atom, by the same potential */
export function groundStateRow(
  structure: Structure,
  symmetry: Pick<StructureSymmetry, 'number' | 'symbol' | 'symprecA'>,
  stability: StabilityVerdict,
  energyEvAtom: number,
  referenceEvAtom: number | null,
): GroundStateRow {
  return {
    atoms: structure.species.length,
    effectiveLatticeConstantA: cubeRoot(Math.abs(cellVolumeA3(structure.cellA))),
    spaceGroupNumber: symmetry.number,
    spaceGroupSymbol: symmetry.symbol,
    symprecA: symmetry.symprecA,
    stability: stability.verdict,
    lowestFrequencyThz: stability.lowestThz + 0,
    energyEvAtom,
    energyDifferenceMevAtom: referenceEvAtom === null ? null : (energyEvAtom - referenceEvAtom) * 1000,
  };
}
