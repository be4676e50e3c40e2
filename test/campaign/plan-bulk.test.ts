/** Analyses of runs (R7, R8) and structures at 0 K (D3, D4, R9) as a plan over a log, and the tables made of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { campaignFigures, campaignTables } from '../../src/campaign/campaign-view.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import type { Cell } from '../../src/projections/table.ts';
import { findKind } from '../../src/tasks/registry.ts';
import type { StoredEvent, Task } from '../../store/event.ts';
import { inTemporaryFolder, projectRoot } from '../campaigns/cli-process.ts';
import { retraction, storedAs } from '../store/correction-events.ts';
import { BULK_SPEC } from './bulk-spec-text.ts';
import { ImaginedLog } from './imagined-log.ts';

const specOf = (text: string): Promise<CampaignSpec> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'spec.yaml');
    writeFileSync(path, text.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`));
    return loadSpec(path).spec;
  });

/** Does everything, but for what is not wanted. */
function complete(spec: CampaignSpec, wanted: (task: Task) => boolean = () => true) {
  const log = new ImaginedLog();
  const tasks: Task[] = [];
  for (;;) {
    const plan = log.plan(spec);
    expect(plan.expectedTasks).toBeGreaterThanOrEqual(plan.events.size);
    const ready = plan.ready.filter(({ task }) => wanted(task));
    if (ready.length === 0) return { log, plan, tasks };
    for (const planned of ready) {
      findKind(planned.task.kind, planned.task.v).params.parse(planned.task.params);
      tasks.push(planned.task);
      log.complete(planned);
    }
  }
}

let spec: CampaignSpec;
let done: ReturnType<typeof complete>;
beforeAll(async () => {
  spec = await specOf(BULK_SPEC);
  done = complete(spec);
});

const cellsOf = (plan: CampaignPlan, table: string): Cell[] =>
  campaignTables({ spec, plan })
    .find(({ name }) => name === table)!
    .rows.flatMap(({ cells }) => cells);
const cell = (plan: CampaignPlan, name: string): Cell =>
  cellsOf(plan, name.split('/')[0]!).find((one) => one.name === name)!;
const ofKind = (tasks: readonly Task[], kind: string): Task[] => tasks.filter((task) => task.kind === kind);
const eventsOf = (kind: string): StoredEvent[] => done.log.events.filter(({ core }) => core.task.kind === kind);

describe('the plan of analyses of runs', () => {
  it('asks each once for every run, and for the labels’ distributions; it counts what it asks for', () => {
    const { plan, tasks } = done;
    expect(plan.expectedTasks).toBe(plan.events.size);
    for (const kind of ['analysis.jumps', 'analysis.displacements']) expect(ofKind(tasks, kind)).toHaveLength(8);
    const distributions = ofKind(tasks, 'analysis.rdf');
    expect(distributions).toHaveLength(8 + 1);
    expect(distributions.filter(({ inputs }) => inputs.configurations !== undefined)).toHaveLength(1);
    for (const { inputs } of ofKind(tasks, 'analysis.jumps')) expect(inputs.trajectory).toHaveLength(2);
    expect(ofKind(tasks, 'analysis.displacements')[0]!.params).toMatchObject({
      lagsFs: [100, 400],
      mobileSpecies: 'Li',
    });
  });

  it('takes the whole production where no time is given, and the mean cell after NPT', async () => {
    const text = BULK_SPEC.replace(' lagsPs: [0.1, 0.4] ', '').replace(
      'equilibration: { ',
      'equilibration: { ensemble: npt, ',
    );
    const { tasks } = complete(await specOf(text));
    expect(ofKind(tasks, 'analysis.displacements')[0]!.params).toMatchObject({ lagsFs: [400], meanCell: true });
    const run = ofKind(tasks, 'analysis.rdf').find(({ inputs }) => inputs.trajectory !== undefined)!;
    expect(run.params.of).toMatchObject({ from: 'run', meanCell: true });
  });

  it('keeps to the structures and temperatures that are named', async () => {
    const text = BULK_SPEC.replace(
      'notBondedTo: P }',
      'notBondedTo: P, structures: [anion-ordered-bulk], temperaturesK: [900] }',
    );
    const { tasks } = complete(await specOf(text));
    expect(ofKind(tasks, 'analysis.jumps')).toHaveLength(2);
  });
});

