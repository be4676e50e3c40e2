/** The tables of a campaign without some of its events, cell by cell, and what would have to be done again. */
import { describeEvent } from '../../src/audit/find-event.ts';
import type { Need } from '../../src/audit/what-if/needs.ts';
import type { WhatIf, WhatIfCell } from '../../src/audit/what-if/what-if.ts';
import type { ForecastTask } from '../../src/campaign/forecast/imagination.ts';
import { escapeControl } from '../../store/escape-control.ts';
import { bounded, indented } from './differences.ts';
import { counted, formatCell, formatNumber, shortId } from './numbers.ts';
import { renderColumns } from './text-table.ts';
import { coreTime, workLines, workTotal } from './work.ts';

const MAX_LISTED = 20;

export function renderWhatIf(answer: WhatIf): string {
  const { view, without, fallen, recomputed, unchanged, remainingAnyway } = answer;
  const lines = [
    `campaign ${view.campaign.name} (${shortId(view.campaign.eventId)}) without`,
    ...indented(
      without.map((event) => {
        const purpose = view.plan.purposes.get(event.taskId);
        return `${describeEvent(event)}${purpose === undefined ? '' : `: ${purpose}`}`;
      }),
    ),
    `${fallen} of its events fall, ${recomputed} ${recomputed === 1 ? 'analysis is' : 'analyses are'} computed anew in memory, nothing is recorded`,
    ...cellLines(answer),
    ...noteLines(answer),
    `${counted(unchanged, 'cell')} the same.`,
    ...redoLines(answer),
    ...(remainingAnyway === 0 ? [] : [`The campaign has ${counted(remainingAnyway, 'task')} before it anyway.`]),
  ];
  return `${lines.map(escapeControl).join('\n')}\n`;
}

function cellLines({ cells }: WhatIf): string[] {
  if (cells.length === 0) return ['No cell changes.'];
  const rows = cells.map((cell) => [`  ${cell.name}`, formatCell(cell.a!), ...afterwards(cell)]);
  return renderColumns([['', 'as it is', 'without', 'difference'], ...rows]).split('\n');
}

function afterwards({ b, difference, needs }: WhatIfCell): string[] {
  if (needs.length > 0) return [`needs ${needsText(needs)}`];
  if (b === null) return ['withdrawn'];
  const changed =
    difference === null
      ? ''
      : `${difference > 0 ? '+' : ''}${formatNumber(difference)}${b.unit === '' ? '' : ` ${b.unit}`}`;
  return [formatCell(b), changed];
}

/** Fits and runs by name; what else is needed on the way there together, and analyses only where there is nothing else. */
function needsText(needs: readonly Need[]): string {
  const worthy = needs.filter(({ kind }) => !kind.startsWith('analysis.'));
  const named = worthy.filter(({ kind }) => NAMED_KINDS[kind] !== undefined);
  const others = (worthy.length > 0 ? worthy : needs).filter(({ kind }) => NAMED_KINDS[kind] === undefined);
  const texts = named.map(({ fits, ...need }) => needText(counted(fits ?? need.tasks, NAMED_KINDS[need.kind]!), need));
  if (others.length > 0) {
    const total = {
      tasks: others.reduce((sum, { tasks }) => sum + tasks, 0),
      coreSeconds: others.reduce((sum, { coreSeconds }) => sum + coreSeconds, 0),
      unknownTasks: others.reduce((sum, { unknownTasks }) => sum + unknownTasks, 0),
    };
    texts.push(needText(counted(total.tasks, named.length > 0 ? 'other task' : 'task'), total));
  }
  return texts.join(' and ');
}

const NAMED_KINDS: { readonly [kind: string]: string } = { 'potential.fit': 'fit', 'md.run': 'MD segment' };

const needText = (what: string, time: Pick<Need, 'tasks' | 'coreSeconds' | 'unknownTasks'>): string =>
  `${what} (${coreTime(time)})`;

/** Why a cell has no value any more. */
function noteLines({ cells }: WhatIf): string[] {
  const notes = new Map<string, string>();
  for (const { b } of cells) if (b !== null && b.value === null) for (const note of b.notes) notes.set(note, b.name);
  return [...notes].map(([note, name]) => `  ${name}: ${note}`);
}

function redoLines({ redo, work }: WhatIf): string[] {
  if (redo.length === 0) return ['Nothing would have to be computed again.'];
  const listed = bounded(headsOf(redo), MAX_LISTED, 'lines');
  return [`To be done again: ${workTotal(work)}`, ...workLines(work), ...indented(listed)];
}

/** A line for each fit and run, whatever number of segments, and one for all other tasks of a kind, analyses aside. */
function headsOf(tasks: readonly ForecastTask[]): string[] {
  const byEvent = new Map(tasks.map((task) => [task.event.eventId, task]));
  const headOf = new Map<ForecastTask, ForecastTask>();
  const segments = new Map<ForecastTask, number>();
  const others = new Map<string, number>();
  for (const task of tasks) {
    const { kind } = task.task;
    if (!SEGMENTED_KINDS.includes(kind)) {
      if (!kind.startsWith('analysis.')) others.set(kind, (others.get(kind) ?? 0) + 1);
      continue;
    }
    const { state } = task.task.inputs;
    const previous = state !== undefined && 'event' in state ? byEvent.get(state.event) : undefined;
    const head = previous === undefined ? task : headOf.get(previous)!;
    headOf.set(task, head);
    segments.set(head, (segments.get(head) ?? 0) + 1);
  }
  return [
    ...[...segments].map(
      ([{ task, purpose }, count]) =>
        `${task.kind}  ${purpose}${count === 1 ? '' : `, and ${counted(count - 1, 'more segment')}`}`,
    ),
    ...[...others].map(([kind, count]) => `${kind}  ${counted(count, 'task')}`),
  ];
}

/** Kinds of which each is worth a line. */
const SEGMENTED_KINDS = ['potential.fit', 'md.run', 'structure.relax'];
