import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readManifest, writeManifest } from '../../src/formats/manifest.ts';
import { findDependants } from '../../src/projections/dependants.ts';
import type { TaskInput } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { eventOf, newFolder, open } from '../store/store-fixture.ts';

const dependantsOf = (store: Store, eventId: string): number[] =>
  findDependants(
    eventId,
    { log: store.log, manifest: (hash) => readManifest(store.blobs.get(hash), hash) },
    { dir: store.dir, code: 'test' },
  ).map(({ seq }) => seq);

describe('findDependants', () => {
  it('finds what a search through all inputs finds, through lists and manifests too', () => {
    const uses = fc.array(fc.tuple(fc.nat(), fc.constantFrom('plain', 'list', 'manifest')), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(uses, { minLength: 1, maxLength: 14 }), (events) => {
        const store = open(newFolder());
        const ids: string[] = [];
        const direct: number[][] = [];
        events.forEach((used, n) => {
          const inputs: { [name: string]: TaskInput } = {};
          const targets = n === 0 ? [] : used.map(([at]) => at % n);
          targets.forEach((target, k) => {
            const ref = { event: ids[target]!, output: 'data' };
            const how = used[k]![1];
            if (how === 'manifest') {
              inputs[`i${k}`] = { manifest: store.blobs.put(writeManifest([{ ...ref, index: 0 }])).hash };
            } else inputs[`i${k}`] = how === 'list' ? [ref, [ref]] : ref;
          });
          direct.push(targets);
          ids.push(store.log.append([eventOf(n, { blobs: store.blobs, inputs })])[0]!.event.eventId);
        });
        ids.forEach((eventId, root) => {
          const affected = new Set([root]);
          direct.forEach((targets, n) => {
            if (targets.some((target) => affected.has(target))) affected.add(n);
          });
          affected.delete(root);
          expect(dependantsOf(store, eventId)).toEqual([...affected].map((n) => n + 1));
        });
        store.close();
      }),
      { numRuns: 12 },
    );
  });

  it('keeps a snapshot of a long log, and gives the same with it', () => {
    const store = open(newFolder());
    const first = store.log.append([eventOf(0, { blobs: store.blobs })])[0]!.event.eventId;
    const inputs = { from: { event: first, output: 'data' } };
    const fold = (from: number, count: number) =>
      store.log.append(
        Array.from({ length: count }, (_, n) => eventOf(from + n, { inputs: n % 1000 === 0 ? inputs : {} })),
      );
    fold(1, 5000);
    const before = dependantsOf(store, first);
    expect(before).toEqual([2, 1002, 2002, 3002, 4002]);
    expect(existsSync(join(store.dir, 'cache', 'projections', 'dependants'))).toBe(true);
    expect(dependantsOf(store, first)).toEqual(before);
    fold(5001, 1);
    expect(dependantsOf(store, first)).toEqual([...before, 5002]);
  });
});
