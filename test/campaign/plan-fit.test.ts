/** How fits are asked for: segment by segment, and, in campaigns of the first version, whole. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CampaignPlan, planCampaign } from '../../src/campaign/plan.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { evaluateCorrections } from '../../store/corrections.ts';
import type { StoredEvent, Task } from '../../store/event.ts';
import { sha256Hex, taskIdOf } from '../../store/hash.ts';
import { inTemporaryFolder, projectRoot } from '../campaigns/cli-process.ts';
import { lookupOf } from './imagined-log.ts';
import { SPEC } from './spec-text.ts';

const spec = await inTemporaryFolder(async (folder) => {
  const path = join(folder, 'spec.yaml');
  const text = SPEC.replace('members: 2\n    pre', 'members: 2\n    segmentIterations: 4\n    pre');
  writeFileSync(path, text.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`));
  return loadSpec(path).spec;
});

/** A log in memory. Nothing is computed: planning looks at outcomes, output names and results alone. */
class EventsByTask {
  readonly #events = new Map<string, StoredEvent>();

  record(task: Task, outputs: readonly string[], results = {}): StoredEvent {
    const taskId = taskIdOf(task);
    const event: StoredEvent = {
      seq: this.#events.size + 1,
      taskId,
      eventId: sha256Hex(`event of ${taskId}`),
      core: {
        task,
        class: 'exact',
        outcome: { status: 'done' },
        outputs: Object.fromEntries(
          outputs.map((name) => [name, { hash: sha256Hex(name), bytes: 1, mediaType: 'text/plain' }]),
        ),
        results,
      },
      attestation: {},
      obs: null,
      leaf: sha256Hex('leaf'),
    };
    this.#events.set(taskId, event);
    return event;
  }

  plan(version?: number): CampaignPlan {
    const uncorrected = { standIn: (event: StoredEvent) => event, corrections: evaluateCorrections([]) };
    return planCampaign(spec, { ...lookupOf([...this.#events.values()]), ...uncorrected }, version);
  }

  /** Everything that a fit waits for. */
  static withLabels(): EventsByTask {
    const log = new EventsByTask();
    for (const outputs of [['content'], ['labels']]) {
      for (const { task } of log.plan().ready) {
        if (task.kind.endsWith('.import')) log.record(task, outputs, { configurations: 60 });
      }
    }
    return log;
  }
}

const fitsReady = (plan: CampaignPlan) => plan.ready.filter(({ task }) => task.kind === 'potential.fit');

describe('fits', () => {
  it('are asked for a segment at a time, each from the state of the one before, until one has the potential', () => {
    const log = EventsByTask.withLabels();
    const before = log.plan();
    const [first, other] = fitsReady(before);
    expect([first!.purpose, other!.purpose]).toEqual(['level-6, fit 1, segment 1', 'level-6, fit 2, segment 1']);
    expect(first!.task.params).toMatchObject({
      segmentIterations: 4,
      start: { from: 'seed', seed: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(Object.keys(first!.task.inputs)).toEqual(['training', 'validation']);

    const started = log.record(first!.task, ['state', 'history'], { finished: false });
    const second = fitsReady(log.plan())[0]!;
    expect(second.purpose).toBe('level-6, fit 1, segment 2');
    expect(second.task).toMatchObject({
      params: { ...first!.task.params, start: { from: 'state' } },
      inputs: { ...first!.task.inputs, state: { event: started.eventId, output: 'state' } },
    });
    expect(log.plan().potentials['level-6']).toEqual([undefined, undefined]);
    expect(log.plan().expectedTasks).toBe(before.expectedTasks + 1);

    const finished = log.record(second.task, ['potential', 'range', 'history'], { finished: true });
    expect(fitsReady(log.plan()).map(({ purpose }) => purpose)).toEqual(['level-6, fit 2, segment 1']);
    expect(log.plan().potentials['level-6']).toEqual([finished, undefined]);
    expect(log.plan().expectedTasks).toBe(before.expectedTasks + 1);
    expect([...log.plan().events.values()]).toEqual(expect.arrayContaining([started, finished]));
  });

  it('are asked for whole in a campaign of version 1, and seen there whatever is computed later', () => {
    const log = EventsByTask.withLabels();
    const [first, other] = fitsReady(log.plan());
    const [whole, otherWhole] = fitsReady(log.plan(1));
    const { segmentIterations: _segmentIterations, start, ...settings } = first!.task.params;
    const { seed } = start as { seed: string };
    expect(whole!.task).toEqual({ ...first!.task, v: 1, params: { ...settings, seed } });

    const old = log.record(whole!.task, ['potential', 'range', 'history']);
    expect(log.plan(1).potentials['level-6']).toEqual([old, undefined]);
    expect(log.plan(1).events.get(old.taskId)).toBe(old);
    expect(log.plan(1).purposes.has(old.taskId)).toBe(true);
    expect(fitsReady(log.plan(1)).map(({ task }) => task)).toEqual([otherWhole!.task]);
    expect(fitsReady(log.plan()).map(({ task }) => task)).toEqual([first!.task, other!.task]);

    const today = log.record(first!.task, ['potential', 'range', 'history']);
    expect(log.plan().potentials['level-6']).toEqual([today, undefined]);
    expect(log.plan(1).potentials['level-6']).toEqual([old, undefined]);
  });
});
