import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNumber } from '../../src/formats/exact-decimal.ts';
import { type ExtxyzFrame, readExtxyz, writeExtxyz } from '../../src/formats/extxyz.ts';
import { doublesOf } from './bytes.ts';

const ELEMENTS = ['Li', 'S'];
const read = (text: string): ExtxyzFrame[] => readExtxyz(text, 'x.xyz', ELEMENTS);
const readOne = (text: string): ExtxyzFrame => read(text)[0]!;

/** Two atoms, with a comment and, if need be, other lines of atoms. */
const twoAtoms = (comment: string, atoms: readonly string[] = ['Li 0 0 0', 'S 1 2 3']): string =>
  `${atoms.length}\n${comment}\n${atoms.join('\n')}\n`;
const LATTICE = 'Lattice="9 0 0 0 9 0 0 0 9"';

const frames: fc.Arbitrary<Omit<ExtxyzFrame, 'line'>> = fc.integer({ min: 1, max: 4 }).chain((atoms) =>
  fc.record({
    structure: fc.record({
      cellA: doublesOf(9),
      periodic: fc
        .tuple(fc.boolean(), fc.boolean(), fc.boolean())
        .filter((periodic) => periodic.some(Boolean)) as fc.Arbitrary<[boolean, boolean, boolean]>,
      elements: fc.constant(ELEMENTS),
      species: fc.array(fc.nat(1), { minLength: atoms, maxLength: atoms }).map((values) => Int32Array.from(values)),
      positionsA: doublesOf(3 * atoms),
    }),
    info: fc
      .uniqueArray(
        fc.tuple(
          fc.stringMatching(/^[A-Za-z_][A-Za-z_0-9.-]{0,8}$/).filter((key) => !/^(Lattice|Properties|pbc)$/.test(key)),
          fc.string({ unit: 'grapheme' }).filter((value) => !/[\r\n]/.test(value)),
        ),
        { selector: ([key]) => key },
      )
      .map((pairs) => new Map(pairs)),
    columns: fc
      .uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z_]{1,8}$/), width: fc.integer({ min: 1, max: 9 }) }), {
        selector: ({ name }) => name,
        maxLength: 3,
      })
      .chain((columns) =>
        fc
          .tuple(...columns.map(({ width }) => doublesOf(width * atoms)))
          .map((data) => new Map(columns.map(({ name, width }, k) => [name, { width, data: data[k]! }]))),
      )
      .filter((columns) => !columns.has('species') && !columns.has('pos')),
  }),
);

