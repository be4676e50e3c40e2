/** What a campaign with boundaries asks for, in which order, and what its tables say of what is not there (S8, R4–R6, R11, T1). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { campaignCells, campaignTables } from '../../src/campaign/campaign-view.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec, parseSpec } from '../../src/campaign/spec-file.ts';
import type { Cell } from '../../src/projections/table.ts';
import { findKind } from '../../src/tasks/registry.ts';
import type { StoredEvent } from '../../store/event.ts';
import { retraction, storedAs } from '../store/correction-events.ts';
import { ImaginedLog } from './imagined-log.ts';

const path = fileURLToPath(new URL('../campaigns/boundary-micro.yaml', import.meta.url));
const TEXT = readFileSync(path, 'utf8');
const spec: CampaignSpec = loadSpec(path).spec;

/** Does all that is ready, over and over, but for what is left out. */
function completed(of: CampaignSpec, leaveOut: (kind: string) => boolean = () => false): ImaginedLog {
  const log = new ImaginedLog();
  for (;;) {
    const plan = log.plan(of);
    const next = plan.ready.filter(({ task }) => !leaveOut(task.kind));
    expect(plan.expectedTasks).toBeGreaterThanOrEqual(plan.events.size);
    if (next.length === 0) return log;
    for (const planned of next) {
      findKind(planned.task.kind, planned.task.v).params.parse(planned.task.params);
      log.complete(planned);
    }
  }
}

const cellsOf = (log: ImaginedLog, of = spec): Map<string, Cell> =>
  new Map(campaignCells({ spec: of, plan: log.plan(of) }).map((cell) => [cell.name, cell]));

describe('a campaign with a boundary', () => {
  const done = completed(spec);
  const ofKind = (kind: string): StoredEvent[] => done.events.filter(({ core }) => core.task.kind === kind);

  it('has as many tasks as it expected, each once', () => {
    const plan = done.plan(spec);
    expect(plan.ready).toEqual([]);
    expect(plan.expectedTasks).toBe(plan.events.size);
    const counts: { [kind: string]: number } = {};
    for (const { core } of done.events) counts[core.task.kind] = (counts[core.task.kind] ?? 0) + 1;
    expect(counts).toMatchObject({
      'structure.search-shifts': 2,
      'structure.choose-shift': 1,
      // Bicrystal from the lowest point and without a shift, and the bulk.
      'structure.relax': 3,
      'analysis.boundary-energy': 2,
      'analysis.height-profile': 4,
      'analysis.boundary-width': 2,
      // Three structures; bicrystal and bulk in two directions besides.
      'analysis.replicas': 6 + 8,
      'analysis.boundary-diffusion': 2,
      'analysis.polycrystal': 2,
      'analysis.mixture': 1,
      'analysis.carrier-density': 4,
    });
  });

  it('runs the bicrystal from the lowest point of its γ-surface, and both with the z-only barostat', () => {
    const kindOf = new Map(done.events.map(({ eventId, core }) => [eventId, core.task.kind]));
    const starts = ofKind('structure.relax').map(({ core }) =>
      kindOf.get((core.task.inputs.structure as { event: string }).event),
    );
    expect(starts.sort()).toEqual(['structure.choose-shift', 'structure.create', 'structure.create']);
    expect(ofKind('structure.choose-shift')[0]!.core.task.inputs.rows).toHaveLength(2);
    const warmed = ofKind('md.run').filter(({ core }) => core.task.params.barostat !== undefined);
    const cells = warmed.map(({ core }) => (core.task.params.barostat as { cell: string }).cell);
    // Bicrystal and bulk at two temperatures; the disordered crystal, which belongs to neither, is free.
    expect(cells.sort()).toEqual(['isotropic', 'isotropic', 'z', 'z', 'z', 'z']);
  });

  it('has a name and events for every cell, and published values beside those of the paper’s tables', () => {
    const cells = [...cellsOf(done).values()];
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
    for (const { name, events } of cells) {
      expect(name).toMatch(/^[A-Za-z]+\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/);
      expect(events.length, name).toBeGreaterThan(0);
    }
    const tables = campaignTables({ spec, plan: done.plan(spec) });
    expect(tables.map(({ name }) => name)).toEqual([
      'tableII',
      'fits',
      'diffusion',
      'tableV',
      'boundaries',
      'tableVI',
      'polycrystal',
      'mixture',
    ]);
    const cell = cellsOf(done);
    expect(cell.get('tableII/sigma3/gamma')).toMatchObject({ status: 'computed', published: { value: 7.12 } });
    expect(cell.get('tableII/sigma3/delta')).toMatchObject({ status: 'computed', published: { value: 16.7 } });
    expect(cell.get('tableV/sigma3-perpendicular/Ea')).toMatchObject({ status: 'computed', published: { value: 369 } });
    expect(cell.get('tableVI/schlenker-2020/Lambda')).toMatchObject({ published: { value: 21.808 } });
  });

  it('says missing of what is still to come', () => {
    const cells = cellsOf(completed(spec, (kind) => kind === 'analysis.height-profile'));
    for (const name of ['tableII/sigma3/delta', 'tableV/sigma3-parallel/D0', 'polycrystal/twin-bulk/contrast']) {
      expect(cells.get(name)).toMatchObject({ status: 'missing', value: null, notes: [] });
    }
    expect(cells.get('tableII/sigma3/gamma')!.status).toBe('computed');
    expect(cells.get('tableVI/adeli-2019/Lambda')!.status).toBe('computed');
  });

  it('says withheld, with the reason, of what its runs do not carry, down to the polycrystal', () => {
    const log = completed(spec, (kind) => kind === 'analysis.boundary-diffusion');
    for (const planned of log.plan(spec).ready) {
      const event = log.complete(planned);
      log.events[log.events.length - 1] = {
        ...event,
        core: { ...event.core, results: { ...event.core.results, diffusionCm2S: null, withheld: 'τ is too large' } },
      };
    }
    const cells = cellsOf(log);
    expect(cells.get('tableV/sigma3-parallel/D300')).toMatchObject({ status: 'withheld', notes: ['τ is too large'] });
    const polycrystal = cells.get('polycrystal/disordered/contrast')!;
    expect(polycrystal).toMatchObject({ status: 'withheld' });
    expect(polycrystal.notes[0]).toMatch(/sigma3 ∥ \(τ is too large\); sigma3 ⟂ \(τ is too large\)/);
    // The mixture of the bulks needs no boundary.
    for (const planned of log.plan(spec).ready) log.complete(planned);
    expect(cellsOf(log).get('mixture/twin-bulk-disordered/contrast')!.status).toBe('computed');
    expect(log.plan(spec).expectedTasks).toBe(log.plan(spec).events.size);
  });

  it('withdraws what rests on a profile that was taken back, and nothing else', () => {
    const log = done.filter(() => true);
    const profile = log.events.find(({ core }) => core.task.kind === 'analysis.height-profile')!;
    log.add((seq) => storedAs(retraction(profile.eventId, 'wrong frames'), seq));
    const cells = cellsOf(log);
    const lost = [...cells.values()]
      .filter(({ status }) => status === 'withdrawn')
      .map(({ name }) => name.split('/')[0]);
    expect(new Set(lost)).toEqual(new Set(['tableII', 'tableV', 'boundaries', 'polycrystal']));
    expect(cells.get('tableV/sigma3-parallel/Ea')!.notes[0]).toMatch(/was retracted: wrong frames/);
    expect(cells.get('tableII/sigma3/gamma')!.status).toBe('computed');
    expect(cells.get('mixture/twin-bulk-disordered/contrast')!.status).toBe('computed');
    const plan = log.plan(spec);
    expect(plan.ready).toEqual([]);
    expect(plan.expectedTasks).toBe(plan.events.size);
  });
});

