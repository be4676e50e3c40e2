import { describe, expect, it } from 'vitest';
import { philox4x32, RandomStream } from '../../src/numerics/philox.ts';

const block = (counter: number[], key0: number, key1: number): string[] => {
  const out = new Uint32Array(4);
  philox4x32(counter, key0, key1, out);
  return Array.from(out, (word) => word.toString(16).padStart(8, '0'));
};

describe('Philox4x32-10', () => {
  it('gives the known answers of the published test vectors', () => {
    expect(block([0, 0, 0, 0], 0, 0)).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], ones, ones)).toEqual(['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd']);
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0)).toEqual([
      'd16cfe09',
      '94fdcceb',
      '5001e420',
      '24126ea1',
    ]);
  });

  it('draws normals of mean 0 and variance 1, uniforms in [0, 1), integers without bias', () => {
    const stream = new RandomStream('0123456789abcdef', 7);
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    let fourths = 0;
    for (let i = 0; i < n; i++) {
      const x = stream.normal();
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.01);
    expect(squares / n).toBeCloseTo(1, 1.7);
    expect(fourths / n).toBeCloseTo(3, 0.8);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('keeps streams and seeds apart, and repeats itself', () => {
    const first = (seed: string, stream: number) => new RandomStream(seed, stream).uniform();
    expect(first('0000000000000001', 0)).toBe(first('0000000000000001', 0));
    expect(first('0000000000000001', 0)).not.toBe(first('0000000000000001', 1));
    expect(first('0000000000000001', 0)).not.toBe(first('0000000100000000', 0));
    expect(() => new RandomStream('1', 0)).toThrow(/16 hexadecimal digits/);
  });
});
