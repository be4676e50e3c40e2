/** `varve import FILE`: verifies a pack and takes it into a store. Exit 1 where it is damaged or contradicts the store. */
import { escapeControl } from '../store/escape-control.ts';
import { type ImportReport, importPack } from '../store/pack-import.ts';
import { ByteProgress } from './output/byte-progress.ts';
import { CommandEnd } from './output/errors.ts';
import { interruptible } from './output/interrupt.ts';
import { describePack } from './output/pack.ts';
import { printJson } from './output/store-access.ts';

interface ImportFlags {
  readonly store: string;
  readonly dryRun?: boolean;
  readonly expect?: string;
  readonly json?: boolean;
}

export async function importFile(file: string, flags: ImportFlags): Promise<void> {
  const progress = new ByteProgress();
  try {
    const report = await interruptible('stopped; the same command goes on from here', (signal) =>
      importPack(file, flags.store, {
        signal,
        dryRun: flags.dryRun === true,
        ...(flags.expect === undefined ? {} : { expect: flags.expect }),
        onProgress: (phase, bytes, total) => progress.show(phase, file, bytes, total),
      }),
    );
    progress.finish();
    if (flags.json) printJson(report);
    else process.stdout.write(describe(report, flags.dryRun === true));
    const violations = report.store?.violations ?? 0;
    if (violations > 0) {
      const tasks = violations === 1 ? 'an exact task has' : `${violations} exact tasks have`;
      throw new CommandEnd(
        1,
        `${tasks} another result in the pack than in the store; ${flags.dryRun ? 'importing would keep both' : 'both are kept'}`,
      );
    }
  } finally {
    progress.finish();
  }
}

function describe(report: ImportReport, dryRun: boolean): string {
  const title = `${report.file}: ${report.subject}`;
  return `${escapeControl(title)}\n${describePack(report)}every hash is as recorded\n${describeStore(report, dryRun)}\n`;
}

function describeStore({ store, events }: ImportReport, dryRun: boolean): string {
  if (store === null) return 'nothing was written';
  const { dir, eventsAdded, eventsKnown, historyHash } = store;
  if (dryRun) return `${dir} holds ${eventsKnown} of the ${events} events; nothing was written`;
  return (
    `${dir}: ${eventsAdded} events added, ${eventsKnown} were there before\n` +
    `history hash ${historyHash} at ${store.events} events, of this store`
  );
}
