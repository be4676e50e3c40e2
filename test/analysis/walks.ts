/** Random walks with a known diffusion coefficient. */
import type { Paths } from '../../src/analysis/paths.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

export interface Walk {
  readonly atoms: number;
  readonly frames: number;
  readonly frameIntervalFs: number;
  /** Along x, y and z, cm²/s. */
  readonly diffusionCm2S: readonly [number, number, number];
  /** Amplitude of a rattle about each place, independent from frame to frame, Å. */
  readonly rattleA?: number;
}

export function randomWalk(walk: Walk, stream: number, seed = '00000000000001a1'): Paths {
  const random = new RandomStream(seed, stream);
  // ⟨Δx²⟩ = 2 D Δt, with D in Å²/fs.
  const stepA = walk.diffusionCm2S.map((d) => Math.sqrt(2 * (d / 0.1) * walk.frameIntervalFs));
  const place = new Float64Array(3 * walk.atoms);
  const framesA: Float64Array[] = [];
  for (let frame = 0; frame < walk.frames; frame++) {
    if (frame > 0) for (let k = 0; k < place.length; k++) place[k] += stepA[k % 3] * random.normal();
    const rattleA = walk.rattleA ?? 0;
    framesA.push(rattleA === 0 ? place.slice() : place.map((x) => x + rattleA * random.normal()));
  }
  return { atoms: Int32Array.from({ length: walk.atoms }, (_, i) => i), framesA };
}

/** Atoms that jump by `lengthA` along x, y or z with a probability each frame: D = p a²/6 a frame interval. */
export function randomHops(
  walk: { readonly atoms: number; readonly frames: number; readonly probability: number; readonly lengthA: number },
  stream: number,
): Paths {
  const random = new RandomStream('00000000000005b1', stream);
  const place = new Float64Array(3 * walk.atoms);
  const framesA = [place.slice()];
  for (let frame = 1; frame < walk.frames; frame++) {
    for (let i = 0; i < walk.atoms; i++) {
      if (random.uniform() >= walk.probability) continue;
      const axis = random.integer(3);
      place[3 * i + axis] += random.uniform() < 0.5 ? walk.lengthA : -walk.lengthA;
    }
    framesA.push(place.slice());
  }
  return { atoms: Int32Array.from({ length: walk.atoms }, (_, i) => i), framesA };
}
