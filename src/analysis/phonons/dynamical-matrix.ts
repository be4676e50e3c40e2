/**
 * The dynamical matrix D_iα,jβ(q) = (m_i m_j)^−½ Σ_J Φ(iα, Jβ) ⟨exp(2πi q·l)⟩ over the cells l of the images of J that are
 * nearest to i: all that are equally near, with equal weights (the Wigner–Seitz cell of the supercell), so that
 * interpolation between the q that fit the supercell is smooth and Hermitian. Energies of charges at a distance (LO–TO
 * splitting) are not added.
 */
import { cosSinOfTurns } from '../../numerics/circular.ts';
import { hermitianEigenvalues } from '../../numerics/hermitian-eigen.ts';
import { InputError } from '../../numerics/input-error.ts';
import { type SymmetricEigen, symmetricEigen } from '../../numerics/symmetric-eigen.ts';
import type { ForceConstants } from './force-constants.ts';
import { cellOf, type PhononCell, type Triple } from './phonon-cell.ts';

/** Images of one atom that are as near as this are equally near, Å. */
const EQUALLY_NEAR_A = 1e-4;

export class DynamicalMatrix {
  readonly #constants: ForceConstants;
  readonly #inverseRoots: Float64Array;
  /** Cells that any image is in, three numbers each. */
  readonly #lattice: Int32Array;
  /** Of pair i·N + J the places in `#lattice` of its images: entries from `#start[pair]` on. */
  readonly #start: Int32Array;
  readonly #image: Int32Array;

  /** @param massesAmu of each atom of the unit cell, amu @throws InputError `bad-masses` */
  constructor(constants: ForceConstants, massesAmu: ArrayLike<number>) {
    const n = constants.cell.unit.species.length;
    if (massesAmu.length !== n || Array.from(massesAmu).some((mass) => !(mass > 0 && Number.isFinite(mass)))) {
      throw new InputError('bad-masses', 'each atom of the cell needs a mass', {
        expected: `${n} masses above 0, amu`,
      });
    }
    this.#constants = constants;
    this.#inverseRoots = Float64Array.from(massesAmu, (mass) => 1 / Math.sqrt(mass));
    const images = nearestImages(constants.cell);
    this.#lattice = images.lattice;
    this.#start = images.start;
    this.#image = images.image;
  }

  /** Number of branches. */
  get size(): number {
    return 3 * this.#inverseRoots.length;
  }

  /**
   * Eigenvalues at q, ascending, eV/(Å² amu): squares of angular frequencies, negative for imaginary ones.
   * @param q in reciprocal lattice vectors of the unit cell
   */
  eigenvalues(q: Triple): Float64Array {
    const { real, imaginary } = this.at(q);
    return hermitianEigenvalues(real, imaginary, this.size);
  }

  /** Eigenvalues and mass-weighted eigenvectors at q = 0, where the matrix is real. */
  atGamma(): SymmetricEigen {
    return symmetricEigen(this.at([0, 0, 0]).real, this.size, true);
  }

  /** The matrix, 3n×3n row-major, exactly Hermitian. */
  at(q: Triple): { real: Float64Array; imaginary: Float64Array } {
    const { values, cell } = this.#constants;
    const n = cell.unit.species.length;
    const atoms = cell.supercell.species.length;
    const size = this.size;
    const phases = Array.from({ length: this.#lattice.length / 3 }, (_, k) => {
      const [a, b, c] = this.#lattice.subarray(3 * k, 3 * k + 3) as unknown as Triple;
      return cosSinOfTurns(q[0] * a + q[1] * b + q[2] * c);
    });
    const real = new Float64Array(size * size);
    const imaginary = new Float64Array(size * size);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < atoms; j++) {
        const pair = i * atoms + j;
        const weight = this.#inverseRoots[i]! * this.#inverseRoots[j % n]!;
        let cos = 0;
        let sin = 0;
        const [from, to] = [this.#start[pair]!, this.#start[pair + 1]!];
        for (let k = from; k < to; k++) {
          cos += phases[this.#image[k]!]!.cos;
          sin += phases[this.#image[k]!]!.sin;
        }
        cos *= weight / (to - from);
        sin *= weight / (to - from);
        for (let k = 0; k < 9; k++) {
          const at = size * (3 * i + Math.floor(k / 3)) + 3 * (j % n) + (k % 3);
          real[at]! += values[9 * pair + k]! * cos;
          imaginary[at]! += values[9 * pair + k]! * sin;
        }
      }
    }
    makeHermitian(real, imaginary, size);
    return { real, imaginary };
  }
}

function makeHermitian(real: Float64Array, imaginary: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    imaginary[size * i + i] = 0;
    for (let j = 0; j < i; j++) {
      const a = 0.5 * (real[size * i + j]! + real[size * j + i]!);
      const b = 0.5 * (imaginary[size * i + j]! - imaginary[size * j + i]!);
      real[size * i + j] = a;
      real[size * j + i] = a;
      imaginary[size * i + j] = b;
      imaginary[size * j + i] = -b;
    }
  }
}

/** For each pair the cells in which the nearest images of J are, seen from i in the cell at the origin. */
function nearestImages(cell: PhononCell): { lattice: Int32Array; start: Int32Array; image: Int32Array } {
  const { unit, repeats } = cell;
  const n = unit.species.length;
  const atoms = cell.supercell.species.length;
  const places = new Map<string, number>();
  const lattice: number[] = [];
  const start = new Int32Array(n * atoms + 1);
  const image: number[] = [];
  const placeOf = (l: Triple): number => {
    const key = l.join();
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, lattice.length / 3);
    lattice.push(...l);
    return lattice.length / 3 - 1;
  };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < atoms; j++) {
      const [a, b, c] = cellOf(cell, j);
      let nearestA = Number.POSITIVE_INFINITY;
      const found: { distanceA: number; l: Triple }[] = [];
      // Two supercells to either side, for cells that are far from rectangular.
      for (let t = 0; t < 125; t++) {
        const l: Triple = [
          a + repeats[0] * ((t % 5) - 2),
          b + repeats[1] * ((Math.floor(t / 5) % 5) - 2),
          c + repeats[2] * (Math.floor(t / 25) - 2),
        ];
        const distanceA = separationA(unit.cellA, unit.positionsA, i, j % n, l);
        if (distanceA > nearestA + EQUALLY_NEAR_A) continue;
        nearestA = Math.min(nearestA, distanceA);
        found.push({ distanceA, l });
      }
      for (const { distanceA, l } of found) if (distanceA <= nearestA + EQUALLY_NEAR_A) image.push(placeOf(l));
      start[i * atoms + j + 1] = image.length;
    }
  }
  return { lattice: Int32Array.from(lattice), start, image: Int32Array.from(image) };
}

function separationA(cellA: Float64Array, positionsA: Float64Array, i: number, j: number, [a, b, c]: Triple): number {
  let square = 0;
  for (let axis = 0; axis < 3; axis++) {
    const shift = a * cellA[axis]! + b * cellA[3 + axis]! + c * cellA[6 + axis]!;
    const x = positionsA[3 * j + axis]! + shift - positionsA[3 * i + axis]!;
    square += x * x;
  }
  return Math.sqrt(square);
}
