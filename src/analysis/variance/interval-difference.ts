/**
 * Difference of two independent estimates of which only values and 95 % intervals are known, by recovering the variances from the
 * intervals' ends (MOVER: Zou & Donner, Statistics in Medicine 27, 1693 (2008)). Asymmetric intervals keep their asymmetry.
 */
import type { Interval } from './nested-components.ts';

export interface Known {
  readonly value: number;
  readonly interval95: readonly [number | null, number | null] | null;
}

/** @returns first less second, 95 %; null where an end is not known */
export function differenceInterval(a: Known, b: Known): Interval | null {
  const [lowA, highA] = a.interval95 ?? [null, null];
  const [lowB, highB] = b.interval95 ?? [null, null];
  if (lowA === null || highA === null || lowB === null || highB === null) return null;
  const difference = a.value - b.value;
  const together = (x: number, y: number): number => Math.sqrt(x * x + y * y);
  return [
    difference - together(a.value - lowA, highB - b.value),
    difference + together(highA - a.value, b.value - lowB),
  ];
}
