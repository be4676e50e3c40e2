/** The campaign with active learning, run once for real: what its projections say, and that no order of arrival matters. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeQuantity } from '../../src/audit/explain/cell-quantities.ts';
import { campaignCells, campaignResultHash, campaignTables } from '../../src/campaign/campaign-view.ts';
import { type CampaignPlan, planCampaign } from '../../src/campaign/plan.ts';
import { correctedLog } from '../../src/campaign/planner.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { type LoadedSpec, loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { readConfigurationBundle } from '../../src/formats/configuration-bundle.ts';
import { type ManifestEntry, readManifest } from '../../src/formats/manifest.ts';
import { RandomStream } from '../../src/numerics/philox.ts';
import { lineageSource } from '../../src/projections/lineage.ts';
import { readStandings } from '../../src/projections/standing.ts';
import { deriveTrainingSet } from '../../src/projections/training-set.ts';
import { evaluateCorrections } from '../../store/corrections.ts';
import type { StoredEvent } from '../../store/event.ts';
import { openStore, type Store } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { lookupOf } from '../campaign/imagined-log.ts';
import { learningSpec, type RunReport, varveJson } from './cli-process.ts';
import { copyFirstEvents, killRepeatedly, LEARNING, runToTheEnd } from './killing.ts';

const RUN_MS = 300_000;

let folder: string;
let loaded: LoadedSpec;
let store: Store;
/** What the run ended with reads its events from here. */
let writing: Store;
let plan: CampaignPlan;
/** What the schemes had recorded at each plan on the way: stages of each run, by their fits and labels. */
const onTheWay: string[][][] = [];

const stagesIn = (at: CampaignPlan): string[][] =>
  at.schemes.bulk!.map(({ stages }) =>
    stages.map(({ fit, activeSet, runs, selections, labels, refused, ended, ...rest }) => {
      const events = [fit, activeSet, ...runs, ...selections, ...labels, ...refused].map((event) => event?.eventId);
      return JSON.stringify([events, ended, rest]);
    }),
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-learning-'));
  loaded = loadSpec(learningSpec);
  const dir = join(folder, 'inline');
  writing = openStore({ dir, mode: 'write', create: true });
  plan = await runCampaign({
    store: writing,
    loaded,
    executor: inlineExecutor(writing.blobs),
    listener: { onPlan: (now) => onTheWay.push(stagesIn(now)) },
  });
  store = openStore({ dir, mode: 'read' });
}, RUN_MS);
afterAll(() => {
  store?.close();
  writing?.close();
  rmSync(folder, { recursive: true, force: true });
});

const trainedOn = ({ core }: StoredEvent): readonly ManifestEntry[] => {
  const { manifest } = core.task.inputs.training as { manifest: string };
  return readManifest(store.blobs.get(manifest), manifest);
};
const labelsOf = (events: readonly StoredEvent[]): ManifestEntry[] =>
  events.map(({ eventId }) => ({ event: eventId, output: 'labels', index: 0 }));

