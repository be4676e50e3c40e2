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
    let peak = leaf;
    // Each trailing one of the old size is a peak as large as the one in hand.
    for (let size = this.#size; size % 2 === 1; size = (size - 1) / 2) peak = nodeHash(this.#peaks.pop()!, peak);
    this.#peaks.push(peak);
    this.#size += 1;
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
