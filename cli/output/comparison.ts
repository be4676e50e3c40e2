/** A comparison as text: values side by side, then the events in which the histories part, alike ones together. */
import type { CellDifference } from '../../src/audit/diff/diff-cells.ts';
import { type Parting, sameHistory } from '../../src/audit/diff/diff-histories.ts';
import type { ComparedSide, Comparison } from '../../src/audit/diff/diff-subjects.ts';
import type { Cell } from '../../src/projections/table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import {
  bounded,
  countOf,
  differenceLines,
  eventWords,
  fieldLine,
  fieldNames,
  groupedLines,
  indented,
  type SideWords,
} from './differences.ts';
import { formatCell, formatNumber, shortId } from './numbers.ts';
import { renderColumns } from './text-table.ts';

const MAX_SPEC_FIELDS = 20;
const MAX_CELLS = 20;

export function renderComparison(comparison: Comparison): string {
  const blocks = [
    [sideLine('A', comparison.a), sideLine('B', comparison.b)],
    comparison.spec.length === 0
      ? []
      : ['spec:', ...indented(bounded(comparison.spec.map(fieldLine), MAX_SPEC_FIELDS, 'fields'))],
    comparison.a.cell === undefined ? campaignCellLines(comparison.cells) : comparison.cells.flatMap(cellLines),
    historyLines(comparison),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map(escapeControl).join('\n'))
    .join('\n\n')}\n`;
}

function sideLine(letter: string, { store, campaign, cell, event, purposes }: ComparedSide): string {
  const subject = [
    ...(cell === undefined ? [] : [cell]),
    ...(event === undefined
      ? []
      : [`event ${event.seq}, ${eventWords(event.core.task.kind, event.eventId, purposes.get(event.taskId))}`]),
    ...(campaign === undefined ? [] : [`campaign ${campaign.name} (${shortId(campaign.eventId)})`]),
  ].join(' of ');
  return `${letter}  ${subject} in ${store}`;
}

function cellLines({ a, b, difference, intervalsOverlap }: CellDifference): string[] {
  const shown = (cell: Cell | null): string =>
    cell === null ? 'no such cell' : [formatCell(cell), ...cell.notes].join('; ');
  const overlap =
    intervalsOverlap === null
      ? ''
      : `; the 95 % intervals, in brackets, ${intervalsOverlap ? 'overlap' : 'do not overlap'}`;
  const unit = a?.unit ? ` ${a.unit}` : '';
  return [
    ...renderColumns([
      ['A', shown(a)],
      ['B', shown(b)],
    ]).split('\n'),
    ...(difference === null ? [] : [`B − A = ${formatNumber(difference)}${unit}${overlap}`]),
  ];
}

function campaignCellLines(cells: readonly CellDifference[]): string[] {
  if (cells.length === 0) return [];
  const shown = (cell: Cell | null): string => (cell === null ? 'no such cell' : formatCell(cell));
  const rows = cells.slice(0, MAX_CELLS).map(({ a, b }) => [(a ?? b)!.name, shown(a), shown(b)]);
  return [
    `${cells.length} ${cells.length === 1 ? 'cell differs' : 'cells differ'}:`,
    ...indented(renderColumns([['', 'A', 'B'], ...rows]).split('\n')),
    ...(cells.length > MAX_CELLS ? [`  and ${cells.length - MAX_CELLS} more cells`] : []),
  ];
}

function historyLines(comparison: Comparison): string[] {
  const { history, spec, same } = comparison;
  const { partings, followers, shared, onlyInA, onlyInB } = history;
  if (sameHistory(history)) {
    const aside =
      (same ? '' : ', from which two different values are taken') +
      (spec.length === 0 ? '' : '; none of it depends on the fields of the spec that differ');
    return [`The history is the same, ${countOf(shared, 'event')}${aside}.`];
  }
  const first = partings.filter((parting) => parting.first);
  const later = partings.filter((parting) => !parting.first);
  return [
    ...(first.length === 0 ? [] : [`The histories part at ${countOf(first.length, 'event')}; all before is the same:`]),
    ...partingLines(first, comparison),
    ...(later.length === 0 ? [] : [`Further on, ${countOf(later.length, 'event')} with a difference of their own:`]),
    ...partingLines(later, comparison),
    ...(followers === 0 ? [] : [`${countOf(followers, 'event')} that differ only in what they rest on.`]),
    `${countOf(shared, 'event')} the same in both.`,
    ...onlyLines('A', onlyInA),
    ...onlyLines('B', onlyInB),
  ];
}

function onlyLines(letter: string, only: readonly StoredEvent[]): string[] {
  if (only.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { core } of only) counts.set(core.task.kind, (counts.get(core.task.kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`);
  return [`Only in ${letter}: ${countOf(only.length, 'event')} (${kinds.join(', ')}).`];
}

function partingLines(partings: readonly Parting[], { a, b }: Comparison): string[] {
  const words: SideWords = { inA: 'in A', inB: 'in B', nameOfA: namer(a), nameOfB: namer(b) };
  return indented(
    groupedLines(
      partings.map((parting) => {
        const { kind } = parting.a.core.task;
        const purpose = purposeOf(parting, a, b);
        const divergence = parting.sameTask && parting.a.core.class === 'exact';
        return {
          key: `${kind} ${parting.sameTask} ${fieldNames(parting)}`,
          title: `${divergence ? 'DIVERGENCE: ' : ''}${kind}  ${purpose}`,
          purpose,
          place: `event ${placeOf(parting.a)} in A, event ${placeOf(parting.b)} in B`,
          lines: [...differenceLines(kind, parting, words), ...(parting.sameTask ? [sameTaskLine(parting, a)] : [])],
        };
      }),
    ),
  );
}

const placeOf = ({ seq, eventId }: StoredEvent): string => `${seq} (${shortId(eventId)})`;

const namer =
  ({ events: known, purposes }: ComparedSide) =>
  (eventId: string): string => {
    const event = known.get(eventId);
    if (event === undefined) return shortId(eventId);
    return eventWords(event.core.task.kind, eventId, purposes.get(event.taskId));
  };

function purposeOf(parting: Parting, a: ComparedSide, b: ComparedSide): string {
  const [inA, inB] = [a.purposes.get(parting.a.taskId), b.purposes.get(parting.b.taskId)];
  if (inA === undefined || inB === undefined || inA === inB) return inA ?? inB ?? shortId(parting.a.eventId);
  return `${inA} → ${inB}`;
}

function sameTaskLine({ a }: Parting, { store }: ComparedSide): string {
  return a.core.class === 'exact'
    ? `the same was computed and something else came out, which an exact task must never do; see which holds: ` +
        `varve replay --event ${shortId(a.eventId)} --store ${store}`
    : 'the same was observed twice, and something else was seen';
}
