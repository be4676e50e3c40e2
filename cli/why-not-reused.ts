/** `varve why --not-reused CELL|EVENT`: why tasks ran, though others like them were in the log. */

import {
  explainNotReusedCell,
  explainNotReusedEvent,
  type NotReusedReport,
  type NotReusedTask,
} from '../src/audit/diff/not-reused.ts';
import { findEvent } from '../src/audit/find-event.ts';
import { findNumbers } from '../src/campaign/campaign-view.ts';
import type { StoredEvent } from '../store/event.ts';
import { eventJson } from './output/event-json.ts';
import { renderNotReused } from './output/not-reused.ts';
import { printJson, withStore } from './output/store-access.ts';

export function whyNotReused(name: string, flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    let report: NotReusedReport;
    if (name.includes('/')) {
      const numbers = findNumbers(store, name);
      report = explainNotReusedCell(store, numbers.view, numbers);
    } else {
      report = explainNotReusedEvent(store, findEvent(store, name));
    }
    if (flags.json) printJson(reportJson(report));
    else process.stdout.write(renderNotReused(report));
  });
}

function reportJson({
  campaign,
  reused,
  ran,
  task,
  withinCampaign,
  causes,
  unexplainedCauses,
  purposes,
}: NotReusedReport) {
  const tagged = (event: StoredEvent) => ({ ...eventJson(event), purpose: purposes.get(event.taskId) ?? null });
  const taskJson = ({ event, nearest }: NotReusedTask) => ({
    ...tagged(event),
    nearest: nearest === undefined ? null : { ...tagged(nearest.event), certain: nearest.certain },
    differingFields: nearest?.differingFields ?? null,
    fields: nearest?.difference.fields ?? [],
    inputs: nearest?.difference.inputs ?? [],
  });
  return {
    campaign: campaign === undefined ? null : { name: campaign.name, eventId: campaign.eventId, seq: campaign.seq },
    reused,
    ran: ran.map(tagged),
    task: task === undefined ? null : taskJson(task),
    withinCampaign,
    causes: causes.map(taskJson),
    unexplainedCauses,
  };
}
