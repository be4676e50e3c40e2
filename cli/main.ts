/**
 * The command line. One file a command; each is loaded only when it is called, so that help answers at once.
 * Exit codes: 0 done; 1 the check failed (damage, a violation, a task that could not be done); 2 wrong use;
 * 130 stopped by Ctrl-C.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { VARVE_VERSION } from '../src/execution/version.ts';
import { addAnalyseCommands } from './analyse-command.ts';
import { addStructureAnalyses } from './analyse-structure-command.ts';
import { addFitCommand } from './mtp-fit-command.ts';
import { reportError } from './output/errors.ts';

const STORE = new Option('--store <dir>', 'folder of the store').default('.varve');
const JSON_FLAG = new Option('--json', 'print JSON (shapes in docs/cli.md)');
const CAMPAIGN = new Option('--campaign <name>', 'a campaign by name, the newest of that name');

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1e9) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

function positiveNumber(text: string): number {
  const value = /^\d*\.?\d+(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function seed(text: string): string {
  if (/^[0-9a-f]{16}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 16 hexadecimal digits.');
}

/** `Li,P,S,Cl` */
function elementList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length <= 200 && names.every((name) => /^[A-Z][A-Za-z0-9]{0,9}$/.test(name))) {
    if (new Set(names).size === names.length) return names;
  }
  throw new InvalidArgumentError('Expected different element symbols with commas between them, e.g. Li,P,S,Cl.');
}

/** Options of `export` that one format alone has. */
const FORMAT_OF: { readonly [option: string]: string } = {
  event: 'pack',
  withoutObs: 'pack',
  force: 'pack',
  withoutBlobs: 'ro-crate',
  license: 'ro-crate',
};

function demandFormatOf(command: Command): void {
  const { format } = command.opts<{ format: string }>();
  for (const option of command.options) {
    const only = FORMAT_OF[option.attributeName()];
    if (only === undefined || only === format || command.getOptionValueSource(option.attributeName()) !== 'cli')
      continue;
    command.error(`error: option '${option.long}' is for --format ${only}, not for ${format}`);
  }
}

const WORKERS = new Option('--workers <n>', 'worker threads (default: one for each core)').argParser(positiveInteger);

function acceptedLoss(text: string): number | 'unknown' {
  return text === 'unknown' ? text : positiveInteger(text);
}

// A reader that has seen enough (varve log | head) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = new Command('varve')
  .description('Reproducible campaigns of atomistic simulation: every number can be asked why, and recomputed.')
  .version(VARVE_VERSION, '--version', 'print the version')
  .showHelpAfterError('(add --help for what is possible)')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .addHelpText(
    'after',
    `
Exit codes: 0 done; 1 the check failed (damage, a violation, a task that could not be done); 2 wrong use;
130 stopped by Ctrl-C (the same command goes on).

Start with:  varve run examples/argyrodite-micro.yaml`,
  );

program
  .command('run')
  .argument('<spec>', 'campaign spec, a YAML file')
  .description('run a campaign, or go on with it, and print its tables')
  .addOption(STORE)
  .addOption(WORKERS)
  .addOption(JSON_FLAG)
  .action(async (spec, options) => (await import('./run.ts')).run(spec, options));

program
  .command('status')
  .description('list the campaigns of a store: what is done, what is running, what remains and how long it should take')
  .addOption(
    new Option('--workers <n>', 'reckon times for so many (default: those of the run, or one for each core)').argParser(
      positiveInteger,
    ),
  )
  .addOption(new Option('--remaining', 'work out what remains of campaigns beyond 20 000 tasks too'))
  .addOption(STORE)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./status.ts')).status(options));

const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

program
  .command('fork')
  .argument('<campaign>', 'the campaign to change: its name, or the first digits of its opening event')
  .description('change something in a campaign: see what is reused, what has to run and why, how long it takes')
  .addOption(
    new Option(
      '--set <field=value>',
      'change a field of the spec, e.g. "dynamics.runs[0].temperaturesK=[800,900]"; the value is YAML',
    )
      .argParser(collected)
      .default([], 'none')
      .conflicts('spec'),
  )
  .addOption(
    new Option('--unset <field>', 'take a field out, e.g. a structure; it then has its default, if there is one')
      .argParser(collected)
      .default([], 'none')
      .conflicts('spec'),
  )
  .addOption(new Option('--spec <file>', 'take the changed campaign from this spec instead').conflicts(['name', 'out']))
  .addOption(new Option('--name <name>', 'name of the fork (default: that of the campaign, and -fork)'))
  .addOption(new Option('--out <file>', 'where its spec is written (default: its name, and .yaml)'))
  .addOption(new Option('--run', 'open and run it too'))
  .addOption(new Option('--open', 'open it: it is then listed, and can be run later'))
  .addOption(new Option('--dry-run', 'only report: write nothing').conflicts(['run', 'open', 'out']))
  .addOption(STORE)
  .addOption(WORKERS)
  .addOption(JSON_FLAG)
  .action(async (campaign, options) => (await import('./fork.ts')).fork(campaign, options));

