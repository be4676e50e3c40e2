/** The scheme of Figs. 2 and 14 (A1–A5) and the variance study (V-A to V-C) as plans over an imagined log. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { campaignCells } from '../../src/campaign/campaign-view.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { readManifest } from '../../src/formats/manifest.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import type { SchemeStage } from '../../src/projections/scheme-record.ts';
import type { StoredEvent, Task } from '../../store/event.ts';
import { retraction, storedAs, superseding } from '../store/correction-events.ts';
import { drawnStory, imagine, learning, live, type Story, told } from './imagined-learning.ts';
import { ImaginedLog } from './imagined-log.ts';

const plain = { variance: undefined } as unknown as Partial<CampaignSpec>;
const oneRun = learning({ runs: 1 }, plain);
const stagesOf = (plan: CampaignPlan, run = 0): readonly SchemeStage[] => plan.schemes.bulk![run]!.stages;
const toldBy = (plan: CampaignPlan, run = 0): string[] => stagesOf(plan, run).map(told);
const eventsOf = ({ events }: CampaignPlan, kind: string): StoredEvent[] =>
  [...events.values()].filter(({ core }) => core.task.kind === kind);
const purposeOf = ({ purposes }: CampaignPlan, { taskId }: StoredEvent): string => purposes.get(taskId)!;
const eventFor = (plan: CampaignPlan, purpose: string): StoredEvent =>
  [...plan.events.values()].find((event) => purposeOf(plan, event) === purpose)!;
const cellStatuses = (spec: CampaignSpec, plan: CampaignPlan, begins: string): string[] => [
  ...new Set(campaignCells({ spec, plan }).flatMap(({ name, status }) => (name.startsWith(begins) ? [status] : []))),
];

describe('a scheme', () => {
  /** Level 2: pre-training adds 2, the first run 1, the second nothing. Level 4 the same, but nothing in pre-training. */
  const story: Story = {
    found: (purpose) => (/round 1/.test(purpose) ? 1 : 0),
    chosen: (purpose) =>
      /level 4, selection of pre-training/.test(purpose) ? 0 : /pre-training/.test(purpose) ? 2 : 1,
  };

  it('initialises, then at each level pre-trains and learns until a run finds nothing new (A1, A2, A3), and forgets nothing (A4)', () => {
    const plan = live(new ImaginedLog(), oneRun, story);
    expect(toldBy(plan)).toEqual([
      '0 initialisation 1: added, 4',
      '2 pre-training 1: added, 6',
      '2 active learning of anion-ordered-bulk 1: added, 7',
      '2 active learning of anion-ordered-bulk 2: nothing new, 7',
      '4 pre-training 1: nothing new, 7',
      '4 active learning of anion-ordered-bulk 1: added, 8',
      '4 active learning of anion-ordered-bulk 2: nothing new, 8',
    ]);
    const sizes = plan.schemes.bulk![0]!.levels.map(({ level, training }) => [
      level,
      readManifest(training!, 'm').length,
    ]);
    expect(sizes).toEqual([
      [2, 7],
      [4, 8],
    ]);
    expect(plan.failures).toEqual([]);
  });

  it('fits each level from a random start of its own, and goes on from the potential before when configurations come', () => {
    const log = new ImaginedLog();
    const plan = live(log, oneRun, story);
    const fits = eventsOf(plan, 'potential.fit').filter((event) => purposeOf(plan, event).startsWith('bulk'));
    expect(fits.map((event) => purposeOf(plan, event))).toEqual([
      'bulk, level 2, fit 1 to 4 configurations',
      'bulk, level 2, fit 2 to 6 configurations',
      'bulk, level 2, fit 3 to 7 configurations',
      'bulk, level 4, fit 1 to 7 configurations',
      'bulk, level 4, fit 2 to 8 configurations',
    ]);
    const starts = fits.map(({ core }) => core.task.params.start as { from: string; seed?: string });
    expect(starts.map(({ from }) => from)).toEqual(['seed', 'potential', 'potential', 'seed', 'potential']);
    expect(starts[0]!.seed).not.toBe(starts[3]!.seed);
    for (const k of [1, 2, 4]) {
      expect(fits[k]!.core.task.inputs.start).toEqual({ event: fits[k - 1]!.eventId, output: 'potential' });
      expect(fits[k]!.core.task.params.maxIterations).toBe(20);
    }
    const afresh = learning({ runs: 1, refit: { from: 'seed' } }, plain);
    const refitted = eventsOf(live(new ImaginedLog(), afresh, story), 'potential.fit').slice(1);
    expect(refitted.map(({ core }) => (core.task.params.start as { from: string }).from)).toEqual(
      Array(5).fill('seed'),
    );
    expect(new Set(refitted.map(({ core }) => (core.task.params.start as { seed: string }).seed)).size).toBe(5);
  });

  it('grades and selects with the potential of the moment against the active set of its own training set', () => {
    const log = new ImaginedLog();
    const plan = live(log, oneRun, story);
    const source = log.source();
    for (const stage of stagesOf(plan).slice(1)) {
      const { fit, activeSet, runs, selections } = stage;
      const fitted = fit!.core.task.inputs.training;
      expect(activeSet!.core.task.inputs).toEqual({
        potential: { event: fit!.eventId, output: 'potential' },
        training: fitted,
      });
      for (const user of [...runs, ...selections]) {
        expect(user.core.task.inputs).toMatchObject({
          potential: { event: fit!.eventId },
          activeSet: { event: activeSet!.eventId, output: 'activeSet' },
        });
      }
      const before = source.manifest((fitted as { manifest: string }).manifest).length;
      expect(before + stage.labels.length - stage.refused.length).toBe(stage.trainingConfigurations);
    }
  });

  it('learns each realisation of each target in turn at one level, and offers the pool anew at the next', () => {
    const structures = {
      ...oneRun.structures,
      'anion-disordered-bulk': { ...oneRun.structures['anion-ordered-bulk']!, realisations: 2 },
    };
    const spec = learning(
      { runs: 1, targets: ['anion-ordered-bulk', 'anion-disordered-bulk'] },
      { ...plain, structures },
    );
    const disordered = (purpose: string) => (/realisation 2, round 1/.test(purpose) ? 2 : 0);
    const plan = live(new ImaginedLog(), spec, { found: disordered, chosen: disordered });
    const level = (m: number, size: number): string[] => [
      `${m} pre-training 1: nothing new, ${size}`,
      `${m} active learning of anion-ordered-bulk 1: nothing new, ${size}`,
      `${m} active learning of anion-disordered-bulk, realisation 1 1: nothing new, ${size}`,
      `${m} active learning of anion-disordered-bulk, realisation 2 1: added, ${size + 2}`,
      `${m} active learning of anion-disordered-bulk, realisation 2 2: nothing new, ${size + 2}`,
    ];
    expect(toldBy(plan)).toEqual(['0 initialisation 1: added, 4', ...level(2, 4), ...level(4, 6)]);
    // No run and no fit is asked for twice where nothing came: the potential and its active set stay.
    const ofLevel = stagesOf(plan).filter((stage) => stage.level === 2);
    expect(new Set(ofLevel.slice(0, 4).map(({ fit }) => fit!.eventId)).size).toBe(1);
    expect(new Set(ofLevel.slice(0, 4).map(({ activeSet }) => activeSet!.eventId)).size).toBe(1);
  });

  it('pre-trains as often as it is told to, or until the pool has nothing more', () => {
    const spec = learning({ runs: 1, levels: [2], preTraining: 3 }, plain);
    const chosen = (times: number) => (purpose: string) => (/pre-training [12]/.test(purpose) ? times : 0);
    expect(toldBy(live(new ImaginedLog(), spec, { chosen: chosen(1) })).slice(1, 4)).toEqual([
      '2 pre-training 1: added, 5',
      '2 pre-training 2: added, 6',
      '2 pre-training 3: nothing new, 6',
    ]);
    const none = live(new ImaginedLog(), learning({ runs: 1, levels: [2], preTraining: 0 }, plain), {});
    expect(toldBy(none)[1]).toMatch(/^2 active learning/);
  });

  it('ends a target at its limit, and says so', () => {
    const always: Story = { found: () => 1, chosen: (purpose) => Number(/round/.test(purpose)) };
    const plan = live(new ImaginedLog(), learning({ runs: 1, levels: [2] }, plain), always);
    expect(toldBy(plan).slice(2)).toEqual([
      '2 active learning of anion-ordered-bulk 1: added, 5',
      '2 active learning of anion-ordered-bulk 2: added, 6',
      '2 active learning of anion-ordered-bulk 3: limit, 7',
    ]);
    const last = eventFor(plan, 'bulk, level 2, fit 4 to 7 configurations');
    expect(plan.potentials['bulk-level-2']).toEqual([last]);
  });

  it('leaves labels with too large forces out of the training set, and ends where all are', () => {
    const refusing = (which: RegExp): Story => ({
      found: () => 1,
      chosen: (purpose) => (/level 2/.test(purpose) && !/round [23]/.test(purpose) ? 2 : 0),
      maxForceEvA: (purpose) => (which.test(purpose) ? 51 : 50),
    });
    const spec = learning({ runs: 1, levels: [2] }, plain);
    const log = new ImaginedLog();
    // Purposes of labels name no round: the plan is asked which label is of which.
    const labelled = live(log, spec, refusing(/nothing/));
    expect(toldBy(labelled).slice(1, 3)).toEqual([
      '2 pre-training 1: added, 6',
      '2 active learning of anion-ordered-bulk 1: added, 8',
    ]);
    const some = live(new ImaginedLog(), spec, refusing(/label 2 of 2/));
    expect(toldBy(some)).toEqual([
      '0 initialisation 1: added, 2',
      '2 pre-training 1: added, 3',
      '2 active learning of anion-ordered-bulk 1: added, 4',
      '2 active learning of anion-ordered-bulk 2: nothing new, 4',
    ]);
    expect(stagesOf(some).map(({ labels, refused }) => [labels.length, refused.length])).toEqual([
      [4, 2],
      [2, 1],
      [2, 1],
      [0, 0],
    ]);
    const trained = readManifest(some.schemes.bulk![0]!.levels[0]!.training!, 'm').map(({ event }) => event);
    for (const { refused } of stagesOf(some)) for (const { eventId } of refused) expect(trained).not.toContain(eventId);
    const all = live(new ImaginedLog(), spec, {
      ...refusing(/label \d of 1/),
      chosen: (purpose) => Number(/round/.test(purpose)),
    });
    expect(toldBy(all).slice(2)).toEqual(['2 active learning of anion-ordered-bulk 1: no label of use, 4']);
    const pre = live(new ImaginedLog(), spec, { ...refusing(/label \d of 1/), chosen: () => 1, found: () => 0 });
    expect(toldBy(pre).slice(1)).toEqual([
      '2 pre-training 1: no label of use, 4',
      '2 active learning of anion-ordered-bulk 1: nothing new, 4',
    ]);
  });

  it('does not call it nothing new where a run stopped at a state that adds nothing', () => {
    const stopping = (found: number): Story => ({
      found: () => found,
      stopped: (purpose) => (/round/.test(purpose) ? 'two atoms were too near' : undefined),
    });
    for (const found of [0, 1]) {
      const plan = live(new ImaginedLog(), learning({ runs: 1, levels: [2] }, plain), stopping(found));
      expect(toldBy(plan).at(-1)).toBe('2 active learning of anion-ordered-bulk 1: no label of use, 4');
    }
  });

  it('goes on with what a run that stopped has found', () => {
    const plan = live(new ImaginedLog(), learning({ runs: 1, levels: [2] }, plain), {
      found: (purpose) => Number(/round 1/.test(purpose)),
      chosen: (purpose) => Number(/round 1/.test(purpose)),
      stopped: (purpose) => (/round 1.*segment 1/.test(purpose) ? 'the grade was 6' : undefined),
    });
    const [first, second] = stagesOf(plan).slice(2);
    expect([first!.runs.length, second!.runs.length]).toEqual([1, 2]);
    expect([first, second].map((stage) => stage!.ended)).toEqual(['added', 'nothing new']);
  });

  it('is stuck where a run under the label engine itself stops, and says why', () => {
    const log = new ImaginedLog();
    const stopped = (purpose: string) =>
      /initialisation, dense/.test(purpose) ? 'two atoms were too near' : undefined;
    const plan = live(log, oneRun, { stopped });
    const { stuck, withdrawn, stages, levels } = plan.schemes.bulk![0]!;
    expect(purposeOf(plan, stuck!)).toMatch(/^bulk, initialisation, dense, segment 1/);
    expect([withdrawn, stages]).toEqual([undefined, []]);
    expect(levels.map(({ potential }) => potential)).toEqual([undefined, undefined]);
    expect(plan.expectedTasks).toBe(plan.events.size);
    // What was to follow from the scheme is withheld, with the reason; what does not is there.
    expect(cellStatuses(oneRun, plan, 'fits/bulk')).toEqual(['withheld']);
    expect(cellStatuses(oneRun, plan, 'diffusion/anion-ordered-bulk')).toEqual(['withheld']);
    expect(cellStatuses(oneRun, plan, 'diffusion/by-reference')).toEqual(['computed']);
    expect(cellStatuses(oneRun, plan, 'fits/reference/train')).toEqual(['computed']);
    const [cell] = campaignCells({ spec: oneRun, plan }).filter(({ name }) => name.startsWith('learning/bulk.1.end/'));
    expect(cell).toMatchObject({
      status: 'withheld',
      notes: ['a run under the label engine itself stopped: two atoms were too near'],
      events: [stuck!.eventId],
    });
  });

  it('asks for all of a round side by side: runs of the initialisation, labels', () => {
    const log = new ImaginedLog();
    const most = { 'md.run': 0, 'label.reference': 0 };
    const plan = live(log, oneRun, story, {
      onPlan({ ready }) {
        for (const kind of ['md.run', 'label.reference'] as const) {
          const now = ready.filter(
            ({ purpose, task }) => task.kind === kind && purpose.includes('initialisation'),
          ).length;
          most[kind] = Math.max(most[kind], now);
        }
      },
    });
    expect(most).toEqual({ 'md.run': 2, 'label.reference': 4 });
    expect(plan.ready).toEqual([]);
  });
});

