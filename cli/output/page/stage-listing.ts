/**
 * Which events of a stage the page shows in full. A small stage: all. A large one: those that stand out, and one line for
 * each run; what is beyond that is counted, so that the page stays bounded at any size of campaign.
 */
import type { Explanation } from '../../../src/audit/explain/explanation.ts';
import { foldRuns } from '../../../src/audit/explain/runs.ts';
import type { Stage } from '../../../src/audit/explain/stages.ts';
import type { StoredEvent } from '../../../store/event.ts';
import { worstVerdict } from '../stage-digest.ts';

export const MAX_EVENTS_IN_FULL = 200;
const MAX_STANDING_OUT = 50;
const MAX_RUNS = 200;

export interface StageListing {
  /** Runs, a list of segments each, whose events are all shown. */
  readonly full: readonly (readonly StoredEvent[])[];
  /** Runs of which a line is shown; empty where all is shown in full. */
  readonly folded: readonly (readonly StoredEvent[])[];
  readonly unlistedRuns: number;
  readonly unlistedEvents: number;
}

export function listStage({ events }: Stage, { verdicts, corrections }: Explanation): StageListing {
  const runs = foldRuns(events);
  if (events.length <= MAX_EVENTS_IN_FULL) return { full: runs, folded: [], unlistedRuns: 0, unlistedEvents: 0 };
  const standingOut = events.filter(
    ({ eventId, core }) =>
      core.outcome.status !== 'done' || corrections.has(eventId) || worstVerdict(verdicts.get(eventId)) === 'differs',
  );
  const unlisted = runs.slice(MAX_RUNS);
  return {
    full: standingOut.slice(0, MAX_STANDING_OUT).map((event) => [event]),
    folded: runs.slice(0, MAX_RUNS),
    unlistedRuns: unlisted.length,
    unlistedEvents: unlisted.reduce((sum, run) => sum + run.length, 0),
  };
}
