/**
 * A trajectory file as the analyses take it: the time between frames, the atoms of the species asked for, and their
 * positions with the drift of the framework removed. One pass over the file, frame by frame.
 */
import { type PathShape, pathBlocks } from '../analysis/msd.ts';
import { atomsOfSpecies, FrameworkDrift, type Paths } from '../analysis/paths.ts';
import { atomMassesAmu } from '../dynamics/masses.ts';
import type { TrajectoryAtoms, TrajectoryFrame } from '../formats/trajectory-frames.ts';
import { InputError } from '../numerics/input-error.ts';
import { readTrajectoryFile, type TrajectoryFormat } from './trajectory-file.ts';

export interface TrajectoryRequest {
  readonly path: string;
  readonly format?: TrajectoryFormat | undefined;
  /** Elements of types 1, 2, … of a dump. */
  readonly elements?: readonly string[] | undefined;
  readonly unwrapped?: boolean | undefined;
  /** Use every n-th frame. */
  readonly every?: number | undefined;
  /** A column of numbers of the atoms to read besides. */
  readonly column?: string | undefined;
  /** Of the simulation, fs. */
  readonly timeStepFs: number;
  /** Steps from frame to frame; as the file says where left out, else 1. */
  readonly stepsPerFrame?: number | undefined;
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface MobileRequest extends TrajectoryRequest {
  readonly species: readonly string[];
  /** Leave the drift of the framework in. */
  readonly keepDrift?: boolean | undefined;
}

export interface MobileFrame extends TrajectoryFrame {
  /** Indices of the atoms of the species asked for. */
  readonly mobile: Int32Array;
  /** n×3, Å, of those, without drift; filled anew for the next frame. */
  readonly mobileA: Float64Array;
  readonly timeFs: number;
}

/** So much of paths is kept at a time. */
const MOST_PATH_BYTES = 320 * 1024 * 1024;

/**
 * Frames with their times.
 * @throws InputError `bad-time-step`, `uneven-frames`, and those of reading
 */
export async function* timedFrames(request: TrajectoryRequest): AsyncGenerator<TrajectoryFrame & { timeFs: number }> {
  const clock = new FrameClock(request);
  const { format, elements, unwrapped, every, column, onProgress } = request;
  const given = { format, elements, unwrapped, every, column, onProgress };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for await (const frame of readTrajectoryFile(request.path, options)) {
    yield { ...frame, timeFs: clock.timeFs(frame) };
  }
}

/** @throws InputError `unknown-species`, `unknown-element` (no mass for the drift), and those of `timedFrames` */
export async function* mobileFrames(request: MobileRequest): AsyncGenerator<MobileFrame> {
  let mobile: Int32Array | null = null;
  let mobileA = new Float64Array(0);
  let drift: FrameworkDrift | null = null;
  for await (const frame of timedFrames(request)) {
    if (mobile === null) {
      const mobileSpecies = speciesIndices(frame.atoms, request.species, request.path);
      mobile = atomsOfSpecies(frame.atoms.species, mobileSpecies);
      mobileA = new Float64Array(3 * mobile.length);
      if (request.keepDrift !== true && mobile.length < frame.atoms.species.length) {
        const massesAmu = massesOf(frame.atoms, request.path);
        drift = new FrameworkDrift({ species: frame.atoms.species, massesAmu, mobileSpecies });
      }
    }
    const driftA = drift?.at(frame.positionsA) ?? [0, 0, 0];
    for (let k = 0; k < mobile.length; k++) {
      const from = 3 * mobile[k]!;
      for (let axis = 0; axis < 3; axis++) mobileA[3 * k + axis] = frame.positionsA[from + axis]! - driftA[axis]!;
    }
    yield { ...frame, mobile, mobileA };
  }
}

/** Atoms, frames, and the time from frame to frame. */
export interface PathExtent extends PathShape {
  readonly frameIntervalFs: number;
}

/** Takes paths block by block (`pathBlocks`). */
export interface PathSink {
  add(paths: Paths): void;
}

/**
 * Gives the paths of all frames to what `begin` makes. Where they take more than MOST_PATH_BYTES the file is read once to
 * see how many frames there are, and once more for every block of atoms that fits.
 * @throws InputError `file-changed` where it is another the next time; `too-many-frames` where not even the paths of a few
 *   atoms fit; and those of `mobileFrames`
 */
export async function collectPathBlocks<Sink extends PathSink>(
  request: MobileRequest,
  begin: (extent: PathExtent) => Sink,
  mostBytes = MOST_PATH_BYTES,
): Promise<Sink> {
  const kept: Float64Array[] = [];
  let mobile = new Int32Array(0);
  let frameIntervalFs = 0;
  let frames = 0;
  for await (const frame of mobileFrames(request)) {
    mobile = frame.mobile as Int32Array<ArrayBuffer>;
    frames += 1;
    if (frames === 2) frameIntervalFs = frame.timeFs;
    if (frames * frame.mobileA.byteLength > mostBytes) kept.length = 0;
    else kept.push(frame.mobileA.slice());
  }
  const extent = { atoms: mobile.length, frames, frameIntervalFs };
  const sink = begin(extent);
  if (kept.length === frames) {
    sink.add({ atoms: mobile, framesA: kept });
    return sink;
  }
  const bounds = pathBlocks(extent, mostBytes);
  for (let block = 0; block + 1 < bounds.length; block++) {
    const [from, to] = [bounds[block]!, bounds[block + 1]!];
    if ((to - from) * frames * 24 > mostBytes) throw tooManyFrames(request.path, frames, mobile.length, mostBytes);
    const framesA: Float64Array[] = [];
    for await (const { mobileA } of mobileFrames(request)) {
      if (mobileA.length === 3 * mobile.length) framesA.push(mobileA.slice(3 * from, 3 * to));
      if (framesA.length > frames) break;
    }
    if (framesA.length !== frames) {
      throw new InputError('file-changed', 'the file changed while it was read', { where: request.path });
    }
    sink.add({ atoms: mobile.slice(from, to), framesA });
  }
  return sink;
}

const tooManyFrames = (path: string, frames: number, atoms: number, mostBytes: number): InputError =>
  new InputError('too-many-frames', 'the paths do not fit into the memory set aside for them', {
    where: path,
    expected: `at most ${Math.floor(mostBytes / 1024 / 1024)} MiB for a twentieth of the atoms`,
    found: `${frames} frames of ${atoms} atoms`,
    remedy: 'take every n-th frame (--every n), or one origin of analyse msd (--origins single)',
  });

/** Indices into `elements`. @throws InputError `unknown-species` */
export function speciesIndices(atoms: TrajectoryAtoms, names: readonly string[], path: string): number[] {
  return names.map((name) => {
    const index = atoms.elements.indexOf(name);
    if (index >= 0 && atoms.species.includes(index)) return index;
    throw new InputError('unknown-species', `no atom of species ${name} is in the trajectory`, {
      where: path,
      expected: `one of ${atoms.elements.join(', ').slice(0, 400)}`,
      found: name,
      ...(atoms.elements.every((element) => /^\d+$/.test(element))
        ? { remedy: 'name the types with --elements, e.g. --elements Li,P,S,Cl' }
        : {}),
    });
  });
}

function massesOf(atoms: TrajectoryAtoms, path: string): Float64Array {
  try {
    return atomMassesAmu(atoms);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.code, 'the drift of the framework cannot be removed: an element has no mass', {
      ...error.details,
      where: path,
      remedy: 'name the types with --elements, or leave the drift in with --keep-drift',
    });
  }
}

