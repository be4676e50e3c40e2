/** R5: what is remembered of a log, in memory or in a snapshot, never changes a plan, a table or a result hash. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { campaignResultHash, campaignTables } from '../../src/campaign/campaign-view.ts';
import { ChainMemory, type RememberedLog } from '../../src/campaign/chain-memory.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { describeWithdrawal } from '../../src/projections/campaign-results.ts';
import type { Outcome, StoredEvent } from '../../store/event.ts';
import { CompactRange, leafHash } from '../../store/merkle.ts';
import { inTemporaryFolder, projectRoot } from '../campaigns/cli-process.ts';
import { retraction, storedAs, superseding } from '../store/correction-events.ts';
import { newFolder } from '../store/store-fixture.ts';
import { ImaginedLog } from './imagined-log.ts';
import { SPEC } from './spec-text.ts';

const spec: CampaignSpec = await inTemporaryFolder(async (folder) => {
  const ordered = '  anion-ordered-bulk:\n';
  const text = SPEC.replace('file: labels/', `file: ${join(projectRoot, 'examples/labels')}/`)
    .replace(ordered, `${ordered}    relax: { maxSteps: 50 }\n    anneal: { holdPs: 0.2, coolPs: 0.5 }\n`)
    // Two structures of one recipe: their relaxed cells are the same events.
    .replace(
      '  anion-disordered-bulk:',
      '  twin:\n    prototype: { name: argyrodite, latticeConstantA: 10.25 }\n    relax: {}\n  anion-disordered-bulk:',
    )
    .replace('  runs:\n', '  runs:\n    - { structure: twin, potential: level-6, temperaturesK: [900], members: 2 }\n');
  const path = join(folder, 'spec.yaml');
  writeFileSync(path, text);
  return loadSpec(path).spec;
});

/** The log as the snapshot's reader sees it. */
const treeOf = ({ events }: ImaginedLog): RememberedLog => {
  const treeAt = (size: number): CompactRange => {
    const range = new CompactRange();
    for (const { eventId } of events.slice(0, size)) range.append(leafHash(Buffer.from(eventId, 'hex')));
    return range;
  };
  return {
    get size() {
      return events.length;
    },
    treeAt,
    continues: (tree) => tree.size <= events.length && tree.root() === treeAt(tree.size).root(),
  };
};

/** All that anybody asks of a plan. */
function told(plan: CampaignPlan) {
  const events = [...plan.events.values()];
  return {
    ready: plan.ready.map(({ taskId, purpose }) => [taskId, purpose]),
    events: events.map(({ eventId }) => eventId),
    size: plan.events.size,
    known: events.every((event) => plan.events.has(event.taskId) && plan.events.get(event.taskId) === event),
    stopped: plan.events.endedAs('stopped').map(({ eventId }) => eventId),
    failed: plan.events.endedAs('failed').map(({ eventId }) => eventId),
    purposes: events.map(({ taskId }) => plan.purposes.get(taskId)),
    asked: [...plan.purposes.taskIds()].sort(),
    failures: plan.failures.map(({ event }) => event.eventId),
    withdrawn: plan.withdrawn.map(describeWithdrawal),
    replaced: plan.replaced.map(({ eventId }) => eventId),
    corrections: plan.corrections.map(({ event, inEffect }) => [event.eventId, inEffect]),
    expectedTasks: plan.expectedTasks,
    tables: campaignTables({ spec, plan }),
    resultHash: campaignResultHash(plan),
  };
}

const OUTCOMES: readonly Outcome[] = [
  { status: 'stopped', reason: { message: 'an atom went astray' } },
  { status: 'failed', error: { what: 'no' } },
];

/** What may happen to a log, chosen by a number. */
type Step = { readonly what: 'do' | 'retract' | 'supersede' | 'restart' | 'forget'; readonly choice: number };
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 30, arbitrary: fc.constant('do' as const) },
    fc.constantFrom<Step['what'][]>('retract', 'supersede', 'restart', 'forget'),
  ),
  choice: fc.nat(1000),
});

function take({ what, choice }: Step, log: ImaginedLog, plan: CampaignPlan): void {
  const event = log.events[choice % Math.max(1, log.events.length)];
  if (what === 'do' && plan.ready.length > 0) {
    const planned = plan.ready[choice % plan.ready.length]!;
    const canStop = ['md.run', 'structure.relax'].includes(planned.task.kind);
    const outcome = choice % 40 === 0 ? OUTCOMES[choice % 80 === 0 && canStop ? 0 : 1] : undefined;
    log.complete(planned, outcome && { outcome });
  } else if (what === 'retract' && event !== undefined) {
    log.add((seq) => storedAs(retraction(event.eventId, 'why', 2 + seq), seq));
  } else if (what === 'supersede' && event !== undefined) {
    const others = log.events.filter(
      ({ eventId, core }) => core.task.kind === event.core.task.kind && eventId !== event.eventId,
    );
    const isNew = others.length === 0 || choice % 2 === 0;
    if (event.core.task.kind.includes('.')) {
      const by: StoredEvent = isNew ? log.retry(event, 1000 + log.events.length) : others[choice % others.length]!;
      log.add((seq) => storedAs(superseding(event.eventId, by.eventId, `why ${seq}`), seq));
    }
  }
}

