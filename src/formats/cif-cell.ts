/** The cell of a CIF block: lengths and angles as lattice vectors, a along x, b in the plane of x and y. */
import { cosSinOfDegrees } from '../numerics/circular.ts';
import type { CifBlock } from './cif-block.ts';
import { cifError } from './cif-tokens.ts';
import { itemOf, numberOf } from './cif-values.ts';

const MAX_LENGTH_A = 1e5;

/** @returns rows, Å @throws InputError `bad-cif` */
export function readCell(block: CifBlock, fileName: string): Float64Array {
  const get = (tag: string, lowest: number, highest: number): number => {
    const value = itemOf(block, [tag], fileName);
    if (value === undefined) {
      throw cifError(fileName, block.line, `the block has sites but no ${tag}`, 'three lengths and three angles');
    }
    const number = numberOf(value, tag, fileName);
    if (number > lowest && number < highest) return number;
    throw cifError(fileName, value.line, `${tag} is out of range`, `between ${lowest} and ${highest}`, value.text);
  };
  const [a, b, c] = ['a', 'b', 'c'].map((axis) => get(`_cell_length_${axis}`, 0, MAX_LENGTH_A)) as [
    number,
    number,
    number,
  ];
  const [alpha, beta, gamma] = ['alpha', 'beta', 'gamma'].map((name) =>
    cosSinOfDegrees(get(`_cell_angle_${name}`, 0, 180)),
  ) as [Angle, Angle, Angle];
  const y = (alpha.cos - beta.cos * gamma.cos) / gamma.sin;
  const square = beta.sin * beta.sin - y * y;
  if (!(square > 1e-9)) {
    const line = itemOf(block, ['_cell_angle_alpha'], fileName)!.line;
    throw cifError(
      fileName,
      line,
      'three lattice vectors cannot meet at these angles',
      'each less than the other two added',
    );
  }
  return Float64Array.of(a, 0, 0, b * gamma.cos, b * gamma.sin, 0, c * beta.cos, c * y, c * Math.sqrt(square));
}

interface Angle {
  readonly cos: number;
  readonly sin: number;
}