describe('a campaign with active learning', () => {
  it('is done whole, and its store is sound', async () => {
    expect([plan.failures, plan.withdrawn, plan.ready]).toEqual([[], [], []]);
    expect(plan.expectedTasks).toBe(plan.events.size);
    expect((await verifyStore(store.dir)).problems).toEqual([]);
    // Enough happens for the tests below to mean something.
    const ended = plan.schemes.bulk!.flatMap(({ stages }) => stages.map((stage) => `${stage.stage} ${stage.ended}`));
    expect(new Set(ended)).toEqual(
      new Set([
        'initialisation added',
        'pre-training added',
        'pre-training nothing new',
        'active learning added',
        'active learning nothing new',
      ]),
    );
  });

  it('has trained every fit on exactly the labels that the record of stages says (A1–A4)', () => {
    const expected = new Map<string, readonly ManifestEntry[]>();
    const { labels } = plan;
    const set = deriveTrainingSet([labels.gpaw!], undefined);
    expected.set(plan.potentials.reference![0]!.eventId, readManifest(set.training, 'dft'));
    for (const { stages, levels } of plan.schemes.bulk!) {
      let entries: ManifestEntry[] = [];
      for (const { fit, labels: labelled, refused, trainingConfigurations } of stages) {
        if (fit !== undefined) expected.set(fit.eventId, entries);
        entries = [...entries, ...labelsOf(labelled.filter((label) => !refused.includes(label)))];
        expect(entries).toHaveLength(trainingConfigurations);
      }
      for (const { level, potential, training } of levels) {
        const last = stages.filter((stage) => stage.level <= level).at(-1)!;
        const upToHere = entries.slice(0, last.trainingConfigurations);
        expected.set(potential!.eventId, upToHere);
        expect(readManifest(training!, 'training')).toEqual(upToHere);
      }
      expect(new Set(entries.map(({ event }) => event)).size).toBe(entries.length);
    }
    const final = expected.get(plan.potentials['bulk-level-4']![0]!.eventId)!;
    for (const level of [2, 4]) {
      for (const fit of plan.potentials[`bulk-refit-level-${level}`]!) expected.set(fit!.eventId, final);
    }
    const fits = [...plan.events.values()].filter(({ core }) => core.task.kind === 'potential.fit');
    expect(fits.map(({ eventId }) => eventId).sort()).toEqual([...expected.keys()].sort());
    for (const fit of fits) {
      expect(trainedOn(fit)).toEqual(expected.get(fit.eventId));
      expect(fit.core.results.trainingConfigurations).toBe(expected.get(fit.eventId)!.length);
    }
  });

  it('says of every configuration that it chose from where it is, with what grade, and against which active set', () => {
    for (const { stages } of plan.schemes.bulk!) {
      for (const { stage, selections, labels, activeSet } of stages) {
        for (const { core, eventId } of selections) {
          if (core.outputs.configurations === undefined) continue;
          const chosen = readConfigurationBundle(store.blobs.get(core.outputs.configurations.hash), eventId);
          const labelled = labels.filter(
            (label) => (label.core.task.inputs.configurations as { event: string }).event === eventId,
          );
          expect(labelled.map((label) => label.core.task.params.index)).toEqual([...chosen.keys()]);
          if (stage === 'initialisation') continue;
          expect(core.task.inputs.activeSet).toEqual({ event: activeSet!.eventId, output: 'activeSet' });
          const { candidates, largestGrade } = core.results as { candidates: number; largestGrade: number };
          for (const { grade, candidate } of chosen) {
            expect(grade).toBeLessThanOrEqual(largestGrade);
            expect(candidate).toBeLessThan(candidates);
          }
        }
      }
    }
  });

  it('read back from the log has the stages, sets, tables and result hash that the run ended with', () => {
    const rebuilt = planCampaign(loaded.spec, correctedLog(store, readStandings(store)));
    expect(stagesIn(rebuilt)).toEqual(stagesIn(plan));
    expect(rebuilt.schemes).toEqual(plan.schemes);
    expect(rebuilt.validations).toEqual(plan.validations);
    expect(rebuilt.variance).toEqual(plan.variance);
    expect(tablesOf(loaded.spec, rebuilt)).toBe(tablesOf(loaded.spec, plan));
    expect(campaignResultHash(rebuilt)).toBe(campaignResultHash(plan));
  });

  it('only ever added to the record of its stages while it went on', () => {
    const final = stagesIn(plan);
    expect(onTheWay.at(-1)).toEqual(final);
    for (const earlier of onTheWay) {
      for (const [run, stages] of earlier.entries()) expect(stages).toEqual(final[run]!.slice(0, stages.length));
    }
  });

  it('has a row a round, each cell resting on events of its own round', () => {
    const learning = campaignCells({ spec: loaded.spec, plan }).filter(({ name }) => name.startsWith('learning/'));
    const rounds = plan.schemes.bulk!.flatMap(({ stages }) => stages);
    const counts = learning.filter(({ name }) => name.endsWith('/configurations'));
    expect(counts.map(({ value }) => value)).toEqual(rounds.map((stage) => stage.trainingConfigurations));
    expect(new Set(learning.map(({ name }) => name)).size).toBe(learning.length);
    for (const [k, { events }] of counts.entries()) {
      for (const { eventId } of rounds[k]!.labels) expect(events).toContain(eventId);
    }
    for (const { name } of learning) expect(describeQuantity(name, loaded.spec), name).toBeDefined();
    const start = learning.find(({ name }) => name === 'learning/bulk.1.start/candidates');
    expect(start!.value).toBe(10);
  });
});

