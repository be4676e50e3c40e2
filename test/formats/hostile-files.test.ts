import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../src/formats/configuration.ts';
import {
  CONFIGURATION_FORMATS,
  READ_ONLY_FORMATS,
  type ReadableFormat,
  readConfigurations,
  writeConfigurations,
} from '../../src/formats/configuration-file.ts';
import { areNamed } from '../../src/formats/mlip-cfg.ts';
import { readMtpFile, writeMtp, writeMtpFile } from '../../src/formats/mtp.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { buildNeighbourList } from '../../src/structure/neighbour-list.ts';
import { isInTriclinicFrame } from '../../src/structure/triclinic-frame.ts';
import { randomPotential } from '../potential/random-potential.ts';
import { WURTZITE } from './cif-samples.ts';
import { spoilings } from './mutations.ts';

const potential = randomPotential(generateTemplate(6), 2, new RandomStream('0000000000000bad', 0));
const mtp = writeMtp(potential);

const files: Readonly<Record<ReadableFormat, string>> = {
  cfg: `BEGIN_CFG
 Size
    2
 Supercell
    4 0 0
    0 5 0
    0 0 6
 AtomData:  id type cartes_x cartes_y cartes_z fx fy fz site_en charge
    1 0  0.5 0 0.25  1e0 2 -3 0.5 1
    2 1  0 2.5 0  0 0 .5 -0.5 -1
 Energy
    -1.5
 PlusStress:  xx yy zz xy xz yz
    1 2 3 4 5 6
 Feature   EFS_by	VASP 5.4
END_CFG

BEGIN_CFG
 Size
    1
 AtomData:  id type direct_x direct_y direct_z
    1 0  0.5 0 0.25
 Supercell
    4 0 0
    0 5 0
    0 0 6
END_CFG
`,
  extxyz: `2
Lattice="4 0 0 0 5 0 0 0 6" Properties=species:S:1:pos:R:3:forces:R:3:tag:I:1 energy=-1.5 stress="1 2 3 0 0 0" note="a b"
Li 0.5 0 0.25 1e0 2 -3 7
S 0 2.5 0 0 0 .5 8
1
pbc="F F F"
S 0 0 0
`,
  poscar: `two kinds
1.5
  4 0 0
  0 5 0
  0 0 6
 Li S
 1 2
Selective dynamics
Direct
 0.5 0 0.25 T T F
 0 1 0 T T T
 0 0.5 0 F F F
`,
  cif: WURTZITE,
  'lammps-data': `two kinds, tilted

3 atoms
2 atom types
0 bonds

-1 3 xlo xhi
0.0 5e0 ylo yhi
0 6 zlo zhi
0.5 -0.25 0.125 xy xz yz

Masses

1 6.94 # Li
2 32.06

Atoms # atomic

3 2 0.5 0 0.25 1 0 -1
1 1 0 2.5 0 0 0 0
2 2 .1 -.2 3 0 0 0

Velocities

1 0 0 0
`,
};

const read = (format: ReadableFormat, text: string): Configuration[] =>
  readConfigurations(text, 'file', format, null, () => {});

/** What the readers promise of all that they accept. */
function demandSound({ structure, forcesEvA, virialEv, siteEnergiesEv, columns }: Configuration): void {
  const atoms = structure.species.length;
  expect(structure.positionsA.length).toBe(3 * atoms);
  for (const numbers of [structure.cellA, structure.positionsA, forcesEvA, virialEv, siteEnergiesEv]) {
    expect(numbers?.every(Number.isFinite) ?? true).toBe(true);
  }
  for (const { width, data } of columns.values()) expect(data.length).toBe(width * atoms);
  expect(structure.species.every((s) => s >= 0 && s < structure.elements.length)).toBe(true);
}

/** The value, or null where it was refused as it should be. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message.length).toBeLessThan(1500);
    return null;
  }
}

describe.each([...CONFIGURATION_FORMATS, ...READ_ONLY_FORMATS])('a spoilt %s file', (format) => {
  it('is read to the end or refused, wherever it is cut', () => {
    const text = files[format];
    expect(read(format, text).length).toBeGreaterThan(0);
    for (let length = 0; length < text.length; length++) {
      for (const configuration of attempt(() => read(format, text.slice(0, length))) ?? []) demandSound(configuration);
    }
  });

  it('is read as sound configurations that every format can write and the neighbour search can take, or refused', () => {
    fc.assert(
      fc.property(spoilings, (spoil) => {
        const configurations = attempt(() => read(format, spoil(files[format]))) ?? [];
        for (const configuration of configurations) {
          demandSound(configuration);
          attempt(() => buildNeighbourList(configuration.structure, 4));
          for (const to of CONFIGURATION_FORMATS) {
            const text = attempt(() => [...writeConfigurations([configuration], to, 'file', () => {})].join(''));
            if (text === null) continue;
            const names = areNamed(configuration.structure.elements) ? configuration.structure.elements : null;
            const [again] = readConfigurations(text, 'again', to, to === 'cfg' ? names : null, () => {});
            const sorted = (numbers: Float64Array): Float64Array => numbers.slice().sort();
            // POSCAR puts the atoms of an element together, LAMMPS turns the cell; otherwise nothing moves.
            if (to === 'lammps-data' && !isInTriclinicFrame(configuration.structure.cellA)) {
              expect(again!.structure.positionsA.length).toBe(configuration.structure.positionsA.length);
            } else if (to === 'poscar') {
              expect(sorted(again!.structure.positionsA)).toEqual(sorted(configuration.structure.positionsA));
            } else expect(again!.structure.positionsA).toEqual(configuration.structure.positionsA);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a spoilt mtp file', () => {
  it('is refused wherever it is cut but within its last number', () => {
    for (let length = 0; length < mtp.length; length++) attempt(() => readMtpFile(mtp.slice(0, length), 'file'));
  });

  it('is read as a potential that can be written and evaluated, or refused', () => {
    fc.assert(
      fc.property(spoilings, (spoil) => {
        const file = attempt(() => readMtpFile(spoil(mtp), 'file'));
        if (file === null) return;
        const text = attempt(() => writeMtpFile(file));
        if (text !== null) expect(readMtpFile(text, 'again').potential).toEqual(file.potential);
        attempt(() => createEvaluator(file.potential));
      }),
      { numRuns: 3000 },
    );
  });
});
