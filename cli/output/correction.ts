/** Shows what a correction changes, then records it. */
import {
  type CampaignChange,
  type CorrectionRequest,
  type ProposedCorrection,
  proposeCorrection,
  recordCorrection,
} from '../../src/audit/correct/correction.ts';
import { describeEvent } from '../../src/audit/find-event.ts';
import type { Cell } from '../../src/projections/table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import type { Store } from '../../store/store.ts';
import { formatCell, shortId } from './numbers.ts';
import { printJson, withStore } from './store-access.ts';
import { renderColumns } from './text-table.ts';

export interface CorrectionFlags {
  readonly store: string;
  readonly reason: string;
  readonly author?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function correct(flags: CorrectionFlags, requestOf: (store: Store) => CorrectionRequest): void {
  const show = (store: Store): void => {
    const request = requestOf(store);
    const proposal = proposeCorrection(store, request);
    if (!flags.json) process.stdout.write(describeProposal(request, proposal));
    const event = flags.dryRun ? proposal.recorded : recordCorrection(store, proposal, flags.author);
    if (flags.json) printJson(summarise(request, proposal, event));
    else process.stdout.write(`${describeRecord(proposal, event)}\n`);
  };
  withStore(flags.store, show, flags.dryRun ? 'read' : 'write');
}

function describeProposal({ kind, event, by, reason }: CorrectionRequest, { effect }: ProposedCorrection): string {
  const place = by === undefined ? '' : ` by ${describeEvent(by)}`;
  const counts = [
    ...(effect.fallen > 0 ? [`${events(effect.fallen)} no longer ${effect.fallen === 1 ? 'stands' : 'stand'}`] : []),
    ...(effect.restored > 0 ? [`${events(effect.restored)} ${effect.restored === 1 ? 'stands' : 'stand'} again`] : []),
  ];
  return [
    `${kind} ${describeEvent(event)}${place}: ${reason}`,
    counts.length === 0 ? 'nothing changes' : counts.join('; '),
    ...effect.campaigns.flatMap(changeLines),
  ]
    .map((line) => `${escapeControl(line)}\n`)
    .join('');
}

const events = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;

function changeLines({ campaign, cells, ready }: CampaignChange): string[] {
  const rows = cells.map(({ before, after }) => [`  ${before.name}`, formatCell(before), '→', formatCell(after)]);
  return [
    `campaign ${campaign.name} (event ${shortId(campaign.eventId)}): ${cells.length} cells change`,
    ...(rows.length === 0 ? [] : renderColumns(rows).split('\n')),
    ...(ready === 0 ? [] : [`  to be computed: run its spec again (${ready} tasks at once, then what follows)`]),
  ];
}

function describeRecord({ recorded }: ProposedCorrection, event: StoredEvent | undefined): string {
  if (recorded !== undefined)
    return `recorded before as event ${recorded.seq} (${shortId(recorded.eventId)}), and in effect`;
  if (event === undefined) return 'nothing was recorded (--dry-run)';
  return `recorded as event ${event.seq} (${shortId(event.eventId)}); to take it back: varve retract ${event.seq} --reason TEXT`;
}

const summarise = (
  { kind, event, by, reason }: CorrectionRequest,
  { recorded, effect }: ProposedCorrection,
  correction: StoredEvent | undefined,
) => ({
  kind,
  event: event.eventId,
  by: by?.eventId ?? null,
  reason,
  correction: correction === undefined ? null : { seq: correction.seq, eventId: correction.eventId },
  recordedBefore: recorded !== undefined,
  eventsFallen: effect.fallen,
  eventsRestored: effect.restored,
  campaigns: effect.campaigns.map(({ campaign, cells, ready }) => ({
    name: campaign.name,
    eventId: campaign.eventId,
    cells: cells.map(({ before, after }) => ({ name: before.name, before: stateOf(before), after: stateOf(after) })),
    tasksReady: ready,
  })),
});

const stateOf = ({ value, unit, status, notes }: Cell) => ({ value, unit, status, notes });
