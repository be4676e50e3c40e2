import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectEvent } from '../../src/audit/hand-over/selection.ts';
import { KERNEL_KEEP, keepKernels, keptKernels } from '../../src/execution/kept-kernels.ts';
import { sha256Hex } from '../../store/hash.ts';
import { openStore, type Store } from '../../store/store.ts';
import { copyMicroStore } from '../campaigns/micro-store.ts';

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-kernels-'));
  await copyMicroStore(join(folder, 'store'));
  store = openStore({ dir: join(folder, 'store'), mode: 'write', create: false });
}, 60_000);
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the kernels of a campaign', () => {
  it('are kept as blobs that are WebAssembly modules, each once, by events before those that they computed', () => {
    const kept = [...store.log.byKind(KERNEL_KEEP)];
    const computed = ['potential.fit', 'md.run'].flatMap((kind) => [...store.log.byKind(kind)]);
    expect(new Set(computed.flatMap(({ attestation }) => attestation.wasm))).toEqual(
      new Set(kept.map(({ core }) => core.outputs.module!.hash)),
    );
    expect(kept).toHaveLength(2);
    for (const { core } of kept) {
      const bytes = store.blobs.get(core.outputs.module!.hash);
      expect(() => new WebAssembly.Module(Uint8Array.from(bytes))).not.toThrow();
    }
    for (const event of computed) expect(keptKernels(store, [event])[0]!.seq).toBeLessThan(event.seq);
  });

  it('are handed over with what they computed, and are no part of its result', () => {
    const [run] = [...store.log.byKind('md.run')];
    const { seqs } = selectEvent(store, run!.eventId);
    const handed = [...seqs].map((seq) => store.log.bySeq(seq)!.core.task.kind);
    // That of the run, and that of the fit which it rests on.
    expect(handed.filter((kind) => kind === KERNEL_KEEP)).toHaveLength(2);
  });

  it('are not kept twice', () => {
    const [kept] = [...store.log.byKind(KERNEL_KEEP)];
    const bytes = store.blobs.get(kept!.core.outputs.module!.hash);
    const before = store.log.size;
    const [again] = store.log.append(keepKernels(store, [bytes], {}));
    expect(again!.event.eventId).toBe(kept!.eventId);
    expect(store.log.size).toBe(before);
    expect(sha256Hex(bytes)).toBe(kept!.core.task.params.module);
  });
});
