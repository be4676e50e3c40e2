/** Stores and files that somebody made to do harm: refused or survived, with nothing written. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCampaign } from '../../src/campaign/open-campaign.ts';
import type { CampaignSpec } from '../../src/campaign/spec.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { sha256Hex } from '../../store/hash.ts';
import { openStore } from '../../store/store.ts';

import { StoreError } from '../../store/store-error.ts';
import { verifyStore } from '../../store/verify.ts';
import { type Ended, microSpec, varve } from '../campaigns/cli-process.ts';
import { eventOf, fillChain, forge, newFolder, open, refusal } from '../store/store-fixture.ts';
import { memoryFolder } from './memory-folder.ts';

/** Clears a screen, rings, turns text around, ends a line, in one byte and in two. */
const EVIL = 'x\u001b[2J\u0007\u009b31m\u202e\u2028\u007f\nvarve: all is well';
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

function closedStore(): string {
  const dir = newFolder();
  const store = open(dir);
  fillChain(store, 2);
  store.close();
  return dir;
}

/** Every path below a store with its size, but for the writer's lock and what SQLite makes in order to read. */
const listing = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(({ name }) => !/^writer\.|-(shm|wal)$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path} ${statSync(path, { throwIfNoEntry: false })?.size}`)
    .sort();

describe('log.sqlite', () => {
  const pipe = (path: string) => execFileSync('mkfifo', [path]);
  it.each<[string, (path: string) => void, RegExp]>([
    [
      'a symbolic link to the log of another',
      (path) => symlinkSync(join(closedStore(), 'log.sqlite'), path),
      /not-a-store/,
    ],
    ['a symbolic link to nothing', (path) => symlinkSync('nowhere', path), /not-a-store/],
    ['a named pipe', pipe, /not-a-store/],
    ['a folder', (path) => mkdirSync(path), /not-a-store/],
    ['text', (path) => writeFileSync(path, 'dear diary\n'.repeat(500)), /log-unreadable/],
    ['nothing but a terabyte of zeros', (path) => sparse(path, 2 ** 40), /log-unreadable/],
    ['a database with another application_id', (path) => pragma(path, 'application_id = 1'), /not-a-store/],
    ['a store with a virtual table', (path) => change(path, 'CREATE VIRTUAL TABLE v USING fts5(x)'), /schema-differs/],
    [
      'a store with a generated column',
      (path) => change(path, 'ALTER TABLE event ADD y TEXT AS (kind)'),
      /schema-differs/,
    ],
    [
      'a store whose index lies',
      (path) => change(path, 'DROP INDEX event_kind; CREATE INDEX event_kind ON event (seq)'),
      /schema-differs/,
    ],
  ])('that is %s is refused, by reader, writer and verify', async (_name, make, code) => {
    const dir = closedStore();
    const path = join(dir, 'log.sqlite');
    if (!/store with|database with|store whose/.test(_name)) rmSync(path);
    make(path);
    const before = listing(dir);
    for (const mode of ['read', 'write'] as const) {
      expect(codeOf(() => openStore({ dir, mode, lockWaitMs: 0 }))).toMatch(code);
    }
    expect((await verifyStore(dir)).problems.map((problem) => problem.code).join()).toMatch(code);
    expect(listing(dir)).toEqual(before);
  });

  const sparse = (path: string, bytes: number) => {
    writeFileSync(path, '');
    truncateSync(path, bytes);
  };
  const change = (path: string, sql: string) => {
    const db = new Sqlite(path);
    db.exec(sql);
    db.close();
  };
  const pragma = (path: string, text: string) => change(path, `PRAGMA ${text}`);
  const codeOf = (step: () => unknown): string => {
    try {
      step();
    } catch (error) {
      if (error instanceof StoreError) return error.code;
      throw error;
    }
    return 'opened';
  };

  it('with a tail of a terabyte of zeros after the last page holds what it held', async () => {
    const dir = closedStore();
    truncateSync(join(dir, 'log.sqlite'), 2 ** 40);
    expect(await verifyStore(dir)).toMatchObject({ events: 2 });
  });
});

describe('HEAD', () => {
  /** What was there goes to `HEAD.tmp`. */
  const instead = (path: string, make: () => void) => {
    renameSync(path, `${path}.tmp`);
    make();
  };
  it.each<[string, (path: string) => void]>([
    ['a terabyte', (path) => truncateSync(path, 2 ** 40)],
    ['a named pipe', (path) => instead(path, () => execFileSync('mkfifo', [path]))],
    ['a folder', (path) => instead(path, () => mkdirSync(path))],
    ['a symbolic link to a good one', (path) => instead(path, () => symlinkSync('HEAD.tmp', path))],
  ])('that is %s is refused', async (_name, make) => {
    const dir = closedStore();
    make(join(dir, 'HEAD'));
    for (const mode of ['read', 'write'] as const) {
      expect(() => openStore({ dir, mode, lockWaitMs: 0 })).toThrow(StoreError);
    }
    expect((await verifyStore(dir)).ok).toBe(false);
  });
});

describe('among the blobs', () => {
  it('pipes, links and folders are named by verify, and never waited for, followed or returned', async () => {
    const dir = closedStore();
    const store = open(dir, 'read');
    const [first, second] = [...store.log.events()].map(({ core }) => core.outputs.data!.hash);
    for (const hash of [first!, second!]) rmSync(store.blobs.path(hash));
    execFileSync('mkfifo', [store.blobs.path(first!)]);
    symlinkSync('/etc/hostname', store.blobs.path(second!));
    refusal(() => store.blobs.get(first!), 'not-a-file');
    refusal(() => store.blobs.get(second!), 'blob-io');
    const codes = (await verifyStore(dir)).problems.map(({ code }) => code).sort();
    expect(codes).toEqual(['blob-misnamed', 'blob-misnamed', 'blob-missing', 'blob-missing']);
  });

  it('a terabyte is not read into memory', () => {
    const store = open(closedStore(), 'read');
    const [event] = store.log.events();
    const { hash } = event!.core.outputs.data!;
    truncateSync(store.blobs.path(hash), 2 ** 40);
    refusal(() => store.blobs.get(hash), 'file-too-large');
  });

  it('a hundred thousand tiny ones are counted, in bounded memory', async () => {
    const folder = memoryFolder();
    try {
      const dir = join(folder, 'store');
      openStore({ dir, mode: 'write', create: true }).close();
      for (let n = 0; n < 100_000; n += 1) plantBlob(join(dir, 'blobs'), String(n));
      const before = process.memoryUsage().rss;
      expect(await verifyStore(dir)).toMatchObject({ ok: true, orphanBlobs: 100_000 });
      expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

function plantBlob(root: string, text: string): void {
  const hash = sha256Hex(text);
  mkdirSync(join(root, hash.slice(0, 2)), { recursive: true });
  writeFileSync(join(root, hash.slice(0, 2), hash.slice(2)), text);
}

describe('an event that was hashed and bound by a forger', () => {
  const core = (params: string): string =>
    `{"class":"observed","outcome":{"status":"done"},"outputs":{},"results":{},"task":{"inputs":{},"kind":"test.count","params":${params},"v":1}}`;
  it.each([
    ['with a key twice', core('{"n":1,"n":2}')],
    ['with a key that is a prototype', core('{"__proto__":{"x":1}}')],
    ['with spaces', core('{"n": 1}')],
    ['with −0', core('{"n":-0}')],
    ['of text where an object belongs', core('"n"')],
    ['without a task', '{"class":"observed","outcome":{"status":"done"},"outputs":{},"results":{}}'],
    ['that is a list', '[]'],
    ['nested a million deep', core(`{"n":${'['.repeat(1e6)}${']'.repeat(1e6)}}`)],
    [
      'with a hash that is a path',
      core('{}').replace('"outputs":{}', '"outputs":{"x":{"bytes":1,"hash":"../../x","mediaType":"a"}}'),
    ],
  ])('%s is named by verify, and readers get it as it is or not at all', async (_name, text) => {
    const dir = newFolder();
    open(dir).close();
    forge(dir, text);
    const { ok, problems } = await verifyStore(dir);
    expect([ok, problems[0]?.code]).toEqual([false, 'event-malformed']);
    const store = open(dir, 'read');
    try {
      for (const event of store.log.events()) expect(JSON.stringify(event.core)).toContain('test.count');
    } catch (error) {
      expect(error).toMatchObject({ name: 'StoreError', code: 'event-corrupt' });
    }
  });
});

describe('terminal escapes in every text of a store', () => {
  let folder: string;
  let printed: Ended[];
  let named: Ended[];

  /** A campaign whose spec was changed by somebody who knows its shape, and an event with escapes in all that is free. */
  function makeStore(dir: string, change: (spec: CampaignSpec) => object): void {
    const store = openStore({ dir, mode: 'write', create: true });
    const { spec } = loadSpec(microSpec);
    openCampaign(store, change(structuredClone(spec)) as CampaignSpec, { varve: EVIL, sourceBuild: EVIL });
    const event = eventOf(1, { blobs: store.blobs, params: { [EVIL]: EVIL, list: [EVIL] }, results: { [EVIL]: EVIL } });
    const outputs = { [EVIL]: { ...event.core.outputs.data!, mediaType: EVIL, unit: EVIL, dtype: EVIL } };
    const outcome = { status: 'stopped', reason: { message: EVIL } } as const;
    const obs = { startedAt: EVIL, durationMs: EVIL, node: EVIL, platform: EVIL, arch: EVIL };
    store.log.append([
      { core: { ...event.core, outputs, outcome }, attestation: { varve: EVIL, sourceBuild: EVIL }, obs },
    ]);
    store.close();
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'varve-hostile-'));
    const texts = join(folder, 'texts');
    const names = join(folder, 'names');
    makeStore(texts, (spec) => {
      const published = {
        structures: {},
        source: EVIL,
        labels: EVIL,
        potential: EVIL,
        size: EVIL,
        production: EVIL,
      };
      const labels = Object.entries(spec.labels).map(([name, file]) => [
        name,
        {
          ...file,
          name: EVIL,
          methodNotes: [EVIL],
          method: { engine: EVIL, version: EVIL, functional: EVIL, settings: EVIL },
        },
      ]);
      return { ...spec, published, labels: Object.fromEntries(labels) };
    });
    makeStore(names, (spec) => ({ ...spec, name: EVIL, structures: { [EVIL]: Object.values(spec.structures)[0] } }));
    writeFileSync(join(texts, 'blobs', `.${'n'}ote ${'\u001b'}[2J`), '');
    const cell = 'tableV/anion-ordered-bulk/Ea';
    const commands = [
      ['status'],
      ['tables'],
      ['log'],
      ['show', '2'],
      ['show', '1'],
      ['why', '2'],
      ['why', cell],
      ['verify'],
    ];
    const both = commands.flatMap((command) => [command, [...command, '--json']]);
    printed = await inTurn(both.map((command) => [...command, '--store', texts]));
    named = await inTurn(
      [['status'], ['tables'], ['why', cell], ['log'], ['verify']].map((c) => [...c, '--store', names]),
    );
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  async function inTurn(commands: readonly (readonly string[])[]): Promise<Ended[]> {
    const ended: Ended[] = [];
    for (const command of commands) ended.push(await varve(command));
    return ended;
  }

  it('never reach the terminal, in words or in JSON', () => {
    for (const { stdout, stderr } of [...printed, ...named]) {
      expect(stdout.match(controls)?.index, stdout).toBeUndefined();
      expect(stderr.match(controls)?.index, stderr).toBeUndefined();
      expect(stdout + stderr).not.toMatch(/^varve: all is well/m);
      expect(stderr).not.toMatch(/fault of varve/);
    }
    expect(printed.map(({ code }) => code)).toEqual(printed.map((_, k) => (k < printed.length - 2 ? 0 : 1)));
    expect(JSON.parse(printed[7]!.stdout).core.outcome.reason.message).toBe(EVIL);
  });

  it('in names of a spec, where no varve lets them in, make the campaign refused', () => {
    expect(named.map(({ code }) => code)).toEqual([2, 2, 2, 0, 0]);
    expect(named[0]!.stderr).toMatch(/event 1 .* a campaign whose spec is none/);
  });
});

describe('a copy of a sound store', () => {
  it('under a link, or with a foreign file beside it, is still read', async () => {
    const dir = closedStore();
    const link = join(newFolder(), 'link');
    symlinkSync(dir, link);
    expect((await verifyStore(link)).ok).toBe(true);
    const copy = join(newFolder(), 'copy');
    cpSync(dir, copy, { recursive: true });
    writeFileSync(join(copy, 'notes.txt'), 'mine');
    expect(open(copy, 'read').log.size).toBe(2);
  });
});
