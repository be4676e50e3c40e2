/**
 * `HEAD` says how long the log was at the last commit and what its history hash was, in a file of its own, so that a
 * log whose tail was cut off is noticed. Exactly:
 *
 *   varve-head 1\n<size in decimal> <history hash, 64 lower-case hex digits>\n
 *
 * Written after each commit by temporary file → fsync → rename → fsync of the folder. A crash between a commit and
 * this leaves HEAD behind the log, never ahead of it.
 */
import { join } from 'node:path';
import { readFileStart, writeDurably } from './durable-file.ts';
import { StoreError, systemCodeOf } from './store-error.ts';

export interface Head {
  size: number;
  historyHash: string;
}

const wayOn = '`recover` says what there is and how to go on without.';
const pattern = /^varve-head 1\n(0|[1-9][0-9]{0,14}) ([0-9a-f]{64})\n$/;

export function headPath(dir: string): string {
  return join(dir, 'HEAD');
}

/** null if there is no such file. */
export function readHead(dir: string): Head | null {
  const path = headPath(dir);
  let text: string;
  try {
    // latin1: every byte is one character, so no wrong byte can hide behind a replacement character.
    text = readFileStart(path, 1024).toString('latin1');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    if (error instanceof StoreError) throw error;
    throw new StoreError('head-unreadable', `HEAD cannot be read (${(error as Error).message})`, { where: path });
  }
  const match = pattern.exec(text);
  if (match === null) {
    throw new StoreError('head-malformed', 'HEAD was changed: it is not what a store writes', {
      where: path,
      expected: '"varve-head 1", then the size of the log and its history hash',
      found: JSON.stringify(text.slice(0, 120)),
      remedy: `Restore HEAD from a backup; ${wayOn}`,
    });
  }
  return { size: Number(match[1]), historyHash: match[2]! };
}

export function writeHead(dir: string, head: Head): void {
  const path = headPath(dir);
  writeDurably(path, `varve-head 1\n${head.size} ${head.historyHash}\n`, `${path}.tmp`);
}

export function headMissing(dir: string, logSize: number): StoreError {
  return new StoreError('head-missing', 'HEAD is missing, so it cannot be told whether events were lost', {
    where: headPath(dir),
    expected: `a file HEAD beside a log of ${logSize} events`,
    remedy: `Restore HEAD from a backup; \`verify --expect\` compares with a history hash noted elsewhere; ${wayOn}`,
  });
}

export function tailLost(dir: string, head: Head, logSize: number): StoreError {
  const missing = head.size - logSize;
  return new StoreError(
    'tail-lost',
    `${missing} event${missing === 1 ? ' is' : 's are'} missing at the end of the log`,
    {
      where: headPath(dir),
      expected: `${head.size} events, as HEAD says`,
      found: `${logSize} events`,
      remedy: `Restore log.sqlite and its -wal file from a backup; ${wayOn}`,
    },
  );
}

export function historyDiffers(dir: string, head: Head, found: string): StoreError {
  return new StoreError('history-differs', 'the log is not the one that HEAD was written for', {
    where: headPath(dir),
    expected: `history hash ${head.historyHash} at ${head.size} events`,
    found,
    remedy:
      'Run `verify`: it names the events that were changed. If it names none, HEAD is of another log, or was changed itself.',
  });
}
