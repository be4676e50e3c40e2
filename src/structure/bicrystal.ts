/**
 * Periodic bicrystals (S5): two grains of a cubic crystal stacked along z, boundaries at z = 0 and z = Lz/2. Grain A fills
 * the lower half, grain B = R·A, turned about a point of the boundary plane, the upper one; so the second boundary is
 * the first with the grains exchanged. Each grain is a whole number of coincidence cells: every grain is stoichiometric.
 */
import { InputError } from '../numerics/input-error.ts';
import type { CoincidenceCell } from './coincidence-cell.ts';
import type { Crystal } from './crystal.ts';
import type { CubicHost } from './cubic-host.ts';
import { fillCell, type GrainAtom } from './grain.ts';
import { dot } from './integer-lattice.ts';

export interface BicrystalOptions {
  /** Coincidence cells along x, y and z; half of those along z belong to each grain, so the last is even. */
  readonly repeats: readonly [number, number, number];
  /** Host coordinates (fractions of a) of the point about which B is turned; it lies in the boundary plane. */
  readonly planeThrough?: readonly [number, number, number];
  /** How far above that point the crystals are cut, Å along z. The relation of the grains stays as it is. */
  readonly cutOffsetA?: number;
  /** Rigid shift of grain B in the plane, fractions of the coincidence cell's x and y. */
  readonly shift?: readonly [number, number];
  /** Å between the grains at either boundary, beyond their distance in the crystal. */
  readonly separationA?: number;
}

export interface Bicrystal extends Crystal {
  /** 0 for atoms of grain A, 1 for those of B. */
  readonly grain: Uint8Array;
  readonly separationA: number;
  /** From one boundary to the next, Å. */
  readonly boundaryDistanceA: number;
  /** Of one of the two boundaries, Å². */
  readonly boundaryAreaA2: number;
}

const MAX_ATOMS = 1e7;

/**
 * Grain A first, then B; in each cell by cell (z fastest), the atoms of a cell in a fixed order.
 * @throws InputError `bad-boundary` for repeats that are not positive integers with an even last one, more than 10⁷ atoms,
 *   or a separation that is negative
 */
export function makeBicrystal(host: CubicHost, cell: CoincidenceCell, options: BicrystalOptions): Bicrystal {
  const { repeats, planeThrough = [0, 0, 0], cutOffsetA = 0, shift = [0, 0], separationA = 0 } = options;
  const atomsPerCell = cell.latticePoints * host.sites.length;
  requireRepeats(repeats, atomsPerCell, 2);
  if (!(separationA >= 0 && Number.isFinite(separationA))) {
    throw new InputError('bad-boundary', 'grains cannot be separated by this', {
      where: 'boundary.separationA',
      expected: 'a length of 0 Å or more',
      found: String(separationA),
    });
  }
  const lengths = cellLengthsA(host, cell);
  const drop = -cutOffsetA / lengths[2];
  const grains = [
    fillCell(host, cell.vectorsA, planeThrough, [0, 0, drop]),
    fillCell(host, cell.vectorsB, planeThrough, [shift[0], shift[1], drop]),
  ];
  const thicknessA = (repeats[2] / 2) * lengths[2];
  const built = stack(
    host,
    lengths,
    grains.map((atoms, g) => ({ atoms, bottomA: g * (thicknessA + separationA) + separationA / 2 })),
    [repeats[0], repeats[1], repeats[2] / 2],
    2 * (thicknessA + separationA),
  );
  return {
    ...built,
    separationA,
    boundaryDistanceA: thicknessA + separationA,
    boundaryAreaA2: repeats[0] * lengths[0] * (repeats[1] * lengths[1]),
  };
}

/**
 * The perfect crystal of grain A in the same cell, without a separation: the reference for energies and volumes (S6).
 * @throws InputError as `makeBicrystal`, but the last of the repeats may be odd
 */
export function makeBulkReference(host: CubicHost, cell: CoincidenceCell, options: BicrystalOptions): Crystal {
  const { repeats, planeThrough = [0, 0, 0], cutOffsetA = 0 } = options;
  requireRepeats(repeats, cell.latticePoints * host.sites.length, 1);
  const lengths = cellLengthsA(host, cell);
  const atoms = fillCell(host, cell.vectorsA, planeThrough, [0, 0, -cutOffsetA / lengths[2]]);
  const { structure, siteLabels } = stack(host, lengths, [{ atoms, bottomA: 0 }], repeats, repeats[2] * lengths[2]);
  return { structure, siteLabels };
}

/** Lengths of x, y, z, Å. */
export function cellLengthsA(host: CubicHost, cell: CoincidenceCell): [number, number, number] {
  const [x, y, z] = cell.vectorsA.map((v) => (Math.sqrt(Number(dot(v, v))) * host.latticeConstantA) / 2);
  return [x!, y!, z!];
}

interface Block {
  readonly atoms: readonly GrainAtom[];
  readonly bottomA: number;
}

function stack(
  host: CubicHost,
  lengths: readonly [number, number, number],
  blocks: readonly Block[],
  repeats: readonly [number, number, number],
  heightA: number,
): Crystal & { grain: Uint8Array } {
  const total = blocks.reduce((sum, { atoms }) => sum + atoms.length, 0) * repeats[0] * repeats[1] * repeats[2];
  const species = new Int32Array(total);
  const grain = new Uint8Array(total);
  const positionsA = new Float64Array(3 * total);
  const siteLabels: string[] = [];
  let target = 0;
  blocks.forEach(({ atoms, bottomA }, g) => {
    for (let a = 0; a < repeats[0]; a++) {
      for (let b = 0; b < repeats[1]; b++) {
        for (let c = 0; c < repeats[2]; c++) {
          for (const { site, fractional } of atoms) {
            species[target] = site.species;
            grain[target] = g;
            siteLabels.push(site.label);
            positionsA[3 * target] = (a + fractional[0]) * lengths[0];
            positionsA[3 * target + 1] = (b + fractional[1]) * lengths[1];
            positionsA[3 * target + 2] = bottomA + (c + fractional[2]) * lengths[2];
            target += 1;
          }
        }
      }
    }
  });
  return {
    structure: {
      cellA: Float64Array.of(repeats[0] * lengths[0], 0, 0, 0, repeats[1] * lengths[1], 0, 0, 0, heightA),
      periodic: [true, true, true],
      elements: host.elements,
      species,
      positionsA,
    },
    siteLabels,
    grain,
  };
}

function requireRepeats(repeats: readonly [number, number, number], atomsPerCell: number, multiple: number): void {
  const atoms = repeats[0] * repeats[1] * repeats[2] * atomsPerCell;
  const isWhole = repeats.every((n) => Number.isInteger(n) && n >= 1) && repeats[2] % multiple === 0;
  if (isWhole && atoms <= MAX_ATOMS) return;
  throw new InputError('bad-boundary', 'a bicrystal cannot have these repeats', {
    where: 'supercell',
    expected: `three positive integers${multiple > 1 ? ', the third even: half of it for each grain' : ''}, at most 10⁷ atoms`,
    found: `${repeats.join(' × ')} of ${atomsPerCell} atoms`,
    remedy: 'repeats count coincidence cells along x, y and z',
  });
}
