/**
 * The Hermite normal form of integer matrices, in exact arithmetic: the one operation on which coincidence lattices rest.
 * Rows generate a lattice; the form is the unique basis with zeros below each pivot, positive pivots, and entries above a
 * pivot in 0 … pivot − 1. Two sets of rows generate the same lattice if and only if their forms are equal.
 * Source: Cohen, A Course in Computational Algebraic Number Theory (1993), section 2.4.
 */

export type IntegerRow = readonly bigint[];

/** @returns as many rows as the rank, pivots from left to right; rows of any length, all the same */
export function hermiteForm(rows: readonly IntegerRow[]): bigint[][] {
  const work = rows.map((row) => [...row]);
  const columns = rows[0]?.length ?? 0;
  let rank = 0;
  for (let column = 0; column < columns && rank < work.length; column++) {
    if (!gatherPivot(work, rank, column)) continue;
    const pivot = work[rank]!;
    for (let above = 0; above < rank; above++) {
      subtractMultiple(work[above]!, pivot, floorDivide(work[above]![column]!, pivot[column]!));
    }
    rank += 1;
  }
  return work.slice(0, rank);
}

/** Euclid's algorithm on one column of the rows from `first` on: all but row `first` end with zero there. */
function gatherPivot(rows: bigint[][], first: number, column: number): boolean {
  for (;;) {
    let smallest = -1;
    let others = 0;
    for (let row = first; row < rows.length; row++) {
      const entry = magnitude(rows[row]![column]!);
      if (entry === 0n) continue;
      others += 1;
      if (smallest < 0 || entry < magnitude(rows[smallest]![column]!)) smallest = row;
    }
    if (others === 0) return false;
    const pivot = rows[smallest]!;
    rows[smallest] = rows[first]!;
    rows[first] = pivot;
    if (others === 1) {
      if (pivot[column]! < 0n) rows[first] = pivot.map((entry) => -entry);
      return true;
    }
    for (let row = first + 1; row < rows.length; row++) {
      subtractMultiple(rows[row]!, pivot, floorDivide(rows[row]![column]!, pivot[column]!));
    }
  }
}

function subtractMultiple(row: bigint[], pivot: IntegerRow, factor: bigint): void {
  if (factor === 0n) return;
  for (let column = 0; column < row.length; column++) row[column]! -= factor * pivot[column]!;
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);

/** ⌊n / d⌋; BigInt's own division rounds towards zero. */
function floorDivide(n: bigint, d: bigint): bigint {
  const quotient = n / d;
  return n % d !== 0n && n < 0n !== d < 0n ? quotient - 1n : quotient;
}