describe('several runs of one scheme (V-C)', () => {
  const spec = learning({ runs: 3 }, plain);
  const plan = live(new ImaginedLog(), spec, { found: (purpose) => Number(/round 1/.test(purpose)), chosen: () => 1 });

  it('have seeds of their own everywhere, and share nothing but structures and the engine', () => {
    const seeds = (task: Task): string[] => {
      const { seed } = (task.params.start ?? {}) as { seed?: string };
      return seed === undefined ? [] : [seed];
    };
    const own = (run: number): StoredEvent[] =>
      [...plan.events.values()].filter((event) => purposeOf(plan, event).startsWith(`bulk ${run + 1},`));
    const all = [0, 1, 2].map((run) => own(run).flatMap(({ core }) => seeds(core.task)));
    expect(all[0]!.length).toBeGreaterThan(5);
    expect(all[1]).toHaveLength(all[0]!.length - 1); // The validation run is of the first.
    expect(new Set(all.flat()).size).toBe(all.flat().length);
    const ids = [0, 1, 2].flatMap((run) => own(run).map(({ eventId }) => eventId));
    expect(new Set(ids).size).toBe(ids.length);
    for (const run of [1, 2]) expect(toldBy(plan, run)).toEqual(toldBy(plan, 0));
  });

  it('give each potential a fit for each run, and one validation set for all (A5)', () => {
    expect(plan.potentials['bulk-level-4']!.map((event) => purposeOf(plan, event!))).toEqual(
      [1, 2, 3].map((run) => expect.stringMatching(new RegExp(`^bulk ${run}, level 4, fit`))),
    );
    const { set, errors, run } = plan.validations.bulk!;
    expect(run[0]!.core.task.inputs).toMatchObject({
      potential: { event: plan.potentials['bulk-level-4']![0]!.eventId },
    });
    expect(Object.keys(errors)).toEqual(['bulk-level-2', 'bulk-level-4']);
    for (const events of Object.values(errors)) expect(events).toHaveLength(3);
    expect(readManifest(set!, 'set').length).toBe(2);
  });

  it('are the same runs where there are more of them', () => {
    const alone = live(new ImaginedLog(), learning({ runs: 1 }, plain), {
      found: (purpose) => Number(/round 1/.test(purpose)),
      chosen: () => 1,
    });
    const [one] = plan.schemes.bulk!;
    expect(alone.schemes.bulk![0]!.stages.map(({ fit }) => fit?.eventId)).toEqual(
      one!.stages.map(({ fit }) => fit?.eventId),
    );
  });
});

