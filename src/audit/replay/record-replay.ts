/** Keeps the verdicts of a replay as an event of the store that was replayed: who trusts the store later can see them. */
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { JSON_MEDIA_TYPE, type JsonObject, writeJsonDocument } from '../../formats/json-document.ts';
import { locationText } from './difference.ts';
import type { ReplayVerdict } from './replay-verdict.ts';

export const REPLAY = 'replay';

export interface ReplayRecord {
  /** ISO 8601. */
  readonly startedAt: string;
  /** What was asked, e.g. `--sample 20 --seed …`. */
  readonly scope: string;
  readonly attestation: JsonObject;
}

export function recordReplay(store: Store, verdicts: readonly ReplayVerdict[], record: ReplayRecord): StoredEvent {
  const bytes = writeJsonDocument({
    verdicts: verdicts.map(({ event, verdict, why, differences }) => ({
      event: event.eventId,
      verdict,
      ...(verdict === 'identical' ? {} : { why: why ?? differences.map(locationText).join('; ') }),
    })),
  });
  const blob = store.blobs.put(bytes);
  const { startedAt, scope, attestation } = record;
  const [appended] = store.log.append([
    {
      core: {
        task: {
          kind: REPLAY,
          v: 1,
          params: { startedAt, scope, sourceBuild: String(attestation.sourceBuild) },
          inputs: {},
        },
        class: 'observed',
        outcome: { status: 'done' },
        outputs: { verdicts: { ...blob, mediaType: JSON_MEDIA_TYPE } },
        results: { ...countVerdicts(verdicts) },
      },
      attestation,
      obs: { startedAt },
    },
  ]);
  return appended!.event;
}

export interface VerdictCounts {
  readonly identical: number;
  readonly differs: number;
  readonly notComparable: number;
}

export function countVerdicts(verdicts: readonly ReplayVerdict[]): VerdictCounts {
  const count = (verdict: ReplayVerdict['verdict']): number =>
    verdicts.filter((candidate) => candidate.verdict === verdict).length;
  return { identical: count('identical'), differs: count('differs'), notComparable: count('not-comparable') };
}
