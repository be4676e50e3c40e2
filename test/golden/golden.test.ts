/**
 * Stores that released versions wrote, one folder a version: `store`, and what that version said of it, `verify.json` and
 * `tables.json`. Every later version opens, verifies and explains them. A folder that is added here is tested.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderDerivation } from '../../cli/output/derivation.ts';
import {
  type CampaignView,
  campaignResultHash,
  campaignTables,
  traceEvents,
  foldEvents,
  viewCampaign,
} from '../../src/campaign/campaign-view.ts';
import { findCampaign, listCampaigns } from '../../src/campaign/open-campaign.ts';
import type { Table } from '../../src/projections/table.ts';
import { readStandings } from '../../src/projections/standing.ts';
import { openStore, type Store } from '../../store/store.ts';
import { type VerifyReport, verifyStore } from '../../store/verify.ts';

const here = fileURLToPath(new URL('./stores', import.meta.url));
const versions = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const recorded = <T>(version: string, file: string): T =>
  JSON.parse(readFileSync(join(here, version, file), 'utf8')) as T;

describe.each(versions)('the store that version %s wrote', (version) => {
  const report = recorded<VerifyReport>(version, 'verify.json');
  const { campaign, tables } = recorded<{ campaign: string; tables: Table[] }>(version, 'tables.json');

  describe.each(['read', 'write'] as const)('opened to %s', (mode) => {
    let folder: string;
    let store: Store;
    let view: CampaignView;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'varve-golden-'));
      cpSync(join(here, version, 'store'), join(folder, 'store'), { recursive: true });
      store = openStore({ dir: join(folder, 'store'), mode });
      view = viewCampaign(store, findCampaign(store, campaign));
    });
    afterAll(() => {
      store?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('verifies with the hashes of its time', () => {
      expect(verifyStore(store.dir)).toMatchObject(report);
    });

    it('shows its campaign complete, with the result hash of its time', () => {
      expect(view.plan.ready).toEqual([]);
      expect(view.plan.events.size).toBe(view.plan.expectedTasks);
      expect(listCampaigns(store)).toHaveLength(1);
      expect(campaignResultHash(view.plan)).toBe(report.resultHash);
    });

    it('gives the tables of its time, cell by cell', () => {
      // Later versions have tables besides.
      const names = tables.map(({ name }) => name);
      expect(campaignTables(view).filter(({ name }) => names.includes(name))).toMatchObject(tables);
    });

    it('derives every number', () => {
      const cells = campaignTables(view).flatMap((table) => table.rows.flatMap((row) => row.cells));
      const computed = cells.filter((cell) => cell.status === 'computed');
      expect(computed.length).toBeGreaterThan(20);
      for (const cell of computed) {
        const lineage = traceEvents(store, cell.events);
        const kinds = lineage.nodes.map((event) => event.core.task.kind);
        expect(kinds, cell.name).toEqual(expect.arrayContaining(['potential.fit', 'label.import', 'blob.import']));
        for (const { taskId } of lineage.nodes) expect(view.plan.purposes.has(taskId), cell.name).toBe(true);
        const text = renderDerivation(lineage, view.plan.purposes, readStandings(store));
        expect(text).toContain('observed: from outside');
        const folded = foldEvents(store, view, cell.events);
        if (kinds.includes('analysis.diffusion')) expect(folded.nodes.length).toBeLessThan(lineage.nodes.length);
        expect(renderDerivation(folded, view.plan.purposes, readStandings(store)), cell.name).toBe(text);
      }
    });
  });
});

it('golden stores are there', () => expect(versions).toContain('0.1.0'));
