/** Cubic crystals of each centring, for the tests of boundaries. */
import { argyrodite } from '../../src/structure/argyrodite.ts';
import type { Crystal } from '../../src/structure/crystal.ts';
import { explicitCrystal } from '../../src/structure/explicit-cell.ts';

type Point = readonly [number, number, number];

/** A conventional cell with the atoms of `basis` on every point of the centring. */
function conventional(a: number, centring: readonly Point[], basis: readonly (readonly [string, Point])[]): Crystal {
  const elements = [...new Set(basis.map(([element]) => element))];
  return explicitCrystal(
    {
      latticeVectorsA: [
        [a, 0, 0],
        [0, a, 0],
        [0, 0, a],
      ],
      sites: basis.flatMap(([element, [x, y, z]]) =>
        centring.map(([cx, cy, cz]) => ({ element, fractional: [x + cx, y + cy, z + cz] as [number, number, number] })),
      ),
    },
    elements,
  );
}

const P: readonly Point[] = [[0, 0, 0]];
const I: readonly Point[] = [...P, [0.5, 0.5, 0.5]];
const F: readonly Point[] = [...P, [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]];

export const HOSTS = {
  polonium: conventional(3.35, P, [['Po', [0, 0, 0]]]),
  cesiumChloride: conventional(4.12, P, [
    ['Cl', [0, 0, 0]],
    ['Cs', [0.5, 0.5, 0.5]],
  ]),
  iron: conventional(2.866, I, [['Fe', [0, 0, 0]]]),
  aluminium: conventional(4.05, F, [['Al', [0, 0, 0]]]),
  silicon: conventional(5.43, F, [
    ['Si', [0, 0, 0]],
    ['Si', [0.25, 0.25, 0.25]],
  ]),
  zincblende: conventional(5.41, F, [
    ['Zn', [0, 0, 0]],
    ['S', [0.25, 0.25, 0.25]],
  ]),
  rockSalt: conventional(5.64, F, [
    ['Na', [0, 0, 0]],
    ['Cl', [0.5, 0, 0]],
  ]),
  argyrodite: argyrodite({ latticeConstantA: 10.25 }),
} as const;