describe('a spec that speaks of boundaries is refused with the field, where', () => {
  it.each([
    ['boundary: twin\n', 'boundary: twain\n', /boundaries\.sigma3\.boundary: names no structure of this spec/],
    ['boundary: twin\n', 'boundary: disordered\n', /boundaries\.sigma3\.boundary: is no bicrystal/],
    ['bulk: twin-bulk\n', 'bulk: disordered\n', /boundaries\.sigma3\.bulk: is not the bulk of twin/],
    [
      '    potential: level-4\n    gamma',
      '    potential: level-8\n    gamma',
      /names no potential of this spec; expected one of level-4/,
    ],
    [
      '    - { structure: twin-bulk, potential: level-4, temperaturesK: [900, 1000] }\n',
      '',
      /boundaries\.sigma3\.bulk: has no runs under level-4; add twin-bulk/,
    ],
    [
      'widthFromK: 900',
      'widthFromK: 600',
      /profile\.widthFromK: is 600 K, at which bicrystal and bulk must both have runs/,
    ],
    [
      'relax: { cell: fixed, forceToleranceEvA: 1, maxSteps: 40 }\n  twin-bulk',
      'relax: { cell: z, forceToleranceEvA: 1, maxSteps: 40 }\n  twin-bulk',
      /is not prepared as twin is: relax of the two structures/,
    ],
    [
      'barostat: { cell: z }',
      'barostat: { cell: isotropic }',
      /must have the cell z: a bicrystal and its bulk keep x and y/,
    ],
    [
      'bulks: [twin-bulk, disordered]',
      'bulks: [twin-bulk, ordered]',
      /macro\.bulks\[1\]: names no row of dynamics\.runs/,
    ],
    [
      '  grainSizesNm',
      '  probabilities: { sigma3: 0.9 }\n  grainSizesNm',
      /macro\.probabilities: must give each of sigma3 a share/,
    ],
    ['boundaries:\n  sigma3:', 'boundaries:\n  disordered:', /has cells called disordered, as those of runs are/],
  ])('%j is %j', (from, to, complaint) => {
    expect(TEXT).toContain(from);
    expect(() => parseSpec(TEXT.replace(from, to), 'spec.yaml')).toThrow(complaint);
  });
});
