import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignCells, campaignResultHash } from '../../src/campaign/campaign-view.ts';
import { compareMethods } from '../../src/campaign/method-comparison.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import type { Cell } from '../../src/projections/table.ts';
import { isCorrection } from '../../store/corrections.ts';
import type { EventCore, StoredEvent } from '../../store/event.ts';
import type { JsonObject } from '../../store/json.ts';
import { microSpec } from '../campaigns/cli-process.ts';
import { retraction, storedAs, superseding } from '../store/correction-events.ts';
import { ImaginedLog } from './imagined-log.ts';

const { spec } = loadSpec(microSpec);

/** Does what is ready, in the order that the numbers choose, until so many tasks are done or nothing is left. */
function advance(
  log: ImaginedLog,
  choices: readonly number[],
  tasks = Number.POSITIVE_INFINITY,
  of = spec,
): CampaignPlan {
  for (let done = 0; ; done += 1) {
    const plan = log.plan(of);
    const task = plan.ready[(choices[done] ?? 0) % Math.max(1, plan.ready.length)];
    if (task === undefined || done >= tasks) return plan;
    log.complete(task);
  }
}

const complete = new ImaginedLog();
const whole = advance(complete, []);

const published = { source: '', labels: '', potential: '', size: '', production: '', structures: {} };

const withMethod = (core: EventCore, method: JsonObject): EventCore => ({
  ...core,
  task: { ...core.task, params: { ...core.task.params, method } },
});

const idsOf = ({ events }: CampaignPlan): string[] => [...events.values()].map(({ eventId }) => eventId).sort();
const readyIn = ({ ready }: CampaignPlan): string[] => ready.map(({ taskId }) => taskId).sort();
const cellsOf = (plan: CampaignPlan): Cell[] => campaignCells({ spec, plan });

const retract = (log: ImaginedLog, event: StoredEvent, reason = 'why'): StoredEvent =>
  log.add((seq) => storedAs(retraction(event.eventId, reason), seq));

const supersede = (log: ImaginedLog, event: StoredEvent, by: StoredEvent): StoredEvent =>
  log.add((seq) => storedAs(superseding(event.eventId, by.eventId), seq));

/** How far a campaign has come, in what order, and which of its events are to be corrected. */
interface Progress {
  readonly choices: readonly number[];
  readonly tasks: number;
  readonly corrected: readonly number[];
}

const partial: fc.Arbitrary<Progress> = fc.record({
  choices: fc.array(fc.nat(1000), { minLength: 44, maxLength: 44 }),
  tasks: fc.integer({ min: 1, max: 44 }),
  corrected: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
});

function logOf({ choices, tasks, corrected }: Progress) {
  const log = new ImaginedLog();
  advance(log, choices, tasks);
  return { log, corrected: [...new Set(corrected.map((k) => log.events[k % log.events.length]!))] };
}

