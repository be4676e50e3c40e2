/** The study, its tables, its figure and what further runs would cost, on synthetic scheme runs (V-A, V-B, V-C; Fig. 4). */
import { describe, expect, it } from 'vitest';
import { askFurtherRuns } from '../../../src/campaign/further-study.ts';
import { RandomStream } from '../../../src/numerics/philox.ts';
import { RunOrigins } from '../../../src/projections/variance/run-origin.ts';
import { fitSeconds, runSeconds, schemeSeconds } from '../../../src/projections/variance/task-times.ts';
import { deriveVarianceFigure } from '../../../src/projections/variance/variance-figure.ts';
import { deriveVarianceSets } from '../../../src/projections/variance/variance-sets.ts';
import { type LevelStudy, studyVariance } from '../../../src/projections/variance/variance-study.ts';
import { deriveVarianceTables } from '../../../src/projections/variance/variance-table.ts';
import { SchemeLineage } from './scheme-lineage.ts';

const LEVELS = [4, 6, 8];

/** A, B and C with scatter of D by scheme run alone, but for a hundredth of it. */
function study(change: (diffusionCm2S: number, run: number) => number = (value) => value) {
  const lineage = new SchemeLineage();
  const random = new RandomStream('00000000000000ff', 0);
  const schemes = [1, 2, 3, 4].map((r) => ({
    ...lineage.scheme(`scheme ${r}`, LEVELS),
    factor: Math.exp(random.normal()),
  }));
  const first = schemes[0]!;
  let runs = 0;
  const run = (fit: string, factor: number): void => {
    runs += 1;
    const diffusionCm2S = change(2e-6 * factor * Math.exp(0.01 * random.normal()), runs);
    lineage.run({ fit, member: runs, diffusionCm2S });
  };
  for (const level of LEVELS) {
    for (let m = 0; m < 3; m++) run(first.fits.get(level)!, first.factor);
    for (let b = 0; b < 3; b++) run(lineage.fit(first.final, level, `refit ${level} ${b}`), first.factor);
    for (const { fits, factor } of schemes.slice(1)) run(fits.get(level)!, factor);
  }
  const levels = studyVariance(deriveVarianceSets(lineage.diffusions, lineage), () => 'ordered');
  return { lineage, levels };
}

const cellsNamed = (levels: readonly LevelStudy[], name: string) =>
  deriveVarianceTables(levels).flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.filter((cell) => cell.name === name)),
  );

describe('tables of the variance study', () => {
  it('show where the scatter comes from, with intervals, units and events', () => {
    const { levels } = study();
    expect(levels.map(({ key }) => key)).toEqual(['600K-L4', '600K-L6', '600K-L8']);
    for (const { key } of levels) {
      const [sampling] = cellsNamed(levels, `components/ordered/sampling-${key}`);
      const [training] = cellsNamed(levels, `components/ordered/training-${key}`);
      expect(sampling!.value).toBeLessThan(5);
      expect(training!.value).toBeGreaterThan(20);
      expect(training!.unit).toBe('%');
      expect(training!.interval95![0]).toBeGreaterThan(sampling!.interval95![1]!);
      const [a] = cellsNamed(levels, `variance/ordered/A-${key}`);
      const [c] = cellsNamed(levels, `variance/ordered/Ccm2s-${key}`);
      expect(a!.value).toBeLessThan(5);
      expect(c).toMatchObject({ unit: 'cm²/s', status: 'computed' });
      expect(c!.events).toHaveLength(4);
      const [mean] = cellsNamed(levels, `components/ordered/mean-${key}`);
      expect(mean!.notes[0]).toBe('over scheme runs');
      expect(mean!.interval95![0]).toBeLessThan(mean!.value!);
    }
  });

  it('names every cell once, in the grammar of docs/cli.md', () => {
    const names = deriveVarianceTables(study().levels).flatMap(({ rows }) =>
      rows.flatMap(({ cells }) => cells.map(({ name }) => name)),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w.-]+\/[\w.-]+\/[\w.-]+$/);
  });

  it('keep to cm²/s where a D has no logarithm, and say so', () => {
    const { levels } = study((value, run) => (run === 1 ? -value : value));
    const [relative] = cellsNamed(levels, 'variance/ordered/A-600K-L4');
    expect(relative).toMatchObject({ value: null, status: 'withheld' });
    expect(relative!.notes.join()).toContain('no logarithm');
    expect(cellsNamed(levels, 'variance/ordered/Acm2s-600K-L4')[0]!.status).toBe('computed');
    expect(cellsNamed(levels, 'components/ordered/fit-600K-L4')[0]!.status).toBe('withheld');
    expect(cellsNamed(levels, 'components/ordered/fit-600K-L6')[0]!.status).toBe('computed');
  });

  it('give the same numbers whatever the order of the runs', () => {
    const { lineage, levels } = study();
    const again = studyVariance(deriveVarianceSets(lineage.diffusions.toReversed(), lineage), () => 'ordered');
    expect(deriveVarianceTables(again)).toEqual(deriveVarianceTables(levels));
  });
});

