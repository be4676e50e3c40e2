/** Every bit of the database file of a small store, and of every column of the events of a real campaign. */
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkEventRow, type VerifiedRow, verifiedColumns } from '../../store/verify-event.ts';
import { demandCaughtOrWithoutEffect, describeSound, flipped, makeSmallStore } from './flipped-bits.ts';
import { memoryFolder } from './memory-folder.ts';

const HOURS = 3_600_000;
const golden = fileURLToPath(new URL('../golden/stores/0.1.0/store/log.sqlite', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = memoryFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a flipped bit', () => {
  it(
    'in any place of the database is named, or changes nothing that anybody reads',
    async () => {
      const dir = join(folder, 'store');
      makeSmallStore(dir);
      const bits = readFileSync(join(dir, 'log.sqlite')).length * 8;
      const all = Array.from({ length: bits }, (_, bit) => bit);
      expect(await demandCaughtOrWithoutEffect(await describeSound(dir), all)).toBeGreaterThan(0);
    },
    2 * HOURS,
  );

  it('in any column of any event of a real campaign is named', () => {
    const copy = join(folder, 'golden.sqlite');
    copyFileSync(golden, copy);
    const db = new Sqlite(copy, { readonly: true });
    const rows = db.prepare(`SELECT ${verifiedColumns} FROM event`).all() as VerifiedRow[];
    db.close();
    for (const row of rows) {
      for (const [column, bytes] of Object.entries(row)) {
        if (!Buffer.isBuffer(bytes)) continue;
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const { problems } = checkEventRow({ ...row, [column]: flipped(bytes, bit) });
          const places = problems.map(({ where }) => where);
          if (!places.some((place) => place.endsWith(`column ${column}`)))
            expect.fail(`${column}, bit ${bit}: ${places}`);
        }
      }
    }
    expect(rows.length).toBeGreaterThan(40);
  });
});
