/**
 * The standard deviation of values about the means of their groups, pooled: Σ (y − group mean)² over Σ (n − 1). Of one
 * group it is the ordinary one. With 95 % intervals as in `sample-scatter.ts`.
 */
import { mean } from '../../numerics/statistics.ts';
import type { Interval } from './nested-components.ts';
import { describeScatter, deviationInterval } from './sample-scatter.ts';

export interface GroupedScatter {
  readonly values: number;
  readonly groups: number;
  readonly degreesOfFreedom: number;
  readonly deviation: number;
  readonly chiSquared95: Interval;
  /** Of one group only, and null below five values. */
  readonly bootstrap95: Interval | null;
}

/** @param groups at least one, each of at least two values; @param seed of the bootstrap */
export function describeGroups(groups: readonly (readonly number[])[], seed: string): GroupedScatter {
  let squares = 0;
  let values = 0;
  for (const group of groups) {
    const centre = mean(group);
    for (const value of group) squares += (value - centre) * (value - centre);
    values += group.length;
  }
  const degreesOfFreedom = values - groups.length;
  const deviation = Math.sqrt(squares / degreesOfFreedom);
  return {
    values,
    groups: groups.length,
    degreesOfFreedom,
    deviation,
    chiSquared95: deviationInterval(deviation, degreesOfFreedom),
    bootstrap95: groups.length === 1 ? describeScatter(groups[0]!, seed).bootstrap95 : null,
  };
}