describe('a plan from memory', () => {
  it('is the plan from nothing, whatever happened in whatever order, and wherever the snapshot was cut', () => {
    let restored = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 90 }), (steps) => {
        const log = new ImaginedLog();
        const place = { dir: newFolder(), code: 'code' };
        let memory = ChainMemory.restore(treeOf(log), place);
        steps.forEach((next, k) => {
          const plan = log.plan(spec, undefined, memory);
          if (k % 7 === 0 || next.what !== 'do') expect(told(plan)).toEqual(told(log.plan(spec)));
          memory.keep(1 + (next.choice % 8));
          if (next.what === 'restart') {
            memory = ChainMemory.restore(treeOf(log), place);
            if (!memory.isEmpty) restored += 1;
          }
          if (next.what === 'forget') memory = new ChainMemory();
          take(next, log, plan);
        });
        memory = ChainMemory.restore(treeOf(log), place);
        expect(told(log.plan(spec, undefined, memory))).toEqual(told(log.plan(spec)));
      }),
      { numRuns: 12 },
    );
    expect(restored).toBeGreaterThan(0);
  });

  it('asks the log for what is new, not for what is old', () => {
    const log = new ImaginedLog();
    const memory = new ChainMemory();
    for (let plan = log.plan(spec, undefined, memory); plan.ready.length > 0; ) {
      for (const task of plan.ready) log.complete(task);
      plan = log.plan(spec, undefined, memory);
    }
    const members = log.plan(spec).profiles.flatMap(({ points }) => points.flatMap((point) => point.members));
    // Analyses of a run are named by its last segment.
    const runs = members.flatMap(({ segments }) => Array.from(segments, ({ seq }) => seq).slice(0, -1));
    expect(runs.length).toBeGreaterThanOrEqual(20);
    const read: number[] = [];
    const counting = log.filter(() => true);
    counting.onRead = (seq) => read.push(seq);
    counting.plan(spec, undefined, memory);
    expect(read.filter((seq) => runs.includes(seq))).toEqual([]);
    counting.plan(spec);
    expect(read.filter((seq) => runs.includes(seq)).length).toBeGreaterThanOrEqual(runs.length);
  });
});

describe('a snapshot of what is known of chains', () => {
  const log = new ImaginedLog();
  for (let plan = log.plan(spec); plan.ready.length > 0; plan = log.plan(spec)) {
    for (const task of plan.ready) log.complete(task);
  }
  const place = { dir: mkdtempSync(join(tmpdir(), 'varve-chains-')), code: 'code' };
  afterAll(() => rmSync(place.dir, { recursive: true }));
  const memory = new ChainMemory({ log: treeOf(log), place });
  campaignResultHash(log.plan(spec, undefined, memory));
  memory.keep(1);
  const path = join(place.dir, 'cache/projections/chains');
  const whole = told(log.plan(spec));
  const isBelieved = (of = log, at = place): boolean => !ChainMemory.restore(treeOf(of), at).isEmpty;

  it('is believed by the code and of the log that it is of', () => {
    expect(isBelieved()).toBe(true);
    expect(isBelieved(log, { ...place, code: 'another' })).toBe(false);
    const [first, ...rest] = log.events;
    const other = new ImaginedLog([
      storedAs({ ...first!, core: { ...first!.core, results: { n: 1 } }, obs: {} }, 1),
      ...rest,
    ]);
    expect(isBelieved(other)).toBe(false);
    const shorter = log.filter(({ seq }) => seq < log.events.length);
    expect(isBelieved(shorter)).toBe(false);
  });

  it('with any byte changed, or cut anywhere, is no snapshot', () => {
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, change, isCut) => {
        const damaged = isCut ? bytes.subarray(0, at) : Buffer.from(bytes);
        if (!isCut) damaged[at]! ^= change;
        writeFileSync(path, damaged);
        expect(isBelieved()).toBe(false);
      }),
      { numRuns: 60 },
    );
    expect(told(log.plan(spec, undefined, ChainMemory.restore(treeOf(log), place)))).toEqual(whole);
    writeFileSync(path, bytes);
    expect(isBelieved()).toBe(true);
  });

  it('that cannot be written costs nothing but time', () => {
    const nowhere = { dir: join(place.dir, 'cache/projections/chains'), code: 'code' };
    const kept = new ChainMemory({ log: treeOf(log), place: nowhere });
    expect(told(log.plan(spec, undefined, kept))).toEqual(whole);
    expect(() => kept.keep(1)).not.toThrow();
    expect(isBelieved(log, nowhere)).toBe(false);
  });
});
