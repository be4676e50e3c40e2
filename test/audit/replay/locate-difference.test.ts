import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactNumber, unitsInLastPlace } from '../../../src/audit/replay/exact-number.ts';
import { locateDifference } from '../../../src/audit/replay/locate-difference.ts';
import { ARRAY_BUNDLE_MEDIA_TYPE, writeBundle } from '../../../src/formats/array-bundle.ts';
import { JSON_MEDIA_TYPE, type JsonValue, writeJsonDocument } from '../../../src/formats/json-document.ts';

const nothing = () => undefined;
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

/** A trajectory of `frames` frames, one every 10 steps, of `atoms` atoms. */
function trajectory(frames: number, atoms: number, positionsA: Float64Array, potentialEv: Float64Array): Uint8Array {
  return writeBundle({
    entries: [
      { name: 'positionsA', shape: [frames, atoms, 3], unit: 'Å', data: positionsA },
      { name: 'steps', shape: [frames], unit: '1', data: Int32Array.from({ length: frames }, (_, f) => 10 * (f + 1)) },
      { name: 'potentialEv', shape: [frames], unit: 'eV', data: potentialEv },
    ],
    meta: { elements: ['Li', 'S'] },
  });
}

describe('exactNumber', () => {
  it('gives the bits, and units in the last place count the doubles between', () => {
    expect(exactNumber(1)).toEqual({ decimal: '1', hex: '0x3ff0000000000000' });
    expect(exactNumber(-0)).toEqual({ decimal: '-0', hex: '0x8000000000000000' });
    expect(unitsInLastPlace(1, 1 + Number.EPSILON)).toBe(1);
    expect(unitsInLastPlace(Number.MIN_VALUE, -Number.MIN_VALUE)).toBe(2);
    expect(unitsInLastPlace(0, -0)).toBe(0);
    fc.assert(
      fc.property(finite, (value) => {
        const bits = BigInt(exactNumber(value).hex);
        expect(BigInt.asUintN(64, new BigInt64Array(Float64Array.of(value).buffer)[0]!)).toBe(bits);
        expect(Object.is(Number(exactNumber(value).decimal), value)).toBe(true);
      }),
    );
  });
});

describe('locateDifference', () => {
  it('names step, atom and component of the one number that differs in a trajectory', () => {
    const shape = fc.record({ frames: fc.integer({ min: 1, max: 5 }), atoms: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(shape, fc.nat(), finite, finite, ({ frames, atoms }, place, before, after) => {
        fc.pre(!Object.is(before, after));
        const at = place % (3 * frames * atoms);
        const write = (value: number): Uint8Array =>
          trajectory(
            frames,
            atoms,
            new Float64Array(3 * frames * atoms).fill(value, at, at + 1),
            new Float64Array(frames),
          );
        const found = locateDifference(ARRAY_BUNDLE_MEDIA_TYPE, write(before), write(after), (atom) => `X${atom}`);
        const frame = Math.floor(at / (3 * atoms));
        const atom = Math.floor(at / 3) % atoms;
        expect(found).toMatchObject({
          recorded: exactNumber(before),
          recomputed: exactNumber(after),
          unit: 'Å',
          step: 10 * (frame + 1),
          atom,
          extent: { differing: 1, numbers: 3 * frames * atoms + 2 * frames },
        });
        expect(found.lastEqualStep).toBe(frame === 0 ? undefined : 10 * frame);
        expect(found.place).toContain(`atom ${atom} (X${atom}), ${'xyz'[at % 3]}`);
      }),
    );
  });

  it('takes the earliest frame over all arrays of a trajectory, not the first array', () => {
    const zero = trajectory(3, 1, new Float64Array(9), new Float64Array(3));
    const late = trajectory(3, 1, new Float64Array(9).fill(1, 8), Float64Array.of(0, 2, 0));
    const found = locateDifference(ARRAY_BUNDLE_MEDIA_TYPE, zero, late, nothing);
    expect(found).toMatchObject({ step: 20, lastEqualStep: 10, unit: 'eV', extent: { largest: { eV: 2, Å: 1 } } });
  });

  it('tells a run that ended at another step', () => {
    const whole = trajectory(3, 1, new Float64Array(9), new Float64Array(3));
    const short = trajectory(2, 1, new Float64Array(6), new Float64Array(2));
    expect(locateDifference(ARRAY_BUNDLE_MEDIA_TYPE, whole, short, nothing)).toMatchObject({
      place: 'shape and unit of positionsA',
      recorded: '"[3, 1, 3] Å"',
      recomputed: '"[2, 1, 3] Å"',
    });
  });

  it('names the path in a JSON document', () => {
    const keys = fc.constantFrom('a', 'b', '10', 'lang name');
    const json = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.integer(),
        fc.string(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, json, (a, b) => {
        const found = locateDifference(JSON_MEDIA_TYPE, writeJsonDocument(a), writeJsonDocument(b), nothing);
        if (JSON.stringify(a) === JSON.stringify(b)) return;
        expect(found.recorded).not.toEqual(found.recomputed);
      }),
    );
    const found = locateDifference(
      JSON_MEDIA_TYPE,
      writeJsonDocument({ a: [1, { b: 0.1 }], z: 1 }),
      writeJsonDocument({ a: [1, { b: 0.1 + Number.EPSILON / 8 }], z: 2 }),
      nothing,
    );
    expect(found).toMatchObject({ place: 'a[1].b', unitsInLastPlace: 2 });
  });

  it('names the line and the coefficient of a potential', () => {
    const text = (value: string) =>
      new TextEncoder().encode(`MTP\nversion = 1.1.0\n\tmoment_coeffs = {1.5, ${value}, 3}\n`);
    expect(locateDifference('text/x-mlip-mtp', text('-2.25e-01'), text('-2.5e-01'), nothing)).toEqual({
      place: 'line 3, moment_coeffs, number 2',
      recorded: exactNumber(-0.225),
      recomputed: exactNumber(-0.25),
      unitsInLastPlace: unitsInLastPlace(-0.225, -0.25),
    });
  });

  it('falls back to the first byte where the recorded bytes are not what their type says', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(locateDifference(ARRAY_BUNDLE_MEDIA_TYPE, bytes, Uint8Array.of(1, 9), nothing)).toEqual({
      place: 'byte 1',
      recorded: '0x02',
      recomputed: '0x09',
    });
    expect(locateDifference('application/x', bytes, Uint8Array.of(1, 2), nothing)).toMatchObject({
      place: 'byte 2',
      recomputed: 'nothing: 2 bytes in all',
    });
  });
});
