/** `varve convert IN OUT`: from one file format to another, saying what the other cannot hold. */
import { decodeUtf8, readLimited } from '../src/campaign/limited-file.ts';
import { loadSymmetry } from '../src/execution/symmetry.ts';
import {
  CONFIGURATION_FORMATS,
  type ConfigurationFormat,
  type FileFormat,
  formatOfName,
  READ_ONLY_FORMATS,
  type ReadableFormat,
  readConfigurations,
  writeConfigurations,
} from '../src/formats/configuration-file.ts';
import { areNamed } from '../src/formats/mlip-cfg.ts';
import { readMtpFile, textOfMtp, writeMtpFile } from '../src/formats/mtp.ts';
import { InputError } from '../src/numerics/input-error.ts';
import { spaceGroupSettings } from '../src/structure/space-group-settings.ts';
import { escapeControl } from '../store/escape-control.ts';
import { Losses } from './output/losses.ts';
import { counted, formatBytes } from './output/numbers.ts';
import { demandFree, writeOutput } from './output/output-file.ts';
import { printJson } from './output/store-access.ts';

interface ConvertFlags {
  readonly from?: FileFormat;
  readonly to?: FileFormat;
  readonly species?: readonly string[];
  readonly frame?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Converted {
  readonly bytes: number;
  readonly configurations: number;
  readonly atoms: number;
  readonly species: readonly string[];
}

const MOST_BYTES = 256 * 1024 * 1024;

export function convert(input: string, output: string, flags: ConvertFlags): void {
  const from = flags.from ?? formatFor(input, '--from');
  const to = writable(flags.to ?? formatFor(output, '--to'), output);
  demandFree(output, flags.force === true);
  const losses = new Losses();
  const bytes = readLimited(input, MOST_BYTES, 'file', 'check the path');
  const converted =
    from === 'mtp' || to === 'mtp'
      ? convertPotential(bytes, input, output, from, to, flags, losses)
      : convertConfigurations(decodeUtf8(bytes, 'bad-file', input), input, output, from, to, flags, losses);
  losses.report(process.stderr, `not in ${output}:`);
  if (flags.json) {
    printJson({ in: input, out: output, from, to, ...converted, lost: losses.list() });
    return;
  }
  const { configurations, atoms, species } = converted;
  const held =
    from === 'mtp' ? 'a potential' : `${counted(configurations, 'configuration')}, ${counted(atoms, 'atom')}`;
  const types = from === 'mtp' ? '' : `; types ${species.map((name, type) => `${type} ${name}`).join(', ')}`;
  process.stdout.write(
    `${escapeControl(`${output}: ${held}, ${formatBytes(converted.bytes)}${to === 'cfg' && areNamed(species) ? types : ''}`)}\n`,
  );
}

function formatFor(path: string, option: string): FileFormat {
  const format = formatOfName(path);
  if (format !== undefined) return format;
  throw new InputError('unknown-format', 'the name of the file does not say its format', {
    where: path,
    expected: '.cfg, .xyz, .extxyz, POSCAR, CONTCAR, .vasp, .poscar, .lmp, .data, .cif or .mtp',
    remedy: `say it with ${option} ${[...CONFIGURATION_FORMATS, ...(option === '--from' ? READ_ONLY_FORMATS : []), 'mtp'].join(', ')}`,
  });
}

function writable(format: FileFormat, output: string): ConfigurationFormat | 'mtp' {
  const readOnly = READ_ONLY_FORMATS.find((name) => name === format);
  if (readOnly === undefined) return format as ConfigurationFormat | 'mtp';
  throw new InputError('unknown-format', `files of format ${readOnly} are read, not written`, {
    where: output,
    remedy: 'write extxyz or poscar',
  });
}

function convertConfigurations(
  text: string,
  input: string,
  output: string,
  from: ReadableFormat,
  to: ConfigurationFormat,
  flags: ConvertFlags,
  losses: Losses,
): Converted {
  const all = readConfigurations(text, input, from, flags.species ?? null, losses.lose, (names) =>
    spaceGroupSettings(loadSymmetry(), names),
  );
  if (flags.frame !== undefined && flags.frame > all.length) {
    throw new InputError('no-frame', 'there is no such configuration in the file', {
      where: input,
      expected: `--frame from 1 to ${all.length}`,
      found: String(flags.frame),
    });
  }
  const chosen = flags.frame === undefined ? all : [all[flags.frame - 1]!];
  const bytes = writeOutput(output, writeConfigurations(chosen, to, input, losses.lose), flags.force === true);
  return {
    bytes,
    configurations: chosen.length,
    atoms: chosen.reduce((sum, { structure }) => sum + structure.species.length, 0),
    species: chosen[0]!.structure.elements,
  };
}

function convertPotential(
  bytes: Uint8Array,
  input: string,
  output: string,
  from: FileFormat,
  to: FileFormat,
  flags: ConvertFlags,
  losses: Losses,
): Converted {
  if (from !== to) {
    throw new InputError('unknown-format', 'a potential is no configuration', {
      where: input,
      expected: 'a potential (.mtp) on both sides, or configurations on both',
      found: `${from} to ${to}`,
    });
  }
  if (flags.frame !== undefined || flags.species !== undefined) {
    throw new InputError('bad-option', '--frame and --species are for configurations', { where: input });
  }
  const file = readMtpFile(decodeUtf8(textOfMtp(bytes), 'bad-file', input), input);
  if (file.rest !== null) losses.lose(`what follows the potential (${file.rest}): an active set or its like`);
  const written = writeOutput(output, [writeMtpFile(file)], flags.force === true);
  return { bytes: written, configurations: 0, atoms: 0, species: [] };
}