program
  .command('log')
  .description('list the events of a store in order')
  .addOption(STORE)
  .addOption(new Option('--from <seq>', 'first event').argParser(positiveInteger).default(1))
  .addOption(
    new Option('--limit <n>', 'how many at most').argParser(positiveInteger).default(Number.POSITIVE_INFINITY, 'all'),
  )
  .addOption(new Option('--kind <kind>', 'only events of this kind, e.g. md.run'))
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./log.ts')).log(options));

program
  .command('show')
  .argument('<event>', 'event id (its first digits suffice) or number in the log')
  .description('show one event: what was asked, what came out, on what it ran')
  .addOption(STORE)
  .addOption(new Option('--output <name>', 'write the bytes of this output to standard output'))
  .addOption(new Option('--dependants', 'list the events that rest on it instead').conflicts('output'))
  .addOption(JSON_FLAG)
  .action(async (event, options) => (await import('./show.ts')).show(event, options));

program
  .command('why')
  .argument(
    '<cell>',
    'a cell such as tableV/anion-ordered-bulk/Ea, a series such as fig11/D/anion-ordered-bulk, or an event id',
  )
  .description('derive a number: from the cell down to structures, labels, seeds, versions')
  .addOption(STORE)
  .addOption(
    new Option('--not-reused', 'why it ran anew: the nearest earlier task, and the fields that differ').conflicts([
      'html',
      'stages',
    ]),
  )
  .addOption(
    new Option(
      '--html <file>',
      'write it as one page for a browser; a page written before is replaced, any other file is left alone',
    ).conflicts('stages'),
  )
  .addOption(new Option('--stages', 'only the stages, a few lines each'))
  .addOption(JSON_FLAG)
  .action(async (cell, options) =>
    options.notReused
      ? (await import('./why-not-reused.ts')).whyNotReused(cell, options)
      : (await import('./why.ts')).why(cell, options),
  );

program
  .command('diff')
  .argument('<a>', 'a cell, a campaign, an event, or the folder of a store; SUBJECT@DIR for one in another store')
  .argument('<b>', 'what to compare it with, of the same sort')
  .description('compare two histories: the first events in which they part, and in which field')
  .addOption(STORE)
  .addOption(new Option('--cell <name>', 'compare this cell of two campaigns or stores'))
  .addOption(new Option('--exit-code', 'exit with 1 where they differ'))
  .addOption(JSON_FLAG)
  .action(async (a, b, options) => (await import('./diff.ts')).diff(a, b, options));

program
  .command('compare')
  .argument('[what...]', 'A, B, C or some of them (all three by default); or two cells, two potentials, two campaigns')
  .description(
    'the scatter of D by sampling, fits and training sets; or two numbers, potentials, campaigns side by side',
  )
  .addOption(STORE)
  .addOption(CAMPAIGN)
  .addOption(
    new Option(
      '--halve <what>',
      'which further runs would halve the standard error of the mean, or of a component',
    ).choices(['mean', 'sampling', 'fit', 'training']),
  )
  .addOption(JSON_FLAG)
  .action(async (what, options) => (await import('./compare.ts')).compare(what, options));

program
  .command('tables')
  .argument('[table]', 'only this table')
  .description('print the tables of a campaign, published values beside computed ones')
  .addOption(STORE)
  .addOption(CAMPAIGN)
  .addOption(JSON_FLAG)
  .action(async (table, options) => (await import('./tables.ts')).tables(table, options));

program
  .command('what-if')
  .description('the tables without an event, in memory: analyses anew, fits and runs to be done again with their cost')
  .addOption(
    new Option(
      '--without <event>',
      'a label, structure, fit, run or analysis, by number or id; may be given several times',
    )
      .argParser(collected)
      .makeOptionMandatory(),
  )
  .addOption(CAMPAIGN)
  .addOption(STORE)
  .addOption(WORKERS)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./what-if.ts')).showWhatIf(options));

