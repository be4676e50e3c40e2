/** What a pack holds, for people: when it was written and when it was verified. */
import type { ExportReport } from '../../store/pack-export.ts';
import { formatBytes } from './numbers.ts';

export function describePack(pack: ExportReport): string {
  const { events, eventsWithoutObs, blobs, blobBytes, bytes, source } = pack;
  const obs = eventsWithoutObs === 0 ? '' : ` (${eventsWithoutObs === events ? 'all' : eventsWithoutObs} without obs)`;
  const part = events === source.events ? 'the whole of a log' : `part of a log of ${source.events} events`;
  return (
    `${events} events${obs}, ${part}; ${blobs} blobs of ${formatBytes(blobBytes)}; the file has ${formatBytes(bytes)}\n` +
    `result hash  ${pack.resultHash}\n` +
    `history hash ${source.historyHash} at ${source.events} events, of the log that they come from\n` +
    `sha256sum    ${pack.sha256}\n`
  );
}
