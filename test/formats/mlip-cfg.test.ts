import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areNamed, type CfgFrame, type CfgRecord, readCfg, writeCfg } from '../../src/formats/mlip-cfg.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { hasReference, referenceText } from '../potential/mlip-reference.ts';

const elements = ['Li', 'P', 'S'];
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const numbers = (length: number): fc.Arbitrary<Float64Array> =>
  fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
const word = fc.stringMatching(/^[a-zA-Z_][\w.=-]{0,8}$/);

const value = fc
  .array(
    fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, '').trim()),
    { minLength: 1, maxLength: 3 },
  )
  .map((lines) => lines.join('\n'));

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
        columns: fc.tuple(numbers(atoms), numbers(atoms)).map(
          ([charge, other]) =>
            new Map([
              ['charge', charge],
              ['nbh_grades', other],
            ]),
        ),
        virialEv: numbers(6).map(([xx, yy, zz, yz, xz, xy]) =>
          Float64Array.of(xx!, xy!, xz!, xy!, yy!, yz!, xz!, yz!, zz!),
        ),
        features: fc.array(fc.tuple(word, value)).map((pairs) => new Map(pairs)),
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
        const found = readCfg(writeCfg(records), 'x.cfg', elements);
        expect(found.map(({ line: _line, ...record }) => record)).toEqual(records);
      }),
    );
  });

  it.skipIf(!hasReference)('of MLIP-2 are written with the same words', () => {
    for (const name of ['input.cfg', 'out/l08.cfg', 'grade/train100.cfg']) {
      const theirs = referenceText(name);
      const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
      expect(words(writeCfg(readCfg(theirs, name, null)))).toEqual(words(theirs));
    }
  });

  it('keep columns that mean nothing here, and need neither ids nor types nor names of types', () => {
    const changed = sample
      .replace('id type direct_x direct_y direct_z fx fy fz', 'charge fz fy fx cartes_z cartes_y cartes_x')
      .replace('1 0  0.5 0 0.25  1e0 2 -3', '0.5 3 2 1 6 5 4')
      .replace('2 2  0 1 0  0 0 .5', '-0.5 -3 -2 -1 -6 -5 -4');
    const [read] = readCfg(changed, 'x.cfg', null);
    expect([...read!.structure.positionsA]).toEqual([4, 5, 6, -4, -5, -6]);
    expect([...read!.forcesEvA!]).toEqual([1, 2, 3, -1, -2, -3]);
    expect([...read!.structure.species]).toEqual([0, 0]);
    expect(read!.structure.elements).toEqual(['type 0']);
    expect([...read!.columns!.get('charge')!]).toEqual([0.5, -0.5]);
    expect(areNamed(read!.structure.elements)).toBe(false);
    expect(areNamed(elements)).toBe(true);
    expect(readCfg(sample, 'x.cfg', null)[0]!.structure.elements).toEqual(['type 0', 'type 1', 'type 2']);
  });

  it('may have ends of lines with a carriage return, tabs, trailing spaces, no end of the last line', () => {
    const [plain] = readCfg(sample, 'x.cfg', elements);
    for (const text of [
      sample.replaceAll('\n', '\r\n'),
      sample.replace(/ {4}/g, '\t').replaceAll('\n', ' \t\n'),
      sample.trimEnd(),
      `\n\n${sample}\n\n`,
    ]) {
      const [{ line: _line, ...found }] = readCfg(text, 'x.cfg', elements) as [CfgFrame];
      expect({ ...found, line: 1 }).toEqual(plain);
    }
  });

  it('may name features in a line and give their values in the next', () => {
    const [read] = readCfg(sample.replace(/ Feature[\s\S]*?5\.4\n/, ' Features: a b\n 1 x\n'), 'x.cfg', elements);
    expect([...read!.features]).toEqual([
      ['a', '1'],
      ['b', 'x'],
      ['mindist', '2'],
    ]);
  });

  it('are refused in time and memory that their size bounds', () => {
    for (const hostile of ['1'.repeat(1e7), `1.${'1'.repeat(1e7)}x`, '\n'.repeat(1e7), '-'.repeat(1e7)]) {
      expect(() => readCfg(sample.replace('1e0', hostile), 'x.cfg', elements)).toThrow(InputError);
    }
    expect(() => readCfg('\n'.repeat(2e7), 'x.cfg', elements)).not.toThrow();
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
    ['fx fy fz', 'cartes_x cartes_y cartes_z', /x\.cfg:8: positions are given twice/],
    ['direct_x direct_y direct_z', 'a b c', /x\.cfg:8: columns are missing/],
    ['fx fy fz', 'fx fy fy', /x\.cfg:8: a column is named twice/],
    ['PlusStress', 'Stress', /x\.cfg:13: Stress blocks have no agreed sign/],
    ['xx yy zz', 'xx yy yy', /x\.cfg:13: the components of PlusStress/],
    ['-1.5', '-1.5 2', /x\.cfg:12: more than one number; expected the energy; found -1\.5 2/],
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
    expect(() => write({ features: new Map([['a', ' 1']]) })).toThrow(/feature a would not come back/);
    expect(() => write({ columns: new Map([['a b', new Float64Array(2)]]) })).toThrow(/name of a column/);
    expect(() => write({ structure: { ...read!.structure, periodic: [false, true, true] } })).toThrow(/leading/);
  });
});
