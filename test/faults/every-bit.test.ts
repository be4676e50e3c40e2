/**
 * Every bit of a small store, flipped in turn: of each column of each event, of each blob and of HEAD, each is caught
 * and named. Of the rest of the database file, bits at a fixed stride (all of them in `every-bit.soak.ts`).
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyStore } from '../../store/verify.ts';
import { checkEventRow, type VerifiedRow, verifiedColumns } from '../../store/verify-event.ts';
import { tamper } from '../store/store-fixture.ts';
import {
  demandCaughtOrWithoutEffect,
  describeSound,
  EVENTS,
  flipped,
  makeSmallStore,
  type SoundStore,
} from './flipped-bits.ts';
import { memoryFolder } from './memory-folder.ts';

const textColumns = ['kind', 'core', 'attestation', 'obs'];
const hashColumns = ['event_id', 'task_id', 'attestation_hash', 'obs_hash', 'leaf'];
/** A prime, so that all places in a page and all bits in a byte are met. */
const STRIDE = 997;

let folder: string;
let sound: SoundStore;
let rows: VerifiedRow[];

beforeAll(async () => {
  folder = memoryFolder();
  const dir = join(folder, 'store');
  makeSmallStore(dir);
  sound = await describeSound(dir);
  const db = new Sqlite(join(dir, 'log.sqlite'), { readonly: true });
  rows = db.prepare(`SELECT ${verifiedColumns} FROM event ORDER BY seq`).all() as VerifiedRow[];
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Places of the problems of a row after this bit of this column was flipped. */
function placesOf(row: VerifiedRow, column: string, bit: number): string[] {
  const changed = { ...row, [column]: flipped(row[column] as Buffer, bit) };
  return checkEventRow(changed).problems.map(({ where }) => where);
}

describe('a flipped bit', () => {
  it('is none in a sound store', () => {
    expect(sound.report).toMatchObject({ ok: true, events: EVENTS, problems: [] });
    expect(rows.flatMap((row) => checkEventRow(row).problems)).toEqual([]);
  });

  it.each([...textColumns, ...hashColumns])('in the column %s of any event is named by event and column', (column) => {
    for (const row of rows) {
      const ending = `column ${column}`;
      const bits = (row[column] as Buffer).length * 8;
      for (let bit = 0; bit < bits; bit += 1) {
        const places = placesOf(row, column, bit);
        const named = places.filter((place) => place.startsWith(`event ${row.seq} (`) && place.endsWith(ending));
        if (named.length !== 1 || places.length > 2) expect.fail(`${ending}, event ${row.seq}, bit ${bit}: ${places}`);
      }
    }
  });

  it('in any column of any event is told by verify as by the check of its row', async () => {
    const column = fc.constantFrom(...textColumns, ...hashColumns);
    await fc.assert(
      fc.asyncProperty(column, fc.constantFrom(...rows), fc.nat(), async (name, row, at) => {
        const bytes = row[name] as Buffer;
        const bit = at % (bytes.length * 8);
        const value = textColumns.includes(name) ? 'CAST(? AS TEXT)' : '?';
        const change = `UPDATE event SET ${name} = ${value} WHERE seq = ?`;
        const before = readFileSync(join(sound.dir, 'log.sqlite'));
        tamper(sound.dir, (db) => db.prepare(change).run(flipped(bytes, bit), row.seq));
        const { problems } = await verifyStore(sound.dir);
        writeFileSync(join(sound.dir, 'log.sqlite'), before);
        expect(problems.map(({ where }) => where)).toEqual(expect.arrayContaining(placesOf(row, name, bit)));
      }),
      { numRuns: 80 },
    );
  });

  it('in the number of any event is named', async () => {
    const before = readFileSync(join(sound.dir, 'log.sqlite'));
    for (let seq = 1; seq <= EVENTS; seq += 1) {
      for (let bit = 0; bit < 64; bit += 1) {
        const other = BigInt.asIntN(64, BigInt(seq) ^ (1n << BigInt(bit)));
        if (other >= 1n && other <= BigInt(EVENTS)) continue;
        tamper(sound.dir, (db) => {
          db.pragma('ignore_check_constraints = ON');
          db.prepare('UPDATE event SET seq = ? WHERE seq = ?').run(other, seq);
        });
        const { problems } = await verifyStore(sound.dir);
        writeFileSync(join(sound.dir, 'log.sqlite'), before);
        const places = problems.filter(({ code }) => code === 'log-gap').map(({ where }) => where);
        expect(places.length, `event ${seq}, bit ${bit}`).toBeGreaterThan(0);
      }
    }
  });

  it('in any blob is named by its path', async () => {
    const files = readdirSync(join(sound.dir, 'blobs'), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const path = join(file.parentPath, file.name);
      const bytes = readFileSync(path);
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        writeFileSync(path, flipped(bytes, bit));
        const { problems } = await verifyStore(sound.dir);
        expect(problems.map(({ code, where }) => [code, where])).toEqual([['blob-corrupt', path]]);
      }
      writeFileSync(path, bytes);
    }
  });

  it('in HEAD is named', async () => {
    const path = join(sound.dir, 'HEAD');
    const head = readFileSync(path);
    for (let bit = 0; bit < head.length * 8; bit += 1) {
      writeFileSync(path, flipped(head, bit));
      const { problems } = await verifyStore(sound.dir);
      expect(problems, `bit ${bit}`).toHaveLength(1);
      expect(problems[0]!.where + problems[0]!.what).toContain('HEAD');
    }
    writeFileSync(path, head);
  });

  it('in any other place of the database is named, or changes nothing that anybody reads', async () => {
    const bits = readFileSync(join(sound.dir, 'log.sqlite')).length * 8;
    const chosen = Array.from({ length: Math.floor(bits / STRIDE) }, (_, k) => k * STRIDE);
    expect(await demandCaughtOrWithoutEffect(sound, chosen)).toBeGreaterThan(0);
  });
});
