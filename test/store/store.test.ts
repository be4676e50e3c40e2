import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { applyMigrations, installedMigrations, loadMigrations } from '../../store/migrations.ts';
import { openStore } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { eventOf, fillChain, newFolder, open, refusal, tamper } from './store-fixture.ts';

/** A closed store with `count` events. */
function closedStore(count: number): string {
  const dir = newFolder();
  const store = open(dir);
  fillChain(store, count);
  store.close();
  return dir;
}

function sql(dir: string, text: string): void {
  const db = new Sqlite(join(dir, 'log.sqlite'));
  db.exec(text);
  db.close();
}

describe('openStore', () => {
  it('makes a store, folders above it included, and opens it again', () => {
    const dir = join(newFolder(), 'a', 'b');
    const store = open(dir);
    fillChain(store, 2);
    const hash = store.log.historyHash();
    store.close();
    store.close();
    const again = open(dir, 'read');
    expect([again.log.size, again.log.historyHash()]).toEqual([2, hash]);
    expect(readFileSync(join(dir, 'HEAD'), 'utf8')).toBe(`varve-head 1\n2 ${hash}\n`);
    expect(existsSync(join(dir, 'writer.json'))).toBe(false);
  });

  it('sets what docs/format.md promises of the database', () => {
    const db = new Sqlite(join(closedStore(1), 'log.sqlite'), { readonly: true });
    const simple = (name: string) => db.pragma(name, { simple: true });
    expect(simple('journal_mode')).toBe('wal');
    expect(simple('application_id')).toBe(0x76617276);
    expect(simple('user_version')).toBe(installedMigrations().length);
    db.close();
  });

  it('says so if there is no store, and makes none unasked', () => {
    const dir = join(newFolder(), 'none');
    refusal(() => openStore({ dir, mode: 'read' }), 'store-missing');
    refusal(() => openStore({ dir, mode: 'write' }), 'store-missing');
    refusal(() => openStore({ dir: newFolder(), mode: 'read' }), 'store-missing');
    refusal(() => verifyStore(dir), 'store-missing');
    expect(existsSync(dir)).toBe(false);
  });

  it('refuses a folder of something else, a file, and a path through a file, and leaves them alone', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'thesis.tex'), 'x');
    expect(refusal(() => open(folder), 'not-a-store').message).toContain('thesis.tex');
    refusal(() => open(join(folder, 'thesis.tex')), 'not-a-store');
    refusal(() => open(join(folder, 'thesis.tex', 'deeper')), 'store-io');
    refusal(() => verifyStore(join(folder, 'thesis.tex', 'deeper')), 'store-io');
    refusal(() => verifyStore(folder), 'not-a-store');
    expect(existsSync(join(folder, 'log.sqlite'))).toBe(false);
  });

  it('refuses a database of something else and changes none of its bytes', () => {
    const dir = newFolder();
    sql(dir, 'CREATE TABLE other (x)');
    const before = readFileSync(join(dir, 'log.sqlite'));
    refusal(() => open(dir), 'not-a-store');
    refusal(() => open(dir, 'read'), 'not-a-store');
    expect(readFileSync(join(dir, 'log.sqlite'))).toEqual(before);
    writeFileSync(join(dir, 'log.sqlite'), 'this is no database at all, however long it may be');
    refusal(() => open(dir), 'log-unreadable');
  });

  it('finishes a creation that a crash cut short', () => {
    const dir = newFolder();
    mkdirSync(join(dir, 'blobs'));
    writeFileSync(join(dir, 'writer.sqlite'), '');
    open(dir).close();
    rmSync(join(dir, 'HEAD'));
    writeFileSync(join(dir, 'HEAD.tmp'), 'varve-h');
    expect(open(dir, 'read').log.size).toBe(0);
    open(dir).close();
    expect(verifyStore(dir)).toMatchObject({ ok: true, events: 0 });
    const empty = newFolder();
    writeFileSync(join(empty, 'log.sqlite'), '');
    refusal(() => open(empty, 'read'), 'store-older');
    expect(open(empty).log.size).toBe(0);
  });

  it('refuses a store of a newer version and names both', () => {
    const dir = closedStore(1);
    sql(dir, 'PRAGMA user_version = 99');
    for (const mode of ['read', 'write'] as const) {
      const error = refusal(() => open(dir, mode), 'store-newer');
      expect(error.details).toMatchObject({
        found: 'version 99',
        expected: expect.stringContaining(`version ${installedMigrations().length}`),
      });
      expect(error.details.remedy).toContain('newer');
    }
    expect(verifyStore(dir).problems.map(({ code }) => code)).toEqual(['store-newer']);
  });
});

describe('the schema of an opened store', () => {
  it.each([
    ['a foreign trigger', 'CREATE TRIGGER evil AFTER INSERT ON event BEGIN SELECT 1; END'],
    ['a foreign view', 'CREATE VIEW evil AS SELECT * FROM event'],
    ['a foreign table', 'CREATE TABLE evil (x)'],
    ['a foreign index', 'CREATE INDEX evil ON event (kind)'],
    ['a missing trigger', 'DROP TRIGGER event_no_delete'],
    [
      'a changed trigger',
      'DROP TRIGGER event_no_delete; CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT 1; END',
    ],
    [
      'a view in the place of a table',
      'ALTER TABLE event RENAME TO hidden; CREATE VIEW event AS SELECT * FROM hidden WHERE seq < 2',
    ],
  ])('refuses %s', (_name, change) => {
    const dir = closedStore(2);
    sql(dir, change);
    refusal(() => open(dir), 'schema-differs');
    refusal(() => open(dir, 'read'), 'schema-differs');
    const report = verifyStore(dir);
    expect(report.ok).toBe(false);
    expect(report.problems.some(({ code }) => code === 'schema-differs')).toBe(true);
  });

  it('escapes control characters of hostile names', () => {
    const dir = closedStore(1);
    sql(dir, 'CREATE TABLE "\u001b[2Jevil\u202e" (x)');
    const error = refusal(() => open(dir), 'schema-differs');
    expect(error.message).toContain('\\u{1b}[2Jevil\\u{202e}');
    const printed = JSON.stringify(verifyStore(dir)) + error.message + JSON.stringify(error.details);
    expect(printed).not.toMatch(/[\u001b\u202e]|\\u001b/);
  });
});

