import { describe, expect, it } from 'vitest';
import {
  type ConfigurationFormat,
  formatOfName,
  readConfigurations,
  writeConfigurations,
} from '../../src/formats/configuration-file.ts';

/** The text in another format, and what was lost on the way. */
function converted(
  text: string,
  from: ConfigurationFormat,
  to: ConfigurationFormat,
  species: readonly string[] | null = null,
): { text: string; lost: string[] } {
  const lost: string[] = [];
  const lose = (what: string): void => {
    lost.push(what);
  };
  const read = readConfigurations(text, 'file', from, species, lose);
  return { text: [...writeConfigurations(read, to, 'file', lose)].join(''), lost };
}

const frame = (comment: string, ...atoms: string[]): string =>
  `${atoms.length}\nLattice="2 0 0 0 3 0 0 0 4" ${comment}\n${atoms.join('\n')}\n`;

describe('files of configurations', () => {
  it('have the format that their name says', () => {
    for (const [name, format] of [
      ['a/b.cfg', 'cfg'],
      ['b.CFG', 'cfg'],
      ['train.cfgs', 'cfg'],
      ['a.b.xyz', 'extxyz'],
      ['x.extxyz', 'extxyz'],
      ['POSCAR', 'poscar'],
      ['/run/CONTCAR.3', 'poscar'],
      ['x.vasp', 'poscar'],
      ['x.poscar', 'poscar'],
      ['pot.mtp', 'mtp'],
      ['pot.almtp', 'mtp'],
      ['state.als', 'mtp'],
      ['POSCARS', undefined],
      ['cfg', undefined],
      ['x.cfg/y', undefined],
    ]) {
      expect(formatOfName(name!), name).toBe(format);
    }
  });

  it('take the virial from stress with its sign and the volume, and only where they agree', () => {
    const { text, lost } = converted(frame('stress="1 2 3 4 5 6"', 'Li 0 0 0'), 'extxyz', 'cfg');
    expect(text).toContain('PlusStress:  xx yy zz yz xz xy\n    -2.4000000000000000e+01 -4.8');
    expect(lost).toEqual(['the digits of stress: written is virial = −stress·volume']);
    const both = 'stress="1 0 0 0 2 0 0 0 3" virial="-24 0 0 0 -48 0 0 0 -72"';
    expect(converted(frame(both, 'Li 0 0 0'), 'extxyz', 'cfg').lost).toEqual([]);
    const wrong = both.replace('-24', '24');
    expect(() => converted(frame(wrong, 'Li 0 0 0'), 'extxyz', 'cfg')).toThrow(/file:2: virial contradicts stress/);
    const flat = frame('stress="1 2 3 4 5 6"', 'Li 0 0 0').replace('2 0 0 0 3', '0 0 0 0 3');
    expect(() => converted(flat, 'extxyz', 'cfg')).toThrow(/file:2: stress needs a cell with a volume/);
  });

  it('name each thing that .cfg has no place for', () => {
    const comment =
      'Properties=species:S:1:pos:R:3:charge:R:1:v:R:3:tag:I:1:move_mask:L:3 made here note=" x" ' +
      'virial="1 2 3 4 5 6 7 8 9" pbc="T T F" kept=yes';
    const { text, lost } = converted(frame(comment, 'Li 0 0 0 0.5 1 2 3 7 T T F'), 'extxyz', 'cfg');
    expect(lost).toEqual([
      'column v',
      'note (a value of a feature has no spaces at its ends)',
      'column tag',
      'words of the comment that are no key=value',
      'which atoms may move',
      'lattice vectors that do not repeat',
      'what makes the virial asymmetric (yx, zx and zy)',
    ]);
    expect(text).toContain(' Feature   kept\tyes\n');
    expect(text).toContain('charge\n');
  });

  it('keep which atoms may move between POSCAR and extended XYZ', () => {
    const poscar = converted(
      frame('Properties=species:S:1:pos:R:3:move_mask:L:3', 'Li 0 0 0 T F T', 'S 1 1 1 F F F'),
      'extxyz',
      'poscar',
    );
    expect(poscar.lost).toEqual([]);
    expect(poscar.text).toMatch(/Selective dynamics\nCartesian\n.* T F T\n.* F F F\n/);
    const back = converted(poscar.text, 'poscar', 'extxyz');
    expect(back.text).toContain('move_mask:L:3');
    expect(back.text).toContain('comment="Li1 S1"');
    expect(back.text).toMatch(/Li 0 0 0 T F T\nS 1 1 1 F F F\n$/);
  });

  it('have their species in the order asked for, and no others', () => {
    const text = frame('', 'S 0 0 0', 'Li 1 1 1');
    const types = (species: string[] | null): string[] =>
      [...converted(text, 'extxyz', 'cfg', species).text.matchAll(/^ {4}\d (\d) {2}/gm)].map(([, type]) => type!);
    expect(types(null)).toEqual(['0', '1']);
    expect(types(['Li', 'P', 'S'])).toEqual(['2', '0']);
    expect(() => types(['Li', 'P'])).toThrow(/file:2: element S is not among the species; .*add it to --species/);
  });
});
