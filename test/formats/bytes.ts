/** Bytes for the tests of blob formats: views, damage, doubles at the edges of their range. */
import fc from 'fast-check';

/** Any finite double: −0, subnormal numbers and the largest ones among them. */
export const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 0.1),
);

export const doublesOf = (length: number): fc.Arbitrary<Float64Array<ArrayBuffer>> =>
  fc.array(finite, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));

/** The same bytes as a Node Buffer that is a view, at an odd offset, into a larger piece of memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  const memory = Buffer.alloc(bytes.length + 27, 0xaa);
  memory.set(bytes, 13);
  return memory.subarray(13, 13 + bytes.length);
}

/** The bytes with each bit flipped in turn, and cut off at each length. */
export function* damaged(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const other = bytes.slice();
      other[at]! ^= 1 << bit;
      yield other;
    }
  }
}
