/**
 * A small campaign with everything of bulk, really run: jumps, radial distributions beside those of DFT, displacements,
 * and structures at 0 K with their phonons (R7, R8, R9, D4), after an equilibration in NPT. Its numbers mean nothing.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSubject } from '../../src/audit/diff/diff-sides.ts';
import { diffSubjects } from '../../src/audit/diff/diff-subjects.ts';
import { campaignRoles } from '../../src/audit/diff/event-roles.ts';
import { describeQuantity } from '../../src/audit/explain/cell-quantities.ts';
import { stagesOf } from '../../src/audit/explain/stages.ts';
import { recordedRun } from '../../src/audit/hand-over/recorded-trajectory.ts';
import {
  type CampaignView,
  campaignFigures,
  campaignState,
  campaignTables,
  findCell,
  traceEvents,
  viewCampaign,
} from '../../src/campaign/campaign-view.ts';
import { findCampaign, listCampaigns } from '../../src/campaign/open-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { TRAJECTORY_WRITERS } from '../../src/formats/trajectory-writers.ts';
import type { Figure } from '../../src/projections/figure.ts';
import { openStore, type Store } from '../../store/store.ts';
import { projectRoot } from './cli-process.ts';

const specText = `
varve: 1
name: bulk
seed: 1
elements: [Li, P, S, Cl]
labels:
  gpaw: { file: labels.extxyz, method: { engine: GPAW, version: 22.8.0, functional: PBE, settings: plane waves } }
trainingSets:
  all: { labels: [gpaw], validationEvery: 10 }
potentials:
  level-4: { trainingSet: all, level: 4, preIterations: 10, maxIterations: 40 }
structures:
  ideal: { prototype: { name: argyrodite, latticeConstantA: 10.25 } }
  ordered: { prototype: { name: argyrodite, latticeConstantA: 10.25 }, rattleA: 0.05 }
dynamics:
  timeStepFs: 2
  equilibration: { ensemble: npt, timePs: 0.08 }
  production: { timePs: 0.08, sampleEveryFs: 4 }
  segmentPs: 0.04
  watch: { maxDriftEvPerAtom: 10, maxTemperatureFactor: 100, pairDistanceFraction: 0.1 }
  runs:
    - { structure: ordered, potential: level-4, temperaturesK: [300], members: 2 }
analysis:
  mobileSpecies: Li
  fitWindow: [0.4, 1.0]
  alphaRange: [-10, 10]
  jumps: { centre: S, notBondedTo: P }
  rdf: { pairs: [[P, S]], reachA: 4, shellA: 0.1, everyFrames: 4, labels: [gpaw] }
  displacements: { density: { grid: [6, 6, 6], bandwidthA: 0.5 } }
groundStates:
  ordered:
    structure: ideal
    potential: level-4
    anneal: { fromK: 300, holdPs: 0.04, coolPs: 0.08 }
    relax: { maxSteps: 400, forceToleranceEvA: 0.01, stressToleranceGpa: 0.1 }
    phonons: {}
`;

let folder: string;
let store: Store;
let view: CampaignView;

async function run(text: string): Promise<CampaignView> {
  const path = join(folder, 'spec.yaml');
  writeFileSync(path, text);
  await runCampaign({ store, loaded: loadSpec(path), executor: inlineExecutor(store.blobs) });
  return viewCampaign(store, listCampaigns(store).at(-1)!);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-bulk-'));
  cpSync(join(projectRoot, 'examples/labels/li6ps5cl-gpaw-pw400.extxyz'), join(folder, 'labels.extxyz'));
  store = openStore({ dir: join(folder, 'store'), mode: 'write', create: true });
  view = await run(specText);
}, 120_000);
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const seriesOf = (figures: readonly Figure[], name: string) =>
  figures.flatMap(({ panels }) => panels.flatMap(({ series }) => series)).find((one) => one.name === name)!;

describe('a campaign with everything of bulk', () => {
  it('comes to its end, with every task that it counted', () => {
    expect(view.plan.failures).toEqual([]);
    expect(campaignState(view.plan)).toBe('complete');
    expect(view.plan.expectedTasks).toBe(view.plan.events.size);
  });

  it('has Table IV: F-43m unstable, and lower without the symmetry (R9)', () => {
    const row = (method: string, key: string) => findCell(store, `tableIV/ordered-${method}/${key}`).cell;
    expect(row('symmetric', 'spaceGroup').text).toBe('F-43m (No. 216)');
    expect(row('symmetric', 'stability').text).toMatch(/^unstable: \d+ imaginary modes, the lowest [\d.]+i THz$/);
    expect(row('symmetric', 'dE').value).toBe(0);
    expect(row('annealed', 'spaceGroup').text).toBe('P1 (No. 1)');
    expect(row('annealed', 'dE').value).toBeLessThan(-1);
    expect(row('annealed', 'a').value).toBeGreaterThan(9);
    expect(row('annealed', 'a').digits).toBe(5);
  });

  it('answers why of every new cell, down to the labels, by stages that know the kinds', () => {
    const cells = campaignTables(view)
      .filter(({ name }) => name === 'tableIV' || name === 'jumps')
      .flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));
    expect(cells).toHaveLength(5 + 2 * 5);
    for (const cell of cells) {
      expect(cell.status, cell.name).toBe('computed');
      expect(describeQuantity(cell.name, view.spec)?.definition, cell.name).toBeTruthy();
      const lineage = traceEvents(store, cell.events);
      const kinds = lineage.nodes.map(({ core }) => core.task.kind);
      expect(kinds, cell.name).toEqual(expect.arrayContaining(['potential.fit', 'label.import', 'structure.create']));
      expect(stagesOf(lineage).stages.map(({ role }) => role)).not.toContain('other');
    }
  });

  it('has the data of Figs. 5, 8, 9 and 10, potential beside DFT (R8)', () => {
    const figures = campaignFigures(view).filter(({ name }) => ['fig5', 'fig8', 'fig9', 'fig10'].includes(name));
    const computed = seriesOf(figures, 'fig5/P-S/ordered-300K');
    const dft = seriesOf(figures, 'fig5/P-S/labels-gpaw');
    for (const { x, y } of [computed, dft]) {
      const peak = x[y.indexOf(Math.max(...(y as number[])))]!;
      expect(peak).toBeGreaterThan(1.8);
      expect(peak).toBeLessThan(2.3);
    }
    expect(computed.interval95).toHaveLength(computed.x.length);
    const jumps = seriesOf(figures, 'fig8/e-ordered/jumps');
    expect(jumps).toMatchObject({ x: [300], shape: 'points' });
    expect(seriesOf(figures, 'fig8/f-ordered/cages').share!.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 10);
    const moved = seriesOf(figures, 'fig9/d-0.08ps/ordered-300K');
    expect(moved.y.reduce((sum: number, part) => sum + 0.25 * part!, 0)).toBeCloseTo(1, 10);
    const msd = seriesOf(figures, 'fig10/a-ordered/300K');
    expect(msd.x[0]).toBeCloseTo(0.004, 12);
    expect(msd.x.at(-1)).toBeCloseTo(0.08, 12);
    expect(seriesOf(figures, 'fig10/b/ordered').y).toHaveLength(1);
    for (const { panels } of figures) {
      for (const one of panels.flatMap(({ series }) => series)) {
        expect(one.missing, one.name).toBeUndefined();
        const { nodes } = traceEvents(store, one.events);
        expect(nodes.length, one.name).toBeGreaterThan(2);
      }
    }
  });

  it('is exported with the cell of each frame where a barostat changed it, and from the mean cell after it', () => {
    const [chain] = view.plan.profiles[0]!.points[0]!.members;
    const [warming] = [...chain!.segments].filter(({ core }) => core.task.params.ensemble === 'npt').slice(-1);
    const warm = [...recordedRun(store, warming!).frames];
    const volumes = new Set(warm.map(({ cellA }) => cellA[0]! * cellA[4]! * cellA[8]!));
    expect(volumes.size).toBe(warm.length);
    for (const writer of Object.values(TRAJECTORY_WRITERS)) {
      expect(writer(warm[0]!).split('\n')[5]).not.toBe(writer(warm.at(-1)!).split('\n')[5]);
    }
    const production = [...recordedRun(store, chain!.segments.at(-1)!).frames];
    expect(new Set(production.map(({ cellA }) => [...cellA].join())).size).toBe(1);
    // The first frame lies where the run began: no atom is strained away from it by the second.
    const largest = production[1]!.positionsA.reduce(
      (most, x, k) => Math.max(most, Math.abs(x - production[0]!.positionsA[k]!)),
      0,
    );
    expect(largest).toBeLessThan(0.3);
    expect([...production[0]!.cellA]).not.toEqual([...warm.at(-1)!.cellA]);
    const jumps = view.plan.runAnalyses.find(({ name }) => name === 'jumps')!.event!;
    expect([...recordedRun(store, jumps).frames]).toHaveLength(production.length);
  });

  it('is compared by the roles of its annealing, when that is changed', async () => {
    const before = campaignRoles(view);
    expect([...before.keys()]).toEqual(
      expect.arrayContaining([
        'ground state ordered annealed annealing segment 1',
        'ground state ordered annealed annealing segment 3',
        'ground state ordered annealed relaxation',
        'ground state ordered symmetric phonons',
        'run ordered 300 K member 1 jumps',
        'labels gpaw rdf',
      ]),
    );
    const other = await run(specText.replace('fromK: 300', 'fromK: 350'));
    const subject = (of: CampaignView) => findSubject(store, of.campaign.eventId);
    const { comparisons } = diffSubjects(subject(view), subject(other));
    const first = comparisons[0]!.history.partings.filter((parting) => parting.first);
    expect(first.map(({ a }) => a.core.task.kind)).toEqual(['md.run']);
    expect(first[0]!.fields.map(({ field }) => field)).toContain('params.temperatureK');
    expect(findCampaign(store, 'bulk').eventId).toBe(other.campaign.eventId);
    // Runs and the symmetric structure are the same events.
    const after = campaignRoles(other);
    for (const role of ['ground state ordered symmetric summary', 'run ordered 300 K member 1 jumps']) {
      expect(after.get(role)).toBe(before.get(role));
    }
    expect(after.get('ground state ordered annealed summary')).not.toBe(
      before.get('ground state ordered annealed summary'),
    );
  }, 60_000);
});
