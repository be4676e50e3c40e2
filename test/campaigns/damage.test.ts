import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/numerics/philox.ts';
import { microSpec, type VerifyReport, varve } from './cli-process.ts';

let folder: string;
let original: string;
const random = new RandomStream('00000000da3a9e00', 0);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-damage-'));
  original = join(folder, 'original');
  expect((await varve(['run', microSpec, '--store', original])).code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Verifies a copy of the store after `damage`, as a user would. */
async function verifyDamaged(name: string, damage: (store: string) => void): Promise<VerifyReport> {
  const store = join(folder, name);
  cpSync(original, store, { recursive: true });
  damage(store);
  const { code, stdout } = await varve(['verify', '--store', store, '--json']);
  expect(code).toBe(1);
  rmSync(store, { recursive: true });
  return JSON.parse(stdout) as VerifyReport;
}

function flipByte(path: string): void {
  const bytes = readFileSync(path);
  const at = random.integer(bytes.length);
  bytes[at] = bytes[at]! ^ (1 << random.integer(8));
  writeFileSync(path, bytes);
}

/** Changes one byte of a column of a row behind the store's back, past its triggers. */
function flipColumn(store: string, seq: number, column: string): void {
  const database = new Sqlite(join(store, 'log.sqlite'));
  const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) database.exec(`DROP TRIGGER "${name}"`);
  const { value } = database.prepare(`SELECT ${column} AS value FROM event WHERE seq = ?`).get(seq) as {
    value: Buffer | string;
  };
  const bytes = Buffer.from(value as string);
  const at = random.integer(bytes.length);
  // A digit or a letter for another, so that texts stay texts.
  bytes[at] = bytes[at]! ^ 1;
  database
    .prepare(`UPDATE event SET ${column} = ? WHERE seq = ?`)
    .run(typeof value === 'string' ? bytes.toString('utf8') : bytes, seq);
  for (const { sql } of triggers) database.exec(sql);
  database.close();
}

describe('a changed byte in the store of a real campaign is found by verify and named', () => {
  it('in any blob', async () => {
    const blobs = (readdirSync(join(original, 'blobs'), { recursive: true }) as string[]).filter((path) =>
      statSync(join(original, 'blobs', path)).isFile(),
    );
    for (let n = 0; n < 4; n++) {
      const path = blobs[random.integer(blobs.length)]!;
      const report = await verifyDamaged('blob', (store) => flipByte(join(store, 'blobs', path)));
      expect(report.problems.map((problem) => problem.where).join(' ')).toContain(path);
    }
  });

  it.each(['event_id', 'task_id', 'kind', 'core', 'attestation', 'attestation_hash', 'obs', 'obs_hash', 'leaf'])(
    'in the column %s of an event',
    async (column) => {
      const seq = 1 + random.integer(40);
      const report = await verifyDamaged('row', (store) => flipColumn(store, seq, column));
      expect(report.problems.map((problem) => problem.where).join('\n')).toMatch(new RegExp(`event ${seq}\\b`));
    },
  );

  it('in HEAD', async () => {
    const report = await verifyDamaged('head', (store) => flipByte(join(store, 'HEAD')));
    expect(report.problems.some((problem) => problem.where.includes('HEAD'))).toBe(true);
  });
});
