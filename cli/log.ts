/** `varve log`: the events of a store in order, a line each. */
import { readStandings, type Standings, standingWord } from '../src/projections/standing.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import { eventJson } from './output/event-json.ts';
import { shortId } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';

interface LogFlags {
  readonly store: string;
  readonly from: number;
  readonly limit: number;
  readonly kind?: string;
  readonly json?: boolean;
}

export function log(flags: LogFlags): void {
  withStore(flags.store, (store) => {
    const standings = readStandings(store);
    const events: ReturnType<typeof summarise>[] = [];
    let shown = 0;
    for (const event of store.log.events(Math.max(1, flags.from))) {
      if (flags.kind !== undefined && event.core.task.kind !== flags.kind) continue;
      if (shown >= flags.limit) break;
      shown += 1;
      if (flags.json) events.push(summarise(event, standings));
      else process.stdout.write(`${lineOf(event, standings)}\n`);
    }
    if (flags.json) printJson(events);
  });
}

const summarise = (event: StoredEvent, standings: Standings) => ({
  ...eventJson(event),
  standing: standingWord(standings, event.eventId),
  startedAt: event.obs?.startedAt ?? null,
  durationMs: event.obs?.durationMs ?? null,
});

function lineOf(event: StoredEvent, standings: Standings): string {
  const {
    seq,
    eventId,
    kind,
    outcome,
    standing,
    class: determinism,
    startedAt,
    durationMs,
  } = summarise(event, standings);
  const when = startedAt === null ? 'time not recorded' : String(startedAt).slice(0, 19);
  const took = typeof durationMs === 'number' ? `${(durationMs / 1000).toFixed(2)} s` : '';
  const mark = standing === 'stands' ? '' : standing.toUpperCase();
  const columns = [kind.padEnd(20), outcome.padEnd(8), determinism.padEnd(8), when, took.padEnd(9), mark];
  return escapeControl([String(seq).padStart(6), shortId(eventId), ...columns].join('  ').trimEnd());
}
