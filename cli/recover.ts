/** `varve recover`: says what a store lost, and goes on without it where told to. Exit 1 while something is lost. */
import { attest } from '../src/execution/attestation.ts';
import { assessLoss, type Loss, recoverStore } from '../store/recover.ts';
import { shortId } from './output/numbers.ts';
import { printJson } from './output/store-access.ts';

interface RecoverFlags {
  readonly store: string;
  readonly acceptLoss?: number | 'unknown';
  readonly json?: boolean;
}

export async function recover(flags: RecoverFlags): Promise<void> {
  const loss = await assessLoss(flags.store);
  const { acceptLoss } = flags;
  const recovery =
    acceptLoss === undefined ? null : await accept(flags.store, acceptLoss === 'unknown' ? null : acceptLoss);
  if (loss.lost !== 0 && recovery === null) process.exitCode = 1;
  if (flags.json) {
    const { expected, found, lost, acceptedLosses } = loss;
    printJson({
      store: flags.store,
      expected: expected && { events: expected.size, historyHash: expected.historyHash },
      found: { events: found.size, historyHash: found.historyHash },
      lost,
      acceptedLosses,
      recovery: recovery?.eventId ?? null,
    });
    return;
  }
  process.stdout.write(`${describeLoss(loss)}\n`);
  if (recovery !== null) {
    process.stdout.write(
      `accepted, and recorded as event ${recovery.seq} (${shortId(recovery.eventId)}); the same run again does the lost work\n`,
    );
  } else if (loss.lost !== 0) process.stdout.write(`${waysOn(loss)}\n`);
}

const accept = (dir: string, acceptLoss: number | null) =>
  recoverStore({ dir, acceptLoss, attestation: attest(), obs: { startedAt: new Date().toISOString() } });

function describeLoss({ expected, found, lost, acceptedLosses }: Loss): string {
  const accepted = acceptedLosses === 0 ? '' : `; losses accepted before: ${acceptedLosses}`;
  const there = `${found.size} events, history hash ${found.historyHash}`;
  if (lost === 0) return `nothing is lost: ${there}${accepted}`;
  const promised =
    expected === null
      ? 'missing or changed, so nothing says how many events there were'
      : `${expected.size} events, history hash ${expected.historyHash}`;
  return [
    `${lost === null ? 'HEAD is lost' : `${count(lost)} lost at the end of the log`}${accepted}`,
    `HEAD     ${promised}`,
    `the log  ${there}; every hash in it is as recorded`,
  ].join('\n');
}

const count = (events: number): string => (events === 1 ? '1 event is' : `${events} events are`);

const waysOn = ({ lost }: Loss): string =>
  lost === null
    ? 'Restore HEAD from a backup. Without one, compare the history hash above with one noted elsewhere, then:\n' +
      '  varve recover --accept-loss unknown   records that HEAD was lost, and goes on with the log as it is'
    : 'Restore log.sqlite and its -wal file from a backup, both of the same moment. Without one:\n' +
      `  varve recover --accept-loss ${lost}   records the loss, and goes on; the same run again does the lost work`;