program
  .command('figures')
  .argument('[figure]', 'only this figure')
  .description('list the figures of a campaign and what they lack, or write them to files')
  .addOption(new Option('--out <dir>', 'folder to write to; figures written there before are replaced, nothing else'))
  .addOption(new Option('--format <format>', 'of the files (default: svg)').choices(['svg', 'csv', 'json']))
  .addOption(STORE)
  .addOption(CAMPAIGN)
  .addOption(JSON_FLAG)
  .action(async (figure, options) => (await import('./figures.ts')).figures(figure, options));

program
  .command('report')
  .description('write all tables and figures of a campaign to one page for a browser')
  .requiredOption('--out <file>', 'page to write; one written before is replaced, any other file is left alone')
  .addOption(STORE)
  .addOption(CAMPAIGN)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./report.ts')).report(options));

const REASON = new Option(
  '--reason <text>',
  'why; it is kept in the log and shown wherever the event is asked for',
).makeOptionMandatory();
const AUTHOR = new Option('--author <text>', 'who corrects; nothing of the kind is recorded unless given');
const DRY_RUN = new Option('--dry-run', 'show what would change, and record nothing');

program
  .command('retract')
  .argument('<event>', 'event id (its first digits suffice) or number in the log')
  .description('take back an event and all that rests on it; it stays in the log. A correction is taken back likewise')
  .addOption(REASON)
  .addOption(AUTHOR)
  .addOption(DRY_RUN)
  .addOption(STORE)
  .addOption(JSON_FLAG)
  .action(async (event, options) => (await import('./retract.ts')).retract(event, options));

program
  .command('supersede')
  .argument('<event>', 'event id (its first digits suffice) or number in the log')
  .description('name the event that stands in the place of another; what rests on the other is computed anew')
  .addOption(
    new Option('--by <event>', 'event that stands in its place: same kind, same outputs').makeOptionMandatory(),
  )
  .addOption(REASON)
  .addOption(AUTHOR)
  .addOption(DRY_RUN)
  .addOption(STORE)
  .addOption(JSON_FLAG)
  .action(async (event, options) => (await import('./supersede.ts')).supersede(event, options));

program
  .command('replay')
  .description('recompute recorded tasks from their recorded inputs and compare bytes')
  .addOption(STORE)
  .addOption(new Option('--all', 'every event of the store, or of --campaign'))
  .addOption(new Option('--sample <k>', 'so many events, drawn at random').argParser(positiveInteger))
  .addOption(new Option('--seed <hex>', 'of the draw, 16 hex digits; printed where none is given').argParser(seed))
  .addOption(new Option('--event <id>', 'one event: its id, or its number in the log'))
  .addOption(new Option('--cell <name>', 'all that a cell rests on'))
  .addOption(CAMPAIGN)
  .addOption(new Option('--unreplayed', 'leave out what a recorded replay by this build found identical'))
  .addOption(new Option('--record', 'keep the verdicts in the store; a difference becomes a violation'))
  .addOption(WORKERS)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./replay.ts')).replay(options));

program
  .command('purge')
  .argument('<blob>', 'its SHA-256, or EVENT:OUTPUT')
  .description('drop the bytes of a blob that can be computed anew; hash and recipe stay')
  .addOption(STORE)
  .addOption(new Option('--reason <text>', 'why, kept in the log').makeOptionMandatory())
  .addOption(new Option('--unchecked', 'do not compute it anew first to see that its bytes come back'))
  .addOption(JSON_FLAG)
  .action(async (blob, options) => (await import('./purge.ts')).purge(blob, options));

program
  .command('rematerialise')
  .argument('[blob]', 'its SHA-256, or EVENT:OUTPUT')
  .description('compute bytes anew that were purged or lost, and check them against their hash')
  .addOption(STORE)
  .addOption(new Option('--all', 'all that was purged'))
  .addOption(JSON_FLAG)
  .action(async (blob, options) => (await import('./rematerialise.ts')).rematerialise(blob, options));

