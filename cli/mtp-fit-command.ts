/** The options of `varve mtp fit`, called as MLIP-2 calls them where it has them. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { MOST_THREADS } from '../src/execution/crew-signals.ts';

export interface FitFlags {
  readonly level?: number;
  readonly from?: string;
  readonly valid?: string;
  readonly species?: number | readonly string[];
  readonly minDist: number;
  readonly cutoff: number;
  readonly radial: number;
  readonly updateMindist?: boolean;
  readonly energyWeight: number;
  readonly forceWeight: number;
  readonly stressWeight: number;
  readonly weighting: 'vibrations' | 'molecules' | 'structures';
  readonly scaleByForce: number;
  readonly preIterations: number;
  readonly maxIterations: number;
  readonly tolerance: number;
  readonly refine: number;
  readonly threads: number;
  readonly seed: string;
  readonly state?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const numberFrom =
  (least: number, most = 1e9) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a number from ${least}${most < 1e9 ? ` to ${most}` : ''}.`);
  };

const wholeFrom =
  (least: number, most?: number) =>
  (text: string): number => {
    const value = numberFrom(least, most)(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError('Expected a whole number.');
  };

/** As many as a `.mtp` file may have. */
const MOST_SPECIES = 200;
const MOST_RADIAL = 200;

/** A whole number in decimal, or 16 hexadecimal digits. */
function seedOf(text: string): string {
  if (/^[0-9a-f]{16}$/.test(text)) return text;
  if (/^\d{1,15}$/.test(text)) return Number(text).toString(16).padStart(16, '0');
  throw new InvalidArgumentError('Expected a whole number of at most 15 digits, or 16 hexadecimal digits.');
}

export function addFitCommand(mtp: Command, elementList: (text: string) => string[], json: Option): void {
  const species = (text: string): number | string[] =>
    /^\d+$/.test(text) ? wholeFrom(1, MOST_SPECIES)(text) : elementList(text);
  mtp
    .command('fit')
    .argument('<training>', 'labelled configurations, a .cfg or .extxyz file')
    .argument('<potential>', 'the .mtp file to write')
    .description('fit a potential to labelled configurations; the same seed gives the same bytes')
    .addOption(new Option('--level <n>', 'of the template, an even number from 2 to 28').argParser(wholeFrom(2)))
    .addOption(
      new Option('--from <file>', 'an untrained .mtp file that has template, species and distances instead').conflicts([
        'level',
        'minDist',
        'cutoff',
        'radial',
      ]),
    )
    .addOption(new Option('--valid-cfgs, --valid <file>', 'configurations to validate with'))
    .addOption(
      new Option(
        '--species <n or list>',
        'how many, or the elements of types 0, 1, …, e.g. Li,P,S,Cl (default: as many types as there are)',
      ).argParser(species),
    )
    .addOption(new Option('--min-dist <Å>', 'lower end of the radial functions').argParser(numberFrom(0)).default(1.5))
    .addOption(new Option('--max-dist, --cutoff <Å>', 'cutoff').argParser(numberFrom(0)).default(5))
    .addOption(new Option('--radial <n>', 'number of radial functions').argParser(wholeFrom(2, MOST_RADIAL)).default(8))
    .addOption(new Option('--update-mindist', '0.99 times the smallest distance of the training set as --min-dist'))
    .addOption(new Option('--energy-weight <w>', 'of errors in eV²').argParser(numberFrom(0)).default(1))
    .addOption(new Option('--force-weight <w>', 'of errors in (eV/Å)²').argParser(numberFrom(0)).default(0.01))
    .addOption(new Option('--stress-weight <w>', 'of virials’ errors in eV²').argParser(numberFrom(0)).default(0.001))
    .addOption(
      new Option('--weighting <scheme>', 'how configurations of different size count')
        .choices(['vibrations', 'molecules', 'structures'])
        .default('vibrations'),
    )
    .addOption(
      new Option('--scale-by-force <s>', 'weigh forces by s/(|F|² + s), s in (eV/Å)²; 0: all alike')
        .argParser(numberFrom(0))
        .default(0),
    )
    .addOption(
      new Option('--max-iter, --max-iterations <n>', 'of the main minimisation').argParser(wholeFrom(0)).default(1000),
    )
    .addOption(
      new Option(
        '--bfgs-conv-tol, --tolerance <x>',
        'end where the loss falls by less than this part in 50 iterations (100 of the refinement)',
      )
        .argParser(numberFrom(0))
        .default(1e-3),
    )
    .addOption(
      new Option('--pre-iterations <n>', 'before the scaling is chosen for good').argParser(wholeFrom(0)).default(75),
    )
    .addOption(
      new Option(
        '--refine <n>',
        'iterations of the refinement after the main minimisation, at most; 0: none, as MLIP-2',
      )
        .argParser(wholeFrom(0))
        .default(1000),
    )
    .addOption(
      new Option('--threads <n>', 'to share the configurations out to; changes no bit of the result')
        .argParser(wholeFrom(1, MOST_THREADS))
        .default(Math.min(MOST_THREADS, availableParallelism()), 'as many as there are cores'),
    )
    .addOption(
      new Option('--seed <seed>', 'of the random start: a whole number, or 16 hex digits')
        .argParser(seedOf)
        .default('0000000000000000', '0'),
    )
    .addOption(new Option('--state <file>', 'where to keep a fit under way (default: <potential>.fit-state)'))
    .addOption(new Option('--force', 'replace the potential if it exists'))
    .addOption(json)
    .action(async (training, potential, options: FitFlags) =>
      (await import('./mtp-fit.ts')).fit(training, potential, options),
    );
}