describe('the variance study', () => {
  const spec = learning();
  const plan = live(new ImaginedLog(), spec, {});
  const at = (potential: string) => plan.variance.filter((point) => point.potential === potential);
  const ids = (events: Iterable<StoredEvent>): string[] => Array.from(events, ({ eventId }) => eventId);

  it('runs several times under the first potential (A), once under fits to its training set (B), once under that of each run (C)', () => {
    for (const level of [2, 4]) {
      const [a, c, ...others] = at(`bulk-level-${level}`);
      const [b, ...more] = at(`bulk-refit-level-${level}`);
      expect([others, more]).toEqual([[], []]);
      const fits = plan.potentials[`bulk-level-${level}`]!;
      expect(a!.members.map(({ fit }) => fit)).toEqual([fits[0], fits[0]]);
      expect(c!.members.map(({ fit }) => fit)).toEqual(fits);
      expect(b!.members.map(({ fit }) => fit)).toEqual(plan.potentials[`bulk-refit-level-${level}`]);
      const final = plan.schemes.bulk![0]!.levels.at(-1)!.training!;
      for (const { fit } of b!.members) {
        const { manifest } = fit!.core.task.inputs.training as { manifest: string };
        expect(plan.potentials['bulk-level-4']![0]!.core.task.inputs.training).toEqual({ manifest });
        expect(readManifest(final, 'final').length).toBeGreaterThan(0);
      }
      for (const point of [a!, b!, c!]) expect(new Set(point.members.map(firstSeed)).size).toBe(point.members.length);
    }
  });

  it('takes one event for what serves two sets, and for what a run of the spec asks for too', () => {
    const [a, c] = at('bulk-level-4');
    expect(ids(a!.members[0]!.segments)).toEqual(ids(c!.members[0]!.segments));
    expect(ids(a!.members[1]!.segments)).not.toEqual(ids(c!.members[1]!.segments));
    const [profile] = plan.profiles.find(({ row }) => row === 'anion-ordered-bulk')!.points;
    expect(profile!.members.map(({ segments }) => ids(segments))).toEqual(
      c!.members.map(({ segments }) => ids(segments)),
    );
    const runs = eventsOf(plan, 'md.run').filter(({ core }) => core.task.params.temperatureK === 700);
    const segments = c!.members[0]!.plannedSegments;
    // A and C and B of two levels, less those that A shares with C; and the one run under the reference.
    expect(runs).toHaveLength(segments * (2 * (2 + 2 + 2 - 1) + 1));
  });

  it('prepares a structure under each fit once, and counts that once', () => {
    const structures = {
      ...spec.structures,
      'anion-ordered-bulk': { ...spec.structures['anion-ordered-bulk']!, relax: { method: 'l-bfgs' } as never },
    };
    const relaxed = live(new ImaginedLog(), { ...spec, structures }, {});
    // Two runs and two refits at two levels, and the reference.
    expect(eventsOf(relaxed, 'structure.relax')).toHaveLength(9);
    expect(relaxed.expectedTasks).toBe(relaxed.events.size);
  });
});

