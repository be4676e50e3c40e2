/**
 * Writes the WebAssembly kernel of MaxVol: products C = B·A⁻¹ and A⁻¹ itself (the products of the rows of the identity)
 * lie row after row in one memory, and all follow a swap in the same way. Each row ends with the largest |C| of its even
 * and of its odd places.
 */
import { type FunctionCode, ModuleWriter } from '../numerics/wasm-module.ts';

/** Pairs that a turn of a loop takes; rows are padded with zeros to a multiple of 2 · UNROLL numbers. */
const UNROLL = 4;

/** Numbers of a row with its padding, without the two maxima behind. */
export const paddedLength = (size: number): number => Math.ceil(size / (2 * UNROLL)) * 2 * UNROLL;

/**
 * `update(row, end, offset, pivot, change)`: for the rows from address `row` to before `end`, C_k ← C_k − C_kj/pivot ·
 * change, j at `offset` bytes. `multiply(row, b, inverse)`: the row at address `row` becomes the product of the numbers at
 * `b` with A⁻¹, terms added in the order of its rows, those of 0 left out.
 */
export function volumeModule(size: number): Uint8Array<ArrayBuffer> {
  const length = paddedLength(size);
  const rowBytes = 8 * length + 16;
  const writer = new ModuleWriter();
  writer.add('update', ['i32', 'i32', 'i32', 'f64', 'i32'], [], (code) => {
    const [row, end, offset, pivot, change] = [0, 1, 2, 3, 4];
    const quotient = code.local('f64');
    const factor = code.local('v128');
    code.repeatWhile(
      () => {
        code.get(row).get(offset).op('i32.add').memory('f64.load', 0).get(pivot).op('f64.div').tee(quotient);
        code
          .f64(0)
          .op('f64.ne')
          .when(() => {
            code.get(quotient).op('f64x2.splat').set(factor);
            writeRow(code, length, row, change, (load, term) => {
              load();
              term();
              code.get(factor).op('f64x2.mul', 'f64x2.sub');
            });
          });
      },
      () => code.get(row).i32(rowBytes).op('i32.add').tee(row).get(end).op('i32.lt_u'),
    );
  });
  writer.add('multiply', ['i32', 'i32', 'i32'], [], (code) => {
    const [row, b, inverse] = [0, 1, 2];
    const end = code.local('i32');
    const factor = code.local('v128');
    code
      .get(b)
      .i32(8 * size)
      .op('i32.add')
      .set(end);
    code.repeatWhile(
      () => {
        code
          .get(b)
          .memory('f64.load', 0)
          .f64(0)
          .op('f64.ne')
          .when(() => {
            code.get(b).memory('v128.load64_splat', 0).set(factor);
            writeRow(code, length, row, inverse, (load, term) => {
              load();
              term();
              code.get(factor).op('f64x2.mul', 'f64x2.add');
            });
          });
        code.get(inverse).i32(rowBytes).op('i32.add').set(inverse);
      },
      () => code.get(b).i32(8).op('i32.add').tee(b).get(end).op('i32.lt_u'),
    );
  });
  return writer.bytes();
}

/** Writes what `combine` leaves on the stack to every pair of the row, and the largest of their magnitudes behind. */
function writeRow(
  code: FunctionCode,
  length: number,
  row: number,
  other: number,
  combine: (load: () => void, term: () => void) => void,
): void {
  const [to, from, left] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const value = code.local('v128');
  const largest = Array.from({ length: UNROLL }, () => code.local('v128'));
  const zero = code.local('v128');
  for (const most of largest) code.get(zero).set(most);
  code
    .get(row)
    .set(to)
    .get(other)
    .set(from)
    .i32(length / (2 * UNROLL))
    .set(left);
  code.repeatWhile(
    () => {
      for (const [u, most] of largest.entries()) {
        code.get(to);
        combine(
          () => code.get(to).memory('v128.load', 16 * u),
          () => code.get(from).memory('v128.load', 16 * u),
        );
        code.tee(value).memory('v128.store', 16 * u);
        code.get(most).get(value).op('f64x2.abs', 'f64x2.max').set(most);
      }
      code
        .get(to)
        .i32(16 * UNROLL)
        .op('i32.add')
        .set(to);
      code
        .get(from)
        .i32(16 * UNROLL)
        .op('i32.add')
        .set(from);
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
  code.get(row).get(largest[0]!);
  for (const most of largest.slice(1)) code.get(most).op('f64x2.max');
  code.memory('v128.store', 8 * length);
}
