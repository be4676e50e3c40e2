/**
 * Writes the WebAssembly kernel that multiplies rows b by A⁻¹ and keeps the largest |(b·A⁻¹)_l| of each row.
 *
 * A⁻¹ lies in panels of some columns, within a panel row after row. A tile of rows meets one panel at a time, its sums in
 * registers. Rows are compact: `head` numbers that belong to rows of A⁻¹ from a place of the tile's own on, then `tail`
 * numbers that belong to those from `tailFrom` on. Each sum runs over the rows of A⁻¹ in ascending order, so its bits do
 * not depend on the tile.
 */
import { type FunctionCode, ModuleWriter } from '../numerics/wasm-module.ts';

export interface GradeShape {
  readonly head: number;
  readonly tail: number;
  /** Row of A⁻¹ where the tail begins. */
  readonly tailFrom: number;
  /** Rows of a tile, pairs of columns of a panel: their product is the number of registers for sums. */
  readonly tileRows: number;
  readonly panelPairs: number;
}

/** Of a tile in the table that `run` reads: where its rows are, bytes to its head's rows in a panel, its maxima. */
export const TILE_BYTES = 12;

/** Bytes of a row of a panel. */
export const panelRowBytes = ({ panelPairs }: GradeShape): number => 16 * panelPairs;

/**
 * `run(firstPanel, lastPanel, bytesPerPanel, tiles, tileCount)`: addresses of the first panel and behind the last, and of
 * a table of at least one tile. Maxima are two doubles a row, to be cleared by the caller; NaN stays there.
 */
export function gradeModule(shape: GradeShape): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const tile = writer.add('tile', ['i32', 'i32', 'i32', 'i32'], [], (code) => writeTile(code, shape));
  writer.add('run', ['i32', 'i32', 'i32', 'i32', 'i32'], [], (code) => {
    const [panel, lastPanel, bytesPerPanel, tiles, tileCount] = [0, 1, 2, 3, 4];
    const [at, left] = [code.local('i32'), code.local('i32')];
    code.repeatWhile(
      () => {
        code.get(tiles).set(at).get(tileCount).set(left);
        code.repeatWhile(
          () => {
            code.get(panel).get(at).memory('i32.load', 0);
            code.get(panel).get(at).memory('i32.load', 4).op('i32.add');
            code.get(at).memory('i32.load', 8).call(tile);
            code.get(at).i32(TILE_BYTES).op('i32.add').set(at);
          },
          () => code.get(left).i32(1).op('i32.sub').tee(left),
        );
      },
      () => code.get(panel).get(bytesPerPanel).op('i32.add').tee(panel).get(lastPanel).op('i32.lt_u'),
    );
  });
  return writer.bytes();
}

/** (panel, rows, head of the panel, maxima) */
function writeTile(code: FunctionCode, shape: GradeShape): void {
  const [panel, rows, headPanel, maxima] = [0, 1, 2, 3];
  const { head, tail, tailFrom, tileRows, panelPairs } = shape;
  const rowBytes = 8 * (head + tail);
  const tileAt = Array.from({ length: tileRows }, (_, t) => t);
  const sums = tileAt.map(() => Array.from({ length: panelPairs }, () => code.local('v128')));
  const factors = tileAt.map(() => code.local('v128'));
  const column = code.local('v128');
  const [from, at, left] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const multiply = (length: number, panelAt: () => void): void => {
    if (length === 0) return;
    const unrolled = [4, 2, 1].find((u) => length % u === 0)!;
    panelAt();
    code
      .set(from)
      .i32(length / unrolled)
      .set(left);
    code.repeatWhile(
      () => {
        for (let u = 0; u < unrolled; u++) {
          for (const t of tileAt) {
            code
              .get(at)
              .memory('v128.load64_splat', t * rowBytes + 8 * u)
              .set(factors[t]!);
          }
          for (let p = 0; p < panelPairs; p++) {
            code
              .get(from)
              .memory('v128.load', u * panelRowBytes(shape) + 16 * p)
              .set(column);
            for (const t of tileAt) {
              const sum = sums[t]![p]!;
              code.get(sum).get(column).get(factors[t]!).op('f64x2.mul', 'f64x2.add').set(sum);
            }
          }
        }
        code
          .get(at)
          .i32(8 * unrolled)
          .op('i32.add')
          .set(at);
        code
          .get(from)
          .i32(unrolled * panelRowBytes(shape))
          .op('i32.add')
          .set(from);
      },
      () => code.get(left).i32(1).op('i32.sub').tee(left),
    );
  };
  code.get(rows).set(at);
  multiply(head, () => code.get(headPanel));
  multiply(tail, () =>
    code
      .get(panel)
      .i32(tailFrom * panelRowBytes(shape))
      .op('i32.add'),
  );
  for (const t of tileAt) {
    code
      .get(maxima)
      .get(maxima)
      .memory('v128.load', 16 * t);
    for (const sum of sums[t]!) code.get(sum).op('f64x2.abs', 'f64x2.max');
    code.memory('v128.store', 16 * t);
  }
}
