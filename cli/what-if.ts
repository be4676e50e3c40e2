/** `varve what-if --without EVENT`: the tables without it, in memory; nothing is recorded. */
import { findEvent } from '../src/audit/find-event.ts';
import { type WhatIf, type WhatIfCell, whatIf } from '../src/audit/what-if/what-if.ts';
import type { Cell } from '../src/projections/table.ts';
import { eventJson } from './output/event-json.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderWhatIf } from './output/what-if.ts';
import { workerCount } from './output/workers.ts';

interface WhatIfFlags {
  readonly store: string;
  readonly without: readonly string[];
  readonly campaign?: string;
  readonly workers?: number;
  readonly json?: boolean;
}

export function showWhatIf(flags: WhatIfFlags): void {
  const workers = workerCount(flags.workers);
  withStore(flags.store, (store) => {
    const events = new Map(flags.without.map((name) => findEvent(store, name)).map((event) => [event.eventId, event]));
    const answer = whatIf(store, [...events.values()], flags.campaign, workers);
    if (flags.json) printJson(answerJson(answer));
    else process.stdout.write(renderWhatIf(answer));
  });
}

const answerJson = ({ view, without, fallen, recomputed, cells, unchanged, redo, work, remainingAnyway }: WhatIf) => ({
  campaign: { name: view.campaign.name, eventId: view.campaign.eventId },
  without: without.map((event) => ({ ...eventJson(event), purpose: view.plan.purposes.get(event.taskId) ?? null })),
  eventsFallen: fallen,
  recomputed,
  cells: cells.map(cellJson),
  cellsUnchanged: unchanged,
  work,
  redo: redo.map(({ task: { kind }, taskId, purpose }) => ({ kind, taskId, purpose })),
  remainingAnyway,
});

const cellJson = ({ name, a, b, difference, needs }: WhatIfCell) => ({
  name,
  before: stateOf(a!),
  after: b === null ? null : stateOf(b),
  difference,
  needs,
});

const stateOf = ({ value, unit, interval95, verdict, status, notes }: Cell) => ({
  value,
  unit,
  interval95,
  verdict: verdict ?? null,
  status,
  notes,
});
