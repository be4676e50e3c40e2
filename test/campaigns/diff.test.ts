import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameHistory } from '../../src/audit/diff/diff-histories.ts';
import { findSubject } from '../../src/audit/diff/diff-sides.ts';
import { type Comparison, diffSubjects } from '../../src/audit/diff/diff-subjects.ts';
import { explainNotReusedCell, explainNotReusedEvent } from '../../src/audit/diff/not-reused.ts';
import { findCell } from '../../src/campaign/campaign-view.ts';
import { listCampaigns } from '../../src/campaign/open-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import type { Executor } from '../../src/execution/executor.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import { readState, writeState } from '../../src/formats/md-state-bundle.ts';
import { openStore, type Store } from '../../store/store.ts';
import { projectRoot, varve, varveJson } from './cli-process.ts';

/** Twelve of the real labels, 54 lines each. */
const labels = readFileSync(join(projectRoot, 'examples/labels/li6ps5cl-gpaw-pw400.extxyz'), 'utf8')
  .split('\n')
  .slice(0, 12 * 54)
  .join('\n');
const cell = 'tableV/ordered/D300';

/** Without physical meaning, and done in a second or two. */
const specText = `
varve: 1
name: small
seed: 1
elements: [Li, P, S, Cl]
labels:
  gpaw: { file: labels.extxyz, method: { engine: GPAW, version: 22.8.0, functional: PBE, settings: plane waves } }
trainingSets:
  all: { labels: [gpaw], validationEvery: 6 }
potentials:
  level-4: { trainingSet: all, level: 4, preIterations: 1, maxIterations: 3 }
structures:
  ordered: { prototype: { name: argyrodite, latticeConstantA: 10.25 }, rattleA: 0.05 }
dynamics:
  timeStepFs: 2
  equilibration: { timePs: 0.02 }
  production: { timePs: 0.08, sampleEveryFs: 4 }
  segmentPs: 0.04
  watch: { maxDriftEvPerAtom: 10, maxTemperatureFactor: 100, pairDistanceFraction: 0.1 }
  runs:
    - { structure: ordered, potential: level-4, temperaturesK: [300, 400], members: 2 }
analysis:
  mobileSpecies: Li
  fitWindow: [0.4, 1.0]
  alphaRange: [-10, 10]
`;

let folder: string;
let store: Store;
const campaigns = new Map<string, string>();

const edited = (from: string, to: string): string => {
  expect(specText).toContain(from);
  return specText.replaceAll(from, to);
};

async function run(into: Store, text: string, executor: Executor = inlineExecutor(into.blobs)): Promise<void> {
  const path = join(folder, 'spec.yaml');
  writeFileSync(path, text);
  await runCampaign({ store: into, loaded: loadSpec(path), executor });
}

/** Runs a variant in the common store, and keeps the id of its campaign. */
async function runVariant(name: string, text: string): Promise<void> {
  await run(store, text);
  campaigns.set(name, listCampaigns(store).at(-1)!.eventId);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-diff-'));
  writeFileSync(join(folder, 'labels.extxyz'), labels);
  store = openStore({ dir: join(folder, 'store'), mode: 'write', create: true });
  await runVariant('base', specText);
  await runVariant('production', edited('timePs: 0.08', 'timePs: 0.1'));
  await runVariant('shorter', edited('timePs: 0.08', 'timePs: 0.06'));
  await runVariant('member', edited('members: 2', 'members: 3'));
  await runVariant('iterations', edited('maxIterations: 3', 'maxIterations: 4'));
  await runVariant('renamed', edited('ordered', 'other'));
  await runVariant('seed', edited('seed: 1', 'seed: 2'));
  const energy = /energy=(-\d+\.\d+)/.exec(labels)![1]!;
  writeFileSync(join(folder, 'labels.extxyz'), labels.replace(energy, String(Number(energy) + 0.001)));
  await runVariant('labels', specText);
  writeFileSync(join(folder, 'labels.extxyz'), labels);
}, 300_000);
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

const compare = (a: string, b: string, ofCell?: string): Comparison => {
  const subject = (name: string) => findSubject(store, campaigns.get(name) ?? name);
  const { comparisons } = diffSubjects(subject(a), subject(b), ofCell);
  expect(comparisons).toHaveLength(1);
  return comparisons[0]!;
};

