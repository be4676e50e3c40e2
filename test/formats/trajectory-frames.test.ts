import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExtxyzTrajectory } from '../../src/formats/extxyz-trajectory.ts';
import { parseLammpsDump } from '../../src/formats/lammps-dump.ts';
import { LineFeed } from '../../src/formats/line-feed.ts';
import type { TrajectoryFrame } from '../../src/formats/trajectory-frames.ts';
import { dumpFrame, extxyzFrame } from '../../src/formats/trajectory-writers.ts';
import { parseXdatcar } from '../../src/formats/xdatcar.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { spoilings } from './mutations.ts';
import { fractional, framesIn, type Made, wander, xdatcar, xyz } from './trajectories.ts';

const CUBE = [8, 0, 0, 0, 9, 0, 0, 0, 10];
const SKEW = [8, 0.5, -0.3, 2, 9, 0.4, -1, 3, 10];

const dump = (
  { atoms, frames }: Made,
  columns: string,
  row: (k: number, i: number) => (string | number)[],
  every = 100,
): string =>
  frames
    .map(({ cellA }, k) =>
      [
        `ITEM: TIMESTEP\n${every * k}\nITEM: NUMBER OF ATOMS\n${atoms.species.length}`,
        `ITEM: BOX BOUNDS pp pp pp\n-1 ${cellA[0]! - 1}\n0 ${cellA[4]}\n2 ${cellA[8]! + 2}`,
        `ITEM: ATOMS ${columns}`,
        // The order changes from frame to frame, as it does in parallel runs.
        ...Array.from(atoms.species.keys(), (i) => row(k, (i + k) % atoms.species.length).join(' ')),
        '',
      ].join('\n'),
    )
    .join('');

/** The walk from its first frame on, but for the lattice vectors by which the first frame was folded. */
function expectWalk(found: readonly TrajectoryFrame[], made: Made, order = [0, 1, 2, 3, 4], digits = 9): void {
  expect(found.length).toBe(made.frames.length);
  found.forEach(({ positionsA }, k) => {
    order.forEach((i, place) => {
      for (let axis = 0; axis < 3; axis++) {
        const moved = positionsA[3 * place + axis]! - found[0]!.positionsA[3 * place + axis]!;
        const planted = made.frames[k]!.positionsA[3 * i + axis]! - made.frames[0]!.positionsA[3 * i + axis]!;
        expect(moved).toBeCloseTo(planted, digits);
      }
    });
  });
}

