/**
 * Migrations: `migrations/NNNN_name.sql`, applied in the order of their numbers, forward only. Each runs in one
 * transaction together with the record of its name and SHA-256 and the raised `user_version`, so a store is always at
 * one version. The recorded hashes are compared with the files whenever a store is opened.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { sha256Hex } from './hash.ts';
import { packageRoot } from './package-root.ts';
import { StoreError } from './store-error.ts';

export interface Migration {
  name: string;
  sql: string;
  sha256: string;
}

let installed: Migration[] | undefined;

/** Those that come with this program. */
export function installedMigrations(): Migration[] {
  installed ??= loadMigrations(join(packageRoot(), 'migrations'));
  return installed;
}

export function loadMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return names.map((name, index) => {
    const number = String(index + 1).padStart(4, '0');
    if (!/^[0-9]{4}_[a-z0-9_]+\.sql$/.test(name) || !name.startsWith(`${number}_`)) {
      throw new StoreError('bad-migration', 'migrations are numbered without gaps', {
        where: join(folder, name),
        expected: `${number}_name.sql`,
      });
    }
    const bytes = readFileSync(join(folder, name));
    return { name, sql: bytes.toString('utf8'), sha256: sha256Hex(bytes) };
  });
}

/** Applies those after the first `applied` ones. */
export function applyMigrations(db: Database, migrations: readonly Migration[], applied: number): void {
  for (let index = applied; index < migrations.length; index += 1) {
    const { name, sql, sha256 } = migrations[index]!;
    const apply = db.transaction(() => {
      db.exec(sql);
      db.prepare('INSERT INTO migration (applied, name, sha256) VALUES (?, ?, ?)').run(index + 1, name, sha256);
      db.pragma(`user_version = ${index + 1}`);
    });
    apply.exclusive();
  }
}

/** What differs between the migrations that a store records and those given. */
export function migrationDrift(db: Database, migrations: readonly Migration[], where: string): StoreError[] {
  const rows = db.prepare('SELECT applied, name, sha256 FROM migration ORDER BY applied').all() as Record<
    string,
    unknown
  >[];
  const problems: StoreError[] = [];
  for (let index = 0; index < Math.max(rows.length, migrations.length); index += 1) {
    const row = rows[index];
    const migration = migrations[index];
    if (row?.applied === index + 1 && row.name === migration?.name && row.sha256 === migration?.sha256) continue;
    problems.push(
      new StoreError('migration-drift', `migration ${index + 1} of the store is not the one of this program`, {
        where: `${where} table migration`,
        expected: migration === undefined ? 'none' : `${migration.name} with SHA-256 ${migration.sha256}`,
        found: row === undefined ? 'none' : `${String(row.name)} with SHA-256 ${String(row.sha256)}`,
        remedy: 'Use the program that wrote the store, or restore the file in migrations/.',
      }),
    );
  }
  return problems;
}
