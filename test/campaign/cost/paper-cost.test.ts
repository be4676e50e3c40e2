import { describe, expect, it } from 'vitest';
import { measureSpeed } from '../../../src/campaign/cost/measured-speeds.ts';
import { costOf } from '../../../src/campaign/cost/paper-cost.ts';
import { paperScale } from '../../../src/campaign/cost/paper-scale.ts';

const speeds = Array.from({ length: 9 }, (_, k) => ({ level: 4 + 2 * k, stepUsAtom: 1 + k, gradientUsAtom: 10 }));

describe('the cost of the published campaign', () => {
  const lines = costOf(paperScale(), speeds);

  it('counts runs, fits and labels as the paper has them', () => {
    const line = (what: string) => lines.find((each) => each.what === what)!;
    // 13 temperatures; 5.2 ns in steps of 2 fs; level 18.
    const production = line('production, GB Σ3(1-12)[110]');
    expect(production.count).toBe(13);
    expect(production.longestTaskHours).toBeCloseTo((2.6e6 * 19_656 * 8e-6) / 3600, 6);
    expect(production.coreHours).toBeCloseTo(13 * production.longestTaskHours, 6);
    expect(line('variance sets A, B, C').count).toBe(25 * 9);
    expect(line('training set, ordered bulk').count).toBe(2219);
    expect(line('variance set B').count).toBe(90);
  });

  it('takes the label times that were measured, and their trend between and beyond', () => {
    const hours = (atoms: number) =>
      costOf(
        { dynamics: [], fits: [], assumptions: [], labels: [{ what: 'x', labels: 1, atoms, isDynamics: false }] },
        [],
      )[0]!.coreHours * 3600;
    for (const [atoms, seconds] of [
      [13, 11],
      [52, 105],
      [104, 475],
    ] as const) {
      expect(hours(atoms)).toBeCloseTo(seconds, 6);
    }
    expect(hours(208) / 475).toBeCloseTo(475 / 105, 6);
  });

  it('adds up what differs in level only, and nothing else', () => {
    const names = lines.map(({ kind, what }) => `${kind} ${what}`);
    expect(new Set(names).size).toBe(names.length);
    const twice = costOf(
      paperScale(),
      speeds.map((speed) => ({ ...speed, stepUsAtom: 2 * speed.stepUsAtom })),
    );
    for (const [k, { kind, coreHours }] of lines.entries()) {
      expect(twice[k]!.coreHours / coreHours).toBeCloseTo(kind === 'md.run' ? 2 : 1, 9);
    }
  });

  it('measures speeds by running short dynamics and losses', () => {
    const found = measureSpeed(4, () => performance.now());
    expect(found.level).toBe(4);
    for (const time of [found.stepUsAtom, found.gradientUsAtom]) {
      expect(time).toBeGreaterThan(0);
      expect(Number.isFinite(time)).toBe(true);
    }
  });
});