program
  .command('export')
  .description('hand over a store, a campaign, or what one number rests on')
  .addOption(STORE)
  .addOption(
    new Option(
      '--format <format>',
      'pack: one file, which import reads; ro-crate: a folder (Workflow Run RO-Crate); prov: a file (W3C PROV-JSON)',
    )
      .choices(['pack', 'ro-crate', 'prov'])
      .default('pack'),
  )
  .requiredOption('--out <path>', 'file or folder to write; it must not be there yet')
  .addOption(CAMPAIGN)
  .addOption(new Option('--cell <name>', 'only what this cell rests on, e.g. tableV/anion-ordered-bulk/Ea'))
  .addOption(new Option('--event <event>', 'pack: only what this event rests on').conflicts(['campaign', 'cell']))
  .addOption(new Option('--without-obs', 'pack: leave out when, how long and on what each task ran'))
  .addOption(new Option('--force', 'pack: replace the file if it exists'))
  .addOption(
    new Option('--without-blobs', 'ro-crate: describe blobs over 64 KiB, with their hashes, but leave them out'),
  )
  .addOption(new Option('--license <text>', 'ro-crate: URL of a licence, or words on how the crate may be used'))
  .addOption(JSON_FLAG)
  .action(async (options, command: Command) => {
    demandFormatOf(command);
    if (options.format === 'pack') return (await import('./export.ts')).exportStore(options);
    const { exportProvJson, exportRoCrate } = await import('./export-provenance.ts');
    return options.format === 'prov' ? exportProvJson(options) : exportRoCrate(options);
  });

program
  .command('export-trajectory')
  .argument('<event>', 'an md.run, taken with the segments of its run before it, or an analysis of one run')
  .argument('<file>', 'the file to write: .xyz, .extxyz, .dump or .lammpstrj')
  .description('write the trajectory of a recorded run, unwrapped, for other programs')
  .addOption(STORE)
  .addOption(new Option('--format <format>', 'where the name of the file does not say').choices(['extxyz', 'dump']))
  .addOption(new Option('--force', 'replace the file if it exists'))
  .addOption(JSON_FLAG)
  .action(async (event, file, options) =>
    (await import('./export-trajectory.ts')).exportTrajectory(event, file, options),
  );

program
  .command('verify')
  .description('check every hash of a store')
  .addOption(STORE)
  .addOption(new Option('--expect <hash>', 'a history hash noted elsewhere, of now or of any earlier size'))
  .addOption(WORKERS)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./verify.ts')).verify(options));

program
  .command('import')
  .argument('<file>', 'a pack that export wrote')
  .description('verify a pack and take it into a store, which is created if need be')
  .addOption(STORE)
  .addOption(new Option('--dry-run', 'verify only: nothing is written'))
  .addOption(new Option('--expect <hash>', 'a history hash of the log that the pack comes from, noted elsewhere'))
  .addOption(JSON_FLAG)
  .action(async (file, options) => (await import('./import.ts')).importFile(file, options));

program
  .command('recover')
  .description('say what a store lost, and go on without it')
  .addOption(STORE)
  .addOption(
    new Option('--accept-loss <n>', 'go on without the n events that are lost; "unknown" where HEAD is lost').argParser(
      acceptedLoss,
    ),
  )
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./recover.ts')).recover(options));

program
  .command('sweep')
  .description('remove what crashes left in a store: temporary files, and blobs that no event names')
  .addOption(STORE)
  .addOption(new Option('--dry-run', 'only say what would be removed'))
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./sweep.ts')).sweep(options));

const FORMATS = ['cfg', 'extxyz', 'poscar', 'lammps-data', 'mtp'];
const READABLE_FORMATS = [...FORMATS, 'cif'];

program
  .command('convert')
  .argument('<in>', 'a file: .cfg, .xyz, .extxyz, POSCAR, CONTCAR, .vasp, .poscar, .lmp, .data, .cif or .mtp')
  .argument('<out>', 'the file to write')
  .description('convert configurations or a potential; what the other format cannot hold is listed')
  .addOption(
    new Option('--from <format>', 'format of the first file, where its name does not say').choices(READABLE_FORMATS),
  )
  .addOption(new Option('--to <format>', 'format of the second file, where its name does not say').choices(FORMATS))
  .addOption(new Option('--species <list>', 'elements of types 0, 1, …, e.g. Li,P,S,Cl').argParser(elementList))
  .addOption(new Option('--frame <n>', 'only this configuration, counted from 1').argParser(positiveInteger))
  .addOption(new Option('--force', 'replace the second file if it exists'))
  .addOption(JSON_FLAG)
  .action(async (input, output, options) => (await import('./convert.ts')).convert(input, output, options));

