/** A comparison as text: values side by side, then the events in which the histories part, alike ones together. */
import type { CellDifference } from '../../src/audit/diff-cells.ts';
import type { Parting } from '../../src/audit/diff-histories.ts';
import type { ComparedSide, Comparison } from '../../src/audit/diff-subjects.ts';
import type { Cell } from '../../src/projections/table.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import { bounded, differenceLines, eventWords, fieldLine, type SideWords } from './differences.ts';
import { formatCell, formatNumber, shortId } from './numbers.ts';
import { renderColumns } from './text-table.ts';

const MAX_SPEC_FIELDS = 20;
const MAX_CELLS = 20;
/** Of partings shown, those that are alike counted as one. */
const MAX_GROUPS = 20;
const MAX_NAMES = 3;

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

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function sideLine(letter: string, { store, campaign, cell, event, purposes }: ComparedSide): string {
  const subject = [
    ...(cell === undefined ? [] : [cell]),
    ...(event === undefined
      ? []
      : [`event ${event.seq}, ${eventWords(event.core.task.kind, event.eventId, purposes.get(event.taskId))}`]),
    ...(campaign === undefined ? [] : [`campaign ${campaign.name} (${shortId(campaign.eventId)})`]),
  ].join(' of ');
  return `${letter}  ${subject === '' ? 'event' : subject} in ${store}`;
}

function cellLines({ a, b, difference, intervalsOverlap }: CellDifference): string[] {
  const shown = (cell: Cell | null): string =>
    cell === null ? 'no such cell' : [formatCell(cell), ...cell.notes].join('; ');
  const overlap =
    intervalsOverlap === null ? '' : `; the 95 % intervals ${intervalsOverlap ? 'overlap' : 'do not overlap'}`;
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
  if (same) {
    const ineffective = spec.length === 0 ? '' : '; no result depends on the fields of the spec that differ';
    return [`The history is the same: all ${shared} events${ineffective}.`];
  }
  const first = partings.filter((parting) => parting.first);
  const later = partings.filter((parting) => !parting.first);
  return [
    ...(first.length === 0 ? [] : [`The histories part at ${events(first.length)}; all before is the same:`]),
    ...partingGroups(first, comparison),
    ...(later.length === 0 ? [] : [`Further on, ${events(later.length)} differ in something of their own as well:`]),
    ...partingGroups(later, comparison),
    `${events(shared)} the same${followers === 0 ? '' : `; ${events(followers)} that differ only because of the above`}.`,
    ...onlyLines('A', onlyInA),
    ...onlyLines('B', onlyInB),
  ];
}

const events = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;

function onlyLines(letter: string, only: readonly StoredEvent[]): string[] {
  if (only.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { core } of only) counts.set(core.task.kind, (counts.get(core.task.kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${count} ${kind}`);
  return [`Without counterpart in ${letter}: ${events(only.length)} (${kinds.join(', ')}).`];
}

function partingGroups(partings: readonly Parting[], { a, b }: Comparison): string[] {
  const words: SideWords = { inA: 'in A', inB: 'in B', nameOfA: namer(a), nameOfB: namer(b) };
  const groups = new Map<string, Parting[]>();
  for (const parting of partings) {
    const { kind } = parting.a.core.task;
    const paths = [...parting.fields, ...parting.inputs].map(({ field }) => field);
    const key = JSON.stringify([kind, parting.sameTask, paths]);
    groups.set(key, [...(groups.get(key) ?? []), parting]);
  }
  const shown = [...groups.values()].slice(0, MAX_GROUPS);
  const hidden = [...groups.values()].slice(MAX_GROUPS).flat().length;
  return [
    ...shown.flatMap((group) => indented(groupLines(group, a, b, words))),
    ...(hidden === 0 ? [] : [`  and ${events(hidden)} more that differ in other fields`]),
  ];
}

const namer =
  ({ events: known, purposes }: ComparedSide) =>
  (eventId: string): string => {
    const event = known.get(eventId);
    if (event === undefined) return shortId(eventId);
    return eventWords(event.core.task.kind, eventId, purposes.get(event.taskId));
  };

/** The first of the group in full, and where the others are. */
function groupLines(group: readonly Parting[], a: ComparedSide, b: ComparedSide, words: SideWords): string[] {
  const [first, ...others] = group as [Parting, ...Parting[]];
  const { kind } = first.a.core.task;
  const lines = (parting: Parting): string[] => differenceLines(kind, parting, words);
  const firstLines = lines(first);
  const alike = others.every((other) => lines(other).join() === firstLines.join());
  return [
    partingTitle(first, a, b),
    ...indented(firstLines),
    ...(first.sameTask ? indented([sameTaskLine(first, a)]) : []),
    ...(others.length === 0
      ? []
      : [
          `  ${alike ? 'the same' : 'the same fields, with other values,'} in ${events(others.length)} more: ` +
            bounded(
              others.map((other) => purposeOf(other, a, b)),
              MAX_NAMES,
              'events',
            ).join('; '),
        ]),
  ];
}

function partingTitle(parting: Parting, a: ComparedSide, b: ComparedSide): string {
  const place = ({ seq, eventId }: StoredEvent): string => `event ${seq} ${shortId(eventId)}`;
  const mark = parting.sameTask && parting.a.core.class === 'exact' ? 'DIVERGENCE: ' : '';
  return `${mark}${parting.a.core.task.kind}  ${purposeOf(parting, a, b)}  A ${place(parting.a)}  B ${place(parting.b)}`;
}

function purposeOf(parting: Parting, a: ComparedSide, b: ComparedSide): string {
  const [inA, inB] = [a.purposes.get(parting.a.taskId), b.purposes.get(parting.b.taskId)];
  if (inA === undefined || inB === undefined || inA === inB) return inA ?? inB ?? shortId(parting.a.eventId);
  return `${inA} | ${inB}`;
}

function sameTaskLine({ a }: Parting, { store }: ComparedSide): string {
  return a.core.class === 'exact'
    ? `the same was computed and something else came out, which an exact task must never do; see which holds: ` +
        `varve replay --event ${shortId(a.eventId)} --store ${store}`
    : 'the same was observed twice, and something else was seen';
}
