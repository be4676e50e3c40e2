/** Events folded into runs: segments of molecular dynamics that go on from one another are one run, any other event stands alone. */
import type { StoredEvent } from '../../../store/event.ts';

/** @param events in the order of the log, which the events of each run keep */
export function foldRuns(events: readonly StoredEvent[]): StoredEvent[][] {
  const runOf = new Map<string, StoredEvent[]>();
  const runs: StoredEvent[][] = [];
  for (const event of events) {
    const { kind, inputs } = event.core.task;
    const state = kind === 'md.run' ? inputs.state : undefined;
    const previous = state !== undefined && 'event' in state ? runOf.get(state.event) : undefined;
    const run = previous ?? [];
    run.push(event);
    runOf.set(event.eventId, run);
    if (previous === undefined) runs.push(run);
  }
  return runs;
}
