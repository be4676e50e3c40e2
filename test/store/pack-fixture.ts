/** Stores of random content, and packs taken apart and put together again by hand. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { StoredEvent, TaskInput } from '../../store/event.ts';
import { sha256Hex } from '../../store/hash.ts';
import { packMagic } from '../../store/pack-record.ts';
import type { Store } from '../../store/store.ts';
import { eventOf, newFolder, open } from './store-fixture.ts';

/** One event of a random store: what it gives, and which earlier events it uses (numbers are taken modulo their count). */
export interface Step {
  readonly kind: string;
  readonly observed: boolean;
  readonly output: Uint8Array | null;
  readonly uses: readonly number[];
  readonly manifest: Uint8Array | null;
  readonly obs: string;
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.integer({ min: 0, max: 3 }).map((n) => Buffer.alloc(900, n)),
);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('test.count', 'test.sum', 'campaign.open'),
    observed: fc.boolean(),
    output: fc.option(bytes),
    uses: fc.array(fc.nat(100), { maxLength: 3 }),
    manifest: fc.option(bytes, { freq: 4 }),
    obs: fc.string({ unit: 'binary', maxLength: 10 }),
  }),
  { maxLength: 24 },
);

export function fill(store: Store, content: readonly Step[]): void {
  const withOutput: string[] = [];
  content.forEach(({ kind, observed, output, uses, manifest, obs }, n) => {
    const inputs: { [name: string]: TaskInput } = {};
    if (withOutput.length > 0 && uses.length > 0) {
      inputs.used = uses.map((use) => ({ event: withOutput[use % withOutput.length]!, output: 'data' }));
    }
    if (manifest !== null) inputs.set = { manifest: store.blobs.put(manifest).hash };
    const event = eventOf(n, {
      kind,
      class: observed ? 'observed' : 'exact',
      inputs,
      ...(output === null ? {} : { blobs: store.blobs, output }),
    });
    const [result] = store.log.append([{ ...event, obs: { note: obs } }]);
    if (output !== null) withOutput.push(result!.event.eventId);
  });
}

export function newStore(content: readonly Step[] = []): Store {
  const store = open(join(newFolder(), 'store'));
  fill(store, content);
  return store;
}

/** Numbers in the log of these events and of all that their inputs name. */
export function closureOf(store: Store, seqs: readonly number[]): number[] {
  const chosen = new Set<number>();
  const add = (event: StoredEvent): void => {
    if (chosen.has(event.seq)) return;
    chosen.add(event.seq);
    for (const { event: eventId } of (event.core.task.inputs.used ?? []) as { event: string }[]) {
      add(store.log.byEventId(eventId)!);
    }
  };
  for (const event of store.log.events()) if (seqs.includes(event.seq)) add(event);
  return [...chosen].sort((a, b) => a - b);
}

export interface RawRecord {
  readonly letter: string;
  readonly payload: Buffer;
}

export function takeApart(pack: Buffer): RawRecord[] {
  const records: RawRecord[] = [];
  for (let at = packMagic.length; at < pack.length - 32; ) {
    const length = pack.readUInt32LE(at + 1);
    records.push({
      letter: pack.toString('latin1', at, at + 1),
      payload: Buffer.from(pack.subarray(at + 5, at + 5 + length)),
    });
    at += 5 + length;
  }
  return records;
}

/** With the right SHA-256 at the end, whatever the records say. */
export function putTogether(records: readonly RawRecord[]): Buffer {
  const parts = records.map(({ letter, payload }) =>
    Buffer.concat([Buffer.from(letter), uint32(payload.length), payload]),
  );
  return sealed(Buffer.concat([Buffer.from(packMagic), ...parts]));
}

export function sealed(content: Buffer): Buffer {
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

export function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

export function uint64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

/** Every path below a folder, with the SHA-256 of files: to see that nothing was written. What SQLite's readers leave does not count. */
export function contentOf(folder: string): { readonly [path: string]: string } {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).sort();
  return Object.fromEntries(
    paths.flatMap((path) => {
      const full = join(folder, path);
      const stat = lstatSync(full);
      if (path.endsWith('-shm') || (path.endsWith('-wal') && stat.size === 0)) return [];
      return [[path, stat.isFile() ? sha256Hex(readFileSync(full)) : 'no file']];
    }),
  );
}

export function writePackFile(content: Uint8Array): string {
  const path = join(newFolder(), 'a.pack');
  writeFileSync(path, content);
  return path;
}
