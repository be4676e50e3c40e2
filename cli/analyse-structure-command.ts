/** The options of `varve analyse symmetry` and `varve analyse phonons`. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export type Triple = readonly [number, number, number];

export interface SymmetryFlags {
  readonly symprec: number;
  readonly frame?: number;
  readonly species?: readonly string[];
  readonly json?: boolean;
}

export interface PhononFlags extends SymmetryFlags {
  readonly supercell: Triple;
  readonly displacement: number;
  readonly path?: readonly Triple[];
  readonly points: number;
  readonly mesh?: Triple;
  readonly dosWidth: number;
  readonly tolerance: number;
  readonly reference?: string;
  readonly reduce: boolean;
  readonly sumRule: boolean;
}

const numberIn =
  (above: number, most: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value > above && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number above ${above}, at most ${most}.`);
  };

const whole = (text: string): number => {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('Expected a whole number from 1.');
};

const elements = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (
    names.length <= 200 &&
    names.every((name) => /^[A-Z][a-z]?$/.test(name)) &&
    new Set(names).size === names.length
  ) {
    return names;
  }
  throw new InvalidArgumentError('Expected different element symbols with commas between them, e.g. Li,P,S,Cl.');
};

const threeWhole = (text: string): Triple => {
  const numbers = text.split(',').map((word) => (/^\d{1,3}$/.test(word.trim()) ? Number(word) : 0));
  if (numbers.length === 3 && numbers.every((n) => n >= 1)) return numbers as unknown as Triple;
  throw new InvalidArgumentError('Expected three whole numbers from 1, e.g. 2,2,2.');
};

/** `0,0,0 0.5,0,0.5`; fractions such as 3/8 are understood. */
const pathOf = (text: string): Triple[] => {
  const corners = text
    .trim()
    .split(/\s+/)
    .map((corner) => corner.split(',').map(coordinate));
  if (corners.length >= 1 && corners.length <= 100 && corners.every(({ length }) => length === 3)) {
    return corners as unknown as Triple[];
  }
  throw new InvalidArgumentError('Expected points in reciprocal lattice vectors, e.g. "0,0,0 1/2,0,1/2".');
};

function coordinate(word: string): number {
  const [over, under = '1', ...rest] = word.split('/');
  const value = over!.trim() === '' || under.trim() === '' ? Number.NaN : Number(over) / Number(under);
  if (rest.length === 0 && Math.abs(value) <= 100) return value;
  throw new InvalidArgumentError(`Expected a coordinate such as 0.5 or 1/2 instead of ${word}.`);
}

/** Below `varve analyse`, which is made where it is not there yet. */
export function addStructureAnalyses(program: Command, json: Option): void {
  const analyse =
    program.commands.find((command) => command.name() === 'analyse') ??
    program.command('analyse').description('analyse structures by themselves, without a store');
  addSymmetry(analyse, json);
  addPhonons(analyse, json);
}

const SYMPREC = (): Option =>
  new Option('--symprec <Å>', 'distance below which atoms count as symmetric')
    .argParser(numberIn(0, 0.5))
    .default(1e-4);
const SPECIES = (): Option =>
  new Option('--species <list>', 'elements of types 0, 1, …, e.g. Li,P,S,Cl').argParser(elements);
const FRAME = (): Option => new Option('--frame <n>', 'which structure of the file, counted from 1').argParser(whole);
const FILE = '.cif, POSCAR, .vasp, .poscar, .xyz, .extxyz, .lmp, .data or .cfg';

function addSymmetry(analyse: Command, json: Option): void {
  analyse
    .command('symmetry')
    .argument('<file>', FILE)
    .description('space group of a structure, its operations and standard cells')
    .addOption(SYMPREC())
    .addOption(SPECIES())
    .addOption(FRAME())
    .addOption(json)
    .action(async (file, options: SymmetryFlags) => (await import('./analyse-symmetry.ts')).symmetry(file, options));
}

function addPhonons(analyse: Command, json: Option): void {
  analyse
    .command('phonons')
    .argument('<potential>', 'a .mtp file')
    .argument('<file>', `a relaxed structure: ${FILE}`)
    .description('phonons by finite displacements, and whether the structure is dynamically stable')
    .addOption(
      new Option('--supercell <a,b,c>', 'repeats of the cell that is displaced')
        .argParser(threeWhole)
        .makeOptionMandatory(),
    )
    .addOption(SPECIES())
    .addOption(FRAME())
    .addOption(SYMPREC())
    .addOption(
      new Option('--displacement <Å>', 'length of the displacements').argParser(numberIn(0, 0.5)).default(0.01),
    )
    .addOption(
      new Option('--path <points>', 'band path, e.g. "0,0,0 1/2,0,1/2", in reciprocal vectors').argParser(pathOf),
    )
    .addOption(new Option('--points <n>', 'of each segment of the path').argParser(whole).default(20))
    .addOption(
      new Option('--mesh <a,b,c>', 'q points of the density of states, which also count for stability').argParser(
        threeWhole,
      ),
    )
    .addOption(new Option('--dos-width <THz>', 'of the density of states').argParser(numberIn(0, 100)).default(0.1))
    .addOption(
      new Option('--tolerance <THz>', 'frequencies count as imaginary only beyond this')
        .argParser(numberIn(0, 100))
        .default(0.05),
    )
    .addOption(new Option('--reference <file>', 'structure that the energy is compared with'))
    .addOption(new Option('--no-reduce', 'displace every atom in every direction, whatever the symmetry'))
    .addOption(new Option('--no-sum-rule', 'leave the acoustic sum rule as the forces have it'))
    .addOption(json)
    .action(async (potential, file, options: PhononFlags) =>
      (await import('./analyse-phonons.ts')).phonons(potential, file, options),
    );
}