const kindsOf = (events: Comparison['history']['onlyInA']): string[] =>
  [...new Set(events.map(({ core }) => core.task.kind))].sort();

/** Kind and differing fields of each parting. */
const partingsOf = ({ history }: Comparison, first: boolean): string[] =>
  history.partings
    .filter((parting) => parting.first === first)
    .map(({ a, fields, inputs }) => [a.core.task.kind, ...[...fields, ...inputs].map(({ field }) => field)].join(' '))
    .sort();

describe('diff of campaigns', () => {
  it('of a spec and the same with comments and keys in another order is none: it is one campaign', async () => {
    const before = store.log.size;
    const [head, ...rest] = specText.split('\nanalysis:\n');
    await run(store, `# A comment.\nanalysis:\n${rest.join('')}\n${head}`);
    expect(store.log.size).toBe(before);
    const comparison = compare('base', 'base');
    expect(comparison).toMatchObject({ same: true, spec: [], cells: [] });
    expect(comparison.history.shared).toBe(23);
  });

  it('of a longer production is the segments that the analyses take', () => {
    const comparison = compare('base', 'production');
    expect(comparison.spec).toEqual([{ field: 'dynamics.production.timePs', a: 0.08, b: 0.1 }]);
    expect(partingsOf(comparison, true)).toEqual(Array(4).fill('analysis.diffusion inputs.trajectory'));
    expect(partingsOf(comparison, false)).toEqual([]);
    for (const { inputs } of comparison.history.partings) expect(inputs[0]).toMatchObject({ same: 2, onlyInA: [] });
    expect(comparison.history).toMatchObject({ followers: 3, shared: 16, onlyInA: [] });
    expect(comparison.history.onlyInB).toHaveLength(4);
  });

  it('of a shorter production is the number of steps of the last segments', () => {
    const comparison = compare('base', 'shorter');
    expect(partingsOf(comparison, true)).toEqual(Array(4).fill('md.run params.steps'));
    expect(comparison.history.partings[0]!.fields).toEqual([{ field: 'params.steps', a: 20, b: 10 }]);
    expect(comparison.history).toMatchObject({ followers: 7, shared: 12, onlyInA: [], onlyInB: [] });
  });

  it('of one member more is the runs that are averaged', () => {
    const comparison = compare('base', 'member');
    expect(comparison.spec).toEqual([{ field: 'dynamics.runs[0].members', a: 2, b: 3 }]);
    expect(partingsOf(comparison, true)).toEqual(Array(2).fill('analysis.replicas inputs.members'));
    expect(comparison.history).toMatchObject({ followers: 1, shared: 20, onlyInA: [] });
    expect(kindsOf(comparison.history.onlyInB)).toEqual(['analysis.diffusion', 'md.run']);
  });

  it('of more iterations is that field of the fit; all else follows', () => {
    const comparison = compare('base', 'iterations');
    expect(comparison.history.partings).toHaveLength(1);
    expect(comparison.history.partings[0]).toMatchObject({
      first: true,
      fields: [{ field: 'params.maxIterations', a: 3, b: 4 }],
      inputs: [],
    });
    expect(comparison.history).toMatchObject({ followers: 19, shared: 3, onlyInA: [], onlyInB: [] });
  });

  it('of a renamed structure is the seeds that derive from its name', () => {
    const comparison = compare('base', 'renamed');
    expect(partingsOf(comparison, true)).toEqual(['structure.create params.seed']);
    expect(partingsOf(comparison, false)).toEqual(Array(4).fill('md.run params.start.seed'));
    expect(comparison.history).toMatchObject({ followers: 15, shared: 3, onlyInA: [], onlyInB: [] });
  });

  it('of another seed is every seed', () => {
    const comparison = compare('base', 'seed');
    expect(comparison.spec).toEqual([{ field: 'seed', a: 1, b: 2 }]);
    expect(partingsOf(comparison, true)).toEqual(['potential.fit params.start.seed', 'structure.create params.seed']);
    expect(partingsOf(comparison, false)).toEqual(Array(4).fill('md.run params.start.seed'));
  });

  it('of a label file with one other number is that file', () => {
    const comparison = compare('base', 'labels');
    expect(partingsOf(comparison, true)).toEqual(['blob.import params.sha256']);
    expect(partingsOf(comparison, false)).toEqual([]);
    expect(comparison.history).toMatchObject({ followers: 21, shared: 1 });
  });

  it('of one cell of both says how far apart the values are', () => {
    const { a, cells, history } = compare('base', 'iterations', cell);
    expect(a.cell).toBe(cell);
    expect(cells).toHaveLength(1);
    expect(cells[0]!.difference).toBe(cells[0]!.b!.value! - cells[0]!.a!.value!);
    expect(cells[0]!.intervalsOverlap).toBeTypeOf('boolean');
    expect(history.partings).toHaveLength(1);
  });

  it('of two rows of one campaign is what the rows differ in', () => {
    const { history } = compare(
      `${campaigns.get('base')}:diffusion/ordered/D-300K`,
      `${campaigns.get('base')}:diffusion/ordered/D-400K`,
    );
    const first = history.partings.filter((parting) => parting.first);
    expect(first.map(({ fields }) => fields.map(({ field }) => field))).toEqual(
      Array(2).fill(['params.start.seed', 'params.temperatureK']),
    );
  });
});

