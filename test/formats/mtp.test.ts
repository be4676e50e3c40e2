import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMtp, readMtpFile, readMtpTemplate, textOfMtp, writeMtp, writeMtpFile } from '../../src/formats/mtp.ts';
import { InputError } from '../../src/numerics/input-error.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { createEvaluator } from '../../src/potential/evaluate.ts';
import type { MtpPotential } from '../../src/potential/potential.ts';
import { generateTemplate } from '../../src/potential/template.ts';
import { hasReference, referencePotential, referenceText } from '../potential/mlip-reference.ts';
import { randomPotential } from '../potential/random-potential.ts';

const small = writeMtp(randomPotential(generateTemplate(6), 2, new RandomStream('00000000000003f7', 0)));

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const numbers = (length: number): fc.Arbitrary<Float64Array> =>
  fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));

const potentials: fc.Arbitrary<MtpPotential> = fc
  .record({
    level: fc.constantFrom(2, 4, 6, 8, 10),
    speciesCount: fc.integer({ min: 1, max: 3 }),
    radialBasisSize: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ level, speciesCount, radialBasisSize }) => {
    const template = generateTemplate(level);
    return fc.record({
      name: fc.stringMatching(/^(\w[\w .=-]{0,10}\w)?$/),
      speciesCount: fc.constant(speciesCount),
      minDistanceA: fc.double({ min: 0, max: 2, noNaN: true }),
      maxDistanceA: fc.double({ min: 3, max: 9, noNaN: true }),
      radialBasisSize: fc.constant(radialBasisSize),
      scaling: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      template: fc.constant(template),
      radialCoefficients: numbers(speciesCount * speciesCount * template.radialFunctions * radialBasisSize),
      speciesCoefficients: numbers(speciesCount),
      momentCoefficients: numbers(template.scalars.length),
    });
  });

