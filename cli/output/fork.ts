/** What a fork reuses, what it has to run, and why, as text. */
import type { ForkCause, ForkReport } from '../../src/audit/fork/fork-report.ts';
import { PLAN_VERSION } from '../../src/campaign/plan-version.ts';
import { escapeControl } from '../../store/escape-control.ts';
import {
  bounded,
  type DifferingEvent,
  differenceLines,
  eventWords,
  fieldLine,
  fieldNames,
  groupedLines,
  indented,
  type SideWords,
} from './differences.ts';
import { counted, shortId } from './numbers.ts';
import { workLines, workTotal } from './work.ts';

const MAX_CHANGES = 20;

export function renderFork(report: ForkReport): string {
  const { parent, spec, reused, reusedStages, work, withdrawn } = report;
  const { name, eventId, planVersion } = parent.campaign;
  const stages = reusedStages.map(({ stage, tasks }) => `${stage} ${tasks}`).join(', ');
  const lines = [
    `${spec.name}: fork of ${name} (${shortId(eventId)})`,
    'changed:',
    ...indented(bounded(changeLines(report), MAX_CHANGES, 'fields')),
    ...(planVersion === PLAN_VERSION
      ? []
      : [
          `${name} was opened by an older version of varve: what has another version since runs anew, whatever is changed`,
        ]),
    `reused: ${counted(reused.length, 'task')}${stages === '' ? '' : `: ${stages}`}`,
    ...(withdrawn === 0 ? [] : [`taken back by corrections, and not asked for again: ${counted(withdrawn, 'task')}`]),
    `to run: ${workTotal(work)}`,
    ...workLines(work),
    ...causeLines(report),
  ];
  return `${lines.map(escapeControl).join('\n')}\n`;
}

const changeLines = ({ changes, tasksByField }: ForkReport): string[] =>
  changes.map((change) => {
    const tasks = tasksByField.get(change.field) ?? null;
    const alone = changes.length === 1 ? '' : tasks === null ? '' : `  (alone: ${counted(tasks, 'task')} to run)`;
    return `${fieldLine(change)}${alone}`;
  });

function causeLines({ causes, unexplainedCauses, parent, forecast }: ForkReport): string[] {
  if (causes.length === 0) return [];
  const purposeOf = (taskId: string): string | undefined =>
    forecast.plan.purposes.get(taskId) ?? parent.plan.purposes.get(taskId);
  const nameOf = (eventId: string): string => {
    const event = forecast.imagination.byEventId(eventId);
    return event === undefined ? shortId(eventId) : eventWords(event.core.task.kind, eventId, purposeOf(event.taskId));
  };
  const words: SideWords = { inA: 'there', inB: 'here', nameOfA: nameOf, nameOfB: nameOf };
  return [
    `These ${counted(causes.length + unexplainedCauses, 'task')} ${causes.length === 1 ? 'runs' : 'run'} though all that they rest on is there; what else runs follows from them:`,
    ...indented(groupedLines(causes.map((cause) => causeOf(cause, words, purposeOf)))),
    ...(unexplainedCauses === 0 ? [] : [`  and ${counted(unexplainedCauses, 'task')} more that were not looked into`]),
  ];
}

function causeOf(
  { task, nearest, fields }: ForkCause,
  words: SideWords,
  purposeOf: (taskId: string) => string | undefined,
): DifferingEvent {
  const { kind } = task.task;
  const why = fields.length === 0 ? 'only with several of the changes together' : `because of ${fields.join(', ')}`;
  const place =
    nearest === undefined
      ? `${why}; the campaign has no ${kind}`
      : `${why}; nearest there: event ${nearest.event.seq}, ${eventWords(kind, nearest.event.eventId, purposeOf(nearest.event.taskId))}`;
  return {
    key: `${kind} ${fields.join()} ${nearest === undefined ? '' : fieldNames(nearest.difference)}`,
    title: `${kind}  ${task.purpose}`,
    purpose: task.purpose,
    place,
    lines: nearest === undefined ? [] : differenceLines(kind, nearest.difference, words),
  };
}
