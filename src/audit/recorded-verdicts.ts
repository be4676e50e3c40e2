/** Verdicts of the replays that a store records, by event. */
import type { Store } from '../../store/store.ts';
import { readJsonDocument } from '../formats/json-document.ts';
import { InputError } from '../numerics/input-error.ts';
import { REPLAY } from './record-replay.ts';
import type { Verdict } from './replay-verdict.ts';

export interface RecordedVerdict {
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly sourceBuild: string;
  readonly why?: string;
}

/** Oldest first. @throws InputError `bad-verdicts` where an event of this kind holds something else */
export function recordedVerdicts(store: Store): ReadonlyMap<string, readonly RecordedVerdict[]> {
  const found = new Map<string, RecordedVerdict[]>();
  for (const { seq, core } of store.log.byKind(REPLAY)) {
    const { startedAt, sourceBuild } = core.task.params;
    const where = `event ${seq} (a recorded replay)`;
    const hash = core.outputs.verdicts?.hash;
    if (hash === undefined) throw new InputError('bad-verdicts', 'the event names no verdicts', { where });
    const document = readJsonDocument(store.blobs.get(hash), where) as { verdicts?: unknown };
    if (!Array.isArray(document?.verdicts) || !document.verdicts.every(isVerdict)) {
      throw new InputError('bad-verdicts', 'not a list of verdicts', { where });
    }
    for (const { event, verdict, why } of document.verdicts) {
      const known = found.get(event) ?? [];
      known.push({
        verdict,
        startedAt: String(startedAt),
        sourceBuild: String(sourceBuild),
        ...(why === undefined ? {} : { why }),
      });
      found.set(event, known);
    }
  }
  return found;
}

const VERDICTS: readonly unknown[] = ['identical', 'differs', 'not-comparable'] satisfies Verdict[];

function isVerdict(entry: unknown): entry is { event: string; verdict: Verdict; why?: string } {
  const { event, verdict, why } = (entry ?? {}) as { [field: string]: unknown };
  return typeof event === 'string' && VERDICTS.includes(verdict) && (why === undefined || typeof why === 'string');
}
