import { describe, expect, it } from 'vitest';
import { dynamicsSpeed, systemSpeeds } from '../../src/campaign/dynamics-speed.ts';
import type { StoredEvent } from '../../store/event.ts';

/** 1 000 steps of 2 fs with 416 atoms, unless said otherwise. */
function segment(changes: { kind?: string; potential?: string; results?: object; obs?: object | null }): StoredEvent {
  const { kind = 'md.run', potential = 'a', results = { atoms: 416, timePs: 2 }, obs = { durationMs: 4000 } } = changes;
  return {
    core: {
      task: { kind, v: 3, params: { timeStepFs: 2 }, inputs: { potential: { event: potential, output: 'potential' } } },
      results,
    },
    obs,
  } as unknown as StoredEvent;
}

describe('the speed of dynamics', () => {
  it('is what the segments took on the clock: ns a day, atom·steps a second', () => {
    // 2 ps in 4 s are 43.2 ns a day; 416 000 atom·steps in 4 s.
    expect(dynamicsSpeed(segment({}))).toEqual({ atoms: 416, nsPerDay: 43.2, atomStepsPerSecond: 104_000 });
  });

  it('is not known of other kinds, without a time, and where what is recorded is no number', () => {
    for (const event of [
      segment({ kind: 'structure.relax' }),
      segment({ obs: null }),
      segment({ obs: { durationMs: 0 } }),
      segment({ obs: { durationMs: 'long' } }),
      segment({ results: {} }),
      segment({ results: { atoms: 416, timePs: 0 } }),
    ]) {
      expect(dynamicsSpeed(event)).toBeNull();
      expect(systemSpeeds([event])).toEqual([]);
    }
  });

  it('is a mean over the segments of a size and potential, long ones counting more', () => {
    const speeds = systemSpeeds([
      segment({ potential: 'b', results: { atoms: 832, timePs: 2 } }),
      segment({}),
      segment({ results: { atoms: 416, timePs: 4 }, obs: { durationMs: 2000 } }),
      segment({ potential: 'b' }),
    ]);
    expect(speeds.map(({ atoms, potential, segments }) => [atoms, potential, segments])).toEqual([
      [416, 'a', 2],
      [416, 'b', 1],
      [832, 'b', 1],
    ]);
    // 6 ps, 3 000 steps, in 6 s.
    expect(speeds[0]!.nsPerDay).toBeCloseTo(86.4, 9);
    expect(speeds[0]!.atomStepsPerSecond).toBeCloseTo(208_000, 6);
  });
});
