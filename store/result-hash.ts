/**
 * The result hash: an RFC 6962 root over sorted eventIds, each a leaf of 32 bytes. It does not depend on the order in
 * which the events were recorded, nor on an id being given twice.
 */
import { demandHash } from './hash.ts';
import { CompactRange, leafHash } from './merkle.ts';

/**
 * Facts about a store and those who use it, not results: who asked (`campaign.open`), who recomputed what (`replay`),
 * which bytes were dropped (`purge`), that a lost tail was accepted (`recovery`). A store's result hash leaves them out.
 */
export const kindsOutsideResultHash: readonly string[] = ['campaign.open', 'purge', 'recovery', 'replay'];

export function resultHash(eventIds: Iterable<string>): string {
  return resultHashOfSorted([...new Set(eventIds)].sort());
}

/** For ids that come sorted, each once: nothing is held in memory. */
export function resultHashOfSorted(eventIds: Iterable<string>): string {
  const range = new CompactRange();
  for (const eventId of eventIds) range.append(leafHash(Buffer.from(demandHash(eventId, 'result hash'), 'hex')));
  return range.root();
}