describe('trajectories of other programs come out unwrapped', () => {
  const cube = wander(40, CUBE, 1.5);
  const skew = wander(40, SKEW, 1.2);

  it('XDATCAR, the header first or before every frame', async () => {
    for (const made of [cube, skew]) {
      const found = await framesIn(xdatcar(made), parseXdatcar);
      expectWalk(found, made, [0, 1, 4, 2, 3]);
      expect(found[0]!.atoms).toEqual({
        elements: ['Li', 'S', 'Cl'],
        species: Int32Array.of(0, 0, 0, 1, 2),
        periodic: [true, true, true],
      });
      expect(found[7]).toMatchObject({ step: null, index: 7 });
      expectWalk(await framesIn(`${xdatcar(made, 'each')}\n\n`, parseXdatcar), made, [0, 1, 4, 2, 3]);
    }
  });

  it('XDATCAR with a cell that changes: steps add up, the path does not stretch with the cell', async () => {
    // As a barostat does it: the place in the cell is scaled with the cell, then the atom steps on by 1.2 Å.
    const random = new RandomStream('00000000000006a2', 0);
    let s = 0.3;
    const text = Array.from({ length: 200 }, (_, k) => {
      const lengthA = 8 * (1 + 0.02 * random.uniform());
      if (k > 0) s = (s + 1.2 / lengthA) % 1;
      return `npt\n1.0\n${lengthA} 0 0\n0 ${lengthA} 0\n0 0 ${lengthA}\nLi\n1\nDirect configuration= ${k + 1}\n${s} 0.5 0\n`;
    }).join('');
    const found = await framesIn(text, parseXdatcar);
    const movedA = found.at(-1)!.positionsA[0]! - found[0]!.positionsA[0]!;
    expect(Math.abs(movedA - 1.2 * 199)).toBeLessThan(1.5);
    expect(Math.abs(found.at(-1)!.positionsA[2]! - found[0]!.positionsA[2]!)).toBe(0);
    expect(found[3]!.cellA[0]).not.toBe(found[4]!.cellA[0]);
  });

  it('extended XYZ, folded or not', async () => {
    for (const made of [cube, skew]) {
      expectWalk(await framesIn(xyz(made), parseExtxyzTrajectory), made);
      const text = made.frames.map((frame, k) =>
        extxyzFrame({ atoms: made.atoms, ...frame, step: 5 * k, timeFs: 10 * k }),
      );
      const found = await framesIn(text.join(''), parseExtxyzTrajectory);
      found.forEach((frame, k) => {
        expect(frame.positionsA).toEqual(made.frames[k]!.positionsA);
        expect(frame.step).toBe(5 * k);
      });
    }
  });

  it('takes a column of extended XYZ besides', async () => {
    const text = '1\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:energies:R:1:pos:R:3 step=4\nLi -1.25 1 2 3\n';
    const [frame] = await framesIn(text, parseExtxyzTrajectory, { column: 'energies' });
    expect(frame).toMatchObject({ step: 4, values: Float64Array.of(-1.25), positionsA: Float64Array.of(1, 2, 3) });
    await expect(framesIn(text, parseExtxyzTrajectory, { column: 'pos' })).rejects.toThrow(
      /file:2: no column of single numbers/,
    );
  });

  it.each([
    [
      'x y z',
      false,
      (s: number[], at: number, low: number, length: number) => [low + length * (s[at]! - Math.floor(s[at]!))],
    ],
    ['xs ys zs', false, (s: number[], at: number) => [s[at]! - Math.floor(s[at]!)]],
    ['xu yu zu', true, (s: number[], at: number, low: number, length: number) => [low + length * s[at]!]],
    ['xsu ysu zsu', true, (s: number[], at: number) => [s[at]!]],
  ])('LAMMPS dump with %s, rows in any order, elements or types', async (names, _, value) => {
    const lows = [-1, 0, 2];
    const row = (species: (i: number) => string | number) => (k: number, i: number) => {
      const { cellA, positionsA } = cube.frames[k]!;
      const s = fractional(positionsA, cellA);
      return [species(i), i + 1, ...[0, 1, 2].flatMap((axis) => value(s, 3 * i + axis, lows[axis]!, cellA[4 * axis]!))];
    };
    const symbols = dump(
      cube,
      `element id ${names}`,
      row((i) => cube.atoms.elements[cube.atoms.species[i]!]!),
    );
    const found = await framesIn(symbols, parseLammpsDump);
    expectWalk(found, cube);
    expect(found[3]!.step).toBe(300);
    const types = dump(
      cube,
      `type id ${names}`,
      row((i) => cube.atoms.species[i]! + 1),
    );
    const named = await framesIn(types, parseLammpsDump, { elements: ['Li', 'S', 'Cl'] });
    expectWalk(named, cube);
    expect(named[0]!.atoms).toEqual(found[0]!.atoms);
    expect((await framesIn(types, parseLammpsDump))[0]!.atoms.elements).toEqual(['1', '2', '3']);
    await expect(framesIn(types, parseLammpsDump, { elements: ['Li'] })).rejects.toThrow(/a type has no element/);
  });

  it('LAMMPS dump with image flags, which know more than the shortest step', async () => {
    const fast = wander(20, CUBE, 5);
    const text = dump(fast, 'id element x y z ix iy iz', (k, i) => {
      const { cellA, positionsA } = fast.frames[k]!;
      const s = fractional(positionsA, cellA).slice(3 * i, 3 * i + 3);
      return [i + 1, 'Li', ...s.map((x, axis) => (x - Math.floor(x)) * cellA[4 * axis]!), ...s.map(Math.floor)];
    });
    expectWalk(await framesIn(text, parseLammpsDump), { ...fast, atoms: { ...fast.atoms } });
  });

  it('what varve writes as a dump reads back: bit by bit where the cell is as LAMMPS wants it, else turned', async () => {
    const written = (made: Made) =>
      made.frames.map((frame, k) => dumpFrame({ atoms: made.atoms, ...frame, step: k, timeFs: k })).join('');
    (await framesIn(written(cube), parseLammpsDump)).forEach((frame, k) => {
      expect(frame.positionsA).toEqual(cube.frames[k]!.positionsA);
      expect(frame.cellA).toEqual(cube.frames[k]!.cellA);
    });
    const turned = await framesIn(written(skew), parseLammpsDump);
    const distance = (x: Float64Array, i: number, j: number) =>
      Math.hypot(...[0, 1, 2].map((axis) => x[3 * i + axis]! - x[3 * j + axis]!));
    turned.forEach((frame, k) => {
      expect(distance(frame.positionsA, 0, 3)).toBeCloseTo(distance(skew.frames[k]!.positionsA, 0, 3), 9);
      fractional(frame.positionsA, frame.cellA).forEach((s, at) => {
        expect(s).toBeCloseTo(fractional(skew.frames[k]!.positionsA, skew.frames[k]!.cellA)[at]!, 9);
      });
    });
    const left = { ...skew.frames[0]!, cellA: Float64Array.of(-8, 0, 0, 0, 9, 0, 0, 0, 10) };
    expect(() => dumpFrame({ atoms: skew.atoms, ...left, step: 0, timeFs: 0 })).toThrow(/right-handed.*found -720 Å³/);
  });

  it('reads the same however the file is cut into pieces', async () => {
    const text = xdatcar(wander(5, SKEW, 1)).replaceAll('\n', '\r\n');
    const whole = await framesIn(text, parseXdatcar);
    for (const size of [1, 7, 64, 1000]) expect(await framesIn(text, parseXdatcar, {}, size)).toEqual(whole);
  });

  it('gives every n-th frame, unwrapped through all of them', async () => {
    const every = await framesIn(xdatcar(cube), parseXdatcar, { every: 13 });
    expect(every.map(({ index }) => index)).toEqual([0, 13, 26, 39]);
    const all = await framesIn(xdatcar(cube), parseXdatcar);
    for (const { index, positionsA } of every) expect(positionsA).toEqual(all[index]!.positionsA);
  });
});