const firstSeed = ({ segments: [...segments] }: { readonly segments: Iterable<StoredEvent> }): string =>
  (segments[0]!.core.task.params.start as { seed: string }).seed;

describe('how many tasks are expected', () => {
  it('is never less than were asked for, and at the end just these', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{16}$/), (seed) => {
        const random = new RandomStream(seed, 0);
        const plan = live(new ImaginedLog(), learning(), drawnStory(seed), {
          choose: (count) => (count === 0 ? 0 : random.integer(count)),
          onPlan: ({ events, ready, expectedTasks }) => {
            expect(expectedTasks).toBeGreaterThanOrEqual(events.size + ready.length);
          },
        });
        expect(plan.expectedTasks).toBe(plan.events.size);
      }),
      { numRuns: 2 },
    );
  });
});

describe('a scheme with corrections', () => {
  const spec = learning();
  const story = drawnStory('0000000000000007');
  const complete = new ImaginedLog();
  const whole = live(complete, spec, story);
  const retract = (log: ImaginedLog, { eventId }: StoredEvent): StoredEvent =>
    log.add((seq) => storedAs(retraction(eventId, 'why'), seq));
  const [first, second] = whole.schemes.bulk!;

  it('that take back a label lose what was fitted to it, and keep all before and the other run', () => {
    const middle = first!.stages.find(({ level, labels }) => level === 2 && labels.length > 0)!;
    const log = complete.filter(() => true);
    retract(log, middle.labels[0]!);
    const plan = log.plan(spec);
    const [withdrawn, untouched] = plan.schemes.bulk!;
    expect(withdrawn!.withdrawn).toMatchObject({ event: middle.labels[0], because: 'was retracted: why' });
    expect(withdrawn!.stages.map(told)).toEqual(first!.stages.slice(0, first!.stages.indexOf(middle)).map(told));
    expect(withdrawn!.levels.map(({ potential }) => potential)).toEqual([undefined, undefined]);
    expect(untouched).toEqual(second);
    expect([plan.ready, plan.expectedTasks]).toEqual([[], plan.events.size]);
    expect(cellStatuses(spec, plan, 'fits/bulk')).toEqual(['withdrawn']);
    expect(cellStatuses(spec, plan, 'fits/reference/train')).toEqual(['computed']);
    expect(cellStatuses(spec, plan, 'diffusion/anion-ordered-bulk')).toEqual(['withdrawn']);
    expect(cellStatuses(spec, plan, 'diffusion/by-reference')).toEqual(['computed']);
    expect(cellStatuses(spec, plan, 'learning/bulk.1.end')).toEqual(['withdrawn']);
    expect(cellStatuses(spec, plan, 'learning/bulk.1.start')).toContain('computed');
    expect(plan.validations.bulk).toMatchObject({ set: undefined, withdrawn: { event: middle.labels[0] } });
  });

  it('that take back the last fit of a level lose the levels after it, not those before', () => {
    const log = complete.filter(() => true);
    retract(log, whole.potentials['bulk-level-4']![0]!);
    const plan = log.plan(spec);
    expect(plan.potentials['bulk-level-2']).toEqual(whole.potentials['bulk-level-2']);
    expect(plan.potentials['bulk-level-4']![0]).toBeUndefined();
    expect(plan.potentials['bulk-level-4']![1]).toBe(whole.potentials['bulk-level-4']![1]);
    expect(cellStatuses(spec, plan, 'fits/bulk-level-4')).toEqual(['withdrawn']);
    expect(cellStatuses(spec, plan, 'fits/bulk-level-2/train')).toEqual(['computed']);
    // The training set that set B is fitted to is that of the first run: gone with it.
    expect(cellStatuses(spec, plan, 'fits/bulk-refit-level-4')).toEqual(['withdrawn']);
  });

  it('that replace an event go on from the replacement, to a whole campaign again', () => {
    const log = complete.filter(() => true);
    const selection = first!.stages.find(({ level }) => level === 2)!.fit!;
    const other = log.retry(selection);
    log.add((seq) => storedAs(superseding(selection.eventId, other.eventId), seq));
    const plan = live(log, spec, story);
    expect([plan.withdrawn, plan.replaced]).toEqual([[], [selection]]);
    expect(plan.expectedTasks).toBe(plan.events.size);
    expect(plan.schemes.bulk![0]!.stages[1]!.fit).toEqual(other);
    expect(plan.schemes.bulk![1]).toEqual(second);
  });

  it('are at any moment the plan of a log in which what fell never was', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (tasks, corrected) => {
        const log = new ImaginedLog();
        live(log, spec, story, { tasks: 20 + (tasks % (complete.events.length - 20)) });
        retract(log, log.events[corrected % log.events.length]!);
        const { fallOf } = log.standings();
        const plan = log.plan(spec);
        const never = log
          .filter((event) => event.core.task.kind !== 'retract' && fallOf(event.eventId) === undefined)
          .plan(spec);
        const idsIn = ({ events }: CampaignPlan): string[] => [...events.values()].map(({ eventId }) => eventId).sort();
        expect(idsIn(plan)).toEqual(idsIn(never));
        const asked = [...plan.ready.map(({ taskId }) => taskId), ...plan.withdrawn.map(({ event }) => event.taskId)];
        expect(asked.sort()).toEqual(never.ready.map(({ taskId }) => taskId).sort());
        expect(plan.schemes.bulk!.map(({ stages }) => stages)).toEqual(never.schemes.bulk!.map(({ stages }) => stages));
        expect(plan.expectedTasks).toBeGreaterThanOrEqual(plan.events.size + plan.ready.length);
      }),
      { numRuns: 5 },
    );
  });
});

describe('the order in which an imagined campaign is done', () => {
  it('changes neither its tasks nor what its schemes record', () => {
    const spec = learning({ levels: [2] }, plain);
    const story = drawnStory('0000000000000003');
    const wanted = live(new ImaginedLog(), spec, story);
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{16}$/), (seed) => {
        const random = new RandomStream(seed, 0);
        const log = new ImaginedLog();
        for (;;) {
          const plan = log.plan(spec);
          if (plan.ready.length === 0) {
            expect([...plan.events.keys()].sort()).toEqual([...wanted.events.keys()].sort());
            expect(plan.schemes.bulk!.map(({ stages }) => stages.map(told))).toEqual(
              wanted.schemes.bulk!.map(({ stages }) => stages.map(told)),
            );
            return;
          }
          const chosen = plan.ready.filter(() => random.uniform() < 0.7);
          for (const task of chosen.length > 0 ? chosen : plan.ready) log.complete(task, imagine(task, story));
        }
      }),
      { numRuns: 5 },
    );
  });
});
