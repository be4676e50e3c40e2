import { describe, expect, it } from 'vitest';
import { loadSymmetry } from '../../src/execution/symmetry.ts';
import { type CifStructure, readCif } from '../../src/formats/cif.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { argyrodite } from '../../src/structure/argyrodite.ts';
import { closestPairs } from '../../src/structure/closest-pair.ts';
import { spaceGroupSettings } from '../../src/structure/space-group-settings.ts';
import { composition, inverseCell, type Structure } from '../../src/structure/structure.ts';
import { ARGYRODITE, diamond, TRICLINIC, WURTZITE } from './cif-samples.ts';

const read = (text: string): CifStructure => readCif(text, 'x.cif')[0]!;
const readByName = (text: string): CifStructure =>
  readCif(text, 'x.cif', { table: (names) => spaceGroupSettings(loadSymmetry(), names) })[0]!;

/** Sorted fractional coordinates in [0, 1), rounded, with the elements: what a crystal is whatever the order of atoms. */
function contents({ cellA, positionsA, species, elements }: Structure): string[] {
  const inverse = inverseCell(cellA);
  return Array.from(species, (s, i) => {
    const coordinates = [0, 1, 2].map((k) => {
      const x = [0, 1, 2].reduce((sum, axis) => sum + inverse[3 * k + axis]! * positionsA[3 * i + axis]!, 0);
      return ((x - Math.floor(x)).toFixed(7) as string).replace('1.0000000', '0.0000000');
    });
    return `${elements[s]} ${coordinates.join(' ')}`;
  }).sort();
}

