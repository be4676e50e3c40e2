/** `varve status`: the campaigns of a store, what is done and what remains. */
import { type CampaignView, campaignResultHash, viewCampaign } from '../src/campaign/campaign-view.ts';
import { listCampaigns } from '../src/campaign/open-campaign.ts';
import { shortId } from './output/numbers.ts';
import { printJson, withStore } from './output/store-access.ts';
import { renderColumns } from './output/text-table.ts';

export function status(flags: { readonly store: string; readonly json?: boolean }): void {
  withStore(flags.store, (store) => {
    const campaigns = listCampaigns(store).map((campaign) => describe(viewCampaign(store, campaign)));
    if (flags.json)
      return printJson({ store: store.dir, events: store.log.size, historyHash: store.log.historyHash(), campaigns });
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
  });
}

function describe(view: CampaignView) {
  const { campaign, plan } = view;
  const events = [...plan.events.values()];
  const withOutcome = (status: string): number => events.filter((event) => event.core.outcome.status === status).length;
  const open = plan.ready.length > 0;
  return {
    name: campaign.name,
    eventId: campaign.eventId,
    openedAt: campaign.openedAt,
    state: open ? 'unfinished' : plan.failures.length > 0 ? 'failed' : 'complete',
    tasksDone: plan.events.size,
    tasksExpected: plan.expectedTasks,
    readyNow: plan.ready.map((task) => task.purpose),
    stopped: withOutcome('stopped'),
    failed: withOutcome('failed'),
    resultHash: campaignResultHash(plan),
  };
}
