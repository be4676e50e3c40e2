/**
 * The symmetry operations of a structure by arithmetic of our own: every rotation of its lattice with every translation
 * that carries some atom onto one of its kind, kept where all atoms fall onto atoms. What is hashed rests on these; the
 * library of space groups (symmetry.ts) only says what a group is called.
 */
import { InputError } from '../numerics/input-error.ts';
import { AtomFinder, fractionalPositions } from './atom-permutation.ts';
import { latticeRotations } from './lattice-rotations.ts';
import { composition, type Structure } from './structure.ts';
import type { CheckedOperation } from './symmetry.ts';
import { applyTo, compose, type SymmetryOperation } from './symmetry-operation.ts';

/** Operations times atoms: each operation keeps where every atom goes. */
const MOST_IMAGES = 5_000_000;

/**
 * A whole group, the identity among it, in a fixed order.
 * @param toleranceA how far an atom may fall from the one that it falls onto, Å, at most 0.5
 * @throws InputError `bad-structure` for one that does not repeat everywhere, and for a tolerance out of range;
 *   `bad-symmetry` where what holds to the tolerance is no group; `too-many-operations`
 */
export function findOperations(structure: Structure, toleranceA: number): CheckedOperation[] {
  requireRequest(structure, toleranceA);
  const fractional = fractionalPositions(structure);
  const finder = new AtomFinder(structure);
  const [first, alike] = rarestAtoms(structure);
  const operations: CheckedOperation[] = [];
  for (const rotation of latticeRotations(structure.cellA, toleranceA)) {
    const turned = applyTo({ rotation, translation: new Float64Array(3) }, at(fractional, first));
    for (const atom of alike) {
      const translation = intoCell(at(fractional, atom).map((x, k) => x - turned[k]!));
      // The translation is off by as much as the two atoms that it comes from: first roughly, then by all of them.
      const rough = finder.permutation({ rotation, translation }, 2 * toleranceA);
      if (rough === undefined) continue;
      const operation = centred({ rotation, translation }, rough.atoms, fractional, structure.cellA);
      if (operation.deviationA <= toleranceA) operations.push(operation);
      if (operations.length * structure.species.length > MOST_IMAGES) throw tooMany(structure);
    }
  }
  requireGroup(operations, toleranceA);
  return operations;
}

/** The first atom of the species with the fewest, and all of that species. */
function rarestAtoms(structure: Structure): [number, Int32Array] {
  const counts = composition(structure).map((count) => (count === 0 ? Number.POSITIVE_INFINITY : count));
  const rarest = counts.indexOf(Math.min(...counts));
  const alike = Int32Array.from(structure.species.keys()).filter((atom) => structure.species[atom] === rarest);
  return [alike[0]!, alike];
}

/** With the translation for which the atoms are off by nothing on average. */
function centred(
  { rotation, translation: rough }: SymmetryOperation,
  atoms: Int32Array,
  fractional: Float64Array,
  cellA: Float64Array,
): CheckedOperation {
  const off = new Float64Array(fractional.length);
  const mean = new Float64Array(3);
  atoms.forEach((to, from) => {
    const image = applyTo({ rotation, translation: rough }, at(fractional, from));
    for (let k = 0; k < 3; k++) {
      const difference = fractional[3 * to + k]! - image[k]!;
      off[3 * from + k] = difference - Math.round(difference);
      mean[k]! += off[3 * from + k]! / atoms.length;
    }
  });
  let deviationA = 0;
  for (let i = 0; i < off.length; i += 3) {
    let square = 0;
    for (let axis = 0; axis < 3; axis++) {
      let x = 0;
      for (let k = 0; k < 3; k++) x += (off[i + k]! - mean[k]!) * cellA[3 * k + axis]!;
      square += x * x;
    }
    deviationA = Math.max(deviationA, Math.sqrt(square));
  }
  return { rotation, translation: intoCell(rough.map((t, k) => t + mean[k]!)), atoms, deviationA };
}

const at = (fractional: Float64Array, atom: number): Float64Array => fractional.subarray(3 * atom, 3 * atom + 3);

/** Each component in [0, 1); what rounding leaves just below a whole number is that whole number. */
const intoCell = (translation: Float64Array): Float64Array =>
  translation.map((t) => {
    const part = t - Math.floor(t);
    return part > 1 - 1e-12 || part < 1e-12 ? 0 : part;
  });

/** The products of its elements with a few of them, which make all, must be among them. */
function requireGroup(operations: readonly CheckedOperation[], toleranceA: number): void {
  const placeOf = placesOf(operations);
  const identity = placeOf({ rotation: Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), translation: new Float64Array(3) });
  if (identity === undefined) throw noGroup(operations.length, toleranceA);
  let made = new Set([identity]);
  const generators: CheckedOperation[] = [];
  operations.forEach((operation, place) => {
    if (made.has(place)) return;
    generators.push(operation);
    made = new Set([identity]);
    // The loop goes on to what is added while it runs.
    for (const element of made) {
      for (const generator of generators) {
        const product = placeOf(compose(generator, operations[element]!));
        if (product === undefined) throw noGroup(operations.length, toleranceA);
        made.add(product);
      }
    }
  });
}

/** Translations nearer than this, of the length of the lattice vectors, are the same. */
const SAME_TRANSLATION = 1e-3;

/** The place in a list of an operation, up to lattice translations. */
function placesOf(operations: readonly SymmetryOperation[]): (operation: SymmetryOperation) => number | undefined {
  const byRotation = new Map<string, number[]>();
  operations.forEach(({ rotation }, place) => {
    const key = rotation.join();
    byRotation.set(key, [...(byRotation.get(key) ?? []), place]);
  });
  return ({ rotation, translation }) =>
    byRotation.get(rotation.join())?.find((place) =>
      translation.every((t, k) => {
        const apart = t - operations[place]!.translation[k]!;
        return Math.abs(apart - Math.round(apart)) < SAME_TRANSLATION;
      }),
    );
}

const noGroup = (operations: number, toleranceA: number): InputError =>
  new InputError('bad-symmetry', 'the operations that hold to this tolerance are no group', {
    expected: 'with two operations their product',
    found: `${operations} operations that hold to ${toleranceA} Å`,
    remedy: 'take a smaller tolerance, or a structure nearer to its symmetry',
  });

const tooMany = ({ species }: Structure): InputError =>
  new InputError('too-many-operations', 'a supercell has too many operations to keep', {
    expected: `at most ${MOST_IMAGES} images of atoms`,
    found: `a structure of ${species.length} atoms`,
    remedy: 'take the unit cell: with its symmetry kept, a supercell has the same energy per atom',
  });

function requireRequest({ periodic, species }: Structure, toleranceA: number): void {
  if (periodic.includes(false) || species.length < 1) {
    throw new InputError('bad-structure', 'only structures that repeat in all directions have a space group', {
      expected: 'atoms, periodic in three directions',
      found: `${species.length} atoms, periodic: ${periodic.join(', ')}`,
    });
  }
  if (toleranceA > 0 && toleranceA <= 0.5) return;
  throw new InputError('bad-structure', 'the tolerance on distances is out of range', {
    expected: 'above 0, at most 0.5 Å',
    found: String(toleranceA),
  });
}
