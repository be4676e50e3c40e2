import { describe, expect, it } from 'vitest';
import { type BfgsState, moveBfgs, type Objective, startBfgs, stepBfgs } from '../../src/numerics/bfgs.ts';
import { searchLine } from '../../src/numerics/line-search.ts';

const rosenbrock: Objective = (x, gradient) => {
  let sum = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! * x[i]!;
    const b = 1 - x[i]!;
    sum += 100 * a * a + b * b;
    gradient[i]! += -400 * a * x[i]! - 2 * b;
    gradient[i + 1]! += 200 * a;
  }
  return sum;
};

function minimise(state: BfgsState, objective: Objective, most: number): number {
  let n = 0;
  while (n < most && stepBfgs(state, objective)) n += 1;
  return n;
}

describe('BFGS', () => {
  it('finds the minimum of a curved valley, every step downhill', () => {
    const state = startBfgs(
      Float64Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? -1.2 : 1)),
      rosenbrock,
    );
    let before = state.value;
    let steps = 0;
    while (stepBfgs(state, rosenbrock)) {
      expect(state.value).toBeLessThan(before);
      before = state.value;
      steps += 1;
    }
    expect(steps).toBeLessThan(300);
    for (const x of state.x) expect(x).toBeCloseTo(1, 6);
  });

  it('minimises a badly conditioned quadratic', () => {
    const quadratic: Objective = (x, gradient) => {
      let sum = 0;
      for (let i = 0; i < x.length; i++) {
        const weight = 4 ** i;
        sum += weight * (x[i]! - i) * (x[i]! - i);
        gradient[i] = 2 * weight * (x[i]! - i);
      }
      return sum;
    };
    const state = startBfgs(new Float64Array(10), quadratic);
    minimise(state, quadratic, 200);
    for (const [i, x] of state.x.entries()) expect(x).toBeCloseTo(i, 6);
  });

  it('goes on from a copy of its state with the same bits', () => {
    const straight = startBfgs(Float64Array.of(-1.2, 1, -0.5), rosenbrock);
    minimise(straight, rosenbrock, 20);
    const first = startBfgs(Float64Array.of(-1.2, 1, -0.5), rosenbrock);
    minimise(first, rosenbrock, 9);
    const second = structuredClone(first);
    minimise(second, rosenbrock, 11);
    expect(second).toEqual(straight);
  });

  it('steps less far where the objective is not finite, and stays at a minimum', () => {
    const barrier: Objective = (x, gradient) => {
      gradient[0] = 1 - 1 / x[0]!;
      return x[0]! > 0 ? x[0]! - Math.log(x[0]!) : Number.NaN;
    };
    const state = startBfgs(Float64Array.of(0.001), barrier);
    minimise(state, barrier, 100);
    expect(state.x[0]).toBeCloseTo(1, 6);
    const flat = startBfgs(Float64Array.of(3), (_, gradient) => {
      gradient[0] = 0;
      return 5;
    });
    expect(stepBfgs(flat, () => 5)).toBe(false);
    expect(flat.x[0]).toBe(3);
    moveBfgs(flat, Float64Array.of(4), () => 7);
    expect([flat.x[0], flat.value]).toEqual([4, 7]);
  });
});

describe('line search', () => {
  it('meets the Wolfe conditions from steps much too short and much too long', () => {
    const f = (t: number): { value: number; slope: number } => ({ value: (t - 2) ** 4, slope: 4 * (t - 2) ** 3 });
    for (const first of [1e-6, 0.1, 1, 10, 1e6]) {
      const point = searchLine(f(0), first, f)!;
      expect(point.value).toBeLessThanOrEqual(16 - 0.1 * 32 * point.step);
      expect(point.slope).toBeGreaterThanOrEqual(0.5 * -32);
    }
  });

  it('says that it found nothing on a line that only rises', () => {
    expect(searchLine({ value: 0, slope: -1 }, 1, (t) => ({ value: t, slope: 1 }))).toBeNull();
  });
});
