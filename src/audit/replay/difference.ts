/** Where two results of one task part, as near as the data allow. */
import type { ExactNumber } from './exact-number.ts';

export interface Difference {
  /** `outcome`, `results`, or `outputs.NAME`. */
  readonly part: string;
  /** In words: the path, the line, or the array with frame, step, atom and component. */
  readonly place: string;
  /** Of both values, where they are numbers with one. */
  readonly unit?: string;
  readonly recorded: ExactNumber | string;
  readonly recomputed: ExactNumber | string;
  /** Where both are numbers: how many doubles apart. */
  readonly unitsInLastPlace?: number;
  /** Of an array in time: the sampled step at which it shows first, and the last one that is still equal. */
  readonly step?: number;
  readonly lastEqualStep?: number;
  /** From 0, as everywhere. */
  readonly atom?: number;
  /** How many numbers of the output differ, of how many, and the largest difference in the unit of each array. */
  readonly extent?: {
    readonly differing: number;
    readonly numbers: number;
    readonly largest: { readonly [unit: string]: number };
  };
}

/** On one line: where, and both values. */
export function locationText({ part, place, unit, recorded, recomputed }: Difference): string {
  const value = (of: ExactNumber | string): string =>
    typeof of === 'string' ? of : `${of.decimal}${unit === undefined || unit === '1' ? '' : ` ${unit}`} (${of.hex})`;
  return `${part}${place === '' ? '' : `, ${place}`}: recorded ${value(recorded)}, recomputed ${value(recomputed)}`;
}
