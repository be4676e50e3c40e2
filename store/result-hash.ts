/**
 * The result hash: an RFC 6962 root over sorted eventIds, each a leaf of 32 bytes. It does not depend on the order in
 * which the events were recorded, nor on an id being given twice.
 */
import { demandHash } from './hash.ts';
import { CompactRange, hashBytes, leafHash } from './merkle.ts';

/**
 * Facts about a store and those who use it, not results: who asked (`campaign.open`), who recomputed what (`replay`),
 * which bytes were dropped (`purge`), which kernels computed (`kernel.keep`), that a lost tail was accepted (`recovery`). A store's result hash leaves them out.
 */
export const kindsOutsideResultHash: readonly string[] = [
  'campaign.open',
  'kernel.keep',
  'purge',
  'recovery',
  'replay',
];

export function resultHash(eventIds: Iterable<string>): string {
  const hex = [...eventIds].map((eventId) => demandHash(eventId, 'result hash')).join('');
  return resultHashOfBytes(Buffer.from(hex, 'hex'));
}

/** For ids that come sorted, each once: nothing is held in memory. */
export function resultHashOfSorted(eventIds: Iterable<string>): string {
  const range = new CompactRange();
  for (const eventId of eventIds) range.append(leafHash(Buffer.from(demandHash(eventId, 'result hash'), 'hex')));
  return range.root();
}

/** The same of eventIds that lie one after the other, 32 bytes each. */
export function resultHashOfBytes(eventIds: Buffer): string {
  const range = new CompactRange();
  let last: Buffer | undefined;
  for (const at of inOrder(eventIds)) {
    const eventId = eventIds.subarray(at, at + hashBytes);
    if (last?.equals(eventId)) continue;
    range.append(leafHash(eventId));
    last = eventId;
  }
  return range.root();
}

/**
 * Where each id begins, sorted by id: a radix sort by the first four bytes, and a comparison of whole ids only where
 * these are the same.
 */
function inOrder(ids: Buffer): Uint32Array {
  const count = ids.length / hashBytes;
  const byTwo = sortByTwoBytes(
    ids,
    2,
    Uint32Array.from({ length: count }, (_, index) => index * hashBytes),
  );
  const order = sortByTwoBytes(ids, 0, byTwo);
  for (let from = 0, to = 1; from < count; from = to, to += 1) {
    const first = ids.readUInt32BE(order[from]!);
    while (to < count && ids.readUInt32BE(order[to]!) === first) to += 1;
    if (to - from > 1) {
      order.subarray(from, to).sort((a, b) => ids.compare(ids, b, b + hashBytes, a, a + hashBytes));
    }
  }
  return order;
}

/** A stable counting sort by the two bytes at `offset` of each id. */
function sortByTwoBytes(ids: Buffer, offset: number, places: Uint32Array): Uint32Array {
  const starts = new Uint32Array(0x10001);
  for (const at of places) starts[ids.readUInt16BE(at + offset) + 1]! += 1;
  for (let value = 1; value < starts.length; value += 1) starts[value]! += starts[value - 1]!;
  const sorted = new Uint32Array(places.length);
  for (const at of places) {
    const value = ids.readUInt16BE(at + offset);
    sorted[starts[value]!] = at;
    starts[value]! += 1;
  }
  return sorted;
}
