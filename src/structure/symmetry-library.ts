/**
 * What varve asks of a library of space groups: moyo's WebAssembly (@spglib/moyo-wasm), which `execution/symmetry.ts`
 * loads. It names groups and proposes operations; whatever a result rests on is checked by varve's own arithmetic, so no
 * bit of a hashed number comes from here (docs/numerics.md).
 */
import type { MoyoDataset, MoyoHallSymbolEntry, MoyoOperation } from '@spglib/moyo-wasm';

export interface SymmetryLibrary {
  /** Package and version, to be recorded beside what it found. */
  readonly name: string;
  /** Its WebAssembly, to be attested and kept where a result has a name from it. */
  readonly module: Uint8Array;
  /** @throws string where it finds no symmetry */
  analyseCell(cell: string, symprecA: number): MoyoDataset;
  /** @param hallNumber 1 … 530 */
  setting(hallNumber: number): MoyoHallSymbolEntry;
  operations(hallNumber: number): MoyoOperation[];
}

export const HALL_NUMBERS = 530;