describe('a plan with corrections', () => {
  it('that retract is the plan of a log in which what fell never was, without asking for it again', () => {
    fc.assert(
      fc.property(partial, (progress) => {
        const { log, corrected } = logOf(progress);
        for (const event of corrected) retract(log, event);
        const { fallOf } = log.standings();
        const plan = log.plan(spec);
        const never = log
          .filter((event) => !isCorrection(event.core) && fallOf(event.eventId) === undefined)
          .plan(spec);
        expect(idsOf(plan)).toEqual(idsOf(never));
        const withdrawn = plan.withdrawn.map(({ event }) => event.taskId);
        expect([...readyIn(plan), ...withdrawn].sort()).toEqual(readyIn(never));
        for (const { event } of plan.withdrawn) expect(corrected).toContain(event);
        const uncorrected = new Map(cellsOf(never).map((cell) => [cell.name, cell]));
        for (const cell of cellsOf(plan)) {
          const other = uncorrected.get(cell.name)!;
          if (cell.status === 'withdrawn') expect([other.status, cell.value]).toEqual(['missing', null]);
          else expect(cell).toEqual(other);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('ends with every cell computed or withdrawn, and counts no task that will not come', () => {
    fc.assert(
      fc.property(partial, (progress) => {
        const { log, corrected } = logOf(progress);
        for (const event of corrected) retract(log, event);
        const plan = advance(log, []);
        expect(plan.expectedTasks).toBe(plan.events.size);
        for (const cell of cellsOf(plan)) {
          expect(['computed', 'withdrawn'], cell.name).toContain(cell.status);
          if (cell.status !== 'withdrawn') continue;
          expect(cell.notes.some((note) => note.endsWith('was retracted: why'))).toBe(true);
          expect(corrected.map(({ eventId }) => eventId).some((id) => cell.events.includes(id))).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('that supersede is the plan of a log in which the last replacement was recorded at once', () => {
    fc.assert(
      fc.property(partial, fc.integer({ min: 2, max: 4 }), (progress, attempts) => {
        const { log, corrected } = logOf(progress);
        const event = corrected[0]!;
        let last = event;
        for (let attempt = 2; attempt <= attempts; attempt += 1) {
          const next = log.retry(event, attempt);
          supersede(log, last, next);
          last = next;
        }
        const plan = log.plan(spec);
        const other = log.filter(({ core }) => core.task.kind !== 'supersede');
        const recorded = other.plan(spec, new Map([[event.taskId, last]]));
        expect(idsOf(plan)).toEqual(idsOf(recorded));
        expect(readyIn(plan)).toEqual(readyIn(recorded));
        expect(cellsOf(plan)).toEqual(cellsOf(recorded));
        expect([plan.withdrawn, plan.replaced]).toEqual([[], [event]]);
      }),
      { numRuns: 25 },
    );
  });

  it('has everything at once where another campaign did the work with a mended file of the same name', () => {
    const mended = { ...spec, labels: { gpaw: { ...spec.labels.gpaw!, sha256: 'ab'.repeat(32) } } };
    const log = complete.filter(() => true);
    const other = advance(log, [], undefined, mended);
    const imports = log.events.filter(({ core }) => core.task.kind === 'blob.import');
    expect(imports).toHaveLength(2);
    supersede(log, imports[0]!, imports[1]!);
    const plan = log.plan(spec);
    expect(plan.ready).toEqual([]);
    expect(cellsOf(plan)).toEqual(cellsOf(other));
    expect(cellsOf(plan)).not.toEqual(cellsOf(whole));
    expect(log.plan(mended).corrections).toEqual([]);
  });

  it('compares methods by the labels that are used, not by those that the spec names', () => {
    const log = complete.filter(() => true);
    const here = (): string | undefined =>
      compareMethods({ spec: { ...spec, published }, plan: log.plan(spec) })[0]?.here;
    expect(here()).toMatch(/^10 configurations by GPAW 22\.8\.0/);
    const imported = whole.labels.gpaw!;
    const method = { ...spec.labels.gpaw!.method, engine: 'VASP' };
    supersede(log, imported, log.retry({ ...imported, core: withMethod(imported.core, method) }));
    expect(here()).toMatch(/^10 configurations by VASP 22\.8\.0/);
  });

  it('lets no event stand in two places', () => {
    const log = complete.filter(() => true);
    const [first, second] = whole.potentials['level-4']!;
    supersede(log, first!, second!);
    const plan = log.plan(spec);
    expect(plan.potentials['level-4']).toEqual([second, undefined]);
    expect(plan.withdrawn).toMatchObject([
      { event: second, because: expect.stringContaining('already stands for level-4, fit 1') },
    ]);
    expect(cellsOf(plan).find(({ name }) => name.startsWith('fits/'))?.status).toBe('withdrawn');
  });
});

describe('the result hash of a campaign', () => {
  const [fit] = whole.potentials['level-4']!;
  const line = whole.profiles[0]!.arrhenius!;

  it('counts its corrections, in whatever order, and those that were taken back', () => {
    const hashes = [[], [fit!], [line], [fit!, line], [line, fit!]].map((events) => {
      const log = complete.filter(() => true);
      for (const event of events) retract(log, event);
      return campaignResultHash(log.plan(spec));
    });
    // What rests on the retracted fit is out of the campaign's reach, and a correction of it changes nothing there.
    expect(hashes[3]).toBe(hashes[1]);
    expect(hashes[4]).toBe(hashes[3]);
    expect(new Set(hashes).size).toBe(3);
    const log = complete.filter(() => true);
    retract(log, retract(log, fit!));
    expect(idsOf(log.plan(spec))).toEqual(idsOf(whole));
    expect(cellsOf(log.plan(spec))).toEqual(cellsOf(whole));
    expect(hashes).not.toContain(campaignResultHash(log.plan(spec)));
  });

  it('is not touched by corrections of what the campaign does not use', () => {
    const log = complete.filter(() => true);
    const other = log.retry(fit!);
    const another = log.retry(fit!, 3);
    retract(log, other);
    supersede(log, other, another);
    supersede(log, another, fit!);
    expect(campaignResultHash(log.plan(spec))).toBe(campaignResultHash(whole));
  });
});