describe('diff of stores', () => {
  it('with the same spec finds nothing, and a bit that one run got wrong at exactly that event', async () => {
    const other = openStore({ dir: join(folder, 'sound'), mode: 'write', create: true });
    await run(other, edited('temperaturesK: [300, 400]', 'temperaturesK: [300]'));
    const wrong = openStore({ dir: join(folder, 'wrong'), mode: 'write', create: true });
    let segments = 0;
    const inline = inlineExecutor(wrong.blobs);
    await run(wrong, edited('temperaturesK: [300, 400]', 'temperaturesK: [300]'), {
      ...inline,
      async execute(assignment, options) {
        const result = await inline.execute(assignment, options);
        if (assignment.kind !== 'md.run' || ++segments !== 2) return result;
        const { state, meanTotalEnergyEv } = readState(result.outputs.state!.bytes, 'state');
        new Uint8Array(state.velocitiesAFs.buffer, state.velocitiesAFs.byteOffset)[0]! ^= 1;
        const bytes = writeState(state, meanTotalEnergyEv);
        return { ...result, outputs: { ...result.outputs, state: { ...result.outputs.state!, bytes } } };
      },
    });
    const stores = (a: Store, b: Store) => diffSubjects(findSubject(a, undefined), findSubject(b, undefined));
    expect(sameHistory(stores(other, other).comparisons[0]!.history)).toBe(true);
    const { comparisons } = stores(other, wrong);
    expect(comparisons).toHaveLength(1);
    const { partings, followers, onlyInA, onlyInB } = comparisons[0]!.history;
    expect(partings).toHaveLength(1);
    const segment = comparisons[0]!.a.purposes.get(partings[0]!.a.taskId);
    expect(segment).toBe('ordered, 300 K, member 1, production, segment 2 of 3');
    expect(partings[0]).toMatchObject({ first: true, sameTask: true, inputs: [] });
    expect(partings[0]!.fields.map(({ field }) => field)).toEqual(['outputs.state.hash']);
    // The last segment of that run, its diffusion, the mean.
    expect([followers, onlyInA.length, onlyInB.length]).toEqual([3, 0, 0]);
    other.close();
    wrong.close();

    const text = (await varve(['diff', join(folder, 'sound'), join(folder, 'wrong')])).stdout;
    expect(text).toContain('DIVERGENCE: md.run  ordered, 300 K, member 1, production, segment 2 of 3');
    expect(text).toContain(`varve replay --event ${partings[0]!.a.eventId.slice(0, 12)}`);
    const stated = ['diff', join(folder, 'sound'), join(folder, 'sound'), '--exit-code'];
    expect((await varve(stated)).code).toBe(0);
    expect((await varve(['diff', `small@${join(folder, 'sound')}`, `small@${join(folder, 'wrong')}`])).code).toBe(0);
    await varveJson([...stated.slice(0, 2), join(folder, 'wrong'), '--exit-code'], 1);
  });
});

