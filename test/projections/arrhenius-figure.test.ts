import { describe, expect, it } from 'vitest';
import { campaignCells, campaignFigures } from '../../src/campaign/campaign-view.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { drawFigure } from '../../src/projections/drawing/figure-svg.ts';
import { checkedFigure, type Figure, type Series, seriesOf } from '../../src/projections/figure.ts';
import { ImaginedLog } from '../campaign/imagined-log.ts';
import { microSpec } from '../campaigns/cli-process.ts';
import { retraction, storedAs } from '../store/correction-events.ts';
import { checkDrawing } from './drawing/svg-check.ts';

const { spec: micro } = loadSpec(microSpec);
const published = {
  source: 'Ou et al. 2024',
  labels: '',
  potential: '',
  size: '',
  production: '',
  structures: { 'anion-ordered-bulk': { prefactorCm2S: 3.3e-3, activationEnergyMev: 384, diffusion300KCm2S: 1.2e-9 } },
};
const spec = { ...micro, published };

const figureOf = (log: ImaginedLog): Figure => {
  const figure = campaignFigures({ spec, plan: log.plan(spec) }).find(({ name }) => name === 'fig11')!;
  checkDrawing(drawFigure(figure));
  return checkedFigure(figure);
};
const seriesCalled = (figure: Figure, name: string): Series =>
  seriesOf(figure).find(({ series }) => series.name === name)!.series;

const advance = (log: ImaginedLog, tasks = Number.POSITIVE_INFINITY): void => {
  for (let done = 0; done < tasks; done += 1) {
    const task = log.plan(spec).ready[0];
    if (task === undefined) return;
    log.complete(task);
  }
};

describe('the Arrhenius diagram (T1, Fig. 11; R3)', () => {
  it('shows the values of the cells of the tables, each named, and the published line beside', () => {
    const log = new ImaginedLog();
    advance(log);
    const figure = figureOf(log);
    const cells = new Map(campaignCells({ spec, plan: log.plan(spec) }).map((cell) => [cell.name, cell]));
    let compared = 0;
    for (const { series } of seriesOf(figure)) {
      expect(series.missing).toBeUndefined();
      series.cells?.forEach((name, k) => {
        const cell = cells.get(name!)!;
        expect([series.y[k], series.interval95![k]]).toEqual([cell.value, cell.interval95]);
        expect(series.events).toEqual(expect.arrayContaining([...cell.events]));
        compared += 1;
      });
    }
    expect(compared).toBe(6);
    const line = seriesCalled(figure, 'fig11/D/anion-ordered-bulk+published');
    expect(line.source).toBe('published');
    expect(line.events).toEqual([]);
    // Table V: D(300 K) of the ordered bulk is 1.2e-9 cm²/s, from D0 and E_a that are rounded.
    expect(line.x[1]).toBe(1000 / 300);
    expect(Math.abs(line.y[1]! / 1.2e-9 - 1)).toBeLessThan(0.05);
    expect(seriesOf(figure).some(({ series }) => series.name.includes('disordered-bulk+published'))).toBe(false);
  });

  it('at every moment of a campaign is sound, and says of each series without values that it is missing, and why', () => {
    const log = new ImaginedLog();
    for (let done = 0; log.plan(spec).ready.length > 0; done += 1) {
      if (done % 7 === 0) {
        for (const { series } of seriesOf(figureOf(log)))
          expect(series.missing === undefined, series.name).toBe(series.y.some((value) => value !== null));
      }
      advance(log, 1);
    }
  });

  it('shows a point that was taken back as a gap with the reason, and no line that rests on it', () => {
    const log = new ImaginedLog();
    advance(log);
    const [, point] = log.plan(spec).profiles[0]!.points;
    log.add((seq) => storedAs(retraction(point!.replicas!.eventId, 'the wrong window'), seq));
    const figure = figureOf(log);
    const points = seriesCalled(figure, 'fig11/D/anion-ordered-bulk');
    expect(points.y.map((value) => value === null)).toEqual([false, true]);
    expect(figure.notes.join('\n')).toMatch(/anion-ordered-bulk, 1000 K: withdrawn, .*the wrong window/);
    for (const name of ['fit', 'extrapolated'])
      expect(seriesCalled(figure, `fig11/D/anion-ordered-bulk+${name}`).missing).toContain('the wrong window');
  });
});
