/**
 * MLIP-2's `.mtp` files: `MTP`, then `key = value` in a fixed order: version 1.1.0, potential_name, scaling,
 * species_count, potential_tag, radial_basis_type RBChebyshev with min_dist, max_dist (Å), radial_basis_size,
 * radial_funcs_count and the radial coefficients of each species pair `a-b` (a: the central atom), then the template's
 * tables and, once fitted, species_coeffs and moment_coeffs. What MLIP-3 and active-set files append after `#` or `^` is
 * left unread. Numbers are written with 17 significant digits, so that reading gives the same potential back.
 */
import { InputError } from '../numerics/input-error.ts';
import { checkPotential, type MtpPotential } from '../potential/potential.ts';
import type { MtpTemplate } from '../potential/template.ts';
import { checkTemplate } from '../potential/template-check.ts';
import { exactDecimal } from './exact-decimal.ts';
import { MtpScanner } from './mtp-scanner.ts';

const MAX_SPECIES = 200;
const MAX_RADIAL_BASIS = 200;
const MAX_RADIAL_FUNCTIONS = 50;
const MAX_ENTRIES = 5_000_000;

/**
 * @throws InputError `bad-mtp` with file and line for anything malformed, inconsistent, out of range or not supported,
 *   `untrained-mtp` for a template without coefficients (`readMtpTemplate` reads those)
 */
export function readMtp(text: string, fileName: string): MtpPotential {
  const { potential, template, scanner } = readParts(text, fileName);
  if (potential === null) {
    throw new InputError('untrained-mtp', 'the file holds a template without coefficients', {
      where: fileName,
      expected: 'radial_coeffs, species_coeffs and moment_coeffs',
      remedy: 'fit it first',
    });
  }
  const complete = { ...potential, template };
  scanner.check(() => checkPotential(complete));
  return complete;
}

/** The template of a `.mtp` file, fitted or not. @throws InputError `bad-mtp` */
export function readMtpTemplate(text: string, fileName: string): MtpTemplate {
  return readParts(text, fileName).template;
}

function readParts(
  text: string,
  fileName: string,
): { potential: Omit<MtpPotential, 'template'> | null; template: MtpTemplate; scanner: MtpScanner } {
  const scanner = new MtpScanner(text, fileName);
  scanner.word('MTP');
  scanner.key('version');
  scanner.word('1.1.0');
  const name = scanner.optionalKey('potential_name') ? scanner.restOfLine() : '';
  let scaling = scanner.optionalKey('scaling') ? scanner.number() : undefined;
  scanner.key('species_count');
  const speciesCount = scanner.integer(1, MAX_SPECIES);
  if (scanner.optionalKey('potential_tag')) scanner.restOfLine();
  scanner.key('radial_basis_type');
  scanner.word('RBChebyshev');
  if (scanner.optionalKey('scaling')) {
    if (scaling !== undefined) scanner.fail('scaling is given twice');
    scaling = scanner.number();
  }
  scanner.key('min_dist');
  const minDistanceA = scanner.number();
  scanner.key('max_dist');
  const maxDistanceA = scanner.number();
  scanner.key('radial_basis_size');
  const radialBasisSize = scanner.integer(1, MAX_RADIAL_BASIS);
  scanner.key('radial_funcs_count');
  const radialFunctions = scanner.integer(1, MAX_RADIAL_FUNCTIONS);
  const radial = readRadial(scanner, speciesCount, radialFunctions, radialBasisSize);
  const template = readTemplate(scanner, radialFunctions);
  const species = scanner.optionalKey('species_coeffs') ? scanner.numbers(speciesCount) : null;
  const moments = scanner.optionalKey('moment_coeffs') ? scanner.numbers(template.scalars.length) : null;
  scanner.end();
  if (radial === null || species === null || moments === null) return { potential: null, template, scanner };
  const potential = {
    name,
    speciesCount,
    minDistanceA,
    maxDistanceA,
    radialBasisSize,
    scaling: scaling ?? 1,
    radialCoefficients: radial,
    speciesCoefficients: Float64Array.from(species),
    momentCoefficients: Float64Array.from(moments),
  };
  return { potential, template, scanner };
}

