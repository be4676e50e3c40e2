/** The smallest campaign with a boundary, run for real: every number asked why, every figure checked (R4–R6, R11, T1). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeQuantity } from '../../src/audit/explain/cell-quantities.ts';
import { stagesOf } from '../../src/audit/explain/stages.ts';
import {
  type CampaignView,
  campaignCells,
  campaignFigures,
  campaignState,
  traceEvents,
  viewCampaign,
} from '../../src/campaign/campaign-view.ts';
import { findCampaign } from '../../src/campaign/open-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { checkedFigure, type Series } from '../../src/projections/figure.ts';
import { openStore, type Store } from '../../store/store.ts';

const path = fileURLToPath(new URL('./boundary-micro.yaml', import.meta.url));
let folder: string;
let store: Store;
let view: CampaignView;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-boundary-'));
  store = openStore({ dir: join(folder, 'store'), mode: 'write', create: true });
  await runCampaign({ store, loaded: loadSpec(path), executor: inlineExecutor(store.blobs) });
  view = viewCampaign(store, findCampaign(store));
}, 60_000);
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const cell = (name: string) => campaignCells(view).find((candidate) => candidate.name === name)!;

describe('a real campaign with a boundary', () => {
  it('is complete, without a failure', () => {
    expect(view.plan.failures).toEqual([]);
    expect(campaignState(view.plan)).toBe('complete');
    expect(view.plan.expectedTasks).toBe(view.plan.events.size);
  });

  it('has cells of the size of its models, and withholds with a reason what they cannot show', () => {
    expect(cell('tableII/sigma3/atoms').value).toBe(156);
    expect(cell('tableII/sigma3/x').value).toBeCloseTo(12.5536, 3);
    expect(cell('tableII/sigma3/z').value).toBeCloseTo(35.507, 2);
    expect(cell('tableII/sigma3/misorientation').value).toBeCloseTo(109.47, 2);
    expect(Math.abs(cell('tableII/sigma3/gamma').value!)).toBeLessThan(100);
    for (const { name, value, status, notes } of campaignCells(view)) {
      if (!/^(tableII|boundaries|polycrystal|mixture)|-(parallel|perpendicular)\//.test(name)) continue;
      expect(value === null, name).toBe(status !== 'computed');
      if (status !== 'computed') expect(notes.join(), name).not.toBe('');
    }
    // A hundred femtoseconds show no contribution of the boundary.
    expect(cell('tableV/sigma3-perpendicular/D300').status).toBe('withheld');
    expect(cell('boundaries/sigma3-parallel/Deff-900K').status).toBe('computed');
  });

  it('answers why of every cell: what it is, and the events that it rests on, each in a stage', () => {
    for (const { name, events } of campaignCells(view)) {
      expect(describeQuantity(name, view.spec), name).toBeDefined();
      expect(events.length, name).toBeGreaterThan(0);
      const { nodes } = traceEvents(store, events);
      expect(nodes.length).toBeGreaterThanOrEqual(events.length);
      const { stages } = stagesOf(traceEvents(store, events));
      const lost = stages.filter(({ role }) => role === 'other').flatMap((stage) => stage.events);
      // Λ of a measured pair rests on nothing that a campaign does.
      if (!name.startsWith('tableVI/')) expect(lost, name).toEqual([]);
    }
  });

  it('has Figs. 7, 11, 12 and 13: named series of one length, from events or published, or a reason', () => {
    const figures = campaignFigures(view).map(checkedFigure);
    expect(figures.map(({ name }) => name)).toEqual(['fig7', 'fig11', 'fig12', 'fig13']);
    const all: Series[] = figures.flatMap(({ name: figure, panels }) =>
      panels.flatMap(({ name: panel, series }) => {
        for (const { name } of series) expect(name.startsWith(`${figure}/${panel}/`), name).toBe(true);
        return [...series];
      }),
    );
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, x, y, interval95 = x, events, source, missing } of all) {
      expect([y.length, interval95.length], name).toEqual([x.length, x.length]);
      expect(x.every(Number.isFinite) && y.every((value) => value === null || Number.isFinite(value)), name).toBe(true);
      expect(events.length > 0, name).toBe(source !== 'published');
      expect(missing !== undefined || x.length > 0, name).toBe(true);
    }
    const profile = all.find(({ name }) => name === 'fig7/sigma3-concentration/900K')!;
    expect(profile.x).toHaveLength(200);
    const mean = profile.y.reduce<number>((sum, value) => sum + value!, 0) / 200;
    expect(mean).toBeCloseTo(1, 6);
  });
});
