/**
 * Manifests: a long list of inputs as one blob, made from the log and pinned by the task that uses it. JSON:
 * `{"entries":[{"event":…,"index":…,"output":…},…]}`; `index` is the item within the output's blob.
 */

import { InputError } from '../numerics/input-error.ts';
import { readJsonDocument, writeJsonDocument } from './json-document.ts';

export interface ManifestEntry {
  readonly event: string;
  readonly output: string;
  readonly index: number;
}

export const writeManifest = (entries: readonly ManifestEntry[]): Uint8Array =>
  writeJsonDocument({ entries: entries.map(({ event, index, output }) => ({ event, index, output })) });

/** @throws InputError `bad-manifest` */
export function readManifest(bytes: Uint8Array, where: string): ManifestEntry[] {
  const document = readJsonDocument(bytes, where) as { entries?: unknown };
  const sound = (entry: Partial<ManifestEntry>): boolean =>
    typeof entry?.event === 'string' &&
    typeof entry.output === 'string' &&
    Number.isSafeInteger(entry.index) &&
    entry.index! >= 0;
  if (!Array.isArray(document?.entries) || !document.entries.every(sound)) {
    throw new InputError('bad-manifest', 'not a manifest of inputs', { where });
  }
  return document.entries as ManifestEntry[];
}
