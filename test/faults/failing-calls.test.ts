/**
 * Every system call with which opening, appending, closing and recovering change a store is failed in turn, below SQLite and Node
 * alike, once with EIO and from then on with ENOSPC. Needs Linux and the C compiler that better-sqlite3 is built with.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtStore } from './built-store.ts';

interface Found {
  readonly ok: boolean;
  readonly events: number;
  readonly historyHash: string;
  readonly problems: readonly { readonly code: string }[];
}

interface Failure {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

interface Round {
  readonly scenario: 'create' | 'append' | 'repeat' | 'recover';
  readonly mode: string;
  readonly errno: string;
  readonly n: number;
  readonly struck: boolean;
  readonly error?: Failure;
  readonly repeated?: { readonly head: object; readonly log: object } | null;
  readonly after: Found | null;
  readonly again?: Failure;
  readonly finally: Found;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const lacking =
  process.platform !== 'linux'
    ? 'needs Linux'
    : spawnSync('cc', ['--version']).status !== 0
      ? 'needs a C compiler called cc'
      : undefined;

const eventsBefore = { create: 0, append: 3, repeat: 3, recover: 3 };
/** A batch of two, or the event that records a loss. */
const eventsAdded = { create: 2, append: 2, repeat: 2, recover: 1 };
const eventsAfter = ({ scenario }: Round): number => eventsBefore[scenario] + eventsAdded[scenario];

let folder: string;
const calls = new Map<string, readonly string[]>();
const rounds: Round[] = [];

beforeAll(() => {
  if (lacking !== undefined) return;
  // In memory where possible: no power is cut here, so nothing is gained by a disk.
  folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'varve-faults-'));
  const library = join(folder, 'failing-calls.so');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, here('failing-calls.c'), '-ldl']);
  const FAULT_ROOT = join(folder, 'rounds');
  mkdirSync(FAULT_ROOT);
  const env = { ...process.env, FAULT_ROOT, FAULT_TRACE: join(folder, 'trace'), LD_PRELOAD: library };
  const output = execFileSync(process.execPath, [here('failing-calls-driver.mjs'), folder, builtStore()], {
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const line of output.trimEnd().split('\n')) {
    const told = JSON.parse(line) as Round & { readonly calls?: readonly string[] };
    if (told.calls === undefined) rounds.push(told);
    else
      calls.set(
        told.scenario,
        told.calls.map((call) => call.replace(`${FAULT_ROOT}/`, '')),
      );
  }
});
afterAll(() => {
  if (folder !== undefined && existsSync(folder)) rmSync(folder, { recursive: true });
});

const named = ({ scenario, mode, errno, n }: Round): string =>
  `${scenario}: ${calls.get(scenario)![n - 1]} (call ${n}, ${errno} ${mode})`;

describe('a system call that fails', () => {
  const check = (name: string, demand: () => void) =>
    it(name, ({ skip }) => {
      if (lacking !== undefined) skip(lacking);
      demand();
    });

  check('is every write, fsync, rename and opening of blobs, log, WAL and HEAD', () => {
    expect(calls.get('append')!.map((call) => call.replace(/[0-9a-f]{16,}|(?<=blobs.)[0-9a-f]{2}\b/g, '*'))).toEqual(
      expect.arrayContaining([
        'mkdir store/blobs/*',
        'open store/blobs/.tmp-*',
        'write store/blobs/.tmp-*',
        'fsync store/blobs/.tmp-*',
        'rename store/blobs/*/*',
        'fsync store/blobs/*',
        'fsync store/blobs',
        'pwrite64 store/log.sqlite-wal',
        'fsync store/log.sqlite-wal',
        'open store/HEAD.tmp',
        'write store/HEAD.tmp',
        'fsync store/HEAD.tmp',
        'rename store/HEAD',
        'fsync store',
      ]),
    );
    for (const [scenario, all] of calls) {
      const struck = rounds.filter((round) => round.scenario === scenario && round.struck);
      if (scenario !== 'repeat') expect(struck).toHaveLength(2 * all.length);
    }
    expect([...calls.keys()]).toEqual(Object.keys(eventsBefore));
  });

  check('is told by an error that names it, or did not matter', () => {
    for (const round of rounds) {
      const { error, after } = round;
      if (error === undefined) expect(after?.events, named(round)).toBe(eventsAfter(round));
      else
        expect(error, named(round)).toMatchObject({
          name: 'StoreError',
          message: expect.stringMatching(/E[A-Z]+|SQLITE_/),
        });
    }
    expect(rounds.filter(({ error }) => error !== undefined).length).toBeGreaterThan(300);
  });

  check('leaves all or nothing of the batch, and everything that was acknowledged before, in a sound store', () => {
    for (const round of rounds) {
      const { scenario, after } = round;
      if (scenario === 'create') continue;
      const isStillLost = scenario === 'recover' && after!.events === eventsBefore.recover;
      expect(
        after!.problems.map(({ code }) => code),
        named(round),
      ).toEqual(isStillLost ? ['tail-lost'] : []);
      expect([eventsBefore[scenario], eventsAfter(round)], named(round)).toContain(after!.events);
    }
  });

  check('leaves a creation that holds nothing and claims nothing', () => {
    for (const round of rounds.filter(({ scenario }) => scenario === 'create')) {
      const { after } = round;
      if (after === null || after.ok) continue;
      expect(after.events, named(round)).toBe(0);
      expect(after.problems, named(round)).toHaveLength(1);
      expect(['store-older', 'log-unreadable'], named(round)).toContain(after.problems[0]!.code);
    }
  });

  check('is got over by the same step in a store opened anew', () => {
    for (const round of rounds) {
      expect(round.again, named(round)).toBeUndefined();
      expect(round.finally, named(round)).toMatchObject({
        ok: true,
        events: eventsAfter(round),
      });
    }
  });

  check('is got over by the same append in the same store, and HEAD then covers it', () => {
    const repeated = rounds.flatMap((round) => (round.repeated == null ? [] : [{ round, ...round.repeated }]));
    for (const { round, head, log } of repeated) expect(head, named(round)).toEqual(log);
    expect(repeated.length).toBeGreaterThan(50);
  });
});