program
  .command('plan')
  .description('what a campaign would cost on this machine by task kind, from measured speeds; runs nothing')
  .addOption(new Option('--scale <name>', 'the published campaign in full').choices(['paper']).default('paper'))
  .addOption(
    new Option('--cores <n>', 'to share the work out to (default: those of this machine)').argParser(positiveInteger),
  )
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./plan.ts')).plan(options));

addAnalyseCommands(program, JSON_FLAG);

const mtp = program.command('mtp').description('moment tensor potentials by themselves, without a store');

mtp
  .command('eval')
  .argument('<potential>', 'a .mtp file')
  .argument('<configurations>', 'a .cfg file')
  .description('energies, forces and virials of configurations')
  .addOption(new Option('--out <file>', 'write the configurations with what was computed in place of their labels'))
  .addOption(new Option('--force', 'replace that file if it exists'))
  .addOption(JSON_FLAG)
  .action(async (potential, configurations, options) =>
    (await import('./mtp.ts')).evaluate(potential, configurations, options),
  );

mtp
  .command('errors')
  .argument('<potential>', 'a .mtp file')
  .argument('<configurations>', 'a .cfg or .extxyz file with energies and forces, stresses if there are any')
  .description('how far a potential is from the labels of configurations')
  .addOption(new Option('--species <list>', 'elements of types 0, 1, …, e.g. Li,P,S,Cl').argParser(elementList))
  .addOption(JSON_FLAG)
  .action(async (potential, configurations, options) =>
    (await import('./mtp.ts')).errors(potential, configurations, options),
  );

mtp
  .command('template')
  .argument('<level>', 'an even number from 2 to 28', positiveInteger)
  .description('how large the potentials of a level are')
  .addOption(new Option('--species <n>', 'number of elements').argParser(positiveInteger).default(4))
  .addOption(new Option('--radial <n>', 'number of radial basis functions').argParser(positiveInteger).default(8))
  .addOption(JSON_FLAG)
  .action(async (level, options) => (await import('./mtp.ts')).template(level, options));

addFitCommand(mtp, elementList, JSON_FLAG);

const MODE = new Option('--mode <mode>', 'what has a grade of its own: configurations (cfg) or atoms (nbh)')
  .choices(['cfg', 'nbh'])
  .default('cfg');
const INIT_THRESHOLD = new Option('--init-threshold <x>', 'of the diagonal that the active set starts from')
  .argParser(positiveNumber)
  .default(1e-5);
const SWAP_THRESHOLD = new Option(
  '--swap-threshold <x>',
  'a row is taken in if the volume grows by more than this factor',
)
  .argParser(positiveNumber)
  .default(1.0000001);

mtp
  .command('grade')
  .argument('<potential>', 'a .mtp file')
  .argument('<training>', 'its training set, a .cfg file')
  .argument('<configurations>', 'a .cfg file')
  .description('extrapolation grades of configurations: how far they are from the training set')
  .addOption(MODE)
  .addOption(INIT_THRESHOLD)
  .addOption(SWAP_THRESHOLD)
  .addOption(JSON_FLAG)
  .action(async (potential, training, configurations, options) =>
    (await import('./mtp-grade.ts')).grade(potential, training, configurations, options),
  );

mtp
  .command('select')
  .argument('<potential>', 'a .mtp file')
  .argument('<training>', 'its training set, a .cfg file')
  .argument('<pool>', 'configurations to choose from, a .cfg file')
  .argument('<out>', 'file for the configurations chosen; must not exist')
  .description('choose the configurations of a pool that a training set lacks (D-optimality)')
  .addOption(MODE)
  .addOption(
    new Option('--threshold <x>', 'choose nothing unless a grade exceeds this').argParser(positiveNumber).default(1.1),
  )
  .addOption(new Option('--limit <n>', 'choose at most so many').argParser(positiveInteger))
  .addOption(INIT_THRESHOLD)
  .addOption(SWAP_THRESHOLD)
  .addOption(JSON_FLAG)
  .action(async (potential, training, pool, out, options) =>
    (await import('./mtp-grade.ts')).select(potential, training, pool, out, options),
  );

addStructureAnalyses(program, JSON_FLAG);

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, process.argv.includes('--json'));
}
