/**
 * The command line. One file a command; each is loaded only when it is called, so that help answers at once.
 * Exit codes: 0 done; 1 the check failed (damage, a violation, a task that could not be done); 2 wrong use;
 * 130 stopped by Ctrl-C.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { VARVE_VERSION } from '../src/execution/version.ts';
import { reportError } from './output/errors.ts';

const STORE = new Option('--store <dir>', 'folder of the store').default('.varve');
const JSON_FLAG = new Option('--json', 'print JSON (shapes in docs/cli.md)');
const CAMPAIGN = new Option('--campaign <name>', 'a campaign by name, the newest of that name');

function positiveInteger(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1e9) return value;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

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
  .addOption(new Option('--workers <n>', 'worker threads (default: one for each core)').argParser(positiveInteger))
  .addOption(JSON_FLAG)
  .action(async (spec, options) => (await import('./run.ts')).run(spec, options));

program
  .command('status')
  .description('list the campaigns of a store: what is done, what remains, result hashes')
  .addOption(STORE)
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./status.ts')).status(options));

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
  .addOption(JSON_FLAG)
  .action(async (event, options) => (await import('./show.ts')).show(event, options));

program
  .command('why')
  .argument('<cell>', 'cell name such as tableV/anion-ordered-bulk/Ea, or an event id')
  .description('derive a number: from the cell down to structures, labels, seeds, versions')
  .addOption(STORE)
  .addOption(JSON_FLAG)
  .action(async (cell, options) => (await import('./why.ts')).why(cell, options));

program
  .command('tables')
  .argument('[table]', 'only this table')
  .description('print the tables of a campaign, published values beside computed ones')
  .addOption(STORE)
  .addOption(CAMPAIGN)
  .addOption(JSON_FLAG)
  .action(async (table, options) => (await import('./tables.ts')).tables(table, options));

program
  .command('verify')
  .description('check every hash of a store')
  .addOption(STORE)
  .addOption(new Option('--expect <hash>', 'a history hash noted elsewhere, of now or of any earlier size'))
  .addOption(JSON_FLAG)
  .action(async (options) => (await import('./verify.ts')).verify(options));

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

try {
  await program.parseAsync();
} catch (error) {
  reportError(error, process.argv.includes('--json'));
}
