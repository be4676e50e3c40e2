/** Packs that a spec names as its history: what they hold is taken in, and a faulty one changes nothing. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planCampaign } from '../../src/campaign/plan.ts';
import { correctedLog } from '../../src/campaign/planner.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { readLabelBundle } from '../../src/formats/label-bundle.ts';
import { readManifest } from '../../src/formats/manifest.ts';
import { readMtp } from '../../src/formats/mtp.ts';
import { readStandings } from '../../src/projections/standing.ts';
import { deriveTrainingSet } from '../../src/projections/training-set.ts';
import { findKind } from '../../src/tasks/registry.ts';
import { importPack } from '../../store/pack-import.ts';
import { openStore } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { type Ended, microSpec, projectRoot, type RunReport, varve, varveJson } from './cli-process.ts';
import { copyMicroStore } from './micro-store.ts';

const referenceSpec = join(projectRoot, 'examples/argyrodite-reference.yaml');
const referencePack = join(projectRoot, 'examples/argyrodite-reference.pack');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'varve-history-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the history of the reference potential', () => {
  it('holds the fit that its spec asks for, with the labels and training set that the spec names', async () => {
    const dir = join(folder, 'reference');
    await importPack(referencePack, dir);
    expect((await verifyStore(dir)).problems).toEqual([]);
    const store = openStore({ dir, mode: 'read' });
    const { spec } = loadSpec(referenceSpec);
    const plan = planCampaign(spec, correctedLog(store, readStandings(store)));
    const [fit] = plan.potentials.reference!;
    expect(fit, 'the fit that the spec asks for today is in the pack').toBeDefined();
    expect(plan.ready.map(({ task }) => task.kind)).not.toContain('potential.fit');
    for (const { core } of plan.events.values()) expect(findKind(core.task.kind, core.task.v).v).toBe(core.task.v);

    const labels = ['gpaw', 'gpaw-close'].map((name) => plan.labels[name]!);
    const { training, validation } = deriveTrainingSet(labels, spec.trainingSets.dft!.validationEvery);
    const { inputs, params } = fit!.core.task;
    for (const [name, wanted] of Object.entries({ training, validation })) {
      const { manifest } = inputs[name] as { manifest: string };
      expect(store.blobs.get(manifest)).toEqual(Buffer.from(wanted!));
      for (const { event, index } of readManifest(wanted!, name)) {
        const { hash } = store.log.byEventId(event)!.core.outputs.labels!;
        expect(index).toBeLessThan(readLabelBundle(store.blobs.get(hash), hash).length);
      }
    }
    expect(labels.map(({ core }) => core.results.configurations)).toEqual([60, 35]);
    expect(params).toMatchObject({ level: 12, maxIterations: 300 });
    const potential = readMtp(Buffer.from(store.blobs.get(fit!.core.outputs.potential!.hash)).toString(), 'potential');
    expect(potential).toMatchObject({ name: 'level-12', speciesCount: 4 });
    store.close();
  });
});

/** The micro campaign with a history, in a folder of its own. */
function specWithHistory(name: string, pack: string): { readonly spec: string; readonly line: number } {
  const path = join(folder, name);
  mkdirSync(join(path, 'labels'), { recursive: true });
  const file = 'labels/li6ps5cl-gpaw-pw400.extxyz';
  copyFileSync(join(projectRoot, 'examples', file), join(path, file));
  const text = readFileSync(microSpec, 'utf8').replace('\nlabels:', `\nhistory:\n  - ${pack}\nlabels:`);
  writeFileSync(join(path, 'spec.yaml'), text);
  return { spec: join(path, 'spec.yaml'), line: text.split('\n').findIndex((row) => row.startsWith('history:')) + 1 };
}

describe('a spec that names its history', () => {
  const run = (spec: string, store: string): Promise<Ended> => varve(['run', spec, '--store', store]);
  let pack: string;
  let source: string;
  beforeAll(async () => {
    [source, pack] = [join(folder, 'source'), join(folder, 'micro.pack')];
    await copyMicroStore(source);
    await varveJson(['export', '--store', source, '--out', pack, '--campaign', 'argyrodite-micro']);
  }, 300_000);

  it('takes it in once, has nothing left to compute, and is the same campaign', async () => {
    const { spec } = specWithHistory('sound', '../micro.pack');
    const store = join(folder, 'taken-in');
    const first = await run(spec, store);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/argyrodite-micro: \d+ events taken in from .*micro\.pack: /);
    const again = await run(spec, store);
    expect(again.stderr).not.toMatch(/taken in/);
    expect(again.stdout).toBe(first.stdout);
    const [withHistory, without] = [
      await varveJson<RunReport>(['run', spec, '--store', store]),
      await varveJson<RunReport>(['run', microSpec, '--store', source]),
    ];
    expect(withHistory).toEqual(without);
    const { campaigns } = await varveJson<{ campaigns: unknown[] }>(['status', '--store', store]);
    expect(campaigns).toHaveLength(1);
  });

  it('that is not there is refused with the line that names it, before there is a store', async () => {
    const { spec, line } = specWithHistory('missing', 'none.pack');
    const store = join(folder, 'no-store-1');
    const { code, stderr } = await run(spec, store);
    expect(code).toBe(2);
    expect(stderr).toMatch(/none\.pack: the pack is not there/);
    expect(stderr).toMatch(new RegExp(`spec\\.yaml:${line + 1}: history\\[0\\]`));
    expect(existsSync(store)).toBe(false);
  });

  it('that is damaged is refused with place and line, and leaves no store behind, or one unchanged', async () => {
    const { spec, line } = specWithHistory('damaged', 'damaged.pack');
    const bytes = readFileSync(pack);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(folder, 'damaged', 'damaged.pack'), bytes);
    const store = join(folder, 'no-store-2');
    for (const dir of [store, source]) {
      const before = existsSync(dir) ? await verifyStore(dir) : undefined;
      const { code, stderr } = await run(spec, dir);
      expect(code).toBe(1);
      expect(stderr).toMatch(/damaged\.pack byte \d+/);
      expect(stderr).toMatch(new RegExp(`asked for by .*spec\\.yaml:${line + 1}: history\\[0\\]. Get the pack again`));
      if (before !== undefined) expect(await verifyStore(dir)).toEqual(before);
    }
    expect(existsSync(store) ? readdirSync(store) : []).toEqual([]);
  });

  it('that is no pack at all is wrong use, and refused likewise', async () => {
    const { spec, line } = specWithHistory('other', 'spec.yaml');
    const { code, stderr } = await run(spec, join(folder, 'no-store-3'));
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`spec\\.yaml:${line + 1}: history\\[0\\]`));
    expect(existsSync(join(folder, 'no-store-3'))).toBe(false);
  });
});
