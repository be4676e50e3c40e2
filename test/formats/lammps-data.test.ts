import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LammpsData, readLammpsData, writeLammpsData } from '../../src/formats/lammps-data.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { cellVolumeA3, type Structure } from '../../src/structure/structure.ts';
import { doublesOf } from './bytes.ts';

const SAMPLE = `LAMMPS data file via write_data, version 2 Aug 2023, timestep = 0

3 atoms
2 atom types

-1 3 xlo xhi
0 5 ylo yhi
0 6 zlo zhi
0.5 -0.25 0.125 xy xz yz

Masses

1 6.941
2 32.06 # S

Atoms # atomic

3 2 0.5 0 0.25 1 0 -1
1 1 0 2.5 0 0 0 0
2 2 .1 -.2 3 0 0 0
`;

const read = (text: string, species: readonly string[] | null = null): LammpsData =>
  readLammpsData(text, 'x.data', species);
const write = (structure: Structure): { text: string; lost: string[] } => {
  const lost: string[] = [];
  return { text: writeLammpsData(structure, 'a title', 'x', (what) => lost.push(what)), lost };
};

/** Cells in LAMMPS's frame, with atoms anywhere. */
const structures: fc.Arbitrary<Structure> = fc.integer({ min: 1, max: 6 }).chain((atoms) =>
  fc.record({
    cellA: doublesOf(9).map((cell) =>
      cell.map((x, k) => (k % 4 === 0 ? 1 + Math.abs(x % 1000) : k % 3 > Math.floor(k / 3) ? 0 : (x % 3) + 0)),
    ),
    periodic: fc.constant<readonly [boolean, boolean, boolean]>([true, true, true]),
    elements: fc.constant(['Li', 'S']),
    species: fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: atoms, maxLength: atoms })
      .map((s) => Int32Array.from(s)),
    positionsA: doublesOf(3 * atoms),
  }),
);

describe('LAMMPS data files', () => {
  it('come back as they were written, to the last bit, where the cell is in that frame', () => {
    fc.assert(
      fc.property(structures, (structure) => {
        const { text, lost } = write(structure);
        expect(lost).toEqual([]);
        expect(read(text)).toEqual({ structure, title: 'a title', unread: [] });
      }),
    );
  });

  it('are read in the order of ids, with images added, elements by comment or mass', () => {
    const { structure, title, unread } = read(SAMPLE);
    expect(title).toMatch(/^LAMMPS data file via write_data/);
    expect(unread).toEqual([]);
    expect([...structure.cellA]).toEqual([4, 0, 0, 0.5, 5, 0, -0.25, 0.125, 6]);
    expect(structure.elements).toEqual(['Li', 'S']);
    expect([...structure.species]).toEqual([0, 1, 1]);
    expect([...structure.positionsA]).toEqual([0, 2.5, 0, 0.1, -0.2, 3, 0.5 + 4 + 0.25, -0.125, 0.25 - 6]);
  });

  it('number types that no element has the mass of, unless species are named', () => {
    const odd = SAMPLE.replace('1 6.941', '1 1.5');
    expect(read(odd).structure.elements).toEqual(['type 0', 'type 1']);
    expect(read(odd, ['Li', 'S']).structure.elements).toEqual(['Li', 'S']);
    expect(() => read(odd, ['Li'])).toThrow(/fewer species than the file has types.*--species/);
    expect(read(SAMPLE.replace('1 6.941', '1 9.1 # Li')).unread).toEqual(['a mass of 9.1 amu for Li']);
    expect(read(`${SAMPLE}\nVelocities\n\n1 0 0 0\n`).unread).toEqual(['section Velocities']);
  });

  it('are written in the frame of LAMMPS, with the same distances, right-handed', () => {
    const structure: Structure = {
      cellA: Float64Array.of(0, 4, 0, 0, 1, 5, 6, 0.5, 0),
      periodic: [true, true, true],
      elements: ['Li', 'S'],
      species: Int32Array.of(0, 1, 0),
      positionsA: Float64Array.of(0, 0, 0, 1, 2, 3, 2, 7, -1),
    };
    const { text, lost } = write(structure);
    expect(lost).toEqual(['the orientation of the cell: a lies along x now, b in the plane of x and y']);
    const again = read(text).structure;
    expect(cellVolumeA3(again.cellA)).toBeCloseTo(cellVolumeA3(structure.cellA), 10);
    const distances = (of: Structure): number[] => {
      const { start, atom, image, imageShiftA } = buildNeighbourList(of, 6);
      const all: number[] = [];
      for (let i = 0; i < 3; i++) {
        for (let k = start[i]!; k < start[i + 1]!; k++) {
          const x = [0, 1, 2].map(
            (axis) =>
              of.positionsA[3 * atom[k]! + axis]! + imageShiftA[3 * image[k]! + axis]! - of.positionsA[3 * i + axis]!,
          );
          all.push(Math.hypot(...x));
        }
      }
      return all.sort((a, b) => a - b);
    };
    const before = distances(structure);
    expect(before.length).toBeGreaterThan(20);
    distances(again).forEach((distance, k) => {
      expect(distance).toBeCloseTo(before[k]!, 10);
    });
    const cellA = structure.cellA.slice();
    cellA.set(structure.cellA.subarray(3, 6), 0);
    cellA.set(structure.cellA.subarray(0, 3), 3);
    expect(() => write({ ...structure, cellA })).toThrow(/right-handed.*exchange two lattice vectors/);
    expect(() => write({ ...structure, elements: ['type 0', 'type 1'] })).toThrow(/element symbols.*--species/);
  });

  it.each([
    ['3 atoms', '4 atoms', /x\.data:20: fewer atoms than the head says; expected 4; found "3"/],
    ['3 atoms', '2 atoms', /x\.data:20: more atoms than the head says/],
    ['3 atoms', '0 atoms', /x\.data:3: no count/],
    ['2 atom types', '1 atom types', /x\.data:14: no such atom type; expected 1 to 1/],
    ['0 5 ylo yhi\n', '', /the box has no bounds; expected ylo yhi/],
    ['0 5 ylo yhi', '5 5 ylo yhi', /x\.data:7: no bounds of the box/],
    ['xy xz yz', '1 xy xz yz', /x\.data:9: no tilts/],
    ['-1 3 xlo xhi', '4 0 0 avec', /x\.data:6: a general triclinic box is not read/],
    ['-1 3 xlo xhi', 'box 4', /x\.data:6: a line of the head is not understood/],
    ['# atomic', '# charge', /x\.data:16: atoms of another style than atomic.*"charge"/],
    ['2 2 .1 -.2 3 0 0 0', '2 2 .1 -.2', /x\.data:20: an atom has the wrong number of columns/],
    ['2 2 .1 -.2 3 0 0 0', '2 2 .1 nan 3 0 0 0', /x\.data:20: not a finite number/],
    ['2 2 .1 -.2 3 0 0 0', '2 2 .1 -.2 3 0 0 .5', /x\.data:20: no image/],
    ['2 2 .1 -.2 3 0 0 0', '1 2 .1 -.2 3 0 0 0', /two atoms have one id/],
    ['1 6.941', '1 -6.941', /x\.data:13: no mass/],
    [SAMPLE.slice(SAMPLE.indexOf('Masses')), '', /the file holds no atoms/],
  ])('name line and fault: %j → %j', (from, to, message) => {
    const spoilt = SAMPLE.replace(from, to);
    expect(spoilt).not.toBe(SAMPLE);
    expect(() => read(spoilt)).toThrow(message);
    expect(() => read(spoilt)).toThrow(InputError);
  });
});
