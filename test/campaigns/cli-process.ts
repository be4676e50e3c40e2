/** Runs the built command line as a user would: a real process, real files. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
export const launcher = join(projectRoot, 'bin/varve.mjs');
export const microSpec = join(projectRoot, 'examples/argyrodite-micro.yaml');
export const learningSpec = join(projectRoot, 'examples/argyrodite-learning-micro.yaml');
export const miniSpec = join(projectRoot, 'examples/argyrodite-mini.yaml');

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const varve = (args: readonly string[], cwd: string = projectRoot): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [launcher, ...args], { cwd, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });

/** @throws where the command does not exit with `code` */
export async function varveJson<T>(args: readonly string[], code = 0): Promise<T> {
  const ended = await varve([...args, '--json']);
  if (ended.code !== code) throw new Error(`varve ${args.join(' ')} exited with ${ended.code}:\n${ended.stderr}`);
  return JSON.parse(ended.stdout) as T;
}

export const startVarve = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [launcher, ...args], { cwd: projectRoot, stdio: ['ignore', 'ignore', 'pipe'] });

/** A folder that is gone when the work is done. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'varve-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface RunReport {
  readonly campaign: string;
  readonly resultHash: string;
  readonly events: number;
  readonly tables: readonly {
    readonly name: string;
    readonly rows: readonly { readonly cells: readonly CellReport[] }[];
  }[];
}

export interface CellReport {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly status: string;
  readonly notes: readonly string[];
  readonly events: readonly string[];
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  readonly blobs: number;
  readonly resultHash: string;
  readonly historyHash: string;
  readonly problems: readonly { readonly code: string; readonly where: string; readonly what: string }[];
}
