/**
 * Merkle trees as RFC 6962 §2.1 defines them, over SHA-256:
 *   leaf  = SHA-256(0x00 ‖ data),  node = SHA-256(0x01 ‖ left ‖ right),
 *   MTH(n) splits at the largest power of two below n;  the tree of nothing is SHA-256 of nothing.
 * `CompactRange` holds only the roots of the perfect subtrees (at most log2 n), so that appending costs one to two
 * hashes and the root is known at every size that is passed.
 */
import { createHash } from 'node:crypto';

/** RFC 6962 leaf hash, 32 bytes. */
export function leafHash(...parts: Uint8Array[]): Buffer {
  const hasher = createHash('sha256').update(Uint8Array.of(0));
  for (const part of parts) hasher.update(part);
  return hasher.digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

export class CompactRange {
  #size = 0;
  /** Roots of perfect subtrees, largest first; their sizes are the binary digits of #size. */
  #peaks: Uint8Array[] = [];

  get size(): number {
    return this.#size;
  }

  /** Takes a leaf hash (32 bytes), not the leaf's data. */
  append(leaf: Uint8Array): void {
    this.appendPerfect(leaf, 1);
  }

  /** Takes the root of the perfect tree over the next `leaves` leaves: a power of two that divides the present size. */
  appendPerfect(root: Uint8Array, leaves: number): void {
    let peak = root;
    // Each trailing one of the old size, in units of `leaves`, is a peak as large as the one in hand.
    for (let trees = this.#size / leaves; trees % 2 === 1; trees = (trees - 1) / 2) {
      peak = nodeHash(this.#peaks.pop()!, peak);
    }
    this.#peaks.push(peak);
    this.#size += leaves;
  }

  /** 64 hex digits. */
  root(): string {
    if (this.#size === 0) return createHash('sha256').digest('hex');
    const root = this.#peaks.reduceRight((right, left) => nodeHash(left, right));
    return Buffer.from(root).toString('hex');
  }

  clone(): CompactRange {
    const copy = new CompactRange();
    copy.#size = this.#size;
    copy.#peaks = [...this.#peaks];
    return copy;
  }
}

/**
 * How leaves `from` (counted from 0) to `to` (not included) are covered by the fewest perfect subtrees of the tree that
 * they lie in: the number of leaves of each, in order. With the roots of these, a part of a log can be shown to belong
 * to the whole: at most 2·log2(n) hashes stand for any stretch that is left out.
 */
export function* perfectWidths(from: number, to: number): Generator<number> {
  for (let at = from; at < to; ) {
    let width = 1;
    while ((at / width) % 2 === 0 && at + 2 * width <= to) width *= 2;
    yield width;
    at += width;
  }
}