describe('trajectories that cannot be unwrapped, or are not what they say', () => {
  it('are refused where a step exceeds a quarter of the cell, with frame and atom', async () => {
    const fast = wander(3, CUBE, 2.2);
    await expect(framesIn(xdatcar(fast), parseXdatcar)).rejects.toMatchObject({ code: 'ambiguous-jump' });
    await expect(framesIn(xdatcar(fast), parseXdatcar)).rejects.toThrow(
      /file:14, atom 1 \(counted from 1\), lattice vector 1: .*at most a quarter of the cell's height, 2.000 Å; found 2.200 Å/,
    );
    expect((await framesIn(xdatcar(fast), parseXdatcar, { unwrapped: true })).length).toBe(3);
  });

  it.each([
    [
      'atoms that are lost',
      (text: string) => text.replace(/\n[^\n]*\n$/, '\n'),
      /file:\d+: the file ends within a frame/,
    ],
    [
      'a word for a number',
      (text: string) => text.replace(/\n0\.\d+ /, '\nhalf '),
      /file:9: not a finite number; .*found "half"/,
    ],
    ['no elements', (text: string) => text.replace('Li S Cl', '3 1 1'), /file:6: no element symbols/],
    [
      'other atoms',
      (text: string) => text.replace(/3 1 1(?![\s\S]*3 1 1)/, '2 2 1'),
      /the atoms are not those of the first frame/,
    ],
    ['a flat cell', (text: string) => text.replace(/\n0 9 0/, '\n8 0 0'), /span no volume/],
    ['nothing', () => '', /file: the file holds no frame/],
    ['a line without end', () => `x\n${'1 '.repeat(40_000)}`, /file:2: a line is longer/],
  ])('XDATCAR with %s', async (_, spoil, message) => {
    await expect(framesIn(spoil(xdatcar(wander(3, CUBE, 1), 'each')), parseXdatcar)).rejects.toThrow(message);
  });

  it.each([
    ['ids that come twice', (t: string) => t.replace('\n2 Li', '\n1 Li'), /file:\d+: an atom is there twice/],
    [
      'a new id',
      (t: string) => t.replace(/\n2 Li(?![\s\S]*\n2 Li)/, '\n9 Li'),
      /an atom is not in the first frame; found "id 9"/,
    ],
    [
      'another number of atoms',
      (t: string) => t.replace(/\n5\n(?![\s\S]*\n5\n)/, '\n4\n'),
      /the number of atoms changes/,
    ],
    ['lengths in Bohr', (t: string) => `ITEM: UNITS\nelectron\n${t}`, /file:2: lengths are not in Å/],
    ['no species', (t: string) => t.replaceAll('element', 'q'), /no species; expected a column element or type/],
    ['no positions', (t: string) => t.replaceAll('xu', 'vx'), /no positions/],
  ])('dumps with %s', async (_, spoil, message) => {
    const made = wander(2, CUBE, 1);
    const text = dump(made, 'id element xu yu zu', (k, i) => [
      i + 1,
      'Li',
      ...made.frames[k]!.positionsA.slice(3 * i, 3 * i + 3),
    ]);
    expect((await framesIn(text, parseLammpsDump)).length).toBe(2);
    await expect(framesIn(spoil(text), parseLammpsDump)).rejects.toThrow(message);
  });
});

