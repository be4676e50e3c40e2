/**
 * Labels (energy, forces, stress of a configuration) in extended XYZ.
 *
 * Keys of a frame: `energy` (eV), column `forces` (eV/Å), and `stress` (eV/Å³, 9 or 6 Voigt components xx yy zz yz xz xy,
 * positive in tension, as ASE writes it) or `virial` (eV, 9 components, −stress·volume), or both, which must agree.
 * Signs are part of the format here; a file with others is refused where it contradicts itself.
 */
import { refuseOverlaps } from '../structure/closest-pair.ts';
import { cellVolumeA3, type Structure } from '../structure/structure.ts';
import { type ExtxyzFrame, readExtxyz } from './extxyz.ts';
import { numbersOf, refuser, virialOf } from './extxyz-virial.ts';

export interface LabelledFrame {
  readonly structure: Structure;
  readonly energyEv: number;
  /** N×3 row-major. */
  readonly forcesEvA: Float64Array;
  /** 3×3 row-major, −dE/dε, positive where the cell pushes outwards (MLIP's PlusStress). */
  readonly virialEv: Float64Array;
  /** What the file itself says of the method: its `label` key, or nothing. */
  readonly methodNote: string;
  /** Name of the configuration in the file: its `config_type` key, or nothing. */
  readonly configurationType: string;
}

/** Atoms nearer than this are not a configuration of matter, Å. */
const OVERLAP_A = 0.5;

/**
 * @throws InputError `bad-label` with `fileName:line` where a value is missing, not finite or contradicts another;
 *   `overlapping-atoms`
 */
export function readLabels(text: string, fileName: string, elements: readonly string[]): LabelledFrame[] {
  return readExtxyz(text, fileName, elements).map((frame) => readLabel(frame, fileName));
}

function readLabel(frame: ExtxyzFrame, fileName: string): LabelledFrame {
  const where = `${fileName}:${frame.line}`;
  const refuse: ReturnType<typeof refuser> = refuser(where);
  const { structure } = frame;
  const energy = numbersOf(frame, 'energy', [1], where) ?? refuse('the label has no energy', 'energy=… in eV');
  const forces = frame.columns.get('forces') ?? refuse('the label has no forces', 'a column forces:R:3 in eV/Å');
  if (forces.width !== 3) refuse('forces are not three columns', 'forces:R:3', `forces:R:${forces.width}`);
  if (!structure.periodic.every(Boolean)) refuse('the configuration is not periodic', 'a Lattice and pbc="T T T"');
  const volumeA3 = Math.abs(cellVolumeA3(structure.cellA));
  if (!(volumeA3 > 0 && Number.isFinite(volumeA3)))
    refuse('the lattice vectors span no volume', 'three independent lattice vectors', `${volumeA3} Å³`);

  refuseOverlaps(structure, OVERLAP_A, where);

  const virialEv = virialOf(frame, where) ?? refuse('the label has neither stress nor virial', 'stress=… or virial=…');
  for (const [k, m] of [
    [1, 3],
    [2, 6],
    [5, 7],
  ] as const) {
    const scale = Math.max(...virialEv.map(Math.abs), 1e-6);
    if (Math.abs(virialEv[k]! - virialEv[m]!) > 1e-4 * scale) {
      refuse('the virial is not symmetric', 'equal off-diagonal components', `${virialEv[k]} and ${virialEv[m]} eV`);
    }
  }
  return {
    structure,
    energyEv: energy[0]!,
    forcesEvA: forces.data,
    virialEv: Float64Array.from(virialEv, (component) => component + 0),
    methodNote: frame.info.get('label') ?? '',
    configurationType: frame.info.get('config_type') ?? '',
  };
}