describe('Fig. 4', () => {
  it('has the sets against level, and the time of a run with an exponential', () => {
    const { lineage, levels } = study();
    const figure = deriveVarianceFigure(levels, lineage);
    expect(figure.panels.map(({ name }) => name)).toEqual([
      'sd-ordered-600K',
      'relative-ordered-600K',
      'time-ordered-600K',
    ]);
    const [scatter, , time] = figure.panels;
    expect(scatter!.series.map(({ heading }) => heading)).toEqual(['set A', 'set B', 'set C']);
    for (const series of scatter!.series) {
      expect(series.x).toEqual(LEVELS);
      series.y.forEach((value, k) => {
        expect(series.interval95![k]![0]).toBeLessThan(value!);
        expect(series.interval95![k]![1]).toBeGreaterThan(value!);
      });
    }
    expect(time!.series.map(({ source }) => source)).toEqual(['computed', 'fit']);
    expect(time!.y).toMatchObject({ unit: 's', scale: 'log' });
    expect(time!.series[1]!.y.every((value) => value! > 0)).toBe(true);
  });
});

describe('recorded times', () => {
  it('are those of all segments of a run, of a fit, and of what a scheme run did for itself', () => {
    const { lineage } = study();
    const origins = new RunOrigins(lineage);
    const of = (eventIds: readonly string[]): number =>
      eventIds.reduce((sum, eventId) => sum + Number(lineage.byEventId(eventId)!.obs!.durationMs), 0) / 1000;
    const [event] = lineage.diffusions;
    const origin = origins.of(event!)!;
    const { trajectory, start } = event!.core.task.inputs as unknown as {
      trajectory: { event: string }[];
      start: { event: string };
    };
    const segments = [...trajectory.map((item) => item.event), start.event, origin.start, event!.eventId];
    expect(runSeconds(origin, lineage)).toBeCloseTo(of(segments), 12);
    const first = lineage.byEventId(origin.fit.eventId)!.core.task.inputs.state as { event: string };
    expect(fitSeconds(origin.fit, lineage)).toBeCloseTo(of([origin.fit.eventId, first.event]), 12);
    const scheme = schemeSeconds(origin.fit, lineage)!;
    expect(scheme).toBeGreaterThan(fitSeconds(origin.fit, lineage)!);
    // A later level has done all that an earlier one has, and more.
    const later = lineage.diffusions.map((run) => origins.of(run)!.fit).find(({ level }) => level === 8)!;
    expect(schemeSeconds(later, lineage)!).toBeGreaterThan(scheme);
  });

  it('tell what would halve the error of the mean: more scheme runs where training sets scatter', () => {
    const { lineage, levels } = study();
    const { answer, seconds } = askFurtherRuns(levels[2]!, 'mean', lineage);
    expect(seconds.scheme).toBeGreaterThan(seconds.run!);
    expect(answer!.cheapest.newSchemes).toBeGreaterThanOrEqual(11);
    expect(answer!.cheapest.ratio).toBeLessThanOrEqual(0.5 + 1e-9);
    expect(answer!.cost95[0]).toBeLessThanOrEqual(answer!.cheapest.cost);
  });
});
