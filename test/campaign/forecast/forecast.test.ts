import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { besideLog } from '../../../src/campaign/forecast/forecast.ts';
import { Imagination } from '../../../src/campaign/forecast/imagination.ts';
import { type CampaignPlan, planCampaign } from '../../../src/campaign/plan.ts';
import type { PlannedTask } from '../../../src/campaign/planner.ts';
import type { CampaignSpec } from '../../../src/campaign/spec.ts';
import { loadSpec } from '../../../src/campaign/spec-file.ts';
import { microSpec } from '../../campaigns/cli-process.ts';
import { retraction, storedAs } from '../../store/correction-events.ts';
import { ImaginedLog, lookupOf } from '../imagined-log.ts';

const { spec } = loadSpec(microSpec);

function forecast(log: ImaginedLog, of: CampaignSpec = spec) {
  const imagination = new Imagination({
    spec: of,
    source: log.source(),
    firstSeq: log.events.length + 1,
    like: () => undefined,
  });
  const plan = planCampaign(of, besideLog({ ...lookupOf(log.events), ...log.standings() }, imagination));
  return { plan, tasks: [...imagination.tasks.values()], imagination };
}

/** Does what is ready, in the order that the numbers choose, until so many tasks are done or nothing is left. */
function advance(log: ImaginedLog, choices: readonly number[], tasks: number): PlannedTask[] {
  const done: PlannedTask[] = [];
  for (;;) {
    const { ready }: CampaignPlan = log.plan(spec);
    const task = ready[(choices[done.length] ?? 0) % Math.max(1, ready.length)];
    if (task === undefined || done.length >= tasks) return done;
    log.complete(task);
    done.push(task);
  }
}

const named = (tasks: readonly PlannedTask[]): string[] =>
  tasks.map(({ task, purpose }) => `${task.kind} ${purpose}`).sort();

describe('a forecast', () => {
  it('names the tasks that are then done, from any state of the campaign, and corrections taken into account', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { maxLength: 45 }),
        fc.nat(45),
        fc.option(fc.nat(), { nil: undefined }),
        (choices, done, corrected) => {
          const log = new ImaginedLog();
          advance(log, choices, done);
          const event = corrected === undefined ? undefined : log.events[corrected % Math.max(1, log.events.length)];
          if (event !== undefined) log.add((seq) => storedAs(retraction(event.eventId), seq));
          const { plan, tasks } = forecast(log);
          expect(plan.ready).toEqual([]);
          expect(new Set(named(tasks)).size).toBe(tasks.length);
          expect(plan.expectedTasks).toBe(plan.events.size);
          const before = new Set<string>();
          for (const { taskId, after } of tasks) {
            expect(after.every((other) => before.has(other))).toBe(true);
            before.add(taskId);
          }
          const followed = advance(log, choices, Number.POSITIVE_INFINITY);
          expect(named(tasks)).toEqual(named(followed));
          // What could be stated already is the very task.
          const asked = new Set(followed.map(({ taskId }) => taskId));
          for (const { taskId, after } of tasks) if (after.length === 0) expect(asked).toContain(taskId);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('of a fit in segments has as many as its iterations need, from wherever it is', () => {
    const { 'level-4': settings } = spec.potentials;
    const segmented = (segmentIterations: number, refineIterations?: number): CampaignSpec => ({
      ...spec,
      potentials: {
        'level-4': { ...settings!, segmentIterations, ...(refineIterations === undefined ? {} : { refineIterations }) },
      },
    });
    const fitsOf = (of: CampaignSpec): number =>
      forecast(new ImaginedLog(), of).tasks.filter(({ task }) => task.kind === 'potential.fit').length;
    // 10 iterations before the scaling and 40 after it, twice.
    expect([fitsOf(spec), fitsOf(segmented(50)), fitsOf(segmented(49)), fitsOf(segmented(7))]).toEqual([2, 2, 4, 16]);
    expect(fitsOf(segmented(50, 101))).toBe(2 * 4);
  });

  it('leaves a plan that asks for nothing imagined as it was', () => {
    const log = new ImaginedLog();
    advance(log, [], Number.POSITIVE_INFINITY);
    const { plan, tasks } = forecast(log);
    expect(tasks).toEqual([]);
    expect(plan).toEqual(log.plan(spec));
  });
});
