/**
 * All pairs of atoms and images nearer than a reach, each once, by looking through the bins ahead of each atom's own:
 * time grows as the number of atoms does.
 */
import { InputError } from '../numerics/input-error.ts';
import type { AtomBins } from './atom-bins.ts';
import type { Structure } from './structure.ts';

/** No matter is so dense that this many atoms have more neighbours on average. */
const MAX_MEAN_NEIGHBOURS = 200;
const MANY_ENTRIES = 3e7;
/** Both are wrapped, and so rounded otherwise than where they are used: pairs at the very reach are taken in. */
const TOLERANCE = 1 + 1e-9;

export interface FoundPairs {
  /** Pairs of member m are those before end[m] and not before end[m−1]; its partner, and what is crossed to get to it. */
  readonly end: Int32Array;
  readonly partner: Int32Array;
  readonly crossing: Int32Array;
  /** Cells that a crossing goes, 3 each; the last but k goes back what k goes. */
  readonly crossings: Float64Array;
}

/** @throws InputError `too-dense` */
export function findPairs(
  bins: AtomBins,
  periodic: Structure['periodic'],
  cellA: Float64Array,
  reachA: number,
): FoundPairs {
  const { start, placeA } = bins;
  const members = bins.atom.length;
  const limit2 = reachA * reachA * TOLERANCE;
  const rows = new RowsAhead(bins, periodic, cellA);
  const end = new Int32Array(members);
  let partner = new Int32Array(32 * members + 64);
  let crossing = new Int32Array(partner.length);
  let count = 0;
  for (let bin = 0; bin + 1 < start.length; bin++) {
    const last = start[bin + 1];
    if (start[bin] === last) continue;
    rows.lookFrom(bin);
    for (let member = start[bin]; member < last; member++) {
      const x = placeA[3 * member];
      const y = placeA[3 * member + 1];
      const z = placeA[3 * member + 2];
      for (let row = 0; row < rows.count; row++) {
        const sx = rows.shiftA[3 * row] - x;
        const sy = rows.shiftA[3 * row + 1] - y;
        const sz = rows.shiftA[3 * row + 2] - z;
        const over = rows.crossing[row];
        const after = rows.after[row];
        const from = row === 0 ? member + 1 : rows.from[row];
        while (count + after - from >= partner.length) {
          requireMatter(2 * count, members);
          partner = grown(partner);
          crossing = grown(crossing);
        }
        for (let other = from; other < after; other++) {
          const dx = placeA[3 * other] + sx;
          const dy = placeA[3 * other + 1] + sy;
          const dz = placeA[3 * other + 2] + sz;
          // Written in any case, kept if within: no branch to foresee wrongly.
          partner[count] = other;
          crossing[count] = over;
          count += Number(dx * dx + dy * dy + dz * dz < limit2);
        }
      }
      end[member] = count;
    }
  }
  return { end, partner, crossing, crossings: rows.crossings };
}

const grown = (array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
};

function requireMatter(entries: number, atoms: number): void {
  const most = Math.max(MANY_ENTRIES, MAX_MEAN_NEIGHBOURS * atoms);
  if (entries > most) throw tooDense(`more than ${most} of ${atoms} atoms`);
}

/** No matter is so dense that an atom has more neighbours. */
export const MAX_NEIGHBOURS = 20_000;

export const tooDense = (found: string): InputError =>
  new InputError('too-dense', 'there are more neighbours in reach than matter has', {
    expected: `at most ${MAX_NEIGHBOURS} around an atom`,
    found,
    remedy: 'look for atoms on top of each other, a cell that is much too small, or another unit of length',
  });

/** A bin along one direction, and the number of cells by which going there leaves the cell. */
interface Step {
  readonly by: number;
  readonly to: number;
  readonly cells: number;
}

