import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRecipe } from '../../../src/audit/purge/find-blob.ts';
import { demandRecomputable, purgeBlob } from '../../../src/audit/purge/purge.ts';
import { purgedBlobs } from '../../../src/audit/purge/purged-blobs.ts';
import { rematerialise } from '../../../src/audit/purge/rematerialise.ts';
import { replayEvents } from '../../../src/audit/replay/replay.ts';
import { inlineExecutor } from '../../../src/execution/inline-executor.ts';
import { InputError } from '../../../src/numerics/input-error.ts';
import { openStore, type Store } from '../../../store/store.ts';
import { verifyStore } from '../../../store/verify.ts';
import { varve, varveJson } from '../../campaigns/cli-process.ts';
import { runAltered, withOutput } from '../replay/altered-campaign.ts';

let folder: string;
/** One trajectory in it is not what this machine computes. */
let original: string;
let copies = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-purge-'));
  original = join(folder, 'original');
  const append = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes, 10]);
  const last = { kind: 'analysis.arrhenius', which: 1 };
  (
    await runAltered(original, [
      { ...last, alter: (result) => withOutput(result, Object.keys(result.outputs)[0]!, append) },
    ])
  ).close();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withCopy<T>(use: (store: Store) => Promise<T>): Promise<T> {
  copies += 1;
  const dir = join(folder, `copy-${copies}`);
  cpSync(original, dir, { recursive: true });
  const store = openStore({ dir, mode: 'write' });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const record = { attestation: {}, startedAt: '2026-01-01T00:00:00Z' };
const refusedWith = (code: string) => (error: unknown) => error instanceof InputError && error.code === code;

/** A production run's trajectory, and the first analysis that rests on it. */
function runAndAnalysis(store: Store) {
  const analysis = [...store.log.byKind('analysis.diffusion')][0]!;
  const [reference] = analysis.core.task.inputs.trajectory as { event: string }[];
  return { run: store.log.byEventId(reference!.event)!, analysis };
}

describe('purge', () => {
  it('drops the bytes, keeps hash and recipe, changes no result hash, and the bytes come back', async () => {
    await withCopy(async (store) => {
      const { run } = runAndAnalysis(store);
      const { hash } = run.core.outputs.trajectory!;
      const bytes = store.blobs.get(hash);
      const before = await verifyStore(store.dir);
      const executor = inlineExecutor(store.blobs);
      const recipe = findRecipe(store, `${run.seq}:trajectory`);
      expect(recipe).toMatchObject({ hash, event: { seq: run.seq } });
      await demandRecomputable(store, recipe, executor);
      purgeBlob(store, recipe, 'too large', record);
      expect(store.blobs.has(hash)).toBe(false);
      expect([...purgedBlobs(store.log)]).toEqual([hash]);
      const purged = await verifyStore(store.dir);
      expect(purged).toMatchObject({ ok: true, purgedBlobs: 1, resultHash: before.resultHash });
      expect(await rematerialise(store, findRecipe(store, hash), executor)).toEqual([hash]);
      expect(store.blobs.get(hash)).toEqual(bytes);
      expect(await verifyStore(store.dir)).toMatchObject({ ok: true, purgedBlobs: 0 });
      expect(await rematerialise(store, recipe, executor)).toEqual([]);
      // Purged again for the same reason: another fact, so another event.
      purgeBlob(store, recipe, 'too large', record);
      expect([...store.log.byKind('purge')].map(({ core }) => core.task.params.attempt)).toEqual([undefined, 2]);
    });
  });

  it('leaves a replay that needs the bytes undecided, and one that only gives them as it was', async () => {
    await withCopy(async (store) => {
      const { run, analysis } = runAndAnalysis(store);
      const executor = inlineExecutor(store.blobs);
      purgeBlob(store, findRecipe(store, `${run.seq}:trajectory`), 'too large', record);
      const verdicts = await replayEvents({ store, events: [run, analysis], executor });
      expect(verdicts.map(({ verdict }) => verdict)).toEqual(['identical', 'not-comparable']);
      expect(verdicts[1]!.why).toMatch(/purged: bring it back with varve rematerialise [0-9a-f]{64}/);
    });
  });

  it('refuses what cannot come back: files from outside, lists of inputs, bytes that this machine does not give', async () => {
    await withCopy(async (store) => {
      const imported = [...store.log.byKind('blob.import')][0]!;
      const fit = [...store.log.byKind('potential.fit')][0]!;
      const { manifest } = fit.core.task.inputs.training as { manifest: string };
      expect(() => findRecipe(store, imported.core.outputs.content!.hash)).toThrow(/cannot be computed anew/);
      expect(() => findRecipe(store, manifest)).toThrow(/list of its inputs/);
      expect(() => findRecipe(store, '0'.repeat(64))).toThrow(/no event names this blob/);
      expect(() => findRecipe(store, '3:nothing')).toThrow(/expected one of/);
      expect(() => findRecipe(store, 'x')).toThrow(/names no blob/);
      const line = [...store.log.byKind('analysis.arrhenius')][0]!;
      const recipe = findRecipe(store, `${line.seq}:${Object.keys(line.core.outputs)[0]}`);
      await expect(demandRecomputable(store, recipe, inlineExecutor(store.blobs))).rejects.toSatisfy(
        refusedWith('not-recomputable'),
      );
    });
  });
});

describe('rematerialise', () => {
  it('computes first what the recipe needs and is gone too', async () => {
    await withCopy(async (store) => {
      const { run, analysis } = runAndAnalysis(store);
      const msd = analysis.core.outputs.msd!.hash;
      purgeBlob(store, findRecipe(store, msd), 'too large', record);
      purgeBlob(store, findRecipe(store, `${run.seq}:trajectory`), 'too large', record);
      const restored = await rematerialise(store, findRecipe(store, msd), inlineExecutor(store.blobs));
      expect(restored).toEqual([run.core.outputs.trajectory!.hash, msd]);
      expect(await verifyStore(store.dir)).toMatchObject({ ok: true });
    });
  });

  it('mends a blob whose bytes are damaged', async () => {
    await withCopy(async (store) => {
      const { run } = runAndAnalysis(store);
      const { hash } = run.core.outputs.trajectory!;
      writeFileSync(store.blobs.path(hash), 'damaged');
      expect(await rematerialise(store, findRecipe(store, hash), inlineExecutor(store.blobs))).toEqual([hash]);
      expect(await verifyStore(store.dir)).toMatchObject({ ok: true });
    });
  });

  it('puts nothing back where other bytes come out', async () => {
    await withCopy(async (store) => {
      const line = [...store.log.byKind('analysis.arrhenius')][0]!;
      const recipe = findRecipe(store, Object.values(line.core.outputs)[0]!.hash);
      purgeBlob(store, recipe, 'unchecked', record);
      await expect(rematerialise(store, recipe, inlineExecutor(store.blobs))).rejects.toSatisfy(
        refusedWith('recomputed-differs'),
      );
      expect(store.blobs.has(recipe.hash)).toBe(false);
    });
  });
});

describe('on the command line', () => {
  it('purge shows first that the bytes come back, and rematerialise --all brings back what is not there', async () => {
    const dir = await withCopy(async (store) => store.dir);
    const { run } = await withCopy(async (store) => runAndAnalysis(store));
    const report = await varveJson<{ blob: string; checked: boolean }>([
      'purge',
      `${run.seq}:trajectory`,
      '--reason',
      'too large',
      '--store',
      dir,
    ]);
    expect(report).toMatchObject({ blob: run.core.outputs.trajectory!.hash, checked: true });
    const twice = await varve(['purge', report.blob, '--reason', 'again', '--store', dir]);
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('rematerialise') });
    expect(await varveJson(['rematerialise', '--all', '--store', dir])).toEqual({ restored: [report.blob] });
    expect((await varve(['purge', report.blob, '--store', dir])).code).toBe(2);
  });
});