describe('the plan of structures at 0 K', () => {
  it('keeps the symmetry, anneals, takes phonons where asked, and compares with the symmetric structure', () => {
    const relaxed = ofKind(done.tasks, 'structure.relax');
    expect(relaxed.map(({ params }) => params.symmetry)).toEqual([{ toleranceA: 0.01 }, undefined, undefined]);
    const states = ofKind(done.tasks, 'analysis.ground-state');
    expect(states.map(({ params }) => params.cells).sort()).toEqual([1, 1, 2]);
    const symmetric = eventsOf('structure.relax').find(({ core }) => core.task.params.symmetry !== undefined)!;
    for (const { inputs } of states)
      expect(inputs.reference).toEqual({ event: symmetric.eventId, output: 'structure' });
    expect(ofKind(done.tasks, 'analysis.phonons')).toHaveLength(2);
    expect(states.filter(({ inputs }) => inputs.phonons !== undefined)).toHaveLength(2);
    const annealing = ofKind(done.tasks, 'md.run').filter(({ params }) => params.temperatureK === 600);
    // 0.2 ps held, then 0.4 and 0.2 ps cooled, in segments of 0.2 ps.
    expect(annealing).toHaveLength(1 + 2 + 1 + 1);
    for (const { params } of annealing)
      expect(params).toMatchObject({ ensemble: 'npt', barostat: { cell: 'isotropic' } });
  });

  it('goes on without a reference that stopped, and says why nothing is there where it stopped itself', () => {
    const stopsSymmetric = (log: ImaginedLog, planned: Parameters<ImaginedLog['complete']>[0]): void => {
      const { task } = planned;
      if (task.kind !== 'structure.relax' || task.params.symmetry === undefined) {
        log.complete(planned);
        return;
      }
      log.add((seq) => {
        const reason = { quantity: 'steps', message: 'all steps were used' };
        const { core } = log.filter(() => false).complete(planned);
        return storedAs({ core: { ...core, outcome: { status: 'stopped', reason } }, attestation: {}, obs: {} }, seq);
      });
    };
    const log = new ImaginedLog();
    for (;;) {
      const { ready } = log.plan(spec);
      if (ready.length === 0) break;
      for (const planned of ready) stopsSymmetric(log, planned);
    }
    const plan = log.plan(spec);
    expect(plan.expectedTasks).toBe(plan.events.size);
    expect(cell(plan, 'tableIV/ordered-symmetric/a')).toMatchObject({
      value: null,
      status: 'withheld',
      notes: ['the structure was not relaxed: all steps were used'],
    });
    const states = log.events.filter(({ core }) => core.task.kind === 'analysis.ground-state');
    expect(states).toHaveLength(2);
    for (const { core } of states) expect(core.task.inputs.reference).toBeUndefined();
  });
});

