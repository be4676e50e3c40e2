/** Potentials, fitted or not, and configurations for them, from files that a user names. */
import { decodeUtf8, readLimited } from '../src/campaign/limited-file.ts';
import { type CfgFrame, readCfg } from '../src/formats/mlip-cfg.ts';
import { type MtpFile, readMtpFile, textOfMtp } from '../src/formats/mtp.ts';
import { InputError } from '../src/numerics/input-error.ts';
import type { MtpPotential } from '../src/potential/potential.ts';
import { escapeControl } from '../store/escape-control.ts';

const MOST_BYTES = 256 * 1024 * 1024;

/** What follows the potential (an active set, say) is not read, which is said on stderr. @throws InputError */
export function readPotentialFile(path: string): MtpFile {
  const bytes = textOfMtp(readLimited(path, MOST_BYTES, 'potential', 'check the path'));
  const { rest, ...file } = readMtpFile(decodeUtf8(bytes, 'bad-file', path), path);
  if (rest !== null) process.stderr.write(`${escapeControl(path)}: what follows the potential (${rest}) is not read\n`);
  return file;
}

/** @throws InputError `untrained-mtp`, and those of `readMtpFile` */
export function readPotential(path: string): MtpPotential {
  const { potential, coefficients } = readPotentialFile(path);
  if (coefficients === 'all') return potential;
  throw new InputError('untrained-mtp', 'the file holds a template without coefficients', {
    where: path,
    expected: 'radial_coeffs, species_coeffs and moment_coeffs',
    remedy: 'fit it first: varve mtp fit --from',
  });
}

/**
 * Configurations for a potential, which knows its species by number only.
 * @throws InputError `bad-cfg`, `empty-file`
 */
export function readConfigurations(path: string, { speciesCount }: MtpPotential): CfgFrame[] {
  const types = Array.from({ length: speciesCount }, (_, type) => `type ${type}`);
  const bytes = readLimited(path, MOST_BYTES, 'file of configurations', 'check the path');
  const frames = readCfg(decodeUtf8(bytes, 'bad-file', path), path, types);
  if (frames.length > 0) return frames;
  throw new InputError('empty-file', 'the file holds no configuration', { where: path });
}
