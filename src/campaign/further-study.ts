/** Which further runs would halve the standard error of a number of the variance study, at the costs that its tasks had. */

import { type FurtherRunsAnswer, furtherRuns, type Target, type UnitCosts } from '../analysis/variance/further-runs.ts';
import { countsOf } from '../analysis/variance/nested-sample.ts';
import { mean } from '../numerics/statistics.ts';
import type { LineageSource } from '../projections/lineage.ts';
import { fitSeconds, runSeconds, schemeSeconds } from '../projections/variance/task-times.ts';
import type { LevelStudy } from '../projections/variance/variance-study.ts';

export interface FurtherStudy {
  readonly level: LevelStudy;
  readonly target: Target;
  /** Mean recorded times, s; null where nothing is recorded, or there is no such thing. */
  readonly seconds: { readonly [unit in keyof UnitCosts]: number | null };
  readonly answer: FurtherRunsAnswer | undefined;
  /** Why there is no answer. */
  readonly why: string | undefined;
}

export function askFurtherRuns(level: LevelStudy, target: Target, source: LineageSource): FurtherStudy {
  const runs = level.runs.nested.flat(2);
  const fits = [...new Map(runs.map(({ fit }) => [fit.eventId, fit])).values()];
  const seconds = {
    run: meanKnown(runs.map((run) => runSeconds(run, source))),
    fit: meanKnown(fits.map((fit) => fitSeconds(fit, source))),
    scheme: meanKnown(level.runs.own.map(({ fit }) => schemeSeconds(fit, source))),
  };
  const none = (why: string): FurtherStudy => ({ level, target, seconds, answer: undefined, why });
  const { decomposition } = level;
  if (decomposition === undefined)
    return none(level.notPositive > 0 ? 'a D is not above 0' : 'a single run tells nothing of scatter');
  if (target !== 'mean' && !decomposition.components.some((component) => component.level === target)) {
    return none(`these runs do not show the ${target} component by itself`);
  }
  if (seconds.run === null || seconds.fit === null) return none('the tasks have no recorded durations');
  if (level.runs.nested.length > 1 && seconds.scheme === null) {
    return none('the training sets were imported: what another one would cost is not known');
  }
  const counts = countsOf(level.runs.nested);
  const costs = { run: seconds.run, fit: seconds.fit, scheme: seconds.scheme ?? Number.POSITIVE_INFINITY };
  const answer = furtherRuns(counts, decomposition, costs, target);
  return answer === undefined
    ? none('no design that was tried is enough')
    : { level, target, seconds, answer, why: undefined };
}

function meanKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
