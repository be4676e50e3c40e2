/** `varve status`: the campaigns of a store, what is done and what remains. */
import { type CampaignView, campaignResultHash, campaignState, viewCampaign } from '../src/campaign/campaign-view.ts';
import { lateSegments, systemSpeeds } from '../src/campaign/dynamics-speed.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import { describeWithdrawal } from '../src/projections/campaign-results.ts';
import { readStandings } from '../src/projections/standing.ts';
import type { Correction } from '../store/corrections.ts';
import { escapeControl } from '../store/escape-control.ts';
import type { StoredEvent } from '../store/event.ts';
import { counted, formatSpeed, shortId } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export function status(flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const standings = readStandings(store);
    const late = lateSegments(store.log);
    const campaigns = listCampaigns(store).map((campaign) => describe(viewCampaign(store, campaign, standings), late));
    const corrections = countInEffect(standings.corrections.all);
    if (flags.json) {
      const { size: events } = store.log;
      return printJson({ store: store.dir, events, historyHash: store.log.historyHash(), corrections, campaigns });
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
  });
}

const countInEffect = (corrections: readonly Correction[]) => ({
  recorded: corrections.length,
  inEffect: corrections.filter(({ inEffect }) => inEffect).length,
});

function describe(view: CampaignView, late: readonly StoredEvent[]) {
  const { campaign, plan } = view;
  const events = [...plan.events.values()];
  const withOutcome = (status: string): number => events.filter((event) => event.core.outcome.status === status).length;
  return {
    name: campaign.name,
    eventId: campaign.eventId,
    openedAt: campaign.openedAt,
    state: campaignState(plan),
    tasksDone: plan.events.size,
    tasksExpected: plan.expectedTasks,
    readyNow: plan.ready.map((task) => task.purpose),
    stopped: withOutcome('stopped'),
    failed: withOutcome('failed'),
    corrections: countInEffect(plan.corrections),
    withdrawn: plan.withdrawn.map(describeWithdrawal),
    dynamics: systemSpeeds(late.filter(({ taskId }) => plan.events.has(taskId))),
    resultHash: campaignResultHash(plan),
  };
}
