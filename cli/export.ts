/** `varve export --out FILE`: hands over a store, a campaign, or what one cell or event rests on, as one file. */
import { selectCampaign, selectCell, selectEvent } from '../src/audit/hand-over/selection.ts';
import { escapeControl } from '../store/escape-control.ts';
import { exportPack, type PackSelection, wholeStore } from '../store/pack-export.ts';
import { openStore, type Store } from '../store/store.ts';
import { ByteProgress } from './output/byte-progress.ts';
import { interruptible } from './output/interrupt.ts';
import { describePack } from './output/pack.ts';
import { printJson } from './output/store-access.ts';

interface ExportFlags {
  readonly store: string;
  readonly out: string;
  readonly campaign?: string;
  readonly cell?: string;
  readonly event?: string;
  readonly withoutObs?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export async function exportStore(flags: ExportFlags): Promise<void> {
  const store = openStore({ dir: flags.store, mode: 'read' });
  const progress = new ByteProgress();
  try {
    const selection = selectionOf(store, flags);
    const report = await interruptible('stopped; no file was written', (signal) =>
      exportPack(store, selection, flags.out, {
        signal,
        force: flags.force === true,
        withoutObs: flags.withoutObs === true,
        onProgress: (bytes) => progress.show('writing', flags.out, bytes),
      }),
    );
    progress.finish();
    if (flags.json) return printJson(report);
    process.stdout.write(`${escapeControl(`${report.file}: ${report.subject}`)}\n${describePack(report)}`);
  } finally {
    progress.finish();
    store.close();
  }
}

function selectionOf(store: Store, { campaign, cell, event }: ExportFlags): PackSelection {
  if (campaign !== undefined) return selectCampaign(store, campaign);
  if (cell !== undefined) return selectCell(store, cell);
  return event === undefined ? wholeStore(store) : selectEvent(store, event);
}
