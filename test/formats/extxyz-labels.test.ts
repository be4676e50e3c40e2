import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelledFrame, readLabels } from '../../src/formats/extxyz-labels.ts';
import { cellVolumeA3 } from '../../src/structure/structure.ts';
import { finite } from './bytes.ts';

const ELEMENTS = ['Li', 'P', 'S', 'Cl'];
const REAL = new URL('../../examples/labels/li6ps5cl-gpaw-pw400.extxyz', import.meta.url);

/** One Li atom in a cell of 1000 Å³ with these keys of the comment. */
function label(keys: { [key: string]: string | undefined }): LabelledFrame {
  const all = {
    Lattice: '10 0 0 0 10 0 0 0 10',
    Properties: 'species:S:1:pos:R:3:forces:R:3',
    energy: '-1',
    stress: '0 0 0 0 0 0',
    ...keys,
  };
  const comment = Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [`${key}="${value}"`]));
  const columns = all.Properties.endsWith('pos:R:3') ? '' : ' 1 2 3';
  return readLabels(`1\n${comment.join(' ')}\nLi 0 0 0${columns}\n`, 'x.xyz', ELEMENTS)[0]!;
}

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'bad-label', message: expect.stringMatching(message) });

describe('labels in extended XYZ', () => {
  it('take stress as positive in tension: the virial is −stress·volume', () => {
    const virial = [...label({ stress: '0.01 0 0 0 0 0' }).virialEv];
    expect(virial).toEqual([-10, 0, 0, 0, 0, 0, 0, 0, 0]);
    // No −0 where the stress is 0.
    expect(virial.some((component) => Object.is(component, -0))).toBe(false);
  });

  it('take six components as xx yy zz yz xz xy, and nine as rows', () => {
    const tensor = [-1, -6, -5, -6, -2, -4, -5, -4, -3];
    expect([...label({ stress: '0.001 0.002 0.003 0.004 0.005 0.006' }).virialEv]).toEqual(tensor);
    const rows = '0.001 0.006 0.005 0.006 0.002 0.004 0.005 0.004 0.003';
    expect([...label({ stress: rows }).virialEv]).toEqual(tensor);
    expect([...label({ stress: undefined, virial: tensor.join(' ') }).virialEv]).toEqual(tensor);
  });

  it('keep a virial that agrees with the stress, and refuse one that does not: wrong sign, wrong unit, wrong order', () => {
    const stress = '0.001 0.002 0.003 0.004 0.005 0.006';
    expect([...label({ stress, virial: '-1 -6 -5 -6 -2 -4 -5 -4 -3.000000001' }).virialEv].at(-1)).toBe(-3.000000001);
    for (const virial of ['1 6 5 6 2 4 5 4 3', '-0.001 -0.006 -0.005 -0.006 -0.002 -0.004 -0.005 -0.004 -0.003']) {
      expect(() => label({ stress, virial })).toThrow(
        refusal(
          /^x.xyz:2: virial contradicts stress; expected virial = −stress·volume: -1 eV in component 0; found .* eV; correct the file/,
        ),
      );
    }
    expect(() => label({ stress, virial: '-1 -4 -5 -4 -2 -6 -5 -6 -3' })).toThrow(
      refusal(/virial contradicts stress.*component 1/),
    );
  });

  it('hold the same stress for a left-handed cell', () => {
    expect(label({ Lattice: '0 10 0 10 0 0 0 0 10', stress: '0.01 0 0 0 0 0' }).virialEv[0]).toBe(-10);
  });

  it('without energy, forces, or stress and virial, or with the wrong number of components, are refused', () => {
    const cases: [Parameters<typeof label>[0], RegExp][] = [
      [{ energy: undefined }, /^x.xyz:2: the label has no energy; expected energy=… in eV/],
      [{ energy: 'nan' }, /^x.xyz:2: energy is not 1 finite numbers; expected finite numbers; found "nan"/],
      [{ energy: '' }, /energy is not 1 finite/],
      [{ energy: '1 2' }, /energy is not 1 finite/],
      [{ energy: '1e999' }, /energy is not 1 finite/],
      [
        { Properties: 'species:S:1:pos:R:3' },
        /^x.xyz:2: the label has no forces; expected a column forces:R:3 in eV\/Å/,
      ],
      [{ Properties: 'species:S:1:pos:R:3:forces:R:1:other:R:2' }, /forces are not three columns/],
      [{ stress: undefined }, /^x.xyz:2: the label has neither stress nor virial/],
      [{ stress: '0 0 0 0 0' }, /stress is not 6 or 9 finite numbers/],
      [{ stress: '0 0 0 0 0 inf' }, /stress is not 6 or 9 finite numbers/],
      [{ virial: '0 0 0 0 0 0' }, /virial is not 9 finite numbers/],
      [{ stress: '1e308 0 0 0 0 0' }, /stress·volume is not finite/],
      [{ stress: '1e308 0 0 0 0 0', virial: '1 0 0 0 1 0 0 0 1' }, /stress·volume is not finite/],
      [{ pbc: 'T T F' }, /^x.xyz:2: the configuration is not periodic; expected a Lattice and pbc="T T T"/],
      [{ Lattice: undefined }, /the configuration is not periodic/],
      [{ Lattice: '10 0 0 10 0 0 0 0 10' }, /the lattice vectors span no volume/],
      [{ Lattice: undefined, pbc: 'T T T' }, /the lattice vectors span no volume/],
      [{ stress: '0 1 0 0 0 0 0 0 0' }, /the virial is not symmetric; expected equal off-diagonal components; found/],
      [{ stress: undefined, virial: '1 0 0 0 1 5 0 -5 1' }, /the virial is not symmetric/],
    ];
    for (const [keys, message] of cases) expect(() => label(keys), JSON.stringify(keys)).toThrow(refusal(message));
  });

  it('with a force that is no number are refused at the line of the atom', () => {
    const text = `1\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3:forces:R:3 energy=1\nLi 0 0 0 1 nan 3\n`;
    expect(() => readLabels(text, 'x.xyz', ELEMENTS)).toThrow(/^x.xyz:3: forces of atom 0 is not a finite number/);
  });

  it('never give a number that is not finite, whatever they hold', () => {
    const word = fc.oneof(finite.map(String), fc.constantFrom('0', '10', '1D300', '1e-200', 'inf', 'nan'));
    const words = (n: number) => fc.array(word, { minLength: n, maxLength: n }).map((list) => list.join(' '));
    const cells = fc.oneof(words(9), fc.constant('10 0 0 0 10 0 0 0 10'));
    fc.assert(
      fc.property(word, cells, words(6), fc.boolean(), (energy, Lattice, stress, isVirial) => {
        const [xx, yy, zz, yz, xz, xy] = stress.split(' ');
        const virial = [xx, xy, xz, xy, yy, yz, xz, yz, zz].join(' ');
        try {
          const keys = isVirial ? { stress: undefined, virial } : { stress };
          const { virialEv, energyEv, structure } = label({ energy, Lattice, ...keys });
          const volumeA3 = cellVolumeA3(structure.cellA);
          expect([energyEv, volumeA3, ...virialEv, ...structure.cellA].every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'InputError' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keep what the file says of method and configuration', () => {
    expect(label({ label: 'PBE 400 eV', config_type: 'liquid' })).toMatchObject({
      methodNote: 'PBE 400 eV',
      configurationType: 'liquid',
    });
    expect(label({})).toMatchObject({ methodNote: '', configurationType: '' });
  });
});

describe('the labels of Li6PS5Cl in examples/', () => {
  const text = readFileSync(REAL, 'utf8');
  const frames = readLabels(text, 'labels', ELEMENTS);

  it('are 60 configurations of 52 atoms with finite values by one method', () => {
    expect(frames).toHaveLength(60);
    for (const { structure, energyEv, forcesEvA, virialEv } of frames) {
      expect([...structure.species].filter((species) => species === 0)).toHaveLength(24);
      expect(forcesEvA).toHaveLength(156);
      expect([energyEv, ...forcesEvA, ...virialEv, ...structure.positionsA].every(Number.isFinite)).toBe(true);
    }
    expect(new Set(frames.map(({ methodNote }) => methodNote))).toEqual(
      new Set(['GPAW-22.8.0 PBE PW400 Gamma dav d1e-5']),
    );
  });

  it('state virial = −stress·volume in every component', () => {
    const comments = text.split('\n').filter((line) => line.startsWith('Lattice='));
    comments.forEach((comment, k) => {
      const of = (key: string): number[] => new RegExp(` ${key}="([^"]*)"`).exec(comment)![1]!.split(' ').map(Number);
      const volumeA3 = cellVolumeA3(frames[k]!.structure.cellA);
      const stress = of('stress');
      of('virial').forEach((component, c) => {
        expect(Math.abs(component + stress[c]! * volumeA3)).toBeLessThan(1e-9);
        expect(frames[k]!.virialEv[c]).toBe(component);
      });
    });
    expect(comments).toHaveLength(60);
  });
});