/** c[a][b][μ][n], or null where the file has none. Pairs may come in any order, each exactly once. */
function readRadial(scanner: MtpScanner, species: number, functions: number, size: number): Float64Array | null {
  if (!scanner.optionalWord('radial_coeffs')) return null;
  const pairs = new Map<number, number[]>();
  for (let pair = scanner.optionalPair(species); pair !== null; pair = scanner.optionalPair(species)) {
    const at = pair[0] * species + pair[1];
    if (pairs.has(at)) scanner.fail(`the coefficients of ${pair.join('-')} are given twice`);
    pairs.set(at, Array.from({ length: functions }, () => scanner.numbers(size)).flat());
  }
  if (pairs.size !== species * species) {
    scanner.fail('coefficients of species pairs are missing', `${species * species} pairs`, `${pairs.size}`);
  }
  const radial = new Float64Array(species * species * functions * size);
  for (const [at, coefficients] of pairs) radial.set(coefficients, at * functions * size);
  return radial;
}

function readTemplate(scanner: MtpScanner, radialFunctions: number): MtpTemplate {
  scanner.key('alpha_moments_count');
  const momentCount = scanner.integer(1, MAX_ENTRIES);
  scanner.key('alpha_index_basic_count');
  const basicCount = scanner.integer(1, MAX_ENTRIES);
  scanner.key('alpha_index_basic');
  const basic = scanner.quadruples(basicCount);
  scanner.key('alpha_index_times_count');
  const productCount = scanner.integer(0, MAX_ENTRIES);
  scanner.key('alpha_index_times');
  const products = scanner.quadruples(productCount);
  scanner.key('alpha_scalar_moments');
  const scalarCount = scanner.integer(1, MAX_ENTRIES);
  scanner.key('alpha_moment_mapping');
  const scalars = scanner.integers(scalarCount);
  const template = { radialFunctions, basic, products, momentCount, scalars };
  scanner.check(() => checkTemplate(template));
  return template;
}

const braced = (values: ArrayLike<number>, write: (value: number) => string): string =>
  `{${Array.from(values, write).join(', ')}}`;

/**
 * The file's text. @throws InputError `bad-potential` for a potential that is not consistent or not finite,
 * `bad-mtp` for a name that does not fit in a line
 */
export function writeMtp(potential: MtpPotential): string {
  checkPotential(potential);
  checkTemplate(potential.template);
  if (!/^(\S([^\r\n]*\S)?)?$/u.test(potential.name) || /[\p{Cc}\u2028\u2029]/u.test(potential.name)) {
    throw new InputError('bad-mtp', 'the name does not fit in a line of the file', {
      expected: 'a name without line breaks, control characters or spaces at its ends',
      found: JSON.stringify(potential.name.slice(0, 80)),
    });
  }
  const { speciesCount, radialBasisSize, template } = potential;
  const { radialFunctions, basic, products, momentCount, scalars } = template;
  const lines = [
    'MTP',
    'version = 1.1.0',
    `potential_name = ${potential.name}`,
    `scaling = ${exactDecimal(potential.scaling)}`,
  ];
  lines.push(`species_count = ${speciesCount}`, 'potential_tag = ', 'radial_basis_type = RBChebyshev');
  lines.push(
    `\tmin_dist = ${exactDecimal(potential.minDistanceA)}`,
    `\tmax_dist = ${exactDecimal(potential.maxDistanceA)}`,
  );
  lines.push(
    `\tradial_basis_size = ${radialBasisSize}`,
    `\tradial_funcs_count = ${radialFunctions}`,
    '\tradial_coeffs',
  );
  for (let pair = 0; pair < speciesCount * speciesCount; pair++) {
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
  lines.push(`species_coeffs = ${braced(potential.speciesCoefficients, exactDecimal)}`);
  lines.push(`moment_coeffs = ${braced(potential.momentCoefficients, exactDecimal)}`);
  return lines.join('\n');
}
