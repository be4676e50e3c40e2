import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepStore } from '../../store/sweep.ts';
import { verifyStore } from '../../store/verify.ts';
import { eventOf, fillChain, newFolder, open, tamper } from './store-fixture.ts';

const files = (dir: string): string[] =>
  readdirSync(join(dir, 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();

describe('sweepStore', () => {
  it('removes exactly the temporary files and the blobs that no event names, whatever was put and appended', async () => {
    const step = fc.oneof(
      fc.record({ orphan: fc.string() }),
      fc.record({ temporary: fc.nat() }),
      fc.record({ output: fc.string(), manifest: fc.option(fc.string(), { nil: undefined }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const dir = newFolder();
        const store = open(dir);
        const named = new Set<string>();
        const put = (text: string): string => store.blobs.put(Buffer.from(text)).hash;
        for (const [n, taken] of steps.entries()) {
          if ('orphan' in taken) put(taken.orphan);
          else if ('temporary' in taken) writeFileSync(join(dir, 'blobs', `.tmp-${taken.temporary}`), 'half');
          else {
            const manifest = taken.manifest === undefined ? undefined : put(taken.manifest);
            const inputs = manifest === undefined ? {} : { set: [{ manifest }] };
            const event = eventOf(n, { blobs: store.blobs, output: Buffer.from(taken.output), inputs });
            store.log.append([event]);
            for (const hash of [event.core.outputs.data!.hash, manifest]) if (hash !== undefined) named.add(hash);
          }
        }
        store.close();
        const before = files(dir);
        const counted = await verifyStore(dir);
        const planned = await sweepStore({ dir, dryRun: true });
        expect(files(dir)).toEqual(before);
        expect(await sweepStore({ dir })).toEqual(planned);
        expect(planned.orphanBlobs).toHaveLength(counted.orphanBlobs);
        expect(planned.temporaryFiles).toHaveLength(counted.temporaryFiles);
        expect(files(dir)).toEqual([...named].map((hash) => `blobs/${hash.slice(0, 2)}/${hash.slice(2)}`).sort());
        expect(await verifyStore(dir)).toEqual({ ...counted, orphanBlobs: 0, temporaryFiles: 0 });
      }),
      { numRuns: 25 },
    );
  });

  it('says how many bytes each had, and leaves what does not belong for verify to name', async () => {
    const dir = newFolder();
    const store = open(dir);
    fillChain(store, 2);
    store.blobs.put(Buffer.from('orphan'));
    store.close();
    writeFileSync(join(dir, 'blobs', '.tmp-00'), 'half');
    mkdirSync(join(dir, 'blobs', '.tmp-folder'));
    symlinkSync(join(dir, 'HEAD'), join(dir, 'blobs', '.tmp-link'));
    writeFileSync(join(dir, 'blobs', 'note.txt'), 'mine');
    const { orphanBlobs, temporaryFiles } = await sweepStore({ dir });
    expect(orphanBlobs.map(({ bytes }) => bytes)).toEqual([6]);
    expect(temporaryFiles).toEqual([{ path: '.tmp-00', bytes: 4 }]);
    expect((await verifyStore(dir)).problems.map(({ code }) => code)).toEqual(Array(3).fill('blob-misnamed'));
    expect(existsSync(join(dir, 'HEAD'))).toBe(true);
  });

  it('removes nothing where the log is not sound, or is being written', async () => {
    const dir = newFolder();
    const store = open(dir);
    fillChain(store, 3);
    store.blobs.put(Buffer.from('orphan'));
    await expect(sweepStore({ dir, lockWaitMs: 0 })).rejects.toMatchObject({ code: 'store-locked' });
    store.close();
    const before = files(dir);
    tamper(dir, (db) => db.exec(`UPDATE event SET attestation = '{"code":"other"}' WHERE seq = 2`));
    await expect(sweepStore({ dir })).rejects.toMatchObject({ code: 'log-corrupt' });
    rmSync(join(dir, 'HEAD'));
    await expect(sweepStore({ dir })).rejects.toMatchObject({ code: 'head-missing' });
    expect(files(dir)).toEqual(before);
  });
});
