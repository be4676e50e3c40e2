import { describe, expect, it } from 'vitest';
import { TaskCosts } from '../../../src/campaign/forecast/task-cost.ts';
import { readManifest, writeManifest } from '../../../src/formats/manifest.ts';
import type { EventCore, StoredEvent, Task } from '../../../store/event.ts';
import { sha256Hex } from '../../../store/hash.ts';
import type { JsonObject } from '../../../store/json.ts';
import { storedAs } from '../../store/correction-events.ts';

class Log {
  readonly events: StoredEvent[] = [];
  readonly manifests = new Map<string, Uint8Array>();
  get size(): number {
    return this.events.length;
  }
  byKind(kind: string, fromSeq = 1): IterableIterator<StoredEvent> {
    return this.events.filter((event) => event.core.task.kind === kind && event.seq >= fromSeq).values();
  }
  byEventId = (eventId: string) => this.events.find((event) => event.eventId === eventId);
  manifest = (hash: string) => readManifest(this.manifests.get(hash)!, hash);

  add(task: Task, results: JsonObject = {}, obs: JsonObject = {}, outcome: EventCore['outcome'] = { status: 'done' }) {
    const event = storedAs(
      { core: { task, class: 'exact', outcome, outputs: {}, results }, attestation: {}, obs },
      this.size + 1,
    );
    this.events.push(event);
    return event;
  }
}

const task = (kind: string, params: JsonObject = {}, inputs: Task['inputs'] = {}): Task => ({
  kind,
  v: 1,
  params,
  inputs,
});
const ref = ({ eventId }: StoredEvent, output: string) => ({ event: eventId, output });

function world() {
  const log = new Log();
  const small = log.add(task('structure.create', { n: 1 }), { atoms: 52 });
  const large = log.add(task('structure.create', { n: 2 }), { atoms: 416 });
  const entries = Array.from({ length: 30 }, (_, index) => ({ event: small.eventId, output: 'labels', index }));
  const manifest = writeManifest(entries);
  const hash = sha256Hex(manifest);
  log.manifests.set(hash, manifest);
  const fitTask = (level: number, maxIterations: number, seed: number): Task =>
    task(
      'potential.fit',
      { level, preIterations: 10, maxIterations, segmentIterations: 1000, seed },
      { training: { manifest: hash } },
    );
  const four = log.add(fitTask(4, 40, 1), {}, { durationMs: 1500 });
  const six = log.add(fitTask(6, 40, 1), {}, { durationMs: 6000, threads: 2 });
  const run = (structure: StoredEvent, fit: StoredEvent, steps: number, seed = 1): Task =>
    task(
      'md.run',
      { steps, timeStepFs: 2, seed },
      { structure: ref(structure, 'structure'), potential: ref(fit, 'potential') },
    );
  const costs = () => new TaskCosts(log, [], log);
  return { log, small, large, four, six, fitTask, run, costs };
}

describe('what a task should take', () => {
  it('grows with steps and atoms, by runs with potentials of the same level', () => {
    const { log, small, large, four, six, run, costs } = world();
    log.add(run(small, four, 100), {}, { durationMs: 520 });
    expect(costs().of(run(large, four, 1000))).toBeCloseTo(10 * 8 * 520);
    // Nothing was timed at that level.
    expect(costs().of(run(large, six, 1000))).toBeUndefined();
    // Two threads for half the time; and a run that stopped counts for the steps that it did.
    log.add(run(small, six, 100), {}, { durationMs: 520, threads: 2 });
    expect(costs().of(run(small, six, 50, 2))).toBeCloseTo(520);
    log.add(run(small, four, 100, 3), { timePs: 0.02 }, { durationMs: 52 }, { status: 'stopped', reason: {} });
    expect(costs().of(run(small, four, 100, 4))).toBeCloseTo(520);
  });

  it('grows with iterations and configurations of a fit, at its level', () => {
    const { fitTask, costs } = world();
    expect(costs().of(fitTask(4, 90, 2))).toBeCloseTo(3000);
    expect(costs().of(fitTask(6, 40, 2))).toBeCloseTo(12_000);
    expect(costs().of(fitTask(8, 40, 2))).toBeUndefined();
  });

  it('is the mean of its kind where a kind has no measure, and unknown where nothing was timed or what is said is no time', () => {
    const { log, costs } = world();
    expect(costs().of(task('analysis.replicas', { n: 3 }))).toBeUndefined();
    log.add(task('analysis.replicas', { n: 1 }), {}, { durationMs: 10 });
    log.add(task('analysis.replicas', { n: 2 }), {}, { durationMs: 30, threads: 8 });
    expect(costs().of(task('analysis.replicas', { n: 3 }))).toBeCloseTo(20);
    for (const [n, durationMs] of ['a while', -1, Number.MAX_VALUE].entries()) {
      log.add(task('analysis.arrhenius', { n }), {}, { durationMs });
    }
    expect(costs().of(task('analysis.arrhenius', { n: 9 }))).toBeUndefined();
  });

  it('is learnt from what is under way only where nothing like it has ended', () => {
    const { log, small, four, run, costs } = world();
    const first = costs();
    first.learn(run(small, four, 100), 1000);
    expect(first.of(run(small, four, 200))).toBeCloseTo(2000);
    log.add(run(small, four, 100), {}, { durationMs: 500 });
    const second = costs();
    second.learn(run(small, four, 300), 9000);
    expect(second.of(run(small, four, 200))).toBeCloseTo(1000);
  });
});
