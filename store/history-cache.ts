/**
 * `cache/history`: the peaks of the Merkle tree at some size of the log, so that opening a store reads the leaves after
 * that size and not all of them. Exactly:
 *
 *   varve-history 1\n<size in decimal>\n<a line of 64 lower-case hex digits for each peak, largest subtree first>
 *
 * It is believed only if peaks and later leaves together give HEAD's root (`history.ts`); so it needs no checksum and
 * no fsync, and may be deleted at any time. Writing it never fails a command.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile, replaceFile } from './durable-file.ts';
import { CompactRange } from './merkle.ts';
import { cachePath } from './store-folder.ts';

const pattern = /^varve-history 1\n([1-9][0-9]{0,14})\n((?:[0-9a-f]{64}\n){1,50})$/;

/** undefined where there is none that can be used. */
export function readHistoryCache(dir: string): CompactRange | undefined {
  let text: string;
  try {
    text = readRegularFile(join(cachePath(dir), 'history'))
      .subarray(0, 8192)
      .toString('latin1');
  } catch {
    return undefined;
  }
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const peaks = match[2]!.trimEnd().split('\n');
  return CompactRange.fromPeaks(
    Number(match[1]),
    peaks.map((hex) => Buffer.from(hex, 'hex')),
  );
}

export function writeHistoryCache(dir: string, range: CompactRange): void {
  const path = join(cachePath(dir), 'history');
  const peaks = range.peaks().map((peak) => `${Buffer.from(peak).toString('hex')}\n`);
  try {
    mkdirSync(cachePath(dir), { recursive: true });
    replaceFile(path, `varve-history 1\n${range.size}\n${peaks.join('')}`);
  } catch {
    // A cache that could not be written costs the next opening some time, and nothing else.
  }
}
