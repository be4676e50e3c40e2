/**
 * Partial radial distribution functions of periodic structures: g_ab(r) is the number of b atoms in a shell around an a
 * atom over that of an ideal gas, N_b/V times the volume of the shell. Images are counted, so r may go beyond half the cell
 * (a crystal's own period then shows); an atom is no neighbour of itself, but its images are.
 */
import { InputError } from '../numerics/input-error.ts';
import { buildNeighbourList } from '../structure/neighbour-list.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';

export interface RadialDistribution {
  readonly pair: readonly [string, string];
  readonly frames: number;
  /** Middle of each shell, Å. */
  readonly radiiA: Float64Array;
  readonly g: Float64Array;
  /** b atoms within the outer edge of the shell around an a atom, on average. */
  readonly neighbours: Float64Array;
}

export const MOST_SHELLS = 100_000;

export class RadialDistributionSum {
  readonly #pair: readonly [string, string];
  readonly #reachA: number;
  readonly #shellA: number;
  readonly #counts: Float64Array;
  readonly #ideal: Float64Array;
  #frames = 0;
  #centres = 0;

  /** @param reachA largest distance @param shellA thickness, Å @throws InputError `bad-shells` */
  constructor(pair: readonly [string, string], reachA: number, shellA: number) {
    const shells = Math.round(reachA / shellA);
    if (!(reachA > 0 && shellA > 0 && Number.isFinite(reachA) && shells >= 1 && shells <= MOST_SHELLS)) {
      throw new InputError('bad-shells', 'distance and thickness of the shells do not fit', {
        expected: `1 to ${MOST_SHELLS} shells`,
        found: `shells of ${shellA} Å up to ${reachA} Å`,
      });
    }
    this.#pair = pair;
    this.#shellA = shellA;
    this.#reachA = shells * shellA;
    this.#counts = new Float64Array(shells);
    this.#ideal = new Float64Array(shells);
  }

  /** @throws InputError `unknown-species`, `not-periodic`, and those of the neighbour search for matter too dense */
  add(structure: Structure): void {
    if (!structure.periodic.every(Boolean)) {
      throw new InputError('not-periodic', 'a radial distribution needs a density, so all directions must repeat');
    }
    const [a, b] = this.#pair.map((name) => indexOf(structure, name)) as [number, number];
    const { reduced, species } = onlySpecies(structure, a, b);
    const { start, atom, image, imageShiftA } = buildNeighbourList(reduced, this.#reachA);
    const x = reduced.positionsA;
    for (let i = 0; i < species.length; i++) {
      if (species[i] !== a) continue;
      for (let entry = start[i]; entry < start[i + 1]; entry++) {
        const j = atom[entry];
        if (species[j] !== b) continue;
        const shift = 3 * image[entry];
        const dx = x[3 * j] + imageShiftA[shift] - x[3 * i];
        const dy = x[3 * j + 1] + imageShiftA[shift + 1] - x[3 * i + 1];
        const dz = x[3 * j + 2] + imageShiftA[shift + 2] - x[3 * i + 2];
        const shell = Math.floor(Math.sqrt(dx * dx + dy * dy + dz * dz) / this.#shellA);
        if (shell < this.#counts.length) this.#counts[shell] += 1;
      }
    }
    this.#addIdeal(structure, count(species, a), count(species, b));
  }

  result(): RadialDistribution {
    if (this.#frames === 0) throw new InputError('trajectory-too-short', 'no frame to take distances from');
    let sum = 0;
    return {
      pair: this.#pair,
      frames: this.#frames,
      radiiA: this.#counts.map((_, shell) => (shell + 0.5) * this.#shellA),
      g: this.#counts.map((found, shell) => found / this.#ideal[shell]),
      neighbours: this.#counts.map((found) => {
        sum += found;
        return sum / this.#centres;
      }),
    };
  }

  #addIdeal({ cellA }: Structure, centres: number, others: number): void {
    const density = others / Math.abs(cellVolumeA3(cellA));
    for (let shell = 0; shell < this.#ideal.length; shell++) {
      const [inner, outer] = [shell * this.#shellA, (shell + 1) * this.#shellA];
      const volumeA3 = ((4 * Math.PI) / 3) * (outer * outer * outer - inner * inner * inner);
      this.#ideal[shell] += centres * density * volumeA3;
    }
    this.#centres += centres;
    this.#frames += 1;
  }
}

const count = (species: Int32Array, wanted: number): number =>
  species.reduce((sum, s) => sum + (s === wanted ? 1 : 0), 0);

function indexOf({ elements, species }: Structure, name: string): number {
  const index = elements.indexOf(name);
  if (index >= 0 && species.includes(index)) return index;
  throw new InputError('unknown-species', `no atom of species ${name} is there`, {
    expected: `one of ${elements.join(', ').slice(0, 400)}`,
    found: name,
  });
}

/** Atoms of two species alone: the search takes no time for the others. */
function onlySpecies(structure: Structure, a: number, b: number): { reduced: Structure; species: Int32Array } {
  const kept = Int32Array.from(structure.species.keys()).filter(
    (i) => structure.species[i] === a || structure.species[i] === b,
  );
  const species = kept.map((i) => structure.species[i]);
  const positionsA = new Float64Array(3 * kept.length);
  kept.forEach((i, k) => {
    positionsA.set(structure.positionsA.subarray(3 * i, 3 * i + 3), 3 * k);
  });
  return { reduced: { ...structure, species, positionsA }, species };
}