describe('a spoilt trajectory', () => {
  const made = wander(3, CUBE, 1);
  const texts = {
    xdatcar: [xdatcar(made, 'each'), parseXdatcar],
    extxyz: [xyz(made), parseExtxyzTrajectory],
    dump: [
      made.frames.map((frame, k) => dumpFrame({ atoms: made.atoms, ...frame, step: k, timeFs: k })).join(''),
      parseLammpsDump,
    ],
  } as const;

  it.each(['xdatcar', 'extxyz', 'dump'] as const)('is read as sound frames or refused: %s', async (format) => {
    const [text, parser] = texts[format];
    await fc.assert(
      fc.asyncProperty(spoilings, fc.constantFrom(13, 1 << 20), async (spoil, size) => {
        try {
          for (const { atoms, positionsA, cellA } of await framesIn(spoil(text), parser, {}, size)) {
            expect(positionsA.length).toBe(3 * atoms.species.length);
            expect(positionsA.every(Number.isFinite) && cellA.every(Number.isFinite)).toBe(true);
            expect(atoms.species.every((s) => s >= 0 && s < atoms.elements.length)).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message.length).toBeLessThan(1500);
          expect(error.message).toMatch(/file(:\d+)?/);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('numbers from bytes', () => {
  it('have the bits of Number', () => {
    const read = (text: string): number => {
      const lines = new LineFeed('file');
      lines.push(new TextEncoder().encode(`${text}\n`));
      lines.advance();
      return lines.fieldCount() === 1 ? lines.number(0) : Number.NaN;
    };
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.nat(20), (value, digits) => {
        for (const text of [String(value), value.toFixed(digits), value.toExponential(digits)]) {
          if (Number.isFinite(Number(text))) expect(read(text)).toBe(Number(text));
        }
      }),
      { numRuns: 5000 },
    );
    expect(read('1.5D-3')).toBe(0.0015);
    expect(Object.is(read('-0.000'), -0)).toBe(true);
    expect(
      ['', '.', '-', '1.2.3', 'nan', 'inf', '0x1', '1e', '1e400', '1_0', '--1', '1-'].map(read).every(Number.isNaN),
    ).toBe(true);
  });
});