/** Bins from … to along one direction, and the number of cells by which going there leaves the cell. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

/** For each bin the bins from `least` to `most` away. */
function stepsFrom(bins: number, least: number, most: number, periodic: boolean): Step[][] {
  return Array.from({ length: bins }, (_, bin) => {
    const steps: Step[] = [];
    for (let by = least; by <= most; by++) {
      const cells = Math.floor((bin + by) / bins);
      if (cells === 0 || periodic) steps.push({ by, to: bin + by - cells * bins, cells });
    }
    return steps;
  });
}

/** The same in runs that stay in one cell. */
function runsFrom(bins: number, least: number, most: number, periodic: boolean): Run[][] {
  return stepsFrom(bins, least, most, periodic).map((steps) => {
    const runs: { from: number; to: number; cells: number }[] = [];
    for (const { to, cells } of steps) {
      const last = runs.at(-1);
      if (last?.cells === cells) last.to = to;
      else runs.push({ from: to, to, cells });
    }
    return runs;
  });
}

/**
 * Members in rows of bins within the span of a bin, of those alone that lie ahead of it: by the first direction, then the
 * second, then the third. Row 0 is the bin's own, of which only what comes after an atom is ahead of it.
 */
class RowsAhead {
  count = 0;
  /** Members from … before after, what is crossed to get to them, and the translation, 3 a row, Å. */
  readonly from: number[] = [];
  readonly after: number[] = [];
  readonly crossing: number[] = [];
  readonly shiftA: number[] = [];
  readonly crossings: Float64Array;
  readonly #start: Int32Array;
  readonly #bins: readonly [number, number, number];
  readonly #first: readonly (readonly Step[])[];
  readonly #second: readonly (readonly Step[])[];
  readonly #third: readonly (readonly Run[])[];
  readonly #thirdAhead: readonly (readonly Run[])[];
  readonly #most: readonly number[];
  readonly #cellA: Float64Array;

  constructor({ count, span, start }: AtomBins, periodic: Structure['periodic'], cellA: Float64Array) {
    this.#bins = count;
    this.#start = start;
    this.#cellA = cellA;
    this.#first = stepsFrom(count[0], 0, span[0], periodic[0]);
    this.#second = stepsFrom(count[1], -span[1], span[1], periodic[1]);
    this.#third = runsFrom(count[2], -span[2], span[2], periodic[2]);
    this.#thirdAhead = runsFrom(count[2], 0, span[2], periodic[2]);
    const most = count.map((bins, k) => (periodic[k] ? Math.ceil(span[k] / bins) : 0));
    this.#most = most;
    const crossings: number[] = [];
    for (let a = -most[0]; a <= most[0]; a++) {
      for (let b = -most[1]; b <= most[1]; b++) {
        for (let c = -most[2]; c <= most[2]; c++) crossings.push(a, b, c);
      }
    }
    this.crossings = Float64Array.from(crossings);
  }

  lookFrom(bin: number): void {
    const [, bins1, bins2] = this.#bins;
    const w = bin % bins2;
    const v = Math.floor(bin / bins2) % bins1;
    const u = Math.floor(bin / (bins1 * bins2));
    this.count = 0;
    for (const first of this.#first[u]) {
      for (const second of this.#second[v]) {
        if (first.by === 0 && second.by < 0) continue;
        const isOwn = first.by === 0 && second.by === 0;
        const row = (first.to * bins1 + second.to) * bins2;
        for (const run of (isOwn ? this.#thirdAhead : this.#third)[w]) this.#add(row, first.cells, second.cells, run);
      }
    }
  }

  #add(row: number, a: number, b: number, { from, to, cells: c }: Run): void {
    const [, most1, most2] = this.#most;
    const cellA = this.#cellA;
    const at = this.count++;
    this.from[at] = this.#start[row + from];
    this.after[at] = this.#start[row + to + 1];
    this.crossing[at] = ((a + this.#most[0]) * (2 * most1 + 1) + b + most1) * (2 * most2 + 1) + c + most2;
    for (let axis = 0; axis < 3; axis++) {
      this.shiftA[3 * at + axis] = a * cellA[axis] + b * cellA[3 + axis] + c * cellA[6 + axis];
    }
  }
}
