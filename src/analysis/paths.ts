/**
 * Paths of chosen atoms with the drift of the framework taken out.
 *
 * The framework is all atoms that are not of a mobile species; its mass-weighted centre is held at its place in frame 0.
 * The mobile atoms' own centre is never removed: its motion is part of what is measured. Without a framework (every
 * species mobile) nothing is removed.
 *
 * Positions must be unwrapped. Memory: 24 bytes an atom kept and frame; frames are taken one by one, so that of a large
 * trajectory the atoms can be analysed in blocks, passing over it once a block.
 */
import { InputError } from '../numerics/input-error.ts';

export interface PathAtoms {
  /** Species index of each atom of the trajectory, length N. */
  readonly species: Int32Array;
  /** Mass of each atom, amu, length N. */
  readonly massesAmu: Float64Array;
  /** Species that diffuse. */
  readonly mobileSpecies: readonly number[];
}

export interface Paths {
  /** Index in the trajectory of each atom kept. */
  readonly atoms: Int32Array;
  /** One array a frame: n×3, Å, for the atoms kept. */
  readonly framesA: readonly Float64Array[];
}

/** The frames of one F×N×3 array, as views. */
export function* framesOf(positionsA: Float64Array, atoms: number): Generator<Float64Array> {
  for (let at = 0; at + 3 * atoms <= positionsA.length; at += 3 * atoms) {
    yield positionsA.subarray(at, at + 3 * atoms);
  }
}

/** Indices of the atoms of the given species, ascending. */
export function atomsOfSpecies(species: Int32Array, chosen: readonly number[]): Int32Array {
  const wanted = new Set(chosen);
  return Int32Array.from(species.keys()).filter((atom) => wanted.has(species[atom]));
}

/**
 * @param frames N×3 positions each, Å, unwrapped; the first is the origin of the drift
 * @param atoms to keep; those of the mobile species where left out
 * @throws InputError `no-mobile-atoms`; `bad-shape` for a frame of another length; `non-finite` with frame and atom
 */
export function collectPaths(
  system: PathAtoms,
  frames: Iterable<Float64Array>,
  atoms: Int32Array = atomsOfSpecies(system.species, system.mobileSpecies),
): Paths {
  if (atoms.length === 0) throw new InputError('no-mobile-atoms', 'no atom of the mobile species is in the structure');
  const drift = new FrameworkDrift(system);
  const framesA: Float64Array[] = [];
  for (const positionsA of frames) {
    requireFrame(positionsA, system.species.length, framesA.length);
    const driftA = drift.at(positionsA);
    const kept = new Float64Array(3 * atoms.length);
    for (let k = 0; k < atoms.length; k++) {
      for (let axis = 0; axis < 3; axis++) kept[3 * k + axis] = positionsA[3 * atoms[k] + axis] - driftA[axis];
    }
    framesA.push(kept);
  }
  return { atoms, framesA };
}

/** Displacement of the framework's centre of mass since the first frame that it was shown. */
export class FrameworkDrift {
  readonly #atoms: Int32Array;
  readonly #massesAmu: Float64Array;
  #originA: Float64Array | null = null;

  constructor(system: PathAtoms) {
    const mobile = new Set(system.mobileSpecies);
    this.#atoms = Int32Array.from(system.species.keys()).filter((atom) => !mobile.has(system.species[atom]));
    this.#massesAmu = system.massesAmu;
  }

  /** Three components, Å. Zero where there is no framework. */
  at(positionsA: Float64Array): Float64Array {
    const centreA = new Float64Array(3);
    let totalAmu = 0;
    for (const atom of this.#atoms) {
      totalAmu += this.#massesAmu[atom];
      for (let axis = 0; axis < 3; axis++) centreA[axis] += this.#massesAmu[atom] * positionsA[3 * atom + axis];
    }
    if (this.#atoms.length === 0) return centreA;
    for (let axis = 0; axis < 3; axis++) centreA[axis] /= totalAmu;
    this.#originA ??= centreA.slice();
    for (let axis = 0; axis < 3; axis++) centreA[axis] -= this.#originA[axis];
    return centreA;
  }
}

export function requireFrame(positionsA: Float64Array, atoms: number, frame: number): void {
  if (positionsA.length !== 3 * atoms) {
    throw new InputError('bad-shape', 'a frame must hold three coordinates an atom', {
      where: `frame ${frame}`,
      expected: `${3 * atoms} numbers`,
      found: String(positionsA.length),
    });
  }
  const fault = positionsA.findIndex((coordinate) => !Number.isFinite(coordinate));
  if (fault >= 0) {
    throw new InputError('non-finite', 'positions must be finite', {
      where: `frame ${frame}, atom ${Math.floor(fault / 3)}`,
      found: String(positionsA[fault]),
    });
  }
}
