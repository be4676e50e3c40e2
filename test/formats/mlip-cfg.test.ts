import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CfgRecord, readCfg, writeCfg } from '../../src/formats/mlip-cfg.ts';
import { InputError } from '../../src/numerics/input-error.ts';

const elements = ['Li', 'P', 'S'];
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const numbers = (length: number): fc.Arbitrary<Float64Array> =>
  fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
const word = fc.stringMatching(/^[a-zA-Z_][\w.=-]{0,8}$/);

const record: fc.Arbitrary<CfgRecord> = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }))
  .chain(([atoms, rows]) =>
    fc.record(
      {
        structure: fc.record({
          cellA: numbers(9).map((cell) => cell.map((x, k) => (k < 3 * rows ? x : 0))),
          periodic: fc.constant<readonly [boolean, boolean, boolean]>([rows > 0, rows > 1, rows > 2]),
          elements: fc.constant(elements),
          species: fc
            .array(fc.integer({ min: 0, max: 2 }), { minLength: atoms, maxLength: atoms })
            .map((types) => Int32Array.from(types)),
          positionsA: numbers(3 * atoms),
        }),
        energyEv: number,
        forcesEvA: numbers(3 * atoms),
        siteEnergiesEv: numbers(atoms),
        virialEv: numbers(6).map(([xx, yy, zz, yz, xz, xy]) =>
          Float64Array.of(xx!, xy!, xz!, xy!, yy!, yz!, xz!, yz!, zz!),
        ),
        features: fc.array(fc.tuple(word, word)).map((pairs) => new Map(pairs)),
      },
      { requiredKeys: ['structure', 'features'] },
    ),
  );

const sample = `BEGIN_CFG
 Size
    2
 Supercell
    4 0 0
    0 5 0
    0 0 6
 AtomData:  id type direct_x direct_y direct_z fx fy fz
    1 0  0.5 0 0.25  1e0 2 -3
    2 2  0 1 0  0 0 .5
 Energy
    -1.5
 PlusStress:  xx yy zz xy xz yz
    1 2 3 4 5 6
 Feature   EFS_by	VASP 5.4
 Feature   mindist	2
END_CFG
`;

describe('.cfg files', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 4 }), (records) => {
        expect(readCfg(writeCfg(records), 'x.cfg', elements)).toEqual(records);
      }),
    );
  });

  it('are read with direct positions, columns and components in the order of the header', () => {
    const [read] = readCfg(sample, 'x.cfg', elements);
    expect(Array.from(read!.structure.positionsA)).toEqual([2, 0, 1.5, 0, 5, 0]);
    expect(Array.from(read!.structure.species)).toEqual([0, 2]);
    expect(Array.from(read!.virialEv!)).toEqual([1, 4, 5, 4, 2, 6, 5, 6, 3]);
    expect(Array.from(read!.forcesEvA!)).toEqual([1, 2, -3, 0, 0, 0.5]);
    expect(read!.energyEv).toBe(-1.5);
    expect([...read!.features]).toEqual([
      ['EFS_by', 'VASP 5.4'],
      ['mindist', '2'],
    ]);
    expect(read!.structure.periodic).toEqual([true, true, true]);
  });

  it.each([
    ['    2\n', '    3\n', /x\.cfg:11: .*/],
    ['    2\n', '    99999999999\n', /x\.cfg:3: no number of atoms/],
    ['2 2  0', '3 2  0', /x\.cfg:10: atoms are not in order; expected id 2; found 3/],
    ['2 2  0', '2 3  0', /x\.cfg:10: no such atom type; expected 0 … 2 \(Li P S\); found 3/],
    ['1e0', 'nan', /x\.cfg:9: not a finite number.*found nan/],
    ['1e0', '1e999', /x\.cfg:9: not a finite number/],
    ['1e0', '', /x\.cfg:9: a row does not fit its header; expected 8 columns; found 7/],
    ['fx fy fz', 'fx fy q', /x\.cfg:8: a column is missing/],
    ['PlusStress', 'Stress', /x\.cfg:13: Stress blocks have no agreed sign/],
    ['xx yy zz', 'xx yy yy', /x\.cfg:13: the components of PlusStress/],
    ['END_CFG', '', /does not end; expected END_CFG/],
    ['BEGIN_CFG', 'BEGIN', /x\.cfg:1: no start of a configuration/],
    [' Supercell\n    4 0 0\n    0 5 0\n    0 0 6\n', '', /direct positions need a cell/],
    ['Energy', 'Enregy', /x\.cfg:11: no such block.*found Enregy/],
    [' Energy\n    -1.5\n', ' Energy\n -1.5\n Energy\n 2\n', /Energy is given twice/],
  ])('name line and fault: %j → %j', (from, to, message) => {
    expect(() => readCfg(sample.replace(from, to), 'x.cfg', elements)).toThrow(message);
  });

  it('never fail but with an InputError, whatever is cut or changed', () => {
    const mutation = fc.tuple(
      fc.nat(sample.length),
      fc.nat(12),
      fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom('', '-', '9', '1e9', '\n', ' ', 'NaN', '__proto__', '999999999'),
      ),
    );
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), fc.boolean(), (mutations, cut) => {
        let text = sample;
        for (const [at, length, replacement] of mutations) {
          text = cut ? text.slice(0, at) : text.slice(0, at) + replacement + text.slice(at + length);
        }
        try {
          for (const { structure } of readCfg(text, 'x.cfg', elements)) {
            expect(structure.positionsA.length).toBe(3 * structure.species.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse what they cannot hold', () => {
    const [read] = readCfg(sample, 'x.cfg', elements);
    const write = (changed: Partial<CfgRecord>): string => writeCfg([{ ...read!, ...changed }]);
    expect(() => write({ energyEv: Number.NaN })).toThrow(/configuration 1: not a finite number/);
    expect(() => write({ features: new Map([['a b', '1']]) })).toThrow(/white space/);
    expect(() => write({ structure: { ...read!.structure, periodic: [false, true, true] } })).toThrow(/leading/);
  });
});
