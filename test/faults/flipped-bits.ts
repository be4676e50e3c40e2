/** A store of a few events, small in every byte, and what a flipped bit in its files does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { NewEvent, StoredEvent, TaskInput } from '../../store/event.ts';
import { openStore } from '../../store/store.ts';
import { StoreError } from '../../store/store-error.ts';
import { type VerifyReport, verifyStore } from '../../store/verify.ts';

export const EVENTS = 8;

/** With outputs, references, a list, a manifest, a campaign, a violation and an outcome that failed. */
export function makeSmallStore(dir: string): void {
  const store = openStore({ dir, mode: 'write', create: true });
  const manifest = store.blobs.put(Buffer.from('[]')).hash;
  const eventOf = (n: number, inputs: { [name: string]: TaskInput } = {}, kind = 'a.b'): NewEvent => ({
    core: {
      task: { kind, v: 1, params: { n }, inputs },
      class: 'exact',
      outcome: { status: 'done' },
      outputs: { x: { ...store.blobs.put(Buffer.from(`${n}`)), mediaType: 'a/b' } },
      results: {},
    },
    attestation: {},
    obs: {},
  });
  const append = (event: NewEvent): TaskInput => ({
    event: store.log.append([event])[0]!.event.eventId,
    output: 'x',
  });
  append(eventOf(1, {}, 'campaign.open'));
  const second = append(eventOf(2));
  const third = append(eventOf(3, { i: second }));
  append(eventOf(4, { i: [second, third] }));
  append(eventOf(5, { set: { manifest } }));
  append({ ...eventOf(2), core: { ...eventOf(2).core, results: { other: 1.5 } } });
  const failed = eventOf(7);
  append({ ...failed, core: { ...failed.core, outcome: { status: 'failed', error: {} }, outputs: {} } });
  append(eventOf(8, {}, 'recovery'));
  store.close();
}

export function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
}

/** What readers see of an event: all that results and tables are made of. */
const essence = ({ seq, eventId, core }: StoredEvent) => ({ seq, eventId, core });

export interface SoundStore {
  readonly dir: string;
  readonly report: VerifyReport;
  readonly events: readonly ReturnType<typeof essence>[];
}

export async function describeSound(dir: string): Promise<SoundStore> {
  const store = openStore({ dir, mode: 'read' });
  try {
    return { dir, report: await verifyStore(dir), events: [...store.log.events()].map(essence) };
  } finally {
    store.close();
  }
}

/** Flips each of these bits of `log.sqlite`: `verify` must name it, or nothing that anybody reads may differ. */
export async function demandCaughtOrWithoutEffect(sound: SoundStore, bits: Iterable<number>): Promise<number> {
  const path = join(sound.dir, 'log.sqlite');
  const bytes = readFileSync(path);
  let caught = 0;
  for (const bit of bits) {
    writeFileSync(path, flipped(bytes, bit));
    const report = await verifyStore(sound.dir);
    if (report.ok) expect(report, `bit ${bit}`).toEqual(sound.report);
    else caught += 1;
    const read = readEssence(sound.dir);
    if (read !== null) expect(read, `bit ${bit}`).toEqual(sound.events);
    else expect(report.ok, `bit ${bit} stops readers`).toBe(false);
  }
  writeFileSync(path, bytes);
  return caught;
}

/** null where opening or reading is refused. */
function readEssence(dir: string): SoundStore['events'] | null {
  let store: ReturnType<typeof openStore> | undefined;
  try {
    store = openStore({ dir, mode: 'read' });
    return [...store.log.events()].map(essence);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  } finally {
    store?.close();
  }
}
