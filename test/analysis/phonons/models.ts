/** Crystals whose phonons are known, and their forces. */
import type { ForcesOf } from '../../../src/analysis/phonons/force-constants.ts';
import {
  type PhononCell,
  phononCell,
  type SupercellOperation,
  supercellOperations,
  type Triple,
} from '../../../src/analysis/phonons/phonon-cell.ts';
import { loadSymmetry } from '../../../src/execution/symmetry.ts';
import { buildNeighbourList } from '../../../src/structure/neighbour-list.ts';
import type { Structure } from '../../../src/structure/structure.ts';
import { structureSymmetry } from '../../../src/structure/symmetry.ts';
import { LennardJones } from '../../dynamics/argon.ts';

/** The operations of the space group that the supercell has too, and the identity alone. */
export function operationsOf(cell: PhononCell): { all: SupercellOperation[]; identity: SupercellOperation[] } {
  const { operations } = structureSymmetry(cell.unit, 1e-4, loadSymmetry());
  const all = supercellOperations(cell, operations);
  const isIdentity = ({ rotation, atoms }: SupercellOperation): boolean =>
    rotation.join() === '1,0,0,0,1,0,0,0,1' && atoms.every((to, from) => to === from);
  return { all, identity: all.filter(isIdentity) };
}

/** Two atoms a cell along x, far from their neighbours in y and z. */
export const chainCell = (repeats: number): PhononCell =>
  phononCell(
    {
      cellA: Float64Array.of(4, 0, 0, 0, 12, 0, 0, 0, 12),
      periodic: [true, true, true],
      elements: ['Li', 'Cl'],
      species: Int32Array.of(0, 1),
      positionsA: Float64Array.of(0, 0, 0, 2, 0, 0),
    },
    [repeats, 1, 1],
  );

/** Springs of stiffness K between neighbours along x, and k across, eV/Å². */
export const springForces =
  ({ supercell }: PhononCell, along: number, across = 0): ForcesOf =>
  ({ positionsA }) => {
    const u = positionsA.map((x, k) => x - supercell.positionsA[k]!);
    const atoms = positionsA.length / 3;
    return u.map((x, k) => {
      const atom = Math.floor(k / 3);
      const [left, right] = [(atom + atoms - 1) % atoms, (atom + 1) % atoms];
      const stiffness = k % 3 === 0 ? along : across;
      return stiffness * (u[3 * left + (k % 3)]! + u[3 * right + (k % 3)]! - 2 * x);
    });
  };

/** Lennard-Jones between all atoms alike, as `LennardJones` truncates it. */
export function pairForces(cutoffA: number, epsilonEv = 0.0103, sigmaA = 3.4): ForcesOf {
  const field = new LennardJones(cutoffA, epsilonEv, sigmaA);
  return (structure: Structure) => field.evaluate(structure, buildNeighbourList(structure, cutoffA)).forcesEvA;
}

/** Primitive cells of cubic lattices. */
export const lattice = (rows: readonly Triple[], a: number): Structure => ({
  cellA: Float64Array.from(rows.flat(), (x) => x * a),
  periodic: [true, true, true],
  elements: ['Ar'],
  species: Int32Array.of(0),
  positionsA: new Float64Array(3),
});
export const FCC: readonly Triple[] = [
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0],
];
export const SIMPLE_CUBIC: readonly Triple[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** D(q) of one atom a cell under the same pair potential, by its second derivatives: 3×3, eV/(Å² amu). */
export function pairDynamicalMatrix(structure: Structure, q: Triple, massAmu: number, cutoffA: number): number[] {
  const [epsilonEv, sigmaA] = [0.0103, 3.4];
  const list = buildNeighbourList(structure, cutoffA);
  const { cellA } = structure;
  const d = new Array<number>(9).fill(0);
  for (let k = 0; k < list.atom.length; k++) {
    const x = [0, 1, 2].map((axis) => list.imageShiftA[3 * list.image[k]! + axis]!);
    const r2 = x.reduce((sum, c) => sum + c * c, 0);
    if (r2 >= cutoffA ** 2) continue;
    const b = 4 * epsilonEv * (sigmaA ** 12 * r2 ** -6 - sigmaA ** 6 * r2 ** -3);
    const b1 = 4 * epsilonEv * (-6 * sigmaA ** 12 * r2 ** -7 + 3 * sigmaA ** 6 * r2 ** -4);
    const b2 = 4 * epsilonEv * (42 * sigmaA ** 12 * r2 ** -8 - 12 * sigmaA ** 6 * r2 ** -5);
    const u = 1 - r2 / cutoffA ** 2;
    const u1 = -1 / cutoffA ** 2;
    const w1 = b1 * u ** 3 + 3 * b * u ** 2 * u1;
    const w2 = b2 * u ** 3 + 6 * b1 * u ** 2 * u1 + 6 * b * u * u1 ** 2;
    // The lattice coordinates of x, for the phase.
    const volume =
      cellA[0]! * (cellA[4]! * cellA[8]! - cellA[5]! * cellA[7]!) -
      cellA[1]! * (cellA[3]! * cellA[8]! - cellA[5]! * cellA[6]!) +
      cellA[2]! * (cellA[3]! * cellA[7]! - cellA[4]! * cellA[6]!);
    const l = [0, 1, 2].map((row) => {
      const p = 3 * ((row + 1) % 3);
      const s = 3 * ((row + 2) % 3);
      const cross = [
        cellA[p + 1]! * cellA[s + 2]! - cellA[p + 2]! * cellA[s + 1]!,
        cellA[p + 2]! * cellA[s]! - cellA[p]! * cellA[s + 2]!,
        cellA[p]! * cellA[s + 1]! - cellA[p + 1]! * cellA[s]!,
      ];
      return cross.reduce((sum, c, axis) => sum + c * x[axis]!, 0) / volume;
    });
    const factor = (1 - Math.cos(2 * Math.PI * (q[0] * l[0]! + q[1] * l[1]! + q[2] * l[2]!))) / massAmu;
    for (let m = 0; m < 9; m++) {
      const [i, j] = [Math.floor(m / 3), m % 3];
      d[m]! += factor * ((i === j ? 2 * w1 : 0) + 4 * w2 * x[i]! * x[j]!);
    }
  }
  return d;
}