describe('migrations', () => {
  it('refuses a store whose recorded migrations are not those of the program', () => {
    const dir = closedStore(1);
    tamper(dir, (db) => db.exec(`UPDATE migration SET sha256 = '${'0'.repeat(64)}' WHERE applied = 1`));
    const error = refusal(() => open(dir), 'migration-drift');
    expect(error.message).toContain(installedMigrations()[0]!.sha256);
    refusal(() => open(dir, 'read'), 'migration-drift');
    expect(verifyStore(dir)).toMatchObject({ ok: false, events: 1, problems: [{ code: 'migration-drift' }] });
  });

  it('go forward from where a store is, each once', () => {
    const folder = newFolder();
    cpSync(new URL('../../migrations', import.meta.url).pathname, folder, { recursive: true });
    const first = loadMigrations(folder);
    const number = String(first.length + 1).padStart(4, '0');
    writeFileSync(join(folder, `${number}_more.sql`), 'CREATE TABLE more (x INTEGER) STRICT;');
    const all = loadMigrations(folder);
    const db = new Sqlite(':memory:');
    applyMigrations(db, first, 0);
    applyMigrations(db, all, first.length);
    expect(db.pragma('user_version', { simple: true })).toBe(all.length);
    expect(db.prepare('SELECT name, sha256 FROM migration ORDER BY applied').all()).toEqual(
      all.map(({ name, sha256 }) => ({ name, sha256 })),
    );
    db.close();
    writeFileSync(join(folder, '0099_gap.sql'), '');
    refusal(() => loadMigrations(folder), 'bad-migration');
  });

  it('are applied whole or not at all', () => {
    const db = new Sqlite(':memory:');
    const bad = { name: '0002_bad.sql', sql: 'CREATE TABLE half (x); CREATE TABLE half (x);', sha256: '0'.repeat(64) };
    applyMigrations(db, installedMigrations(), 0);
    expect(() => applyMigrations(db, [...installedMigrations(), bad], installedMigrations().length)).toThrow();
    expect(db.pragma('user_version', { simple: true })).toBe(installedMigrations().length);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    db.close();
  });

  /** These files are recorded by hash in every store: they may be added to, never edited. */
  it('are the ones that were released', () => {
    expect(installedMigrations().map(({ name, sha256 }) => [name, sha256])).toEqual([
      ['0001_event_log.sql', '0a0619129d953b11a8e435e59c5589074dcc7701094a9af495d44774443c4d37'],
      ['0002_event_kind.sql', '029e644007450e56814f2b582179ff096f50ca47f424189097a7a011f700e5b7'],
    ]);
  });
});

describe('HEAD', () => {
  it('is brought up after a crash between a commit and HEAD', () => {
    const dir = closedStore(3);
    const behind = readFileSync(join(dir, 'HEAD'));
    const store = open(dir);
    store.log.append([eventOf(7), eventOf(8)]);
    const hash = store.log.historyHash();
    store.close();
    writeFileSync(join(dir, 'HEAD'), behind);
    expect(verifyStore(dir)).toMatchObject({ ok: true, events: 5, historyHash: hash });
    const reader = open(dir, 'read');
    expect(reader.log.historyHash()).toBe(hash);
    expect(readFileSync(join(dir, 'HEAD'))).toEqual(behind);
    open(dir).close();
    expect(readFileSync(join(dir, 'HEAD'), 'utf8')).toBe(`varve-head 1\n5 ${hash}\n`);
  });

  it('tells how many events a cut-off tail had', () => {
    const dir = closedStore(3);
    const earlier = join(newFolder(), 'earlier');
    cpSync(dir, earlier, { recursive: true });
    const store = open(dir);
    store.log.append([eventOf(7), eventOf(8)]);
    store.close();
    cpSync(join(earlier, 'log.sqlite'), join(dir, 'log.sqlite'));
    for (const mode of ['read', 'write'] as const) {
      const error = refusal(() => open(dir, mode), 'tail-lost');
      expect(error.message).toContain('2 events are missing');
    }
    expect(verifyStore(dir).problems).toMatchObject([{ code: 'tail-lost', found: '3 events' }]);
  });

  it('does not fit another log', () => {
    const dir = closedStore(3);
    const other = newFolder();
    const store = open(other);
    store.log.append([1, 2, 3, 4].map((n) => eventOf(n)));
    store.close();
    cpSync(join(other, 'log.sqlite'), join(dir, 'log.sqlite'));
    refusal(() => open(dir), 'history-differs');
    expect(verifyStore(dir).problems.map(({ code }) => code)).toContain('history-differs');
  });

  it('is missed when it is gone from a log with events, and so is the log', () => {
    const dir = closedStore(2);
    const copy = join(newFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    rmSync(join(dir, 'HEAD'));
    refusal(() => open(dir), 'head-missing');
    expect(verifyStore(dir).problems).toMatchObject([{ code: 'head-missing' }]);
    rmSync(join(copy, 'log.sqlite'));
    refusal(() => open(copy), 'log-missing');
    expect(existsSync(join(copy, 'log.sqlite'))).toBe(false);
    expect(verifyStore(copy).problems[0]).toMatchObject({ code: 'log-missing' });
  });
});
