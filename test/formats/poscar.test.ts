import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Poscar, readPoscar, writePoscar } from '../../src/formats/poscar.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { doublesOf } from './bytes.ts';

const sample = `two kinds
2.0
  2 0 0
  0 3 0
  0 0 4
 Li S
 1 2
Direct
 0.5 0 0.25
 0 1 0
 0 0 -0.5
`;

const read = (text: string): Poscar => readPoscar(text, 'POSCAR');
const write = (poscar: Omit<Poscar, 'unread'>): { text: string; lost: string[] } => {
  const lost: string[] = [];
  return { text: writePoscar(poscar, 'x', (what) => lost.push(what)), lost };
};

const poscars: fc.Arbitrary<Omit<Poscar, 'unread'>> = fc
  .array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 })
  .chain((types) => {
    const kinds = [...new Set(types)].sort();
    const species = Int32Array.from(types.sort(), (type) => kinds.indexOf(type));
    return fc.record(
      {
        structure: fc.record({
          cellA: doublesOf(9).map((cell) =>
            cell.map((x, k) => (k % 4 === 0 ? 1 + Math.abs(x % 1000) : (x % 1e-3) + 0)),
          ),
          periodic: fc.constant<readonly [boolean, boolean, boolean]>([true, true, true]),
          elements: fc.constant(kinds.map((kind) => ['Li', 'P', 'Cl'][kind]!)),
          species: fc.constant(species),
          positionsA: doublesOf(3 * types.length),
        }),
        comment: fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
        mayMove: fc
          .array(fc.integer({ min: 0, max: 1 }), { minLength: 3 * types.length, maxLength: 3 * types.length })
          .map((flags) => Uint8Array.from(flags)),
      },
      { requiredKeys: ['structure', 'comment'] },
    );
  });

describe('POSCAR files', () => {
  it('come back as they were written, to the last bit', () => {
    fc.assert(
      fc.property(poscars, (poscar) => {
        const { text, lost } = write(poscar);
        expect(lost).toEqual([]);
        expect(read(text)).toEqual({ ...poscar, unread: [] });
      }),
    );
  });

  it('are read with the scale applied to cell and Cartesian positions, direct ones in lattice vectors', () => {
    const { structure, comment } = read(sample);
    expect([...structure.cellA]).toEqual([4, 0, 0, 0, 6, 0, 0, 0, 8]);
    expect([...structure.positionsA]).toEqual([2, 0, 2, 0, 6, 0, 0, 0, -4]);
    expect([...structure.species]).toEqual([0, 1, 1]);
    expect(structure.elements).toEqual(['Li', 'S']);
    expect(comment).toBe('two kinds');
    for (const mode of ['Cartesian', 'cart', 'K']) {
      const cartesian = read(sample.replace('Direct', mode));
      expect([...cartesian.structure.positionsA]).toEqual([1, 0, 0.5, 0, 2, 0, 0, 0, -1]);
    }
  });

  it('may give the volume or a factor for each axis as the scale', () => {
    const ofVolume = read(sample.replace('2.0', '-192')).structure;
    for (const [k, length] of [4, 0, 0, 0, 6, 0, 0, 0, 8].entries()) expect(ofVolume.cellA[k]).toBeCloseTo(length, 13);
    const threefold = read(sample.replace('2.0', '1 2 3').replace('Direct', 'C')).structure;
    expect([...threefold.cellA]).toEqual([2, 0, 0, 0, 6, 0, 0, 0, 12]);
    expect([...threefold.positionsA]).toEqual([0.5, 0, 0.75, 0, 2, 0, 0, 0, -1.5]);
  });

  it('may hold atoms, repeat an element, name pseudopotentials, and end in what is not read', () => {
    const held = sample
      .replace('Direct', 'Selective dynamics\nDirect')
      .replace(/( 0\.5 0 0\.25| 0 1 0| 0 0 -0\.5)/g, '$1 T F T');
    expect([...read(held).mayMove!]).toEqual([1, 0, 1, 1, 0, 1, 1, 0, 1]);
    const again = read(sample.replace('Li S', 'S Li_sv S').replace(' 1 2', '1 1 1'));
    expect([...again.structure.species]).toEqual([0, 1, 0]);
    expect(again.unread).toEqual(['the rest of Li_sv in the line of elements']);
    const labelled = sample.replace('0.25', '0.25 Li').replace('0 1 0', '0 1 0 S1');
    expect(read(labelled).unread).toEqual([]);
    const moving = `${sample}\n 0 0 0\n 0 0 0\n 0 0 0\n`;
    expect(read(moving).unread).toEqual(['3 line(s) behind the positions (velocities, predictor-corrector)']);
  });

  it.each([
    [' Li S\n', '', /POSCAR:6: the file does not name its elements \(VASP 4\).*put the symbols of its 2 element/],
    ['Li S', 'Li 5', /POSCAR:6: no element symbol.*"5"/],
    [' 1 2', ' 1 2 3', /POSCAR:7: not a number of atoms for each element; expected 2; found "3"/],
    [' 1 2', ' 1 -2', /POSCAR:7: no number of atoms/],
    [' 1 2', ' 1 999999999', /POSCAR:7: no number of atoms/],
    [' 1 2', ' 0 0', /POSCAR:7: no number of atoms/],
    [' 1 2', ' 1 900000', /POSCAR:11: the file ends early; expected atom 4 of 900001/],
    ['Direct', 'Fractional', /POSCAR:8: neither direct nor Cartesian/],
    ['2.0', '0', /POSCAR:2: the scale is zero/],
    ['2.0', '1 -1 1', /POSCAR:2: one of three scales is negative/],
    ['2.0', 'two', /POSCAR:2: no scale/],
    ['2.0', '1 1', /POSCAR:2: no scale/],
    ['0 0 4', '0 1 0', /POSCAR:5: the lattice vectors span no volume/],
    ['0 0 4', '0 0', /POSCAR:5: not three numbers/],
    ['0 0 4', '0 0 nan', /POSCAR:5: not a finite number/],
    ['0 1 0', '0 1', /POSCAR:10: not three numbers/],
    ['0 1 0', '0 1 1e999', /POSCAR:10: not a finite number/],
    ['0 1 0', '0 1 0 Li', /POSCAR:10: an atom is called by another element.*expected S; found "Li"/],
    ['Direct', 'Selective\nDirect', /POSCAR:10: selective dynamics needs three flags/],
  ])('name line and fault: %j → %j', (from, to, message) => {
    expect(() => read(sample.replace(from, to))).toThrow(message);
    expect(() => read(sample.replace(from, to))).toThrow(InputError);
  });

  it('say what they cannot hold, and refuse types without names and structures without a cell', () => {
    const poscar = read(sample);
    const { structure } = poscar;
    const mixed = { ...structure, species: Int32Array.of(1, 0, 1), periodic: [true, true, false] as const };
    const { text, lost } = write({ ...poscar, structure: mixed, comment: '' });
    expect(lost).toEqual([
      'that it does not repeat in all directions',
      'the order of atoms: those of an element follow one another now',
    ]);
    expect(text.startsWith('Li1 S2\n')).toBe(true);
    expect([...read(text).structure.positionsA]).toEqual([0, 6, 0, 2, 0, 2, 0, 0, -4]);
    const unnamed = { ...structure, elements: ['type 0', 'type 1'] };
    expect(() => write({ ...poscar, structure: unnamed })).toThrow(/element symbols.*name the types with --species/);
    expect(() => write({ ...poscar, structure: { ...structure, cellA: new Float64Array(9) } })).toThrow(/needs a cell/);
  });
});
