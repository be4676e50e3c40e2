/** `varve verify`: every hash of a store, from the stored bytes. Exit 1 where anything is wrong. */
import { verifyStoreInThreads } from '../store/verify.ts';
import { counted } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';
import { workerCount } from './output/workers.ts';

interface VerifyFlags {
  readonly store: string;
  readonly expect?: string;
  readonly workers?: number;
  readonly json?: boolean;
}

export async function verify(flags: VerifyFlags): Promise<void> {
  const options = flags.expect === undefined ? {} : { expect: flags.expect };
  const report = await verifyStoreInThreads(flags.store, workerCount(flags.workers), options);
  if (!report.ok) process.exitCode = 1;
  if (flags.json) {
    printJson(report);
    return;
  }
  for (const { where, what, expected, found } of report.problems) {
    const details = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
    process.stdout.write(`${where}: ${what}${details === '' ? '' : `; ${details}`}\n`);
  }
  if (report.purgedBlobs > 0) {
    const count = counted(report.purgedBlobs, 'blob');
    process.stdout.write(`${count} purged, so absent on purpose: varve rematerialise --all computes them anew\n`);
  }
  if (report.acceptedLosses > 0) process.stdout.write(`losses accepted by varve recover: ${report.acceptedLosses}\n`);
  process.stdout.write(
    `${report.events} events, ${report.blobs} blobs: ${report.ok ? 'every hash is as recorded' : counted(report.problems.length, 'problem')}\n` +
      `result hash  ${report.resultHash}\nhistory hash ${report.historyHash}\n`,
  );
}
