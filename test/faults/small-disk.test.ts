/** A disk that is full, and one that is mounted read-only: a small tmpfs in a namespace of the test's own. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcher, microSpec, type RunReport, varveJson } from '../campaigns/cli-process.ts';
import { builtStore } from './built-store.ts';

interface Ended {
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Told {
  readonly attempts: readonly { readonly size: string; readonly run: Ended; readonly verify: Ended }[];
  readonly readOnly: readonly { readonly name: string; readonly read: readonly Ended[]; readonly run: Ended }[];
}

const namespace = ['--user', '--map-root-user', '--mount'];
const CELL = 'tableV/anion-ordered-bulk/Ea';

let lacking: string | undefined;
let folder: string;
let told: Told;
let undisturbed: RunReport;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'varve-disk-'));
  if (spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'varve-test', folder]).status !== 0) {
    lacking = 'needs Linux and leave to mount in a user namespace (unshare)';
    return;
  }
  const driver = fileURLToPath(new URL('small-disk-driver.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(
    'unshare',
    [...namespace, process.execPath, driver, folder, builtStore(), launcher, microSpec, CELL],
    { maxBuffer: 1 << 28 },
  );
  told = JSON.parse(stdout) as Told;
  undisturbed = await varveJson<RunReport>([
    'run',
    microSpec,
    '--store',
    join(folder, 'undisturbed'),
    '--workers',
    '2',
  ]);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const check = (name: string, demand: () => void) =>
  it(name, ({ skip }) => {
    if (lacking !== undefined) skip(lacking);
    demand();
  });

describe('a disk that is full', () => {
  check('ends a run with words that say so, leaves a sound store, and with more room the same run ends as ever', () => {
    const full = told.attempts.slice(0, -1);
    for (const { size, run, verify } of full) {
      expect(run.code, `${size}: ${run.stderr}`).toBe(2);
      expect(run.stderr, size).toMatch(/ENOSPC|SQLITE_FULL|disk is full/);
      expect(run.stderr, size).toMatch(/Check free space/);
      expect(run.stderr, size).not.toMatch(/fault of varve/);
      expect(verify.code, `${size}: ${verify.stdout}`).toBe(0);
    }
    const events = full.map(({ verify }) => (JSON.parse(verify.stdout) as { events: number }).events);
    expect(events).toEqual(events.toSorted((a, b) => a - b));
    expect(events.at(-1)).toBeGreaterThan(0);
    const last = told.attempts.at(-1)!;
    expect(JSON.parse(last.run.stdout)).toEqual(undisturbed);
    expect(last.verify.code).toBe(0);
  });
});

/** Kept beside the results: one for its fits, one for its runs. */
const KERNELS = 2;

describe('a disk that is mounted read-only', () => {
  check('can be read by every command that reads, whether or not a crash left a WAL', () => {
    for (const { name, read } of told.readOnly) {
      for (const { args, code, stderr } of read) expect(code, `${name}: ${args.join(' ')}\n${stderr}`).toBe(0);
      const [status, tables] = read.map(({ stdout }) => JSON.parse(stdout));
      expect(status).toMatchObject({ campaigns: [{ state: 'complete', resultHash: undisturbed.resultHash }] });
      expect(status.events).toBe(undisturbed.events + 2 + KERNELS);
      expect(tables.tables).toEqual(undisturbed.tables);
    }
  });

  check('is refused by run, which says that it cannot write', () => {
    for (const { name, run } of told.readOnly) {
      expect(run.code, name).toBe(2);
      expect(run.stderr, name).toMatch(/read-only file system/);
      expect(run.stderr, name).not.toMatch(/fault of varve/);
    }
  });

  check('leaves no copy of the log behind', () => {
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('varve-log-'))).toEqual([]);
    expect(existsSync(folder)).toBe(true);
  });
});
