/** `varve status`: the campaigns of a store, what is running, what remains and how long it should take. */

import { type CampaignStatus, campaignStatus } from '../src/audit/status/campaign-status.ts';
import { campaignResultHash, viewCampaign } from '../src/campaign/campaign-view.ts';
import { lateSegments, systemSpeeds } from '../src/campaign/dynamics-speed.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import { progressOf, readRunningNote } from '../src/campaign/running-note.ts';
import { describeWithdrawal } from '../src/projections/campaign-results.ts';
import { readStandings } from '../src/projections/standing.ts';
import type { Correction } from '../store/corrections.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import { counted, formatSpeed, shortId } from './output/numbers.ts';
import { remainingLines, runningLines } from './output/status.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';
import { workerCount } from './output/workers.ts';

interface StatusFlags {
  readonly store: string;
  readonly workers?: number;
  readonly remaining?: boolean;
  readonly json?: boolean;
}

export function status(flags: StatusFlags): void {
  withStore(flags.store, (store) => {
    const running = readRunningNote(store.dir);
    const options = {
      workers: flags.workers ?? running?.workers ?? workerCount(undefined),
      underWay: running === undefined ? new Map() : progressOf(running.running, Date.parse(running.updatedAt)),
      always: flags.remaining === true,
    };
    const standings = readStandings(store);
    const late = lateSegments(store.log);
    const statuses = listCampaigns(store).map((campaign) =>
      campaignStatus(store, viewCampaign(store, campaign, standings), standings, options),
    );
    const campaigns = statuses.map((each) => describe(each, late));
    const corrections = countInEffect(standings.corrections.all);
    if (flags.json) {
      const { size: events } = store.log;
      const historyHash = store.log.historyHash();
      return printJson({ store: store.dir, events, historyHash, corrections, running: running ?? null, campaigns });
    }
    process.stdout.write(`${store.dir}: ${store.log.size} events, history hash ${store.log.historyHash()}\n`);
    process.stdout.write(
      `${renderColumns([
        ['campaign', 'state', 'tasks done', 'stopped', 'failed', 'opened', 'event', 'result hash'],
        ...campaigns.map((entry) => [
          entry.name,
          entry.state,
          `${entry.tasksDone} of ${entry.tasksExpected}`,
          String(entry.stopped),
          String(entry.failed),
          entry.openedAt ?? 'not recorded',
          shortId(entry.eventId),
          entry.resultHash,
        ]),
      ])}\n`,
    );
    for (const { name, dynamics } of campaigns) {
      for (const speed of dynamics) {
        const system = `${name}: ${speed.atoms} atoms, potential ${shortId(speed.potential)}`;
        const line = `${system}: ${formatSpeed(speed)} in ${counted(speed.segments, 'late segment')}`;
        process.stdout.write(`${escapeControl(line)}\n`);
      }
    }
    for (const { name, eventId, corrections: concerning, withdrawn } of campaigns) {
      if (concerning.recorded === 0) continue;
      process.stdout.write(
        `${name} (event ${shortId(eventId)}): ${concerning.inEffect} of ${concerning.recorded} corrections in effect\n` +
          withdrawn.map((task) => `  withdrawn: ${escapeControl(task)}\n`).join(''),
      );
    }
    for (const entry of statuses) process.stdout.write(remainingLines(entry));
    if (running !== undefined) process.stdout.write(runningLines(running, Date.now()));
  });
}

const countInEffect = (corrections: readonly Correction[]) => ({
  recorded: corrections.length,
  inEffect: corrections.filter(({ inEffect }) => inEffect).length,
});

function describe(
  { view, state, remaining, stopped, failed, withheld, withdrawnCells }: CampaignStatus,
  late: readonly StoredEvent[],
) {
  const { campaign, plan } = view;
  const ended = ({ eventId, taskId, core: { outcome } }: StoredEvent) => ({
    eventId,
    purpose: plan.purposes.get(taskId) ?? null,
    outcome,
  });
  return {
    name: campaign.name,
    eventId: campaign.eventId,
    openedAt: campaign.openedAt,
    state,
    tasksDone: plan.events.size,
    tasksExpected: plan.expectedTasks,
    readyNow: plan.ready.map((task) => task.purpose),
    stopped: stopped.length,
    failed: failed.length,
    ended: [...failed, ...stopped].map(ended),
    cellsWithheld: withheld.map(({ name }) => name),
    cellsWithdrawn: withdrawnCells.map(({ name }) => name),
    remaining,
    corrections: countInEffect(plan.corrections),
    withdrawn: plan.withdrawn.map(describeWithdrawal),
    dynamics: systemSpeeds(late.filter(({ taskId }) => plan.events.has(taskId))),
    resultHash: campaignResultHash(plan),
  };
}
