/**
 * What runs, fits and scheme runs took: the recorded durations of their tasks, s. They are wall-clock times on whatever machine
 * did the work, CPU times where each task had one core to itself; they are not results, and nothing hashed rests on them.
 */
import type { StoredEvent } from '../../../store/event.ts';
import { demandEvent, type LineageSource, traceLineage, usesOf } from '../lineage.ts';
import { chainTo } from './derivation-shape.ts';
import type { FitOrigin, RunOrigin } from './run-origin.ts';

/** Null where a task has no recorded duration. */
type Seconds = number | null;

/** Equilibration and production of one run, and its analysis. */
export function runSeconds({ diffusion }: RunOrigin, source: LineageSource): Seconds {
  const uses = usesOf(diffusion, source);
  const events = uses.filter(({ input }) => input === 'trajectory').map(({ to }) => demandEvent(source, to));
  const begin = uses.find(({ input }) => input === 'start');
  const before = begin === undefined ? [] : chainTo(demandEvent(source, begin.to), source);
  return sumOf([diffusion, ...before, ...events]);
}

export const fitSeconds = ({ eventId }: FitOrigin, source: LineageSource): Seconds =>
  sumOf(chainTo(demandEvent(source, eventId), source));

/**
 * All that a scheme run did to arrive at a training set, and the fit to it: what its labels rest on and itself rests on the first
 * fit. Null for sets that no scheme made.
 */
export function schemeSeconds(fit: FitOrigin, source: LineageSource): Seconds {
  if (fit.training.from !== 'scheme') return null;
  const { nodes, edges } = traceLineage([fit.eventId], source);
  const users = new Map<string, string[]>();
  for (const { from, to } of edges) users.set(to, [...(users.get(to) ?? []), from]);
  const own = new Set<string>();
  for (const root of fit.training.roots) {
    for (const { eventId } of chainTo(demandEvent(source, root), source)) own.add(eventId);
  }
  // The loop goes on to what is added while it runs.
  for (const eventId of own) for (const user of users.get(eventId) ?? []) own.add(user);
  return sumOf(nodes.filter(({ eventId }) => own.has(eventId)));
}

function sumOf(events: readonly StoredEvent[]): Seconds {
  let milliseconds = 0;
  for (const { obs } of events) {
    if (typeof obs?.durationMs !== 'number') return null;
    milliseconds += obs.durationMs;
  }
  return milliseconds / 1000;
}