describe('CIF files', () => {
  it('are expanded by their operations, special positions on exact fractions', () => {
    const { structure, labels, name, unreadTags } = read(WURTZITE);
    const { cellA, positionsA, elements, species } = structure;
    expect(name).toBe('ZnO');
    expect(elements).toEqual(['Zn', 'O']);
    expect([...species]).toEqual([0, 0, 1, 1]);
    expect(labels).toEqual(['Zn1', 'Zn1', 'O1', 'O1']);
    expect(unreadTags).toBe(3);
    const high = Math.sqrt(0.75);
    expect([...cellA]).toEqual([3.2495, 0, 0, -0.5 * 3.2495, high * 3.2495, 0, 0, 0, 5.2069]);
    const third = (x: number, y: number, z: number): number[] => [
      x * cellA[0]! + y * cellA[3]! + z * cellA[6]!,
      x * cellA[1]! + y * cellA[4]! + z * cellA[7]!,
      x * cellA[2]! + y * cellA[5]! + z * cellA[8]!,
    ];
    expect([...positionsA]).toEqual([
      ...third(1 / 3, 2 / 3, 0),
      ...third(2 / 3, 1 / 3, 0.5),
      ...third(1 / 3, 2 / 3, 0.3817),
      ...third(2 / 3, 1 / 3, 0.8817),
    ]);
    expect(closestPairs(structure, 3).closest!.distanceA).toBeCloseTo(1.974, 2);
  });

  it('give the argyrodite of the prototype, from its symbol where a table is at hand', () => {
    const { structure } = readByName(ARGYRODITE);
    expect(composition(structure)).toEqual([24, 4, 20, 4]);
    expect(contents(structure)).toEqual(contents(argyrodite({ latticeConstantA: 10.25 }).structure));
    expect(() => read(ARGYRODITE)).toThrow(
      /x\.cif:8: the block names a space group and lists no operations.*list them/,
    );
  });

  it('take a setting that symbol, number and cell leave no doubt of', () => {
    const names = "_symmetry_space_group_name_H-M 'F d -3 m'";
    expect(() => readByName(diamond(names, '0 0 0'))).toThrow(
      /x\.cif:8: the space group has several settings; expected one of F 41\/d -3 2\/m:1, F 41\/d -3 2\/m:2/,
    );
    for (const [symbol, site] of [
      ["_symmetry_space_group_name_H-M 'F d -3 m:1'", '0 0 0'],
      ["_symmetry_space_group_name_H-M 'Fd-3m :2'", '.125 .125 .125'],
      ["_space_group_name_Hall '-F 4vw 2vw 3'", '0.125 0.125 0.125'],
    ]) {
      expect(readByName(diamond(symbol!, site!)).structure.species.length, symbol).toBe(8);
    }
    expect(() => readByName(diamond('_space_group_IT_number 194', '0 0 0'))).toThrow(
      /no space group of that name fits/,
    );
    expect(readByName(diamond('_space_group_IT_number 221', '0 0 0')).structure.species.length).toBe(1);
    expect(readByName(diamond("_symmetry_space_group_name_H-M 'P 1'", '0 0 0')).structure.species.length).toBe(1);
    expect(() => readByName(diamond("_symmetry_space_group_name_H-M 'Q 7'", '0 0 0'))).toThrow(/a known symbol/);
  });

  it('may have dots in their tags, several blocks, atoms outside the cell, and no symmetry', () => {
    const { structure, line } = read(TRICLINIC);
    expect(line).toBe(3);
    expect(structure.elements).toEqual(['Li']);
    expect(contents(structure)).toEqual(['Li 0.1000000 0.2000000 0.3000000', 'Li 0.7500000 0.5000000 0.7500000']);
    const [a, b, c] = [0, 3, 6].map((at) => [...structure.cellA.subarray(at, at + 3)]) as [
      number[],
      number[],
      number[],
    ];
    const dot = (p: number[], q: number[]): number => p.reduce((sum, x, k) => sum + x * q[k]!, 0);
    expect(Math.sqrt(dot(c, c))).toBeCloseTo(6, 12);
    expect(dot(b, c) / 30).toBeCloseTo(Math.cos((80 * Math.PI) / 180), 12);
    expect(dot(a, c) / 24).toBeCloseTo(Math.cos((85 * Math.PI) / 180), 12);
    expect(dot(a, b) / 20).toBeCloseTo(Math.cos((95 * Math.PI) / 180), 12);
  });

  it('keep a site as it is given where its operations hold exactly', () => {
    const { structure } = readByName(ARGYRODITE);
    const x = structure.positionsA[3 * 32]! / 10.25;
    expect(Math.abs(x - 0.6155)).toBeLessThan(1e-15);
    expect(structure.positionsA[3 * 32 + 1]).toBe(structure.positionsA[3 * 32]);
  });

  it.each([
    ["'-y, x-y, z'", "'-y, x-y'", /x\.cif:21: not a symmetry operation/],
    ["'-y, x-y, z'", "'-y, x-y, z+1/0'", /x\.cif:21: not a symmetry operation/],
    ["'-y, x-y, z'", "'-y, 2x, z'", /x\.cif:21: not a symmetry operation/],
    ["'-y, x-y, z'", "'-y, y, z'", /x\.cif:21: not a symmetry operation/],
    ["'-y, x-y, z'", "'x, y, z'", /x\.cif:20: a symmetry operation is listed twice/],
    ["2 '-y, x-y, z'\n", '', /x\.cif:\d+: the operations are no group; .*centring/],
    ["1 'x, y, z'\n", '', /the identity is not among the operations/],
    [
      '3.2495(1)\n_cell_length_b    3.2495(1)',
      '3.2495\n_cell_length_b 3.3',
      /x\.cif:2[01]: the cell does not have the symmetry/,
    ],
    ['_cell_angle_gamma 120\n', '', /x\.cif:2: the block has sites but no _cell_angle_gamma/],
    ['_cell_angle_gamma 120', '_cell_angle_gamma 190', /x\.cif:14: _cell_angle_gamma is out of range/],
    [
      '_cell_angle_gamma 120',
      '_cell_angle_gamma 60\n_cell_angle_gamma 60',
      /x\.cif:15: _cell_angle_gamma is given twice/,
    ],
    ['5.2069(2)', '5.2069(2', /x\.cif:11: _cell_length_c is no number/],
    ['5.2069(2)', '?', /the block has sites but no _cell_length_c/],
    ['0.3817(3)', '.', /x\.cif:\d+: _atom_site_fract_z is no number/],
    ['Zn2+', 'Zz', /x\.cif:\d+: no element can be told/],
    ['O2-', 'D', /x\.cif:\d+: no element can be told.*call it H/],
    ['1.000 ?', '0.5 ?', /x\.cif:\d+: a site is not fully occupied.*"O1" with 0\.5.*ordered model/],
    [
      '1.000 ?',
      '1.000',
      /the loop does not have a value for each tag; expected a multiple of its 7 tags; found "13 values"/,
    ],
    ['.33330(5) 0.66670(5) 0.3817(3)', '1/3 2/3 0', /_atom_site_fract_x is no number/],
    [
      '.33330(5) 0.66670(5) 0.3817(3)',
      '0.3333 0.6667 0',
      /x\.cif:37: two atoms are all but in one place.*"O1" on "Zn1" of line 36, 0\.000/,
    ],
    ['.33330(5) 0.66670(5) 0.3817(3)', '0.334 0.672 0.2', /x\.cif:37: it cannot be told.*2 images apart.*more digits/],
    ['.33330(5) 0.66670(5) 0.3817(3)', '0.34 0.672 0.2', /x\.cif:37: two atoms are all but in one place/],
    ["'by hand;", '"by hand;x', /x\.cif:3: (a quoted value is not closed|a value without a tag)/],
    ['\n;\n_cell', '\n_cell', /x\.cif:5: a text between semicolons is never closed/],
    ['data_ZnO', 'save_ZnO', /x\.cif:2: a reserved word/],
    ['data_ZnO', 'ZnO', /x\.cif:2: a CIF file begins with a block/],
    ['loop_\n_atom', 'loop_ 5\n_atom', /the loop names no tags/],
    ['186', '186 187', /x\.cif:16: a value without a tag/],
  ])('name line and fault: %j → %j', (from, to, message) => {
    const spoilt = WURTZITE.replace(from, to);
    expect(spoilt).not.toBe(WURTZITE);
    expect(() => read(spoilt)).toThrow(message);
    expect(() => read(spoilt)).toThrow(InputError);
  });

  it('say nothing of symmetry only at their peril', () => {
    const silent = TRICLINIC.replace(/loop_\n_space[^\n]*\nx,y,z\n/, '');
    expect(() => read(silent)).toThrow(/x\.cif:3: the block does not say its symmetry.*complete cell/);
  });
});
