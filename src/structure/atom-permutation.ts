/**
 * Which atom an operation carries each atom onto: the check that an operation is a symmetry of a structure, by arithmetic
 * of our own. Linear in the number of atoms: images are looked up in bins of the fractional coordinates.
 */
import { inverseCell, type Structure } from './structure.ts';
import { applyTo, latticeStrain, type SymmetryOperation } from './symmetry-operation.ts';

export interface AtomPermutation {
  /** Atom i is carried onto an image of atom `atoms[i]`. */
  readonly atoms: Int32Array;
  /** The farthest that a carried atom is from the one that it falls on, Å. */
  readonly deviationA: number;
}

/** Tolerances are smaller: what an atom falls on is in its bin or in one beside it. */
const BIN_A = 2;

/** Of a periodic structure, for one operation after another. */
export class AtomFinder {
  readonly #structure: Structure;
  readonly #fractional: Float64Array;
  /** Along each lattice direction, none thinner than `BIN_A`. */
  readonly #bins: readonly number[];
  readonly #members = new Map<number, number[]>();

  /** @throws InputError `singular-cell` */
  constructor(structure: Structure) {
    this.#structure = structure;
    this.#fractional = fractionalPositions(structure);
    const inverse = inverseCell(structure.cellA);
    this.#bins = [0, 3, 6].map((at) => Math.max(1, Math.min(64, Math.floor(1 / (norm(inverse, at) * BIN_A)))));
    structure.species.forEach((_, i) => {
      const bin = this.#binOf(this.#fractional.subarray(3 * i, 3 * i + 3), [0, 0, 0]);
      this.#members.set(bin, [...(this.#members.get(bin) ?? []), i]);
    });
  }

  /**
   * The permutation of the atoms, or undefined where the operation is no symmetry: where it strains the lattice, or some
   * atom falls farther than `toleranceA` (Å) from every atom of its kind, or two fall on one.
   * @throws RangeError (ours) for a tolerance of more than 2 Å
   */
  permutation(operation: SymmetryOperation, toleranceA: number): AtomPermutation | undefined {
    if (!(toleranceA <= BIN_A)) throw new RangeError(`${toleranceA} Å is no tolerance`);
    const { cellA, species } = this.#structure;
    const lengthA = Math.max(...[0, 3, 6].map((at) => norm(cellA, at)));
    if (latticeStrain(operation, cellA) * lengthA > 4 * toleranceA) return undefined;
    const atoms = new Int32Array(species.length).fill(-1);
    const taken = new Uint8Array(species.length);
    let deviationA = 0;
    for (let i = 0; i < species.length; i++) {
      const image = applyTo(operation, this.#fractional.subarray(3 * i, 3 * i + 3));
      const found = this.#nearest(image, species[i]!, toleranceA);
      if (found === undefined || taken[found.atom] === 1) return undefined;
      taken[found.atom] = 1;
      atoms[i] = found.atom;
      deviationA = Math.max(deviationA, found.distanceA);
    }
    return { atoms, deviationA };
  }

  #nearest(
    point: ArrayLike<number>,
    species: number,
    toleranceA: number,
  ): { atom: number; distanceA: number } | undefined {
    let nearest: { atom: number; distanceA: number } | undefined;
    for (const bin of this.#binsAround(point)) {
      for (const atom of this.#members.get(bin) ?? []) {
        if (this.#structure.species[atom] !== species) continue;
        const distanceA = this.#distanceA(point, atom);
        if (distanceA <= toleranceA && !(nearest !== undefined && nearest.distanceA <= distanceA)) {
          nearest = { atom, distanceA };
        }
      }
    }
    return nearest;
  }

  /** The bin of a point and those around it, each once. */
  #binsAround(point: ArrayLike<number>): Set<number> {
    const bins = new Set<number>();
    for (let n = 0; n < 27; n++) {
      bins.add(this.#binOf(point, [(n % 3) - 1, (Math.floor(n / 3) % 3) - 1, Math.floor(n / 9) - 1]));
    }
    return bins;
  }

  #binOf(point: ArrayLike<number>, steps: readonly number[]): number {
    let bin = 0;
    for (let k = 0; k < 3; k++) {
      const at = Math.floor((point[k]! - Math.floor(point[k]!)) * this.#bins[k]!) + steps[k]!;
      bin = bin * this.#bins[k]! + (((at % this.#bins[k]!) + this.#bins[k]!) % this.#bins[k]!);
    }
    return bin;
  }

  #distanceA(point: ArrayLike<number>, atom: number): number {
    const { cellA } = this.#structure;
    const apart = [0, 1, 2].map((k) => {
      const difference = point[k]! - this.#fractional[3 * atom + k]!;
      return difference - Math.round(difference);
    }) as [number, number, number];
    return Math.sqrt(
      [0, 1, 2].reduce((sum, axis) => {
        const x = apart[0] * cellA[axis]! + apart[1] * cellA[3 + axis]! + apart[2] * cellA[6 + axis]!;
        return sum + x * x;
      }, 0),
    );
  }
}

/** N×3, not wrapped. @throws InputError `singular-cell` */
export function fractionalPositions({ cellA, positionsA, species }: Structure): Float64Array {
  const inverse = inverseCell(cellA);
  const fractional = new Float64Array(3 * species.length);
  for (let i = 0; i < species.length; i++) {
    for (let k = 0; k < 3; k++) {
      for (let axis = 0; axis < 3; axis++) fractional[3 * i + k]! += inverse[3 * k + axis]! * positionsA[3 * i + axis]!;
    }
  }
  return fractional;
}

const norm = (cellA: Float64Array, at: number): number =>
  Math.sqrt(cellA[at]! * cellA[at]! + cellA[at + 1]! * cellA[at + 1]! + cellA[at + 2]! * cellA[at + 2]!);
