/** `varve diff A B`: the first events in which two histories part, and in which field. */
import { resolve } from 'node:path';
import type { HistoryDifference } from '../src/audit/diff/diff-histories.ts';
import { findSubject, parseSide } from '../src/audit/diff/diff-sides.ts';
import { type ComparedSide, type Comparison, type DiffReport, diffSubjects } from '../src/audit/diff/diff-subjects.ts';
import type { InputDifference, ItemGroup } from '../src/audit/diff/diff-tasks.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import { renderComparison } from './output/comparison.ts';
import { eventJson } from './output/event-json.ts';
import { printJson, withStore } from './output/store-access.ts';

interface DiffFlags {
  readonly store: string;
  readonly cell?: string;
  readonly exitCode?: boolean;
  readonly json?: boolean;
}

export function diff(wordA: string, wordB: string, flags: DiffFlags): void {
  const [a, b] = [parseSide(wordA, flags.store), parseSide(wordB, flags.store)];
  const compare = <S extends Parameters<typeof findSubject>[0]>(storeA: S, storeB: S): DiffReport =>
    diffSubjects(findSubject(storeA, a.subject), findSubject(storeB, b.subject), flags.cell);
  withStore(a.dir, (storeA) => {
    if (resolve(a.dir) === resolve(b.dir)) return print(compare(storeA, storeA), flags);
    return withStore(b.dir, (storeB) => print(compare(storeA, storeB), flags));
  });
}

function print(report: DiffReport, flags: DiffFlags): void {
  const same =
    report.comparisons.every((comparison) => comparison.same) &&
    report.campaignsOnlyInA.length + report.campaignsOnlyInB.length === 0;
  if (flags.exitCode && !same) process.exitCode = 1;
  if (flags.json) {
    printJson({ same, ...report, comparisons: report.comparisons.map(comparisonJson) });
    return;
  }
  process.stdout.write(report.comparisons.map(renderComparison).join('\n'));
  for (const [letter, names] of [
    ['A', report.campaignsOnlyInA],
    ['B', report.campaignsOnlyInB],
  ] as const) {
    if (names.length > 0) process.stdout.write(`\nCampaigns only in ${letter}: ${escapeControl(names.join(', '))}\n`);
  }
}

function comparisonJson({ a, b, spec, cells, history, same }: Comparison) {
  return { same, a: sideJson(a), b: sideJson(b), spec, cells, ...historyJson(history, a, b) };
}

const sideJson = ({ store, campaign, cell, event }: ComparedSide) => ({
  store,
  campaign: campaign === undefined ? null : { name: campaign.name, eventId: campaign.eventId },
  cell: cell ?? null,
  event: event?.eventId ?? null,
});

function historyJson(history: HistoryDifference, a: ComparedSide, b: ComparedSide) {
  const input = (difference: InputDifference) => ({
    ...difference,
    onlyInA: difference.onlyInA.map((group) => groupJson(group, a)),
    onlyInB: difference.onlyInB.map((group) => groupJson(group, b)),
  });
  return {
    shared: history.shared,
    followers: history.followers,
    partings: history.partings.map((parting) => ({
      first: parting.first,
      divergence: parting.sameTask && parting.a.core.class === 'exact',
      sameTask: parting.sameTask,
      a: tagged(parting.a, a),
      b: tagged(parting.b, b),
      fields: parting.fields,
      inputs: parting.inputs.map(input),
    })),
    onlyInA: history.onlyInA.map((event) => tagged(event, a)),
    onlyInB: history.onlyInB.map((event) => tagged(event, b)),
  };
}

const tagged = (event: StoredEvent, { purposes }: ComparedSide) => ({
  ...eventJson(event),
  purpose: purposes.get(event.taskId) ?? null,
});

function groupJson(group: ItemGroup, { events, purposes }: ComparedSide) {
  const event = events.get(group.event);
  return {
    ...group,
    kind: event?.core.task.kind ?? null,
    purpose: (event && purposes.get(event.taskId)) ?? null,
  };
}
