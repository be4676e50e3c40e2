/** Runs the steps of a verification on worker threads (piscina), each of which reads the store by itself. */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { logPath } from './log-database.ts';
import { blobsPath } from './store-folder.ts';
import type { VerifyFindings, VerifyStep } from './verify-step.ts';
import { workerFile } from './worker-file.ts';

/** One thread reads this much in the time that it takes to start others. */
const worthThreadsBytes = 32 * 1024 * 1024;
const worthThreadsFiles = 2000;
/** Findings that wait for their turn are at most this many a thread, so that memory stays bounded. */
const stepsAheadPerThread = 4;

/** Looks no further than it must: the answer costs milliseconds. */
export function isWorthThreads(dir: string): boolean {
  let bytes = statSync(logPath(dir), { throwIfNoEntry: false })?.size ?? 0;
  let files = 0;
  for (const path of blobFiles(blobsPath(dir))) {
    if (bytes >= worthThreadsBytes || files >= worthThreadsFiles) return true;
    bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    files += 1;
  }
  return bytes >= worthThreadsBytes;
}

function* blobFiles(root: string): Generator<string> {
  for (const folder of namesIn(root)) for (const name of namesIn(join(root, folder))) yield join(root, folder, name);
}

/** What cannot be listed is for the verification to say. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** In the order of the steps. The one that takes longest is begun first. */
export async function* findingsInOrder(
  dir: string,
  steps: readonly VerifyStep[],
  threads: number,
): AsyncGenerator<VerifyFindings> {
  const pool = new Piscina<VerifyStep, VerifyFindings>({
    filename: workerFile(import.meta.url, 'verify-worker'),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: { dir },
  });
  const started = new Map<VerifyStep, Promise<VerifyFindings>>();
  const waiting = [...steps.filter(({ of }) => of === 'integrity'), ...steps.filter(({ of }) => of !== 'integrity')];
  const startMore = (): void => {
    while (waiting.length > 0 && started.size < threads * stepsAheadPerThread) {
      const step = waiting.shift()!;
      const findings = pool.run(step);
      // An error is met where the findings are awaited.
      findings.catch(() => undefined);
      started.set(step, findings);
    }
  };
  try {
    for (const step of steps) {
      startMore();
      const findings = await started.get(step)!;
      started.delete(step);
      startMore();
      yield findings;
    }
  } finally {
    await pool.destroy();
  }
}
