/**
 * Which atoms to displace, and where to: as few displacements as the space group allows (Parlinski, Li & Kawazoe, Phys. Rev.
 * Lett. 78, 4063 (1997)). Of atoms that operations carry onto each other one is displaced; of directions those whose images
 * under the operations that leave the atom in place span space. The opposite displacement is made too (central
 * differences) unless an operation turns the one into the other.
 */
import { determinant3 } from '../../numerics/determinant.ts';
import type { Structure } from '../../structure/structure.ts';
import type { PhononCell, SupercellOperation, Triple } from './phonon-cell.ts';

export interface Displacement {
  /** Atom of the cell at the origin. */
  readonly atom: number;
  /** Å. */
  readonly vectorA: Triple;
  /** Operation that leaves the atom in place and turns the displacement round, where there is one: none is made then. */
  readonly reversedBy: SupercellOperation | undefined;
}

/** A determinant of 1/27 is that of three orthogonal directions. */
const SPANS = 1e-3;

/**
 * Displacements of every irreducible atom, in the order of the atoms.
 * @param operations of the supercell, the identity among them; the identity alone gives the unreduced calculation
 * @param amplitudeA length of the displacements, Å
 */
export function chooseDisplacements(
  { unit }: PhononCell,
  operations: readonly SupercellOperation[],
  amplitudeA: number,
): Displacement[] {
  const candidates = candidateDirections(unit);
  return irreducibleAtoms(unit.species.length, operations).flatMap((atom) => {
    const stabiliser = stabiliserOf(atom, operations);
    return chooseDirections(candidates, stabiliser).map((direction): Displacement => {
      const reversedBy = stabiliser.find(({ cartesian }) => isReversed(cartesian, direction));
      return { atom, vectorA: direction.map((x) => x * amplitudeA) as unknown as Triple, reversedBy };
    });
  });
}

/** The first of each set of atoms that operations carry onto each other. */
export function irreducibleAtoms(atoms: number, operations: readonly SupercellOperation[]): number[] {
  const reached = new Uint8Array(atoms);
  const chosen: number[] = [];
  for (let atom = 0; atom < atoms; atom++) {
    if (reached[atom] === 1) continue;
    chosen.push(atom);
    for (const operation of operations) reached[operation.atoms[atom]!] = 1;
  }
  return chosen;
}

/** Operations that leave an atom in place, up to a lattice translation. */
export const stabiliserOf = (atom: number, operations: readonly SupercellOperation[]): SupercellOperation[] =>
  operations.filter(({ atoms }) => atoms[atom] === atom);

/** The supercell with one atom displaced. @param sign 1 or −1 */
export function displaced({ supercell }: PhononCell, { atom, vectorA }: Displacement, sign: 1 | -1): Structure {
  const positionsA = supercell.positionsA.slice();
  for (let axis = 0; axis < 3; axis++) positionsA[3 * atom + axis]! += sign * vectorA[axis as 0]!;
  return { ...supercell, positionsA };
}

/** R v, R 3×3 row-major. */
export const rotated = (r: Float64Array, [x, y, z]: Triple): Triple => [
  r[0]! * x + r[1]! * y + r[2]! * z,
  r[3]! * x + r[4]! * y + r[5]! * z,
  r[6]! * x + r[7]! * y + r[8]! * z,
];

/** Unit vectors along the lattice vectors, and the sums of two and three of them. */
function candidateDirections({ cellA }: Structure): Triple[] {
  const sums: Triple[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
    [1, 0, 1],
    [0, 1, 1],
    [1, 1, 1],
    [1, -1, 0],
    [1, 0, -1],
    [0, 1, -1],
  ];
  return sums.map(([a, b, c]) => {
    const [x, y, z] = [0, 1, 2].map(
      (axis) => a * cellA[axis]! + b * cellA[3 + axis]! + c * cellA[6 + axis]!,
    ) as unknown as Triple;
    const length = Math.sqrt(x * x + y * y + z * z);
    return [x / length, y / length, z / length];
  });
}

/** One direction whose images span space, else two, else three. */
function chooseDirections(candidates: readonly Triple[], stabiliser: readonly SupercellOperation[]): readonly Triple[] {
  const images = candidates.map((direction) => stabiliser.map(({ cartesian }) => rotated(cartesian, direction)));
  const one = images.findIndex((vectors) => spread(vectors) > SPANS);
  if (one >= 0) return [candidates[one]!];
  for (let first = 0; first < candidates.length; first++) {
    for (let second = first + 1; second < candidates.length; second++) {
      if (spread([...images[first]!, ...images[second]!]) > SPANS) return [candidates[first]!, candidates[second]!];
    }
  }
  return [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
}

/** Determinant of the mean of v vᵀ over unit vectors. */
function spread(vectors: readonly Triple[]): number {
  const m = new Float64Array(9);
  for (const v of vectors) {
    for (let k = 0; k < 9; k++) m[k]! += (v[Math.floor(k / 3) as 0]! * v[(k % 3) as 0]!) / vectors.length;
  }
  return determinant3(m);
}

function isReversed(cartesian: Float64Array, direction: Triple): boolean {
  const image = rotated(cartesian, direction);
  return image.every((x, axis) => Math.abs(x + direction[axis as 0]!) < 1e-6);
}
