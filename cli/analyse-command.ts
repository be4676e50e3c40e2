/** The options of `varve analyse …`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DIRECTIONS, type Direction } from '../src/analysis/direction.ts';
import type { TrajectoryFormat } from '../src/campaign/trajectory-file.ts';

export interface TrajectoryFlags {
  /** Absent only where no time is asked for. */
  readonly timeStepFs?: number;
  readonly stepsPerFrame?: number;
  readonly format?: TrajectoryFormat;
  readonly elements?: readonly string[];
  readonly unwrapped?: boolean;
  readonly every?: number;
  readonly json?: boolean;
}

export interface MobileFlags extends TrajectoryFlags {
  readonly species: readonly string[];
  readonly keepDrift?: boolean;
}

export interface FitFlags extends MobileFlags {
  readonly origins?: 'single' | 'multiple';
  readonly fitWindow: readonly [number, number];
}

export interface DiffusionFlags extends FitFlags {
  readonly temperature?: number;
  readonly carrierDensity: number;
}

export interface CageFlags extends MobileFlags {
  readonly centre: string;
  readonly notBondedTo: string;
  readonly bond: number;
  readonly margin: number;
  readonly backWithinFs: number;
}

export interface RdfFlags extends TrajectoryFlags {
  readonly species: readonly string[];
  readonly reach: number;
  readonly shell: number;
}

export interface DisplacementFlags extends MobileFlags {
  /** Femtoseconds; the whole run where left out. */
  readonly after?: number;
  readonly bin: number;
  readonly origins: 'single' | 'multiple';
  readonly direction: Direction;
}

export interface DensityFlags extends MobileFlags {
  readonly grid: readonly [number, number, number];
  readonly bandwidth: number;
}

export interface ProfileFlags extends MobileFlags {
  readonly slice: number;
  readonly bandwidth?: number;
  readonly column?: string;
  readonly boundaries?: number;
}

const nameList = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.length <= 200 && names.every((name) => /^[A-Za-z0-9_+-]{1,20}$/.test(name))) return names;
  throw new InvalidArgumentError('Expected names with commas between them, e.g. Li,P,S,Cl.');
};