describe('extended XYZ', () => {
  it('comes back as it was written, numbers to the last bit, −0 included', () => {
    fc.assert(
      fc.property(fc.array(frames, { minLength: 1, maxLength: 3 }), (several) => {
        const found = read(several.map(writeExtxyz).join(''));
        expect(found.map(({ structure, info, columns }) => ({ structure, info, columns }))).toEqual(several);
      }),
      { numRuns: 200 },
    );
  });

  it('cannot be written with a line break in a value, or a key that would be read as something else', () => {
    const frame = readOne(twoAtoms(LATTICE));
    for (const info of [
      new Map([['note', 'a\nb']]),
      new Map([['a b', '1']]),
      new Map([['a=b', '1']]),
      new Map([['', '1']]),
    ]) {
      expect(() => writeExtxyz({ ...frame, info })).toThrow(/note|key/);
    }
  });

  it('reads values bare, in double quotes with escapes, and in single quotes', () => {
    const { info } = readOne(
      twoAtoms(String.raw`${LATTICE} a=1 b="two words" c='it is "three"' d="a \"b\" c\\d" e= f="" flag energy=-1.5`),
    );
    expect([...info]).toEqual([
      ['a', '1'],
      ['b', 'two words'],
      ['c', 'it is "three"'],
      ['d', String.raw`a "b" c\d`],
      ['e', ''],
      ['f', ''],
      ['energy', '-1.5'],
    ]);
  });

  it('reads which directions repeat: all by default with a lattice, none without', () => {
    const pbc = (comment: string) => readOne(twoAtoms(comment)).structure.periodic;
    expect(pbc(LATTICE)).toEqual([true, true, true]);
    expect(pbc('')).toEqual([false, false, false]);
    expect(pbc(`${LATTICE} pbc="T F T"`)).toEqual([true, false, true]);
    expect(pbc(`${LATTICE} pbc="True false TRUE"`)).toEqual([true, false, true]);
    expect(pbc(`${LATTICE} pbc="1 0 0"`)).toEqual([true, false, false]);
    for (const wrong of ['pbc=T', 'pbc="T T"', 'pbc="T T T T"', 'pbc="yes no no"', 'pbc=""']) {
      expect(() => readOne(twoAtoms(`${LATTICE} ${wrong}`))).toThrow(
        /^x.xyz:2: pbc cannot be read; expected three of T and F/,
      );
    }
  });

  it('reads columns in any order, of any type, and keeps the real ones', () => {
    const comment = `${LATTICE} Properties=tag:I:1:pos:R:3:move:L:1:species:S:1:forces:R:3:q:R:1`;
    const { structure, columns, texts } = readOne(
      twoAtoms(comment, ['7 1 2 3 T S 4 5 6 0.5', '8 -1 -2 -3 F Li -4 -5 -6 -0.5']),
    );
    expect([...structure.species]).toEqual([1, 0]);
    expect([...structure.positionsA]).toEqual([1, 2, 3, -1, -2, -3]);
    expect([...columns.keys()]).toEqual(['forces', 'q']);
    expect([...texts!]).toEqual([
      ['tag', { type: 'I', width: 1, words: ['7', '8'] }],
      ['move', { type: 'L', width: 1, words: ['T', 'F'] }],
    ]);
    expect([...columns.get('forces')!.data]).toEqual([4, 5, 6, -4, -5, -6]);
    expect(columns.get('q')).toEqual({ width: 1, data: Float64Array.of(0.5, -0.5) });
  });

  it('gives back columns of any type, words without a value, and the cell of what does not repeat', () => {
    const comment = `${LATTICE} Properties=species:S:1:pos:R:3:tag:I:1:name:S:2 pbc="F F F" made by hand energy=1`;
    const frame = readOne(twoAtoms(comment, ['Li 1 2 3 7 a b', 'S -1 -2 -3 8 c d']));
    expect(frame.remarks).toEqual(['made', 'by', 'hand']);
    expect(readOne(writeExtxyz(frame))).toEqual(frame);
    expect(frame.structure.cellA[0]).toBe(9);
  });

  it('names species as they come where none are given', () => {
    const [first, second] = readExtxyz(twoAtoms(LATTICE, ['S 0 0 0', 'Li 1 2 3']) + twoAtoms(LATTICE), 'x.xyz', null);
    expect(first!.structure.elements).toEqual(['S', 'Li']);
    expect(second!.structure.elements).toEqual(['S', 'Li']);
    expect([...second!.structure.species]).toEqual([1, 0]);
  });

  it('reads Fortran exponents in columns and in the lattice', () => {
    const { structure } = readOne(
      twoAtoms('Lattice="1.0D+01 0 0 0 1.0d1 0 0 0 10"', ['Li 1D0 -2.5d-1 .5', 'S 1e1 2E0 +3.']),
    );
    expect([...structure.cellA]).toEqual([10, 0, 0, 0, 10, 0, 0, 0, 10]);
    expect([...structure.positionsA]).toEqual([1, -0.25, 0.5, 10, 2, 3]);
  });

  it('takes a last line without its end, blank lines after it, and DOS line ends', () => {
    const text = twoAtoms(LATTICE);
    for (const variant of [text.trimEnd(), `${text}\n \n\t\n`, text.replaceAll('\n', '\r\n'), `\ufeff${text}`]) {
      expect(readOne(variant).structure).toEqual(readOne(text).structure);
    }
    expect(read(text + text + text).map(({ line }) => line)).toEqual([2, 6, 10]);
  });

  it('refuses what it cannot read, naming the line', () => {
    const cases: [string, RegExp][] = [
      ['', /^x.xyz: the file holds no frame/],
      ['\n\n', /^x.xyz: the file holds no frame/],
      [
        'two\n',
        /^x.xyz:1: a frame starts with its number of atoms; expected an integer from 1 to 1000000; found "two"/,
      ],
      ['0\n\n', /^x.xyz:1: a frame starts/],
      ['-1\n\n', /^x.xyz:1: a frame starts/],
      ['1e3\n\n', /^x.xyz:1: a frame starts/],
      ['99999999999999999999\nx\n', /^x.xyz:1: a frame starts/],
      ['1000000\nx\nLi 0 0 0\n', /^x.xyz:1: the file ends within a frame/],
      ['2', /^x.xyz:1: the file ends within a frame/],
      ['2\nx\nLi 0 0 0', /^x.xyz:1: the file ends within a frame/],
      ['2\nx\nLi 0 0 0\n', /^x.xyz:1: the file ends within a frame; expected 2 atoms; found "1"/],
      ['2\nx\nLi 0 0 0\n\n', /^x.xyz:4: an atom has the wrong number of columns/],
      [`${twoAtoms(LATTICE)}\n${twoAtoms(LATTICE)}`, /^x.xyz:5: a frame starts/],
      [
        twoAtoms(LATTICE, ['Li 0 0 0', 'S 1 2']),
        /^x.xyz:4: an atom has the wrong number of columns; expected 4; found "3"/,
      ],
      [twoAtoms(LATTICE, ['Li 0 0 0 0', 'S 1 2 3']), /^x.xyz:3: an atom has the wrong number of columns/],
      [
        twoAtoms(LATTICE, ['Li 0 0 0', 'O 1 2 3']),
        /^x.xyz:4: element "O" is not among the campaign's; expected one of Li, S/,
      ],
      [twoAtoms(LATTICE, ['Li 0 0 0', 'constructor 1 2 3']), /^x.xyz:4: element "constructor"/],
      [twoAtoms(LATTICE, ['Li 0 0 NaN', 'S 1 2 3']), /^x.xyz:3: pos of atom 0 is not a finite number; found "NaN"/],
      [twoAtoms(LATTICE, ['Li 0 0 0', 'S 1 inf 3']), /^x.xyz:4: pos of atom 1 is not a finite number/],
      [twoAtoms(LATTICE, ['Li 0 0 0', 'S 1 1e999 3']), /^x.xyz:4: pos of atom 1 is not a finite number/],
      [twoAtoms(LATTICE, ['Li 0 0 0x10', 'S 1 2 3']), /^x.xyz:3: pos of atom 0 is not a finite number/],
      [twoAtoms('Lattice="9 0 0"'), /^x.xyz:2: Lattice is not nine numbers; found "9 0 0"/],
      [twoAtoms('Lattice="9 0 0 0 9 0 0 0 inf"'), /^x.xyz:2: Lattice is not nine numbers/],
      [twoAtoms('Lattice="9 0 0 0 9 0 0 0 0x9"'), /^x.xyz:2: Lattice is not nine numbers/],
      [twoAtoms('Lattice="9 0 0 0 9 0 0 0 9'), /^x.xyz:2: a quoted value is not closed/],
      [twoAtoms(`${LATTICE} energy=1 energy=2`), /^x.xyz:2: energy is given twice/],
      [
        `1\n${LATTICE} note="${'a'.repeat(70_000)}"\nLi 0 0 0\n`,
        /^x.xyz:2: the comment is longer than 65536 characters/,
      ],
    ];
    for (const [text, message] of cases) expect(() => read(text), text.slice(0, 100)).toThrow(message);
  });

  it('refuses layouts without species or positions, with a column twice, or that are no layouts', () => {
    for (const layout of [
      'species:S:1',
      'pos:R:3',
      'species:S:1:pos:R:2',
      'species:S:1:pos:I:3',
      'species:S:2:pos:R:3',
      'species:S:1:pos:R:3:forces',
      'species:S:1:pos:R:3:forces:R',
      'species:S:1:pos:R:3:forces:X:3',
      'species:S:1:pos:R:3:forces:R:0',
      'species:S:1:pos:R:3:forces:R:-3',
      'species:S:1:pos:R:3:forces:R:1.5',
      'species:S:1:pos:R:3:forces:R:100',
      'species:S:1:pos:R:3:pos:R:3',
      'species:S:1:pos:R:3:forces:R:3:forces:R:3',
      '',
    ]) {
      expect(() => readOne(twoAtoms(`${LATTICE} Properties="${layout}"`)), layout).toThrow(
        /^x.xyz:2: Properties cannot be read; expected name:S\|R\|I\|L:columns, with species and pos/,
      );
    }
  });

  it('takes no more memory than the file justifies, whatever counts and widths it claims', () => {
    const wide = Array.from({ length: 5000 }, (_, k) => `c${k}:R:99`).join(':');
    const text = `1000000\nProperties=species:S:1:pos:R:3:${wide}\n${'\n'.repeat(1_000_000)}`;
    expect(() => read(text)).toThrow(/^x.xyz:3: an atom has the wrong number of columns/);
  });
});

describe('numbers', () => {
  it('are read as the nearest double, and nothing else counts as a number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(readNumber(String(x))).toBe(x + 0);
        expect(readNumber(x.toExponential().replace('e', 'D'))).toBe(x + 0);
      }),
    );
    expect(readNumber('-0')).toBe(-0);
    for (const text of [
      '',
      ' ',
      '.',
      '+',
      'e5',
      '1e',
      '1 2',
      '0x1',
      'NaN',
      'Infinity',
      '-inf',
      '1e400',
      '1_000',
      '1,5',
      '١',
    ]) {
      expect(readNumber(text), text).toBeUndefined();
    }
  });
});
