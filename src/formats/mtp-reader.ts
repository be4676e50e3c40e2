/** Reads `.mtp` files (described in mtp.ts) from their first word to their last. */

import { checkPotential, type MtpPotential } from '../potential/potential.ts';
import type { MtpTemplate } from '../potential/template.ts';
import { checkTemplate } from '../potential/template-check.ts';
import { MAX_SPECIES } from './file-limits.ts';
import { MtpScanner } from './mtp-scanner.ts';

export interface MtpFile {
  /** Coefficients that the file lacks are zeros. */
  readonly potential: MtpPotential;
  /** Which coefficients it has: `none` and `radial` are untrained. */
  readonly coefficients: 'none' | 'radial' | 'all';
  /** Free text, often empty. */
  readonly tag: string;
}

const MAX_RADIAL_BASIS = 200;
const MAX_RADIAL_FUNCTIONS = 50;
const MAX_ENTRIES = 5_000_000;

/** @throws InputError `bad-mtp`, with file and line */
export function readMtpFile(text: string, fileName: string): MtpFile & { readonly rest: string | null } {
  const scanner = new MtpScanner(text, fileName);
  scanner.word('MTP');
  scanner.key('version');
  scanner.word('1.1.0');
  const name = scanner.optionalKey('potential_name') ? scanner.restOfLine() : '';
  let scaling = scanner.optionalKey('scaling') ? scanner.number() : undefined;
  scanner.key('species_count');
  const speciesCount = scanner.integer(1, MAX_SPECIES);
  const tag = scanner.optionalKey('potential_tag') ? scanner.restOfLine() : '';
  scanner.key('radial_basis_type');
  if (scanner.optionalWord('RBChebyshev_repuls')) {
    scanner.fail('this radial basis adds a repulsion below min_dist, which is not computed here', 'RBChebyshev');
  }
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
  const radialCount = speciesCount * speciesCount * radialFunctions * radialBasisSize;
  if (radialCount > MAX_ENTRIES)
    scanner.fail('too many radial coefficients', `at most ${MAX_ENTRIES}`, `${radialCount}`);
  const radial = readRadial(scanner, speciesCount, radialFunctions, radialBasisSize);
  const template = readTemplate(scanner, radialFunctions);
  const species = scanner.optionalKey('species_coeffs') ? scanner.numbers(speciesCount) : null;
  const moments = scanner.optionalKey('moment_coeffs') ? scanner.numbers(template.scalars.length) : null;
  const rest = scanner.end();
  if ((species === null) !== (moments === null) || (species !== null && radial === null)) {
    scanner.fail(
      'some coefficients are missing',
      'radial_coeffs, species_coeffs and moment_coeffs, or radial ones alone',
    );
  }
  const model = { name, speciesCount, minDistanceA, maxDistanceA, radialBasisSize, scaling: scaling ?? 1, template };
  const potential: MtpPotential = {
    ...model,
    radialCoefficients: radial ?? new Float64Array(radialCount),
    speciesCoefficients: Float64Array.from(species ?? new Float64Array(speciesCount)),
    momentCoefficients: Float64Array.from(moments ?? new Float64Array(template.scalars.length)),
  };
  scanner.check(() => checkPotential(potential));
  return { potential, coefficients: radial === null ? 'none' : species === null ? 'radial' : 'all', tag, rest };
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
