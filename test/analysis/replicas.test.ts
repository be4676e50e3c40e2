import { describe, expect, it } from 'vitest';
import { poolReplicas, type Replica } from '../../src/analysis/replicas.ts';
import { RandomStream } from '../../src/numerics/philox.ts';

const replica = (changes: Partial<Replica>): Replica => ({
  temperatureK: 600,
  diffusionCm2S: 2e-6,
  standardErrorCm2S: 2e-7,
  alpha: 1,
  alphaStandardError: 0.04,
  degreesOfFreedom: 19,
  ...changes,
});

describe('replicas', () => {
  it('puts the scatter between runs beside the runs’ own errors, and takes the larger', () => {
    const pooled = poolReplicas([
      replica({ diffusionCm2S: 1e-6, temperatureK: 598 }),
      replica({ diffusionCm2S: 2e-6, temperatureK: 601 }),
      replica({ diffusionCm2S: 3e-6, temperatureK: 604 }),
    ]);
    expect(pooled.diffusionCm2S).toBeCloseTo(2e-6, 18);
    expect(pooled.meanTemperatureK).toBe(601);
    const error = pooled.diffusionErrorCm2S;
    expect(error.between).toBeCloseTo(1e-6 / Math.sqrt(3), 15);
    expect(error.within).toBeCloseTo(2e-7 / Math.sqrt(3), 15);
    expect(error.standardError).toBe(error.between);
    expect(error.degreesOfFreedom).toBe(2);
    expect(error.halfWidth95! / error.between!).toBeCloseTo(4.30265, 5);
    // All α are equal: there the runs' own errors are the larger.
    expect(pooled.alphaError).toMatchObject({ between: 0, degreesOfFreedom: 57 });
    expect(pooled.exponent).toMatchObject({ alpha: 1, verdict: 'pass' });
  });

  it('has no scatter for one run, no error without any, and no exponent where a run has none', () => {
    const one = poolReplicas([replica({})]);
    expect(one.diffusionErrorCm2S).toMatchObject({ between: null, within: 2e-7, standardError: 2e-7 });
    const bare = poolReplicas([replica({ standardErrorCm2S: null, alphaStandardError: null })]);
    expect(bare.diffusionErrorCm2S).toMatchObject({ standardError: null, halfWidth95: null });
    expect(bare.exponent.verdict).toBe('undecided');
    const frozen = poolReplicas([replica({}), replica({ alpha: null, alphaStandardError: null })]);
    expect(frozen.exponent).toMatchObject({ alpha: null, verdict: 'fail' });
    const scattered = poolReplicas([replica({ standardErrorCm2S: null }), replica({ diffusionCm2S: 3e-6 })]);
    expect(scattered.diffusionErrorCm2S).toMatchObject({ within: null, degreesOfFreedom: 1 });
    expect(() => poolReplicas([])).toThrow(/no run/);
  });

  it('covers the truth when runs scatter more than their own errors say', () => {
    const random = new RandomStream('00000000000001d4', 0);
    let held = 0;
    for (let n = 0; n < 1000; n++) {
      const runs = Array.from({ length: 4 }, () =>
        replica({ diffusionCm2S: 2e-6 + 5e-7 * random.normal(), standardErrorCm2S: 1e-7 }),
      );
      const { diffusionCm2S, diffusionErrorCm2S } = poolReplicas(runs);
      if (Math.abs(diffusionCm2S - 2e-6) <= diffusionErrorCm2S.halfWidth95!) held += 1 / 1000;
    }
    expect(held).toBeGreaterThan(0.92);
    expect(held).toBeLessThan(0.98);
  });
});
