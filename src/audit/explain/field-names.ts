/** Names of parameters and results read as people read them: `volumeA3PerAtom` is a volume in Å³/atom. */

export interface FieldName {
  readonly label: string;
  /** Empty where the number is a pure one or a count. */
  readonly unit: string;
}

/** Endings of field names; a longer one is tried before one that it ends in. */
const UNITS: readonly (readonly [string, string])[] = [
  ['MevPerAtomPs', 'meV/(atom·ps)'],
  ['A3PerAtom', 'Å³/atom'],
  ['EvPerAtom', 'eV/atom'],
  ['MevAtom', 'meV/atom'],
  ['PerA3', 'Å⁻³'],
  ['Steps', 'steps'],
  ['Cm2S', 'cm²/s'],
  ['MsCm', 'mS/cm'],
  ['Mev', 'meV'],
  ['Gpa', 'GPa'],
  ['EvA', 'eV/Å'],
  ['Ev', 'eV'],
  ['Fs', 'fs'],
  ['Ps', 'ps'],
  ['Ms', 'ms'],
  ['A2', 'Å²'],
  ['A', 'Å'],
  ['K', 'K'],
];

const ABBREVIATIONS: { readonly [word: string]: string } = { rmse: 'RMSE', msd: 'MSD', sha256: 'SHA-256', 95: '95 %' };

/** @param path of a value within parameters or results; the last name on it that has a unit gives the unit */
export function readFieldName(path: readonly string[]): FieldName {
  if (path.length === 1 && path[0] === 'bytes') return { label: 'size', unit: 'bytes' };
  const parts = path.map(splitUnit);
  return {
    label: parts.map(({ label }) => label).join(', '),
    unit: parts.findLast(({ unit }) => unit !== '')?.unit ?? '',
  };
}

function splitUnit(name: string): FieldName {
  for (const [ending, unit] of UNITS) {
    const stem = name.slice(0, -ending.length);
    if (name.endsWith(ending) && /[a-z0-9]$/.test(stem)) return { label: words(stem), unit };
  }
  return { label: words(name), unit: '' };
}

/** `trainingEnergyRmse` → `training energy RMSE`; names that are no such word (element symbols, labels) stay as they are. */
function words(name: string): string {
  if (!/^[a-z]/.test(name)) return name;
  return name
    .split(/(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=95)|(?<=95)/)
    .map((word) => ABBREVIATIONS[word.toLowerCase()] ?? word.toLowerCase())
    .join(' ');
}
