/**
 * The result hash: an RFC 6962 root over sorted eventIds, each a leaf of 32 bytes. It does not depend on the order in
 * which the events were recorded, nor on an id being given twice.
 */
import { demandHash } from './hash.ts';
import { CompactRange, leafHash } from './merkle.ts';

/** Opening a campaign is a fact about who asked, not a result: a store's result hash leaves these kinds out. */
export const kindsOutsideResultHash: readonly string[] = ['campaign.open'];

export function resultHash(eventIds: Iterable<string>): string {
  const sorted = [...new Set(eventIds)].sort();
  const range = new CompactRange();
  for (const eventId of sorted) range.append(leafHash(Buffer.from(demandHash(eventId, 'result hash'), 'hex')));
  return range.root();
}
