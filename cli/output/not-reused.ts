/** Why tasks ran anew, as text: the nearest earlier task of each and the fields that differ, alike ones together. */
import type { NearestTask } from '../../src/audit/diff/nearest-earlier.ts';
import type { NotReusedReport, NotReusedTask } from '../../src/audit/diff/not-reused.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import {
  countOf,
  differenceLines,
  eventWords,
  fieldNames,
  groupedLines,
  indented,
  type SideWords,
} from './differences.ts';
import { shortId } from './numbers.ts';

export function renderNotReused(report: NotReusedReport): string {
  const lines = [
    ...(report.task === undefined ? summaryLines(report) : taskLines(report.task, report)),
    ...causeLines(report),
  ];
  return `${lines.map(escapeControl).join('\n')}\n`;
}

function summaryLines({ campaign, reused, ran }: NotReusedReport): string[] {
  const opened = campaign === undefined ? 'a campaign' : `campaign ${campaign.name} (${shortId(campaign.eventId)})`;
  return [
    `Of the ${countOf(reused + ran.length, 'event')} that it rests on, ${reused} were in the log before ` +
      `${opened} was opened; ${ran.length} ran after that.`,
  ];
}

function taskLines(task: NotReusedTask, report: NotReusedReport): string[] {
  const { core, eventId, seq } = task.event;
  const { kind } = core.task;
  const title = `event ${seq}, ${eventWords(kind, eventId, purposeOf(task.event, report))}`;
  const nothingBefore = `no ${kind} was in the log before its campaign was opened`;
  if (task.nearest === undefined) return [title, ...indented([nothingBefore])];
  const scope = report.withinCampaign ? [`${nothingBefore}; within the campaign:`] : [];
  return [title, ...indented([...scope, nearestPlace(task.nearest, report), ...nearestLines(task, report)])];
}

function causeLines(report: NotReusedReport): string[] {
  const { causes, unexplainedCauses, withinCampaign } = report;
  if (causes.length === 0 || withinCampaign) return [];
  const differing = causes.map((cause) => {
    const { event, nearest } = cause;
    const { kind } = event.core.task;
    const purpose = purposeOf(event, report);
    return {
      key: `${kind} ${nearest === undefined ? '' : fieldNames(nearest.difference)}`,
      title: `event ${event.seq}, ${eventWords(kind, event.eventId, purpose)}`,
      purpose: purpose ?? shortId(event.eventId),
      place:
        nearest === undefined
          ? `no ${kind} was in the log before the campaign was opened`
          : nearestPlace(nearest, report),
      lines: nearest === undefined ? [] : nearestLines(cause, report),
    };
  });
  return [
    `Ran though all that they rest on was there, ${countOf(causes.length + unexplainedCauses, 'event')}; what else ran follows from these:`,
    ...indented(groupedLines(differing)),
    ...(unexplainedCauses === 0 ? [] : [`  and ${countOf(unexplainedCauses, 'event')} more that were not looked into`]),
  ];
}

function nearestPlace({ event }: NearestTask, report: NotReusedReport): string {
  return `nearest earlier task: event ${event.seq}, ${eventWords(event.core.task.kind, event.eventId, purposeOf(event, report))}`;
}

function nearestLines({ event, nearest }: NotReusedTask, report: NotReusedReport): string[] {
  const { difference, certain } = nearest!;
  const { kind } = event.core.task;
  const words: SideWords = {
    inA: 'there',
    inB: 'here',
    nameOfA: shortId,
    nameOfB: (eventId) => {
      const used = report.events.get(eventId);
      if (used === undefined) return shortId(eventId);
      const anew = report.ran.includes(used) && !report.withinCampaign ? ', which ran anew itself' : '';
      return `${eventWords(used.core.task.kind, eventId, purposeOf(used, report))}${anew}`;
    },
  };
  return [
    ...indented(differenceLines(kind, difference, words)),
    ...(certain ? [] : ['many earlier tasks are about as near: not all of them were compared input by input']),
  ];
}

const purposeOf = ({ taskId }: StoredEvent, { purposes }: NotReusedReport): string | undefined => purposes.get(taskId);
