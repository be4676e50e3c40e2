/** What this machine reaches at most in WebAssembly without fused multiply-add: a matrix product kept in registers. */
import { ModuleWriter, sharedMemory } from '../../src/numerics/wasm-module.ts';

const ROWS = 4;
const PAIRS = 3;
const STEPS = 100;

/** Median GFlop/s of sums of ROWS × PAIRS registers over STEPS steps, all numbers in the first cache. */
export function peakGflops(): number {
  const writer = new ModuleWriter();
  writer.add('product', ['i32'], [], (code) => {
    const [a, b] = [code.local('i32'), code.local('i32')];
    const sums = Array.from({ length: ROWS * PAIRS }, () => code.local('v128'));
    const held = Array.from({ length: PAIRS }, () => code.local('v128'));
    const factor = code.local('v128');
    code.i32(0).set(a).i32(16384).set(b);
    code.repeatWhile(
      () => {
        held.forEach((pair, p) => {
          code
            .get(b)
            .memory('v128.load', 16 * p)
            .set(pair);
        });
        for (let r = 0; r < ROWS; r++) {
          code
            .get(a)
            .memory('v128.load64_splat', 8 * r)
            .set(factor);
          held.forEach((pair, p) => {
            const sum = sums[r * PAIRS + p]!;
            code.get(sum).get(factor).get(pair).op('f64x2.mul', 'f64x2.add').set(sum);
          });
        }
        code
          .get(a)
          .i32(8 * ROWS)
          .op('i32.add')
          .set(a);
        code
          .get(b)
          .i32(16 * PAIRS)
          .op('i32.add')
          .set(b);
      },
      () => code.get(0).i32(1).op('i32.sub').tee(0),
    );
    sums.forEach((sum, k) => {
      code
        .i32(0)
        .get(sum)
        .memory('v128.store', 32768 + 16 * k);
    });
  });
  const memory = sharedMemory(65536);
  const { product } = new WebAssembly.Instance(new WebAssembly.Module(writer.bytes()), { env: { memory } }).exports;
  const rates: number[] = [];
  for (let round = 0; round < 40; round++) {
    const before = performance.now();
    for (let call = 0; call < 10_000; call++) product!(STEPS);
    rates.push((10_000 * STEPS * ROWS * PAIRS * 4) / (performance.now() - before) / 1e6);
  }
  return rates.sort((x, y) => x - y)[rates.length >> 1]!;
}