describe('tables and figures of bulk analyses', () => {
  it('lay Table IV’s published values beside computed ones, and name which is which (R9)', () => {
    const a = cell(done.plan, 'tableIV/ordered-annealed/a');
    expect(a).toMatchObject({ unit: 'Å', status: 'computed', published: { value: 9.95, what: 'published' } });
    expect(cell(done.plan, 'tableIV/ordered-annealed/spaceGroup')).toMatchObject({
      value: 216,
      text: 'F-43m (No. 216)',
      published: { value: 1, text: 'P1 (No. 1)' },
    });
    expect(cell(done.plan, 'tableIV/ordered-annealed/stability')).toMatchObject({
      value: 0,
      text: 'unstable: 3 imaginary modes, the lowest 1.25i THz',
    });
    expect(cell(done.plan, 'tableIV/ordered-symmetric/a').published).toBeNull();
    const alone = cell(done.plan, 'tableIV/published-2/a');
    expect(alone).toMatchObject({ value: null, status: 'withheld', events: [], published: { value: 10.209 } });
  });

  it('give rates as means over the runs, with the larger of two errors, and each cell its events (R7)', () => {
    const net = cell(done.plan, 'jumps/anion-ordered-bulk/net-900K');
    const runs = done.plan.runAnalyses.filter(
      ({ name, row, temperatureK }) => name === 'jumps' && row === 'anion-ordered-bulk' && temperatureK === 900,
    );
    const rates = runs.map(({ event }) => event!.core.results.netJumpsPerAtomNs as number);
    expect(net.value).toBeCloseTo((rates[0]! + rates[1]!) / 2, 12);
    expect(net.interval95![0]!).toBeLessThan(net.value!);
    expect(net.events).toEqual(runs.map(({ event }) => event!.eventId));
    expect(cell(done.plan, 'jumps/anion-ordered-bulk/imbalance-900K').value).toBeCloseTo(20, 10);
    for (const one of [...cellsOf(done.plan, 'jumps'), ...cellsOf(done.plan, 'tableIV')]) {
      if (one.status === 'computed') expect(one.events.length, one.name).toBeGreaterThan(0);
    }
  });

  it('say missing while something is open, withdrawn once it was taken back', () => {
    const open = complete(spec, (task) => task.kind !== 'analysis.jumps' && task.kind !== 'analysis.ground-state').plan;
    expect(cell(open, 'jumps/anion-ordered-bulk/net-900K')).toMatchObject({ value: null, status: 'missing' });
    expect(cell(open, 'tableIV/large-annealed/dE')).toMatchObject({ value: null, status: 'missing' });
    expect(open.expectedTasks).toBe(open.events.size + 8 + 3);

    const taken = done.log.filter(() => true);
    const [jumps] = eventsOf('analysis.jumps') as [StoredEvent];
    const symmetric = eventsOf('structure.relax').find(({ core }) => core.task.params.symmetry !== undefined)!;
    for (const { eventId } of [jumps, symmetric]) taken.add((seq) => storedAs(retraction(eventId, 'a slip'), seq));
    const plan = taken.plan(spec);
    expect(cell(plan, 'jumps/anion-ordered-bulk/net-900K')).toMatchObject({ value: null, status: 'withdrawn' });
    expect(cell(plan, 'tableIV/ordered-symmetric/a').status).toBe('withdrawn');
    // What is measured from it goes with it.
    expect(cell(plan, 'tableIV/large-annealed/dE').status).toBe('withdrawn');
    expect(plan.ready).toEqual([]);
    expect(plan.expectedTasks).toBe(plan.events.size);
  });

  it('have figures whose series say why they are empty where blobs are gone', () => {
    const figures = campaignFigures({ spec, plan: done.plan, read: () => undefined }).filter(({ name }) =>
      ['fig5', 'fig8', 'fig9', 'fig10'].includes(name),
    );
    expect(figures.map(({ name }) => name)).toEqual(['fig5', 'fig8', 'fig9', 'fig10']);
    for (const { panels } of figures) {
      for (const { name, series } of panels) {
        for (const one of series) {
          expect(one.name.split('/')[1]).toBe(name);
          expect(one.y).toHaveLength(one.x.length);
          expect(one.events.length, one.name).toBeGreaterThan(0);
          if (one.x.length === 0) expect(one.missing, one.name).toBeDefined();
        }
      }
    }
    const cages = figures[1]!.panels.find(({ name }) => name === 'f-anion-ordered-bulk')!.series[0]!;
    expect(cages.share!.filter((_, k) => cages.x[k] === 900).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 10);
  });
});
