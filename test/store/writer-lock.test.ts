import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../store/store.ts';
import { verifyStore } from '../../store/verify.ts';
import { currentWriter } from '../../store/writer-lock.ts';
import { eventOf, newFolder, open, refusal } from './store-fixture.ts';

const root = new URL('../..', import.meta.url).pathname;
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Takes the lock as `writer-lock.ts` does, in a process of its own, and keeps it for `holdMs`. */
async function holdLock(dir: string, holdMs: number): Promise<ChildProcess> {
  return startNode(
    `import Sqlite from 'better-sqlite3';
     import { writeFileSync } from 'node:fs';
     const db = new Sqlite(${JSON.stringify(join(dir, 'writer.sqlite'))});
     db.exec('BEGIN EXCLUSIVE');
     const note = { pid: process.pid, since: '2026-01-01T00:00:00Z', holder: 'night run \\u001b[31m' };
     writeFileSync(${JSON.stringify(join(dir, 'writer.json'))}, JSON.stringify(note));
     console.log('ready');
     setTimeout(() => db.close(), ${holdMs});`,
  );
}

async function startNode(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: root });
  children.push(child);
  let complaint = '';
  child.stderr!.on('data', (data) => {
    complaint += data;
  });
  await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error(complaint || 'the child ended at once'))),
  ]);
  return child;
}

describe('the writer lock', () => {
  it('lets one writer in, in one process too, and any number of readers', () => {
    const dir = newFolder();
    const first = open(dir);
    const note = JSON.parse(readFileSync(join(dir, 'writer.json'), 'utf8'));
    expect(note).toEqual({ pid: process.pid, since: expect.any(String), holder: 'test' });
    const error = refusal(() => open(dir), 'store-locked');
    expect(error.message).toContain(`test, process ${process.pid}`);
    open(dir, 'read');
    open(dir, 'read');
    refusal(() => open(dir), 'store-locked');
    first.log.append([eventOf(1)]);
    first.close();
    expect(open(dir).log.size).toBe(1);
  });

  it('tells others who holds it, to the last moment, and is held on while they ask', async () => {
    const dir = newFolder();
    expect(currentWriter(dir)).toBe(undefined);
    const store = open(dir);
    const link = join(newFolder(), 'link');
    symlinkSync(dir, link);
    for (const path of [dir, link])
      expect(currentWriter(path)).toEqual({ pid: process.pid, since: expect.any(String) });
    refusal(() => open(dir), 'store-locked');
    // As another process sees it.
    const { stdout } = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import Sqlite from 'better-sqlite3';
         const db = new Sqlite(${JSON.stringify(join(dir, 'writer.sqlite'))}, { timeout: 0 });
         try { db.exec('BEGIN EXCLUSIVE'); console.log('free'); } catch (error) { console.log(error.code); }`,
      ],
      { cwd: root, encoding: 'utf8' },
    );
    expect(stdout).toBe('SQLITE_BUSY\n');
    store.close();
    expect(currentWriter(dir)).toBe(undefined);
    const holder = await holdLock(dir, 60_000);
    expect(currentWriter(dir)).toEqual({ pid: holder.pid, since: '2026-01-01T00:00:00Z' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(join(dir, 'writer.json'))).toBe(true);
    expect(currentWriter(dir)).toBe(undefined);
  });

  it('stays held while the store is verified in the same process', () => {
    const dir = newFolder();
    open(dir).log.append([eventOf(1)]);
    expect(verifyStore(dir).ok).toBe(true);
    refusal(() => open(dir), 'store-locked');
  });

  it('names the process that holds it, and is free at once when that is killed', async () => {
    const dir = newFolder();
    open(dir).close();
    const holder = await holdLock(dir, 60_000);
    const error = refusal(() => open(dir), 'store-locked');
    expect(error.message).toContain(`night run \\u{1b}[31m, process ${holder.pid}`);
    expect(open(dir, 'read').log.size).toBe(0);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(join(dir, 'writer.json'))).toBe(true);
    const store = open(dir, 'write', 0);
    expect(store.log.append([eventOf(1)])[0]!.appended).toBe(true);
  });

  it('is waited for, 5 s if nothing else is said', async () => {
    const dir = newFolder();
    open(dir).close();
    await holdLock(dir, 300);
    const store = open(dir, 'write', 10_000);
    store.close();
    open(dir);
    const start = performance.now();
    const error = refusal(() => openStore({ dir, mode: 'write' }), 'store-locked');
    expect((performance.now() - start) / 1000).toBeGreaterThan(4);
    expect(error.details.expected).toContain('5 s');
  });
});