/** Any number: whether it makes sense the analysis says, with the unit. */
const numeric = (text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isNaN(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
};

const wholeFromOne = (text: string): number => {
  const value = numeric(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1e9) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
};

const twoNumbers = (text: string): [number, number] => {
  const numbers = text.split(',').map(numeric);
  if (numbers.length === 2) return numbers as [number, number];
  throw new InvalidArgumentError('Expected two parts of the run, e.g. 0.6,1.');
};

const threeCounts = (text: string): [number, number, number] => {
  const numbers = text.split(',').map(wholeFromOne);
  if (numbers.length === 3) return numbers as [number, number, number];
  throw new InvalidArgumentError('Expected three numbers of points, e.g. 32,32,32.');
};

/** Adds what every analysis of a trajectory takes. @param timed whether it says anything by time */
function withTrajectory(command: Command, json: Option, timed: boolean): Command {
  return command
    .addOption(
      new Option('--time-step-fs <n>', 'time step of the simulation, fs').argParser(numeric).makeOptionMandatory(timed),
    )
    .addOption(
      new Option('--steps-per-frame <n>', 'steps from frame to frame (default: as the file says, else 1)').argParser(
        wholeFromOne,
      ),
    )
    .addOption(
      new Option('--format <format>', 'format of the file, where its name does not say').choices([
        'xdatcar',
        'extxyz',
        'dump',
      ]),
    )
    .addOption(
      new Option('--elements <list>', 'elements of types 1, 2, … of a dump, e.g. Li,P,S,Cl').argParser(nameList),
    )
    .addOption(new Option('--unwrapped', 'positions are unwrapped already, whatever the file says'))
    .addOption(new Option('--every <n>', 'use every n-th frame').argParser(wholeFromOne))
    .addOption(json);
}

const SPECIES = (): Option =>
  new Option('--species <list>', 'species that diffuse, e.g. Li').argParser(nameList).makeOptionMandatory();
const KEEP_DRIFT = (): Option => new Option('--keep-drift', 'do not take out the drift of the other species');
const FIT_WINDOW = (): Option =>
  new Option('--fit-window <a,b>', 'lags to fit, as parts of the run').argParser(twoNumbers).default([0.6, 1], '0.6,1');
const FILE = 'XDATCAR, .xyz, .extxyz, .dump or .lammpstrj, each also as .gz';

export function addAnalyseCommands(program: Command, json: Option): void {
  const analyse = program
    .command('analyse')
    .description('analyse trajectories and structures of any program, without a store');
  const mobile = (name: string, file = '<file>', timed = true): Command =>
    withTrajectory(analyse.command(name).argument(file, FILE).addOption(SPECIES()), json, timed);

  mobile('msd')
    .description('mean square displacement: all directions, x and y, z')
    .addOption(KEEP_DRIFT())
    .addOption(
      new Option('--origins <kind>', 'the first frame, or every one').choices(['single', 'multiple']).default('single'),
    )
    .action(async (file, options) => (await import('./analyse-msd.ts')).msd(file, options));
  mobile('alpha')
    .description('exponent of MSD ∝ t^α, and whether diffusion is normal')
    .addOption(KEEP_DRIFT())
    .addOption(
      new Option('--origins <kind>', 'the first frame, or every one')
        .choices(['single', 'multiple'])
        .default('multiple'),
    )
    .addOption(FIT_WINDOW())
    .action(async (file, options) => (await import('./analyse-diffusion.ts')).alpha(file, options));
  mobile('diffusion', '<files...>')
    .description('diffusion coefficient with its errors; several files are replicas')
    .addOption(KEEP_DRIFT())
    .addOption(
      new Option('--origins <kind>', 'only the first frame, or only every one (default: both)').choices([
        'single',
        'multiple',
      ]),
    )
    .addOption(FIT_WINDOW())
    .addOption(new Option('--temperature <K>', 'of the runs: the conductivity too').argParser(numeric))
    .addOption(new Option('--carrier-density <n>', 'Λ of the conductivity, 1/Å³').argParser(numeric).default(21.808e-3))
    .action(async (files, options) => (await import('./analyse-diffusion.ts')).diffusion(files, options));

  const caged = (name: string, timed: boolean): Command =>
    mobile(name, '<file>', timed)
      .addOption(new Option('--centre <name>', 'species at the centres of the cages').default('S'))
      .addOption(
        new Option('--not-bonded-to <name>', 'only centres without a bond to this species; "none": all').default('P'),
      )
      .addOption(new Option('--bond <A>', 'longest bond, Å').argParser(numeric).default(2.8))
      .addOption(
        new Option('--margin <A>', 'nearer by so much to another centre, an atom has jumped, Å')
          .argParser(numeric)
          .default(1),
      )
      .addOption(
        new Option('--back-within-fs <n>', 'a jump taken back within this time is a back-jump, fs')
          .argParser(numeric)
          .default(1000),
      );
  caged('jumps', true)
    .description('jumps between cages, per atom and ns; back-jumps apart')
    .action(async (file, options) => (await import('./analyse-cages.ts')).jumps(file, options));
  caged('occupancy', false)
    .description('how many atoms the cages hold')
    .action(async (file, options) => (await import('./analyse-cages.ts')).occupancy(file, options));
  withTrajectory(analyse.command('rdf').argument('<file>', FILE), json, false)
    .description('radial distribution of one species around another')
    .addOption(
      new Option('--species <list>', 'one species, or two, e.g. Li,S').argParser(nameList).makeOptionMandatory(),
    )
    .addOption(new Option('--reach <A>', 'largest distance, Å').argParser(numeric).default(10))
    .addOption(new Option('--shell <A>', 'thickness of the shells, Å').argParser(numeric).default(0.05))
    .action(async (file, options) => (await import('./analyse-rdf.ts')).rdf(file, options));
  mobile('displacements')
    .description('how far atoms have come after a time: the distribution of their displacements')
    .addOption(KEEP_DRIFT())
    .addOption(new Option('--after <fs>', 'the time, fs (default: the whole run)').argParser(numeric))
    .addOption(new Option('--bin <A>', 'width of the bins, Å').argParser(numeric).default(0.25))
    .addOption(
      new Option('--origins <kind>', 'the first frame, or every one').choices(['single', 'multiple']).default('single'),
    )
    .addOption(new Option('--direction <name>', 'along which axes').choices(DIRECTIONS).default('all'))
    .action(async (file, options) => (await import('./analyse-displacements.ts')).displacements(file, options));
  mobile('density', '<file>', false)
    .description('where atoms have been: probability density over the cell')
    .addOption(KEEP_DRIFT())
    .addOption(
      new Option('--grid <a,b,c>', 'points along each lattice vector')
        .argParser(threeCounts)
        .default([32, 32, 32], '32,32,32'),
    )
    .addOption(new Option('--bandwidth <A>', 'of the Gaussian around each place, Å').argParser(numeric).default(0.3))
    .action(async (file, options) => (await import('./analyse-displacements.ts')).density(file, options));
  mobile('profile', '<file>', false)
    .description('concentration along the third lattice vector, and a number of the atoms; widths of boundaries')
    .addOption(new Option('--slice <A>', 'thickness of the slices, Å').argParser(numeric).default(5))
    .addOption(
      new Option('--bandwidth <A>', 'smooth by a Gaussian kernel of this bandwidth instead, Å').argParser(numeric),
    )
    .addOption(new Option('--column <name>', 'a column of numbers of the atoms, e.g. energies'))
    .addOption(
      new Option('--boundaries <n>', 'boundaries in the cell, evenly spaced: their width too').argParser(wholeFromOne),
    )
    .action(async (file, options) => (await import('./analyse-profile.ts')).profile(file, options));
}
