/** How structures are annealed and relaxed before their runs, and how runs are equilibrated in NPT. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec, parseSpec } from '../../src/campaign/spec-file.ts';
import { findKind } from '../../src/tasks/registry.ts';
import type { Task } from '../../store/event.ts';
import { inTemporaryFolder, projectRoot } from '../campaigns/cli-process.ts';
import { ImaginedLog } from './imagined-log.ts';
import { SPEC } from './spec-text.ts';

const specOf = (text: string): Promise<CampaignSpec> =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'spec.yaml');
    writeFileSync(path, text.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`));
    return loadSpec(path).spec;
  });

const ORDERED = '  anion-ordered-bulk:\n';
const RELAXED = SPEC.replace(ORDERED, `${ORDERED}    relax: { cell: z, maxSteps: 50 }\n`);
const ANNEALED = RELAXED.replace(
  ORDERED,
  `${ORDERED}    anneal: { holdPs: 0.2, coolPs: 0.5, barostat: { cell: z } }\n`,
);
const NPT = SPEC.replace('{ timePs: 0.2, dampingFs: 200 }', '{ ensemble: npt, timePs: 0.2, dampingFs: 200 }').replace(
  'temperaturesK: [700, 1000], members: 2',
  'temperaturesK: [700, 1000], members: 2, cell: z',
);

/** Does everything; the tasks in the order in which they were asked for. */
function complete(spec: CampaignSpec): Task[] {
  const log = new ImaginedLog();
  const tasks: Task[] = [];
  for (;;) {
    const plan = log.plan(spec);
    expect(plan.expectedTasks).toBeGreaterThanOrEqual(plan.events.size);
    if (plan.ready.length === 0) {
      expect(plan.expectedTasks).toBe(plan.events.size);
      return tasks;
    }
    for (const planned of plan.ready) {
      findKind(planned.task.kind, planned.task.v).params.parse(planned.task.params);
      tasks.push(planned.task);
      log.complete(planned);
    }
  }
}

const ofKind = (tasks: readonly Task[], kind: string): Task[] => tasks.filter((task) => task.kind === kind);

describe('relaxation', () => {
  it('is done once for each realisation and fit, whatever number of temperatures follows', async () => {
    const tasks = complete(await specOf(RELAXED));
    const relaxed = ofKind(tasks, 'structure.relax');
    expect(relaxed).toHaveLength(2);
    expect(relaxed[0]!.params).toMatchObject({ cell: 'z', method: 'conjugate-gradient', pairDistanceFraction: 0.8 });
    const starts = ofKind(tasks, 'md.run').filter(
      ({ params }) => (params.start as { from: string }).from === 'structure',
    );
    const plain = ofKind(complete(await specOf(SPEC)), 'md.run');
    expect(ofKind(tasks, 'md.run')).toHaveLength(plain.length);
    const used = new Set(starts.map(({ inputs }) => JSON.stringify(inputs.structure)));
    expect(used.size).toBe(2 + 2);
  });

  it('follows an annealing: held, then cooled along one ramp over all its segments', async () => {
    const tasks = complete(await specOf(ANNEALED));
    const annealing = ofKind(tasks, 'md.run').filter(({ params }) => params.temperatureK === 600);
    // Two fits; 0.2 ps held and 0.5 ps cooled, in segments of 0.2 ps.
    expect(annealing).toHaveLength(2 * 4);
    for (const { params } of annealing) expect(params).toMatchObject({ ensemble: 'npt', barostat: { cell: 'z' } });
    const cooling = annealing.filter(({ params }) => params.ramp !== undefined);
    expect(cooling).toHaveLength(2 * 3);
    for (const { params } of cooling) expect(params.ramp).toEqual({ toK: 1, overSteps: 250 });
    expect(cooling.filter(({ params }) => (params.start as { newRun: boolean }).newRun)).toHaveLength(2);
    for (const { inputs } of ofKind(tasks, 'structure.relax')) expect(inputs.state).toBeDefined();
  });

  it('that stops leaves its runs undone, and says why', async () => {
    const spec = await specOf(RELAXED);
    const log = new ImaginedLog();
    for (let round = 0; round < 5; round++) {
      for (const planned of log.plan(spec).ready) if (planned.task.kind !== 'structure.relax') log.complete(planned);
    }
    const before = log.plan(spec);
    const [planned] = before.ready.filter(({ task }) => task.kind === 'structure.relax');
    const done = log.complete(planned!);
    const stopped = {
      ...done,
      core: { ...done.core, outcome: { status: 'stopped', reason: { message: 'too near' } } },
    };
    const plan = log.plan(spec, new Map([[done.taskId, stopped as typeof done]]));
    const members = plan.profiles[0]!.points.flatMap((point) => point.members.filter((m) => m.stopped !== undefined));
    expect(members).toHaveLength(2);
    for (const member of members) expect(member.segments).toHaveLength(0);
  });
});

describe('equilibration in NPT', () => {
  it('asks for a barostat, of the run where it has one, and hands its mean cell to the production', async () => {
    const runs = ofKind(complete(await specOf(NPT)), 'md.run');
    const warming = runs.filter(({ params }) => params.ensemble === 'npt');
    const cells = new Set(warming.map(({ params }) => JSON.stringify(params.barostat)));
    expect(cells).toEqual(new Set(['{"cell":"isotropic","pressureGpa":0}', '{"cell":"z","pressureGpa":0}']));
    const bounded = await specOf(
      NPT.replace('{ maxDriftEvPerAtom: 0.1 }', '{ maxDriftEvPerAtom: 0.1, maxVolumeChange: 0.1 }'),
    );
    expect(ofKind(complete(bounded), 'md.run')[0]!.params.watch).toMatchObject({ maxVolumeChange: 0.1 });
    const producing = runs.filter(({ params }) => params.ensemble === 'nve');
    for (const { params } of producing) {
      const { newRun, meanCell } = params.start as { newRun: boolean; meanCell?: boolean };
      expect(meanCell).toBe(newRun ? true : undefined);
    }
  });
});

describe('a spec', () => {
  it.each([
    [
      'an annealing without relaxation',
      SPEC.replace(ORDERED, `${ORDERED}    anneal: { holdPs: 1, coolPs: 1 }\n`),
      'needs relax',
    ],
    ['a hold of half a step', ANNEALED.replace('holdPs: 0.2', 'holdPs: 0.001'), 'whole number of time steps'],
    ['a barostat without NPT', SPEC.replace('dampingFs: 200 }', 'dampingFs: 200, barostat: { cell: z } }'), 'npt only'],
    ['a cell without NPT', NPT.replace('ensemble: npt, ', ''), 'npt only'],
    ['a negative barostat time', ANNEALED.replace('{ cell: z } }', '{ cell: z, dampingFs: -1 } }'), 'dampingFs'],
    ['another cell', NPT.replace('cell: z', 'cell: y'), 'cell'],
    ['no temperature', ANNEALED.replace('holdPs: 0.2', 'holdPs: 0.2, toK: 0'), 'toK'],
    ['steps of a picosecond', SPEC.replace('timeStepFs: 2', 'timeStepFs: 1000'), 'timeStepFs'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseSpec(text, 'spec.yaml')).toThrow(message);
  });

  it('without any of it says what it always said', async () => {
    const { structures, dynamics } = await specOf(SPEC);
    expect(Object.keys(structures['anion-ordered-bulk']!)).not.toContain('relax');
    expect(Object.keys(dynamics.equilibration)).toEqual(['dampingFs', 'timePs']);
  });
});
