/** `varve report`: all tables and figures of a campaign on one page. */
import { campaignFigures, campaignTables, viewCampaign } from '../src/campaign/campaign-view.ts';
import { findCampaign } from '../src/campaign/open-campaign.ts';
import { escapeControl } from '../store/escape-control.ts';
import { sha256Hex } from '../store/hash.ts';
import { counted } from './output/numbers.ts';
import { REPORT_BEGINNING, renderReport } from './output/page/report.ts';
import { writeReplaceable } from './output/replaceable-file.ts';
import { printJson, withStore } from './output/store-access.ts';

interface ReportFlags {
  readonly store: string;
  readonly out: string;
  readonly campaign?: string;
  readonly json?: boolean;
}

export function report({ store: dir, out: file, campaign: name, json }: ReportFlags): void {
  withStore(dir, (store) => {
    const view = viewCampaign(store, findCampaign(store, name));
    const page = renderReport(view);
    writeReplaceable(file, page, { beginning: REPORT_BEGINNING, words: 'a page that varve report wrote before' });
    const [bytes, sha256] = [Buffer.byteLength(page), sha256Hex(page)];
    const [tables, figures] = [campaignTables(view).length, campaignFigures(view).length];
    if (json) printJson({ campaign: view.campaign.name, file, bytes, sha256, tables, figures });
    else
      process.stdout.write(
        `${escapeControl(file)}: ${counted(tables, 'table')} and ${counted(figures, 'figure')} of campaign ${view.campaign.name}, ${bytes} bytes, SHA-256 ${sha256}\n`,
      );
  });
}
