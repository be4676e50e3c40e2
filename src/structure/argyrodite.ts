/**
 * Argyrodite A₆BX₅Y (Li₆PS₅Cl), F-43m, No. 216: the conventional cell of 52 atoms, 4 formula units.
 * Y on 4a (0,0,0); B on 4b (½,½,½); X on 4c (¼,¼,¼); X on 16e (x,x,x), a tetrahedron around B; A on 24g (¼,¼,z), six
 * of them octahedrally around each 4c X (a "cage"), or on 48h (x,x,z), where each 24g site is split in two and one of
 * the two, drawn by the seed, is occupied.
 * Source: Ou et al. 2024, Fig. 1 and section II; 48h: Kraft et al., J. Am. Chem. Soc. 139, 10909 (2017).
 */
import { InputError } from '../numerics/input-error.ts';
import { RandomStream } from '../numerics/philox.ts';
import type { Crystal } from './crystal.ts';

export interface ArgyroditeParameters {
  /** Conventional lattice constant, Å. */
  readonly latticeConstantA: number;
  /** Symbols on A, B, X, Y. */
  readonly elements?: readonly [string, string, string, string];
  /** Fractional coordinate of 16e. 0.6155 gives P–S ≈ 2.05 Å; below ½ the tetrahedra would collide with 4c. */
  readonly anionX?: number;
  /** Fractional z of the A site (¼,¼,z). */
  readonly cationZ?: number;
  readonly cationSites?: '24g' | '48h';
  /** Fractional shift along ⟨110⟩ from 24g to 48h. */
  readonly cationSplit?: number;
}

type Point = readonly [number, number, number];

const FACE_CENTRES: readonly Point[] = [
  [0, 0, 0],
  [0, 0.5, 0.5],
  [0.5, 0, 0.5],
  [0.5, 0.5, 0],
];
/** Sign changes of the rotations of -43m about its twofold axes. */
const SIGNS: readonly Point[] = [
  [1, 1, 1],
  [1, -1, -1],
  [-1, 1, -1],
  [-1, -1, 1],
];

/**
 * The conventional cell, atoms grouped by element in the order A, B, X, Y.
 * @param seed needed for 48h only: 16 hexadecimal digits
 * @throws InputError `bad-structure` for a lattice constant or a coordinate outside its range
 */
export function argyrodite(parameters: ArgyroditeParameters, seed?: string): Crystal {
  const { latticeConstantA, elements = ['Li', 'P', 'S', 'Cl'], anionX = 0.6155, cationZ = 0.018 } = parameters;
  const { cationSites = '24g', cationSplit = 0.0533 } = parameters;
  requireWithin('latticeConstantA', latticeConstantA, 1, 100);
  requireWithin('anionX', anionX, 0.5, 0.75);
  requireWithin('cationZ', cationZ, -0.1, 0.2);
  requireWithin('cationSplit', cationSplit, 0, 0.15);

  const species: number[] = [];
  const labels: string[] = [];
  const fractional: number[] = [];
  const place = (element: number, label: string, points: readonly Point[]): void => {
    for (const point of points) {
      species.push(element);
      labels.push(label);
      fractional.push(...point.map((coordinate) => coordinate - Math.floor(coordinate)));
    }
  };
  place(0, cationSites, cations(cationZ, cationSites === '48h' ? cationSplit : 0, seed));
  place(1, '4b', centred([[0.5, 0.5, 0.5]]));
  place(2, '4c', centred([[0.25, 0.25, 0.25]]));
  place(2, '16e', centred(SIGNS.map(([sx, sy, sz]): Point => [sx * anionX, sy * anionX, sz * anionX])));
  place(3, '4a', centred([[0, 0, 0]]));

  const a = latticeConstantA;
  return {
    structure: {
      cellA: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
      periodic: [true, true, true],
      elements,
      species: Int32Array.from(species),
      positionsA: Float64Array.from(fractional, (coordinate) => coordinate * a),
    },
    siteLabels: labels,
  };
}

const centred = (points: readonly Point[]): Point[] =>
  FACE_CENTRES.flatMap(([fx, fy, fz]) => points.map(([x, y, z]): Point => [x + fx, y + fy, z + fz]));

/** The 24 A positions: (¼,¼,z) and its images, each moved to one of its two 48h halves where `split` > 0. */
function cations(z: number, split: number, seed: string | undefined): Point[] {
  const sites: { point: Point; along: Point }[] = [];
  for (const [sx, sy, sz] of SIGNS) {
    for (let turn = 0; turn < 3; turn++) {
      const along = rotate([sx, sy, 0], turn);
      for (const centre of centred([rotate([0.25 * sx, 0.25 * sy, z * sz], turn)])) {
        const point: Point = [wrapped(centre[0]), wrapped(centre[1]), wrapped(centre[2])];
        if (!sites.some((site) => coincide(site.point, point))) sites.push({ point, along });
      }
    }
  }
  if (split === 0) return sites.map((site) => site.point);
  if (seed === undefined) {
    throw new InputError(
      'bad-structure',
      'cations on 48h need a seed: it draws which half of each 24g site is occupied',
    );
  }
  const random = new RandomStream(seed, 0);
  return sites.map(({ point, along }): Point => {
    const shift = random.integer(2) === 0 ? split : -split;
    return [point[0] + shift * along[0], point[1] + shift * along[1], point[2] + shift * along[2]];
  });
}

const wrapped = (coordinate: number): number => coordinate - Math.floor(coordinate);
const coincide = (p: Point, q: Point): boolean => p.every((coordinate, k) => Math.abs(coordinate - q[k]!) < 1e-9);
const rotate = ([x, y, z]: Point, turn: number): Point => (turn === 0 ? [x, y, z] : turn === 1 ? [z, x, y] : [y, z, x]);

function requireWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new InputError('bad-structure', `${name} is out of range`, {
      where: name,
      expected: `${low} to ${high}`,
      found: String(value),
    });
  }
}
