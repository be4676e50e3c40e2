/** `varve status`: the campaigns of a store, what is done and what remains. */
import { type CampaignView, campaignResultHash, campaignState, viewCampaign } from '../src/campaign/campaign-view.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import { describeWithdrawal } from '../src/projections/campaign-results.ts';
import { readStandings } from '../src/projections/standing.ts';
import type { Correction } from '../store/corrections.ts';
import { escapeControl } from '../store/escape-control.ts';
import { shortId } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export function status(flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const standings = readStandings(store);
    const campaigns = listCampaigns(store).map((campaign) => describe(viewCampaign(store, campaign, standings)));
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

function describe(view: CampaignView) {
  const { campaign, plan } = view;
  return {
    name: campaign.name,
    eventId: campaign.eventId,
    openedAt: campaign.openedAt,
    state: campaignState(plan),
    tasksDone: plan.events.size,
    tasksExpected: plan.expectedTasks,
    readyNow: plan.ready.map((task) => task.purpose),
    stopped: plan.events.stopped,
    failed: plan.events.failed,
    corrections: countInEffect(plan.corrections),
    withdrawn: plan.withdrawn.map(describeWithdrawal),
    resultHash: campaignResultHash(plan),
  };
}
