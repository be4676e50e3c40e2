/**
 * MLIP-2's `.mtp` files: `MTP`, then `key = value` in a fixed order: version 1.1.0, potential_name, scaling,
 * species_count, potential_tag, radial_basis_type RBChebyshev with min_dist, max_dist (Å), radial_basis_size,
 * radial_funcs_count and the radial coefficients of each species pair `a-b` (a: the central atom), then the template's
 * tables and, once fitted, species_coeffs and moment_coeffs. What MLIP-3 and active-set files append after `#` or `^` is
 * left unread (`rest` says so). Numbers are written with 17 significant digits, so that reading gives the same potential back.
 */
import { InputError } from '../numerics/input-error.ts';
import { checkPotential, type MtpPotential } from '../potential/potential.ts';
import type { MtpTemplate } from '../potential/template.ts';
import { checkTemplate } from '../potential/template-check.ts';
import { exactDecimal } from './exact-decimal.ts';
import { type MtpFile, readMtpFile } from './mtp-reader.ts';

export { type MtpFile, readMtpFile } from './mtp-reader.ts';

/**
 * @throws InputError `bad-mtp` with file and line for anything malformed, inconsistent, out of range or not supported,
 *   `untrained-mtp` for a template without coefficients (`readMtpFile` reads those)
 */
export function readMtp(text: string, fileName: string): MtpPotential {
  const { potential, coefficients } = readMtpFile(text, fileName);
  if (coefficients === 'all') return potential;
  throw new InputError('untrained-mtp', 'the file holds a template without coefficients', {
    where: fileName,
    expected: 'radial_coeffs, species_coeffs and moment_coeffs',
    remedy: 'fit it first',
  });
}

/** The template of a `.mtp` file, fitted or not. @throws InputError `bad-mtp` */
export function readMtpTemplate(text: string, fileName: string): MtpTemplate {
  return readMtpFile(text, fileName).potential.template;
}

/**
 * The text of a `.mtp` or `.als` file without the binary part that may follow it; the mark (`#` or `^`) in front of that
 * part is kept. Matrices of an active set are no text, and decoding them would fail.
 */
export function textOfMtp(bytes: Uint8Array): Uint8Array {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === HASH || bytes[at + 1] === CARET) return bytes.subarray(0, at + 2);
  }
  return bytes;
}
const [LINE_FEED, HASH, CARET] = [0x0a, 0x23, 0x5e];

const braced = (values: ArrayLike<number>, write: (value: number) => string): string =>
  `{${Array.from(values, write).join(', ')}}`;

/**
 * The file's text. @throws InputError `bad-potential` for a potential that is not consistent or not finite,
 * `bad-mtp` for a name that does not fit in a line
 */
export const writeMtp = (potential: MtpPotential): string => writeMtpFile({ potential, coefficients: 'all', tag: '' });

/** As `writeMtp`, of what is fitted or not. @throws InputError as `writeMtp` */
export function writeMtpFile({ potential, coefficients, tag }: MtpFile): string {
  checkPotential(potential);
  checkTemplate(potential.template);
  for (const text of [potential.name, tag]) demandLine(text);
  const { speciesCount, radialBasisSize, template } = potential;
  const { radialFunctions, basic, products, momentCount, scalars } = template;
  const lines = [
    'MTP',
    'version = 1.1.0',
    `potential_name = ${potential.name}`,
    `scaling = ${exactDecimal(potential.scaling)}`,
  ];
  lines.push(`species_count = ${speciesCount}`, `potential_tag = ${tag}`, 'radial_basis_type = RBChebyshev');
  lines.push(
    `\tmin_dist = ${exactDecimal(potential.minDistanceA)}`,
    `\tmax_dist = ${exactDecimal(potential.maxDistanceA)}`,
  );
  lines.push(`\tradial_basis_size = ${radialBasisSize}`, `\tradial_funcs_count = ${radialFunctions}`);
  if (coefficients !== 'none') lines.push('\tradial_coeffs');
  for (let pair = 0; coefficients !== 'none' && pair < speciesCount * speciesCount; pair++) {
    lines.push(`\t\t${Math.floor(pair / speciesCount)}-${pair % speciesCount}`);
    for (let mu = 0; mu < radialFunctions; mu++) {
      const from = (pair * radialFunctions + mu) * radialBasisSize;
      lines.push(`\t\t\t${braced(potential.radialCoefficients.subarray(from, from + radialBasisSize), exactDecimal)}`);
    }
  }
  const quadruples = (values: Int32Array): string =>
    `{${Array.from({ length: values.length / 4 }, (_, t) => braced(values.subarray(4 * t, 4 * t + 4), String)).join(', ')}}`;
  lines.push(`alpha_moments_count = ${momentCount}`);
  lines.push(`alpha_index_basic_count = ${basic.length / 4}`, `alpha_index_basic = ${quadruples(basic)}`);
  lines.push(`alpha_index_times_count = ${products.length / 4}`, `alpha_index_times = ${quadruples(products)}`);
  lines.push(`alpha_scalar_moments = ${scalars.length}`, `alpha_moment_mapping = ${braced(scalars, String)}`);
  if (coefficients !== 'all') return lines.join('\n');
  lines.push(`species_coeffs = ${braced(potential.speciesCoefficients, exactDecimal)}`);
  lines.push(`moment_coeffs = ${braced(potential.momentCoefficients, exactDecimal)}`);
  return lines.join('\n');
}

function demandLine(text: string): void {
  if (/^(\S([^\r\n]*\S)?)?$/u.test(text) && !/[\p{Cc}\u2028\u2029]/u.test(text)) return;
  throw new InputError('bad-mtp', 'the name or tag does not fit in a line of the file', {
    expected: 'text without line breaks, control characters or spaces at its ends',
    found: JSON.stringify(text.slice(0, 80)),
  });
}
