import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invertMatrix } from '../../src/numerics/matrix-inverse.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { MaxVol } from '../../src/potential/max-vol.ts';
import { determinantSize, productsWithInverse, referenceMaxVol } from './max-vol-reference.ts';

const INIT = 1e-5;
const SWAP = 1.0000001;

/** Rows that span fewer directions than there are, repeat, or have nothing in some columns, as those of potentials do. */
const problems = fc
  .record({
    size: fc.integer({ min: 1, max: 9 }),
    count: fc.integer({ min: 1, max: 40 }),
    rank: fc.integer({ min: 1, max: 9 }),
    emptyColumns: fc.integer({ min: 0, max: 3 }),
    seed: fc.nat(65535),
  })
  .map(({ size, count, rank, emptyColumns, seed }) => {
    const random = new RandomStream('00000000003a0f01', seed);
    const draw = (): number => 2 * random.uniform() - 1;
    const directions = Array.from({ length: Math.min(rank, size) }, () => Array.from({ length: size }, draw));
    const rows = Array.from({ length: count }, () => {
      const weights = directions.map(draw);
      return Array.from({ length: size }, (_, k) =>
        k < emptyColumns ? 0 : weights.reduce((sum, weight, d) => sum + weight * directions[d]![k]!, 0),
      );
    });
    return { size, rows };
  });

/** The candidates queued in pieces of `piece` rows; owners are their places. */
function maxVolOf(rows: readonly number[][], size: number, piece = rows.length): MaxVol {
  const volume = new MaxVol(size, INIT);
  for (let from = 0; from < rows.length; from += piece) {
    const part = rows.slice(from, from + piece);
    volume.queue(
      Float64Array.from(part.flat()),
      Int32Array.from(part, (_, k) => from + k),
    );
  }
  return volume;
}

const rowsOf = (matrix: Float64Array, size: number): number[][] =>
  Array.from({ length: size }, (_, i) => [...matrix.subarray(size * i, size * i + size)]);

describe('MaxVol', () => {
  it('ends where no row could take the place of another with profit, in the rows and the bookkeeping', () => {
    fc.assert(
      fc.property(problems, ({ size, rows }) => {
        const volume = maxVolOf(rows, size);
        volume.maximise(SWAP);
        const active = rowsOf(volume.matrix, size);
        const products = productsWithInverse(rows, active).flat();
        expect(Math.max(...products.map(Math.abs))).toBeLessThan(1 + 1e-6);
        for (const [j, owner] of volume.owners.entries()) {
          if (owner >= 0) expect(active[j]).toEqual(rows[owner]);
          else expect([...active[j]!].sort()).toEqual([...new Array(size - 1).fill(0), INIT]);
        }
        const taken = [...volume.owners].filter((owner) => owner >= 0);
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  it('makes the volume larger with every swap, by the factor that it says', () => {
    fc.assert(
      fc.property(problems, ({ size, rows }) => {
        const volume = maxVolOf(rows, size);
        for (let before = determinantSize(rowsOf(volume.matrix, size)); ; ) {
          const promised = volume.grade;
          const logBefore = volume.logDeterminant;
          if (volume.maximise(SWAP, 1) === 0) break;
          const after = determinantSize(rowsOf(volume.matrix, size));
          expect(after / before / promised).toBeCloseTo(1, 6);
          expect(promised).toBeGreaterThan(1);
          expect(volume.logDeterminant).toBeGreaterThan(logBefore);
          expect(Math.abs(volume.logDeterminant - Math.log(after))).toBeLessThan(1e-6);
          before = after;
        }
      }),
    );
  });

  it('keeps the inverse of the active rows', () => {
    fc.assert(
      fc.property(problems, ({ size, rows }) => {
        const volume = maxVolOf(rows, size);
        volume.maximise(SWAP);
        const inverse = rowsOf(volume.inverse, size);
        for (const [i, row] of rowsOf(volume.matrix, size).entries()) {
          for (let l = 0; l < size; l++) {
            const terms = row.map((a, k) => a * inverse[k]![l]!);
            const scale = 1 + terms.reduce((sum, term) => sum + Math.abs(term), 0);
            const found = terms.reduce((sum, term) => sum + term, 0);
            expect(Math.abs(found - (i === l ? 1 : 0))).toBeLessThan(1e-12 * scale);
          }
        }
      }),
    );
  });

  it('has the same bits however the candidates are divided', () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 1, max: 7 }), ({ size, rows }, piece) => {
        const whole = maxVolOf(rows, size);
        const divided = maxVolOf(rows, size, piece);
        expect(divided.maximise(SWAP)).toBe(whole.maximise(SWAP));
        expect(divided.owners).toEqual(whole.owners);
        expect(divided.matrix).toEqual(whole.matrix);
        expect(divided.inverse).toEqual(whole.inverse);
        expect(divided.logDeterminant).toBe(whole.logDeterminant);
      }),
    );
  });

  it('chooses as the slow reference does', () => {
    fc.assert(
      fc.property(problems, ({ size, rows }) => {
        const volume = maxVolOf(rows, size);
        volume.maximise(SWAP);
        const wanted = referenceMaxVol(rows, size, INIT, SWAP);
        const found = determinantSize(rowsOf(volume.matrix, size));
        // Rows that lie in fewer directions than there are leave ties that rounding decides; the volume is the same.
        expect(Math.abs(Math.log(found / determinantSize(wanted.active)))).toBeLessThan(1e-4);
      }),
    );
    const random = new RandomStream('00000000003a0f02', 0);
    const rows = Array.from({ length: 60 }, () => Array.from({ length: 12 }, () => 2 * random.uniform() - 1));
    const volume = maxVolOf(rows, 12);
    const swaps = volume.maximise(SWAP);
    expect([...volume.owners]).toEqual(referenceMaxVol(rows, 12, INIT, SWAP).owners);
    expect(swaps).toBe(referenceMaxVol(rows, 12, INIT, SWAP).swaps);
  });

  it('takes the first of equal candidates, and the first of equal places', () => {
    const volume = maxVolOf(
      [
        [0, 2],
        [2, 2],
        [2, 2],
        [2, 0],
      ],
      2,
    );
    volume.maximise(SWAP, 1);
    expect([...volume.owners]).toEqual([-1, 0]);
    volume.maximise(SWAP);
    expect([...volume.owners]).toEqual([1, 0]);
  });

  it('does no more swaps than allowed, and knows its grade before and after', () => {
    const volume = maxVolOf(
      [
        [1, 0],
        [0, 3],
      ],
      2,
    );
    expect(volume.grade).toBeCloseTo(3 / INIT, 3);
    expect(volume.maximise(SWAP, 1)).toBe(1);
    expect(volume.grade).toBeCloseTo(1 / INIT, 3);
    expect(volume.maximise(SWAP, 0)).toBe(0);
    expect(volume.maximise(SWAP)).toBe(1);
    expect(volume.grade).toBeLessThan(1);
    volume.clearQueue();
    expect(volume.grade).toBe(0);
    expect(volume.queue(Float64Array.of(2, 0, 0.5, 0.5), Int32Array.of(7, 8))).toBe(2);
  });
});

describe('invertMatrix', () => {
  it('needs no pivot on the diagonal, and refuses what has no inverse', () => {
    expect([...invertMatrix(Float64Array.of(0, 2, 4, 0), 2)]).toEqual([0, 0.25, 0.5, 0]);
    expect(() => invertMatrix(Float64Array.of(1, 2, 2, 4), 2)).toThrow(/has no inverse/);
    expect(() => invertMatrix(Float64Array.of(Number.NaN), 1)).toThrow(/has no inverse/);
  });
});
