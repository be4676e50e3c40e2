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
  const sorted = [...new Set(eventIds)].sort();
  const range = new CompactRange();
  for (const eventId of sorted) range.append(leafHash(Buffer.from(demandHash(eventId, 'result hash'), 'hex')));
  return range.root();
}
