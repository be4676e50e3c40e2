/**
 * Compares everything that SQLite's schema holds with what the migrations give in an empty database: a foreign
 * trigger, view, index or table could change what reading or writing does, so none is tolerated, nor a changed one.
 */
import Sqlite, { type Database } from 'better-sqlite3';
import { applyMigrations, type Migration } from './migrations.ts';
import { StoreError } from './store-error.ts';

interface SchemaItem {
  type: string;
  name: string;
  tbl_name: string;
  sql: string | null;
}

export function schemaDifferences(db: Database, migrations: readonly Migration[], where: string): StoreError[] {
  const expected = new Map(expectedSchema(migrations).map((item) => [keyOf(item), item]));
  const problems: StoreError[] = [];
  for (const item of schemaOf(db)) {
    const key = keyOf(item);
    const same = expected.get(key);
    expected.delete(key);
    if (same !== undefined && same.sql === item.sql && same.tbl_name === item.tbl_name) continue;
    problems.push(difference(where, same === undefined ? `a foreign ${key}` : `a changed ${key}`, same?.sql, item.sql));
  }
  for (const [key, item] of expected) problems.push(difference(where, `no ${key}`, item.sql, undefined));
  return problems;
}

function expectedSchema(migrations: readonly Migration[]): SchemaItem[] {
  const db = new Sqlite(':memory:');
  try {
    applyMigrations(db, migrations, 0);
    return schemaOf(db);
  } finally {
    db.close();
  }
}

function schemaOf(db: Database): SchemaItem[] {
  return db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all() as SchemaItem[];
}

function keyOf(item: SchemaItem): string {
  return `${item.type} ${item.name}`;
}

function difference(where: string, what: string, expected?: string | null, found?: string | null): StoreError {
  return new StoreError('schema-differs', `the schema has ${what}`, {
    where,
    expected: shorten(expected) ?? 'none',
    found: shorten(found) ?? 'none',
    remedy: 'Do not use this file as a store: it was altered by something else.',
  });
}

function shorten(sql: string | null | undefined): string | undefined {
  return sql == null ? undefined : sql.slice(0, 200);
}
