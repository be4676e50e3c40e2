/** Two cells beside each other: by their samples where both are means of independent values, else by their intervals. */
import { differenceInterval } from '../../analysis/variance/interval-difference.ts';
import { type Comparison, compareSamples } from '../../analysis/variance/two-samples.ts';
import type { LineageSource } from '../../projections/lineage.ts';
import type { Cell } from '../../projections/table.ts';
import { type CellSample, sampleOfCell } from './cell-sample.ts';

export interface CellSide {
  readonly cell: Cell;
  readonly source: LineageSource;
}

export interface SampleContrast {
  readonly samples: readonly [CellSample, CellSample];
  readonly comparison: Comparison;
  /** Events that both samples hold: then they are not independent. */
  readonly shared: number;
}

/** First less second; null where a value or an end of an interval is not there, or both rest on the same events. */
export interface CellDifference {
  readonly value: number | null;
  readonly interval95: readonly [number, number] | null;
  readonly why: string | null;
}

export function compareCellSamples(a: CellSide, b: CellSide): SampleContrast | undefined {
  const [first, second] = [sampleOfCell(a.cell, a.source), sampleOfCell(b.cell, b.source)];
  return first === undefined || second === undefined ? undefined : contrastSamples(first, second);
}

/** Undefined where the two are not of one unit. */
export function contrastSamples(first: CellSample, second: CellSample): SampleContrast | undefined {
  if (first.unit !== second.unit) return undefined;
  const known = new Set(first.events);
  return {
    samples: [first, second],
    comparison: compareSamples(first.values, second.values),
    shared: second.events.filter((eventId) => known.has(eventId)).length,
  };
}

export function cellDifference(a: Cell, b: Cell): CellDifference {
  const none = (why: string): CellDifference => ({ value: null, interval95: null, why });
  if (a.unit !== b.unit) return none(`their units differ: ${a.unit} and ${b.unit}`);
  if (a.value === null) return none(`the first is ${a.status}`);
  if (b.value === null) return none(`the second is ${b.status}`);
  if (a.events.length > 0 && a.events.join() === b.events.join()) {
    return { value: 0, interval95: null, why: 'both rest on the same events' };
  }
  const interval95 = differenceInterval({ ...a, value: a.value }, { ...b, value: b.value });
  return { value: a.value - b.value, interval95, why: interval95 === null ? 'one of them has no interval' : null };
}
