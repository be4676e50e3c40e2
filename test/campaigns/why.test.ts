import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignTables, traceEvents, viewCampaign } from '../../src/campaign/campaign-view.ts';
import { findCampaign } from '../../src/campaign/open-campaign.ts';
import { openStore } from '../../store/store.ts';
import { varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

interface Graph {
  readonly cell: { readonly name: string; readonly value: number | null };
  readonly roots: readonly string[];
  readonly nodes: readonly {
    readonly eventId: string;
    readonly kind: string;
    readonly v: number;
    readonly class: string;
    readonly params: { readonly [name: string]: unknown };
    readonly attestation: { readonly varve: string; readonly sourceBuild: string };
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly input: string;
    readonly items?: number;
  }[];
}

let folder: string;
let store: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-why-'));
  store = join(folder, 'store');
  await copyMicroStore(store);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('why', () => {
  it('of every cell reaches the labels, with their file; of every cell of a run its structure and seeds too', () => {
    const opened = openStore({ dir: store, mode: 'read' });
    const cells = campaignTables(viewCampaign(opened, findCampaign(opened))).flatMap((table) =>
      table.rows.flatMap((row) => row.cells),
    );
    expect(cells.length).toBeGreaterThan(20);
    for (const cell of cells) {
      const { nodes, edges } = traceEvents(opened, cell.events);
      const kinds = new Set(nodes.map((event) => event.core.task.kind));
      expect([...kinds], cell.name).toEqual(expect.arrayContaining(['potential.fit', 'label.import', 'blob.import']));
      if (!cell.name.startsWith('fits/'))
        expect([...kinds], cell.name).toEqual(expect.arrayContaining(['md.run', 'structure.create']));
      const known = new Set(nodes.map((event) => event.eventId));
      for (const { from, to } of edges) expect(known.has(from) && known.has(to)).toBe(true);
      // Every event but those that come from outside or are drawn from nothing rests on another.
      for (const { eventId, core } of nodes) {
        const isSource = core.task.kind === 'blob.import' || core.task.kind === 'structure.create';
        expect(edges.some((edge) => edge.from === eventId)).toBe(!isSource);
      }
    }
    opened.close();
  });

  it('prints the same graph as text and as JSON: method, seeds, versions, every event', async () => {
    const name = 'tableV/anion-ordered-bulk/Ea';
    const graph = await varveJson<Graph>(['why', name, '--store', store]);
    const { stdout } = await varve(['why', name, '--store', store]);
    expect(graph.cell.name).toBe(name);
    for (const node of graph.nodes) {
      // Segments before the last of a run are folded into its line.
      const folded = graph.edges.some((edge) => edge.to === node.eventId && edge.input === 'state');
      if (!folded) expect(stdout).toContain(`${node.kind} v${node.v}  ${node.eventId.slice(0, 12)}`);
    }
    // Of fits and of velocities.
    const seeds = graph.nodes.flatMap(({ params }) => {
      const start = params.start as { readonly seed?: string } | undefined;
      return start?.seed === undefined ? [] : [start.seed];
    });
    expect(seeds.length).toBeGreaterThan(4);
    for (const seed of seeds) expect(stdout).toContain(`start.seed ${seed}`);
    expect(stdout).toContain('method.engine GPAW');
    expect(stdout).toContain('54 training and 6 validation configurations of label.import');
    expect(stdout).toContain(`source build ${graph.nodes[0]!.attestation.sourceBuild.slice(0, 12)}`);
    expect(graph.edges.filter((edge) => edge.items !== undefined).map((edge) => edge.items)).toEqual(
      expect.arrayContaining([54, 6]),
    );
    expect(graph.nodes.filter((node) => node.class === 'observed').map((node) => node.kind)).toEqual(['blob.import']);
  });

  it('of an event, by any unambiguous beginning of its id', async () => {
    const [fit] = await varveJson<{ eventId: string }[]>(['log', '--kind', 'potential.fit', '--store', store]);
    const graph = await varveJson<Graph>(['why', fit!.eventId.slice(0, 10), '--store', store]);
    expect(graph.roots).toEqual([fit!.eventId]);
    const nothing = await varve(['why', 'tableV/no-such-row/Ea', '--store', store]);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toMatch(
      /no cell is called tableV\/no-such-row\/Ea; expected one of\n {2}tableV\/anion-ordered-bulk\/D0\n/,
    );
  });
});

describe('show --dependants', () => {
  it('lists what rests on an event: the other end of what why shows', async () => {
    const { edges } = await varveJson<Graph>(['why', 'tableV/anion-ordered-bulk/Ea', '--store', store]);
    for (const used of edges.slice(0, 4).map(({ to }) => to)) {
      const dependants = await varveJson<{ eventId: string }[]>(['show', used, '--dependants', '--store', store]);
      const ids = dependants.map(({ eventId }) => eventId);
      for (const { from, to } of edges) if (to === used) expect(ids).toContain(from);
      expect(ids).not.toContain(used);
    }
  });
});
