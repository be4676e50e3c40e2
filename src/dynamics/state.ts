/** The exact state of a run: all that the next step depends on besides the run's settings. */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { atomCount, type Structure } from '../structure/structure.ts';

export interface MdState {
  /** Steps done since the start of the run. */
  step: number;
  /** 3×3, Å. It may change under a barostat; the cell of the structure that goes with a state is not read. */
  cellA: Float64Array;
  /** N×3, Å, unwrapped: never folded back into the cell. */
  positionsA: Float64Array;
  /** N×3, Å/fs. */
  velocitiesAFs: Float64Array;
  /** A Nosé–Hoover chain; length 0 in a state made for NVE alone. */
  thermostat: {
    /** η of each link, without unit. */
    positions: Float64Array;
    /** dη/dt of each link, 1/fs. */
    velocitiesPerFs: Float64Array;
  };
  /** The conserved quantity when the run began, eV; null until its first segment has evaluated it. */
  conservedReferenceEv: number | null;
  /** Energy that rescaling and changes of the thermostat's temperature have put in, eV; absent where there was none. */
  externalWorkEv?: number;
  /** Absent in a state of NVE or NVT. */
  barostat?: BarostatState;
}

export interface BarostatState {
  /** dh/dt·h⁻¹ of the cell, 3×3, symmetric, 1/fs; only the elements that the barostat moves are not 0. */
  velocitiesPerFs: Float64Array;
  /** The Nosé–Hoover chain of the barostat itself. */
  chain: MdState['thermostat'];
}

/** Links of a Nosé–Hoover chain where nothing else is asked: three, as is customary. */
export const DEFAULT_CHAIN_LENGTH = 3;

/** Atoms nearer than this overlap, Å: a third less than the shortest bond there is (H–H, 0.74 Å). */
export const OVERLAP_A = 0.5;

/**
 * The state at step 0 of a run that starts from a structure.
 * @param velocitiesAFs N×3, Å/fs
 * @throws InputError `bad-shape`, `non-finite` or `too-few-atoms`; `overlapping-atoms` nearer than OVERLAP_A
 */
export function createState(
  structure: Structure,
  velocitiesAFs: Float64Array,
  chainLength = DEFAULT_CHAIN_LENGTH,
): MdState {
  const atoms = atomCount(structure);
  if (atoms < 2) {
    throw new InputError('too-few-atoms', 'molecular dynamics needs at least two atoms', { found: String(atoms) });
  }
  requireVectors('positions', structure.positionsA, atoms);
  requireVectors('velocities', velocitiesAFs, atoms);
  requireNoOverlap(structure);
  return {
    step: 0,
    cellA: structure.cellA.slice(),
    positionsA: structure.positionsA.slice(),
    velocitiesAFs: velocitiesAFs.slice(),
    thermostat: { positions: new Float64Array(chainLength), velocitiesPerFs: new Float64Array(chainLength) },
    conservedReferenceEv: null,
  };
}

export function copyState(state: MdState): MdState {
  return {
    step: state.step,
    cellA: state.cellA.slice(),
    positionsA: state.positionsA.slice(),
    velocitiesAFs: state.velocitiesAFs.slice(),
    thermostat: {
      positions: state.thermostat.positions.slice(),
      velocitiesPerFs: state.thermostat.velocitiesPerFs.slice(),
    },
    conservedReferenceEv: state.conservedReferenceEv,
    ...(state.externalWorkEv === undefined ? {} : { externalWorkEv: state.externalWorkEv }),
    ...(state.barostat === undefined ? {} : { barostat: copyBarostat(state.barostat) }),
  };
}

const copyBarostat = ({ velocitiesPerFs, chain }: BarostatState): BarostatState => ({
  velocitiesPerFs: velocitiesPerFs.slice(),
  chain: { positions: chain.positions.slice(), velocitiesPerFs: chain.velocitiesPerFs.slice() },
});

/** A barostat at rest, with a chain of so many links. */
export const restingBarostat = (links: number): BarostatState => ({
  velocitiesPerFs: new Float64Array(9),
  chain: { positions: new Float64Array(links), velocitiesPerFs: new Float64Array(links) },
});

/** Counts energy that came from outside, so that the conserved quantity can be watched all the same. */
export function addWork(state: MdState, workEv: number): void {
  state.externalWorkEv = (state.externalWorkEv ?? 0) + workEv;
}

/** Overwrites `target`, a state of the same shape and ensemble, without allocating. */
export function overwriteState(target: MdState, source: MdState): void {
  target.step = source.step;
  target.cellA.set(source.cellA);
  target.positionsA.set(source.positionsA);
  target.velocitiesAFs.set(source.velocitiesAFs);
  target.thermostat.positions.set(source.thermostat.positions);
  target.thermostat.velocitiesPerFs.set(source.thermostat.velocitiesPerFs);
  target.conservedReferenceEv = source.conservedReferenceEv;
  if (source.externalWorkEv !== undefined) target.externalWorkEv = source.externalWorkEv;
  if (source.barostat === undefined || target.barostat === undefined) return;
  target.barostat.velocitiesPerFs.set(source.barostat.velocitiesPerFs);
  target.barostat.chain.positions.set(source.barostat.chain.positions);
  target.barostat.chain.velocitiesPerFs.set(source.barostat.chain.velocitiesPerFs);
}

/** The structure at a state; its positions are the state's own array. */
export function structureAt(structure: Structure, state: MdState): Structure {
  return { ...structure, cellA: state.cellA, positionsA: state.positionsA };
}

function requireVectors(name: string, vectors: Float64Array, atoms: number): void {
  if (vectors.length !== 3 * atoms) {
    throw new InputError('bad-shape', `${name} must hold three components an atom`, {
      expected: `${3 * atoms} numbers`,
      found: String(vectors.length),
    });
  }
  const fault = vectors.findIndex((component) => !Number.isFinite(component));
  if (fault >= 0) {
    throw new InputError('non-finite', `${name} must be finite`, {
      where: `atom ${Math.floor(fault / 3)}`,
      found: String(vectors[fault]),
    });
  }
}

function requireNoOverlap(structure: Structure): void {
  const near = buildNeighbourList(structure, OVERLAP_A);
  if (near.atom.length === 0) return;
  let i = 0;
  while (near.start[i + 1] === 0) i++;
  const j = near.atom[0];
  const name = (atom: number): string => `${structure.elements[structure.species[atom]]} atom ${atom}`;
  throw new InputError('overlapping-atoms', `${name(i)} and ${name(j)} lie nearer than ${OVERLAP_A} Å to each other`, {
    remedy: 'separate them, or relax the structure first',
  });
}
