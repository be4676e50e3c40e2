/**
 * Merkle trees as RFC 6962 §2.1 defines them, over SHA-256:
 *   leaf  = SHA-256(0x00 ‖ data),  node = SHA-256(0x01 ‖ left ‖ right),
 *   MTH(n) splits at the largest power of two below n;  the tree of nothing is SHA-256 of nothing.
 * `CompactRange` holds only the roots of the perfect subtrees (at most log2 n), so that appending costs one to two
 * hashes and the root is known at every size that is passed.
 */
import { hash } from 'node:crypto';

export const hashBytes = 32;
const nothing = new Uint8Array();
/** What a node hashes, filled anew for each. */
const nodeData = Buffer.alloc(1 + 2 * hashBytes, 1);

/** RFC 6962 leaf hash, 32 bytes. */
export function leafHash(data: Uint8Array): Buffer {
  return sha256(Buffer.concat([Uint8Array.of(0), data]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeData.set(left, 1);
  nodeData.set(right, 1 + hashBytes);
  return sha256(nodeData);
}

/** As text of one character a byte and back, which takes half the time of asking for a Buffer. */
function sha256(data: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'binary');
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
    if (this.#size === 0) return hash('sha256', nothing, 'hex');
    const root = this.#peaks.reduceRight((right, left) => nodeHash(left, right));
    return Buffer.from(root).toString('hex');
  }

  /** The roots that stand for the first `size` leaves, largest subtree first: what `fromPeaks` takes. */
  peaks(): Uint8Array[] {
    return [...this.#peaks];
  }

  /** undefined where no tree of this size has so many peaks. Whether they are the right ones shows in its root. */
  static fromPeaks(size: number, peaks: readonly Uint8Array[]): CompactRange | undefined {
    let perfectSubtrees = 0;
    for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) perfectSubtrees += rest % 2;
    if (peaks.length !== perfectSubtrees || peaks.some((peak) => peak.length !== hashBytes)) return undefined;
    const range = new CompactRange();
    range.#size = size;
    range.#peaks = [...peaks];
    return range;
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