/** Times of the frames, which must be evenly spaced where the file tells their steps. */
class FrameClock {
  readonly #timeStepFs: number;
  readonly #stepsPerFrame: number | null;
  readonly #every: number;
  readonly #path: string;
  #first: number | null = null;
  #between = 1;

  constructor({ timeStepFs, stepsPerFrame, every, path }: TrajectoryRequest) {
    if (!(timeStepFs > 0 && Number.isFinite(timeStepFs))) {
      throw new InputError('bad-time-step', 'the time step must be above 0', {
        expected: 'a number of fs above 0',
        found: `${timeStepFs} fs`,
        remedy: 'give that of the simulation with --time-step-fs',
      });
    }
    this.#timeStepFs = timeStepFs;
    this.#stepsPerFrame = stepsPerFrame ?? null;
    this.#every = every ?? 1;
    this.#path = path;
  }

  timeFs({ index, step, line }: TrajectoryFrame): number {
    if (this.#stepsPerFrame !== null || step === null) {
      return index * (this.#stepsPerFrame ?? 1) * this.#timeStepFs;
    }
    this.#first ??= step;
    const taken = index / this.#every;
    if (taken === 1) this.#between = step - this.#first;
    const expected = this.#first + taken * this.#between;
    if (taken > 0 && (this.#between <= 0 || step !== expected)) {
      throw new InputError('uneven-frames', 'the frames do not follow one another evenly', {
        where: `${this.#path}:${line}`,
        expected: this.#between > 0 ? `step ${expected}` : `a step after ${this.#first}`,
        found: `step ${step}`,
        remedy: 'say how many steps lie between frames with --steps-per-frame, if the file is wrong',
      });
    }
    return (step - this.#first) * this.#timeStepFs;
  }
}
