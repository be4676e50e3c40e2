/** Curves of several runs put together for figures: their mean, and the scatter between them. */
import type { StoredEvent } from '../../store/event.ts';
import { poolErrors } from '../analysis/replicas.ts';
import { exp, log } from '../numerics/elementary.ts';
import { mean } from '../numerics/statistics.ts';
import type { Series } from './figure.ts';

/**
 * Point by point; where a curve is shorter than the longest it counts as 0.
 * @returns the mean, and the 95 % interval of the mean where there are several curves
 */
export function meanCurve(curves: readonly ArrayLike<number>[]): Pick<Series, 'y' | 'interval95'> {
  const points = Math.max(0, ...curves.map(({ length }) => length));
  const at = (k: number): number[] => curves.map((curve) => curve[k] ?? 0);
  const y = Array.from({ length: points }, (_, k) => mean(at(k)));
  if (curves.length < 2) return { y };
  const none = curves.map(() => null);
  const interval95 = y.map((centre, k) => {
    const { halfWidth95 } = poolErrors(at(k), none, []);
    return [centre - halfWidth95!, centre + halfWidth95!] as const;
  });
  return { y, interval95 };
}

export const eventIds = (events: readonly (StoredEvent | undefined)[]): string[] => [
  ...new Set(events.flatMap((event) => (event === undefined ? [] : [event.eventId]))),
];

/** At most so many of evenly spaced points, as far apart as on a logarithmic axis; the last among them. */
export function logSpaced(points: number, most = 200): number[] {
  const chosen = new Set<number>();
  for (let k = 0; k < most; k++) chosen.add(Math.round(exp((k / (most - 1)) * log(points))) - 1);
  return [...chosen].filter((at) => at >= 0 && at < points).sort((a, b) => a - b);
}

/** What of the analyses of a point's runs a series can be made of, or why there is none yet. */
export interface PointRuns {
  readonly row: string;
  readonly temperatureK: number;
  readonly runs: readonly {
    readonly event: StoredEvent | undefined;
    readonly stopped: StoredEvent | undefined;
    readonly withdrawn: { readonly because: string } | undefined;
  }[];
}

export function whyMissing({ runs }: PointRuns): string | undefined {
  const withdrawn = runs.find((run) => run.withdrawn !== undefined)?.withdrawn;
  if (withdrawn !== undefined) return `a run ${withdrawn.because}`;
  const ended = runs.filter(({ stopped }) => stopped === undefined);
  if (ended.length === 0) return 'all runs stopped early';
  const open = ended.filter(({ event }) => event === undefined).length;
  return open === 0 ? undefined : `${open} of ${runs.length} runs are not analysed yet`;
}

/** Of one analysis by structure and temperature, in the order in which they come. */
export function pointsOf<T extends { readonly row: string; readonly temperatureK: number }>(
  runs: readonly T[],
): { readonly row: string; readonly temperatureK: number; readonly runs: readonly T[] }[] {
  const points = new Map<string, T[]>();
  for (const run of runs) {
    const key = `${run.row} ${run.temperatureK}`;
    points.set(key, [...(points.get(key) ?? []), run]);
  }
  return [...points.values()].map((of) => ({ ...of[0]!, runs: of }));
}