describe('.mtp files', () => {
  it('come back as they were written, to the last bit', () => {
    fc.assert(
      fc.property(potentials, (potential) => {
        expect(readMtp(writeMtp(potential), 'x.mtp')).toEqual(potential);
      }),
    );
  });

  it.skipIf(!hasReference)('of MLIP-2 are read, and written with the same words', () => {
    for (const name of ['l08.mtp', 'l16.mtp']) {
      const potential = referencePotential(name);
      const written = writeMtp(potential);
      expect(readMtp(written, name)).toEqual(potential);
      const words = (text: string): string[] =>
        text
          .replace(/^scaling = .*\n/m, '')
          .split(/[\s,]+/)
          .filter(Boolean);
      const theirs = words(referenceText(name));
      const ours = words(written);
      expect(ours.length).toBe(theirs.length);
      for (const [at, word] of theirs.entries()) {
        const value = Number(word.replace(/[{}]/g, ''));
        if (Number.isNaN(value) || word === '') expect(ours[at]).toBe(word);
        else expect(Number(ours[at]!.replace(/[{}]/g, ''))).toBe(value);
      }
    }
  });

  it('come back where they are not fitted, wholly or but for the radial coefficients, with their tag', () => {
    const lessLinear = small.slice(0, small.indexOf('species_coeffs'));
    const bare = lessLinear.replace(/\tradial_coeffs[^a]*(?=alpha)/, '').replace('potential_tag = ', '$&by hand');
    for (const [text, coefficients, tag] of [
      [small, 'all', ''],
      [lessLinear, 'radial', ''],
      [bare, 'none', 'by hand'],
    ] as const) {
      const { rest, ...file } = readMtpFile(text, 'x.mtp');
      expect(file).toMatchObject({ coefficients, tag });
      expect(rest).toBeNull();
      expect(writeMtpFile(file)).toBe(text.trimEnd());
    }
    expect(() => readMtpFile(`${lessLinear}species_coeffs = {1, 2}`, 'x.mtp')).toThrow(/some coefficients are missing/);
    const huge = bare.replace('species_count = 2', 'species_count = 200').replace('basis_size = 5', 'basis_size = 200');
    expect(() => readMtpFile(huge, 'x.mtp')).toThrow(/too many radial coefficients/);
  });

  it('are read with other ends of lines, white space and what other programs put behind them', () => {
    const { rest: _rest, ...plain } = readMtpFile(small, 'x.mtp');
    for (const text of [
      small.replaceAll('\n', '\r\n'),
      small.replaceAll('\n', ' \t\n'),
      small.replace(/\t/g, '  ').replaceAll(' = ', '='),
      `\ufeff${small}\n`,
    ]) {
      expect(readMtpFile(text, 'x.mtp')).toEqual({ ...plain, rest: null });
    }
    const behind = (mark: string): Uint8Array => new TextEncoder().encode(`${small}\n${mark}\u0080\n#\n^`);
    for (const mark of ['#', '^']) {
      const text = new TextDecoder().decode(textOfMtp(behind(mark)));
      expect(text).toBe(`${small}\n${mark}`);
      expect(readMtpFile(text, 'x.mtp')).toEqual({ ...plain, rest: `${mark} in line ${small.split('\n').length + 1}` });
    }
  });

  it('are refused in time that their size bounds', () => {
    for (const hostile of ['1'.repeat(1e7), `1.${'1'.repeat(1e7)}x`, ' '.repeat(1e7), '{'.repeat(1e7)]) {
      expect(() => readMtpFile(small.replace(/-?\d\.\d+e-01/, hostile), 'x.mtp')).toThrow(InputError);
    }
  });

  it('may have the scaling with the radial basis, a selection behind, or no coefficients yet', () => {
    const potential = readMtp(small, 'x.mtp');
    const scaling = /scaling = .*\n/.exec(small)![0];
    const moved = small.replace(scaling, '').replace('RBChebyshev\n', `RBChebyshev\n\t${scaling}`);
    expect(readMtp(moved, 'x.mtp')).toEqual(potential);
    expect(readMtp(`${small}\n#\u0000binary`, 'x.mtp')).toEqual(potential);
    const untrained = small.slice(0, small.indexOf('species_coeffs'));
    expect(() => readMtp(untrained, 'x.mtp')).toThrow(/template without coefficients/);
    expect(readMtpTemplate(untrained, 'x.mtp')).toEqual(potential.template);
  });

  it.each([
    ['MTP', 'MTQ', /x\.mtp:1: not what belongs here; expected MTP/],
    ['1.1.0', '1.2.0', /x\.mtp:2: /],
    ['species_count = 2', 'species_count = 999999999', /x\.mtp:5: out of range/],
    ['species_count = 2', 'species_count = 1', /x\.mtp:\d+: no such species/],
    ['species_count = 2', 'species_count = 3', /coefficients of species pairs are missing; expected 9 pairs; found 4/],
    ['RBChebyshev', 'RBChebyshev_repuls', /x\.mtp:7: this radial basis adds a repulsion below min_dist/],
    ['radial_funcs_count = 2', 'radial_funcs_count = 1', /x\.mtp:/],
    ['min_dist = 1.5', 'min_dist = 9.5', /x\.mtp:\d+: no interval of distances/],
    ['1-0', '0-1', /given twice/],
    ['alpha_index_basic_count = 5', 'alpha_index_basic_count = 4999999', /x\.mtp:\d+: .*expected ,/],
    ['alpha_moments_count = 8', 'alpha_moments_count = 7', /no such moment/],
    ['alpha_moments_count = 8', 'alpha_moments_count = 4', /more basic moments than moments/],
    ['{1, 0, 0, 0}', '{2, 0, 0, 0}', /no such radial function \(entry 4 of alpha_index_basic\)/],
    ['{1, 0, 0, 0}', '{0, 0, 0, 0}', /radial functions that no moment uses/],
    ['{0, 1, 0, 0}', '{0, 0, 1, 0}', /the same basic moment twice \(entry \d of alpha_index_basic\)/],
    ['{0, 1, 0, 0}', '{0, -1, 0, 0}', /not the powers of a monomial/],
    ['{0, 1, 0, 0}', '{0, 1000000, 0, 0}', /not the powers of a monomial/],
    ['{1, 1, 1, ', '{7, 1, 1, ', /before it is computed/],
    ['alpha_moment_mapping = {0', 'alpha_moment_mapping = {-1', /no computed moment/],
    ['moment_coeffs = {', 'moment_coeffs = {nan, ', /a number; found/],
    ['scaling = 7.0000000000000e-01', 'scaling = 0', /x\.mtp:/],
    ['species_coeffs', 'species_coefs', /more than belongs here/],
  ])('name line and fault: %j → %j', (from, to, message) => {
    const loose = from.includes('7.000')
      ? small.replace(/scaling = \S+/, to)
      : small.replace(from.replace('1.5', '1.5'), to);
    const text = loose === small ? small.replace(/min_dist = \S+/, to) : loose;
    expect(() => readMtp(text, 'x.mtp')).toThrow(message);
    expect(() => readMtp(text, 'x.mtp')).toThrow(InputError);
  });

  it('never fail but with an InputError, whatever is cut or changed; what is read can be evaluated', () => {
    const mutation = fc.tuple(
      fc.nat(small.length),
      fc.nat(8),
      fc.oneof(
        fc.string({ maxLength: 5 }),
        fc.constantFrom('', '-', '9', '{', '}', ',', '1e400', '\n', 'NaN', '99999999999'),
      ),
    );
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), fc.boolean(), (mutations, cut) => {
        let text = small;
        for (const [at, length, replacement] of mutations) {
          text = cut ? text.slice(0, at) : text.slice(0, at) + replacement + text.slice(at + length);
        }
        try {
          createEvaluator(readMtp(text, 'x.mtp'));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuse names and potentials that they cannot hold', () => {
    const potential = readMtp(small, 'x.mtp');
    expect(() => writeMtp({ ...potential, name: 'a\nb' })).toThrow(/does not fit in a line/);
    expect(() => writeMtp({ ...potential, name: ' a' })).toThrow(/does not fit in a line/);
    expect(() => writeMtp({ ...potential, scaling: Number.POSITIVE_INFINITY })).toThrow(/scaling/);
    expect(() => writeMtp({ ...potential, momentCoefficients: new Float64Array(1) })).toThrow(/wrong number/);
  });
});