/** Those of the variance study, too, which are made from lineages. */
const tablesOf = (spec: CampaignSpec, of: CampaignPlan): string =>
  JSON.stringify(campaignTables({ spec, plan: of, lineage: lineageSource(store) }));

interface Ended {
  readonly resultHash: string;
  readonly tables: string;
  readonly tasks: string;
}

/** Results arrive in an order drawn from the seed, some at once: any of those that can be done, in any order among them. */
function arrive(spec: CampaignSpec, seed: string): Ended {
  const random = new RandomStream(seed, 0);
  const arrived = new Map<string, StoredEvent>();
  const lookup = () => ({
    ...lookupOf([...arrived.values()]),
    standIn: (event: StoredEvent) => event,
    corrections: evaluateCorrections([]),
  });
  const share = 0.5 + 0.5 * random.uniform();
  for (;;) {
    const now = planCampaign(spec, lookup());
    if (now.ready.length === 0) {
      const tasks = [...now.events.keys()].sort().join();
      return { resultHash: campaignResultHash(now), tables: tablesOf(spec, now), tasks };
    }
    const drawn = now.ready.map((task) => ({ task, place: random.uniform() })).sort((a, b) => a.place - b.place);
    const count = Math.max(1, Math.round(share * drawn.length));
    for (const { task } of drawn.slice(0, count)) {
      const event = plan.events.get(task.taskId);
      expect(event, task.purpose).toBeDefined();
      arrived.set(task.taskId, event!);
    }
  }
}

describe('the order in which results arrive', () => {
  const seedOf = (k: number): string => (0x0a41 + k).toString(16).padStart(16, '0');

  it('changes neither the tasks of a campaign nor its result hash nor its tables', () => {
    const { spec } = loaded;
    const tasks = [...plan.events.keys()].sort().join();
    const wanted: Ended = { resultHash: campaignResultHash(plan), tables: tablesOf(spec, plan), tasks };
    for (let k = 0; k < 5; k++) expect(arrive(spec, seedOf(k)), `seed ${seedOf(k)}`).toEqual(wanted);
  });

  it('changes nothing in 95 orders more, of the part with one level and two runs of the scheme', () => {
    const { spec } = loaded;
    const { validation: _validation, ...scheme } = spec.schemes!.bulk!;
    const { variance: _variance, ...rest } = spec;
    const runs = spec.dynamics.runs.filter(({ potential }) => potential === 'reference');
    const part = { ...rest, schemes: { bulk: { ...scheme, levels: [2] } }, dynamics: { ...spec.dynamics, runs } };
    const wanted = arrive(part, seedOf(1000));
    expect(wanted.tables).toContain('learning/bulk.2.L2.md.2/added');
    for (let k = 0; k < 95; k++) expect(arrive(part, seedOf(k)), `seed ${seedOf(k)}`).toEqual(wanted);
  });
});

describe('worker threads', () => {
  it(
    'give the result hash and the tables of the inline executor, three of them',
    async () => {
      const args = ['run', learningSpec, '--store', join(folder, 'three'), '--workers', '3'];
      const report = await varveJson<RunReport>(args);
      expect(report.resultHash).toBe(campaignResultHash(plan));
      expect(report.tables).toEqual(JSON.parse(tablesOf(loaded.spec, plan)));
    },
    RUN_MS,
  );

  it(
    'killed in the midst of learning, and going on each time, end in the same',
    async () => {
      const dir = join(folder, 'killed');
      copyFirstEvents(store.dir, dir, 120);
      await killRepeatedly(LEARNING, dir, 4, new RandomStream('5eed5eed00000004', 0));
      const report = await runToTheEnd(LEARNING, dir);
      expect(report.resultHash).toBe(campaignResultHash(plan));
      expect(report.tables).toEqual(JSON.parse(tablesOf(loaded.spec, plan)));
    },
    RUN_MS,
  );
});