describe('why a task was not reused', () => {
  const newestOfKind = (kind: string) => [...store.log.byKind(kind)].at(-1)!;

  it('is the field in which it differs from the nearest of an earlier campaign', () => {
    const opened = store.log.byEventId(campaigns.get('iterations')!)!.seq;
    const fit = [...store.log.byKind('potential.fit', opened)][0]!;
    const { task, withinCampaign, causes } = explainNotReusedEvent(store, fit);
    expect(withinCampaign).toBe(false);
    expect(task!.nearest!.difference).toEqual({
      fields: [{ field: 'params.maxIterations', a: 3, b: 4 }],
      inputs: [],
    });
    expect(causes).toEqual([]);
  });

  it('is followed to the task that ran first, and the counterpart is the one with the same role', () => {
    const opened = store.log.byEventId(campaigns.get('iterations')!)!.seq;
    const mean = [...store.log.byKind('analysis.replicas', opened)][0]!;
    const { task, causes, purposes } = explainNotReusedEvent(store, mean);
    expect(purposes.get(task!.nearest!.event.taskId)).toBe(purposes.get(mean.taskId));
    expect(task!.nearest!.difference.inputs).toMatchObject([{ field: 'inputs.members', same: 0 }]);
    expect(causes.map(({ event }) => event.core.task.kind)).toEqual(['potential.fit']);
    expect(causes[0]!.nearest!.difference.fields.map(({ field }) => field)).toEqual(['params.maxIterations']);
  });

  it('of a cell is the root causes alone', () => {
    const { view, cell: found } = findCell(store, `${campaigns.get('labels')}:${cell}`);
    const { reused, ran, causes } = explainNotReusedCell(store, view, found);
    expect(reused).toBe(1);
    expect(ran).toHaveLength(22);
    expect(causes).toHaveLength(1);
    expect(causes[0]!.event.core.task.kind).toBe('blob.import');
    expect(causes[0]!.nearest!.difference.fields.map(({ field }) => field)).toEqual(['params.sha256']);
  });

  it('is that nothing of its kind was there, in the first campaign', async () => {
    const [fit] = [...store.log.byKind('potential.fit')];
    const { task, withinCampaign } = explainNotReusedEvent(store, fit!);
    expect(task!.nearest).toBeUndefined();
    expect(withinCampaign).toBe(true);
    const { stdout } = await varve(['why', '--not-reused', String(fit!.seq), '--store', store.dir]);
    expect(stdout).toContain('no potential.fit was in the log before its campaign was opened');
  });

  it('is printed, and given as JSON', async () => {
    const mean = newestOfKind('analysis.replicas');
    const { stdout } = await varve(['why', '--not-reused', mean.eventId.slice(0, 8), '--store', store.dir]);
    expect(stdout).toContain('which ran anew itself');
    expect(stdout).toContain('params.sha256');
    const report = await varveJson<{ task: { seq: number }; causes: { kind: string }[] }>([
      'why',
      '--not-reused',
      mean.eventId,
      '--store',
      store.dir,
    ]);
    expect(report.task.seq).toBe(mean.seq);
    expect(report.causes.map(({ kind }) => kind)).toEqual(['blob.import']);
  });
});

describe('the words of diff', () => {
  const complaint = async (...words: string[]): Promise<string> => {
    const ended = await varve(['diff', ...words, '--store', store.dir]);
    expect(ended.code).toBe(2);
    return ended.stderr;
  };

  it('that mean nothing, or two unlike things, are refused with what is possible', async () => {
    expect(await complaint('small', '3')).toContain('A is a campaign, B is an event');
    expect(await complaint('nothing', 'small')).toMatch(/has nothing called nothing[\s\S]*campaign small/);
    expect(await complaint('a/b', 'small')).toContain('neither the folder of a store nor a cell');
    expect(await complaint('small', './no-store')).toContain('there is no store here');
    expect(await complaint('small', 'small', '--cell', 'tableV/none/D300')).toContain('no cell is called');
    expect(await complaint('3', '4', '--cell', cell)).toContain('--cell goes with two campaigns or two stores');
  });
});
