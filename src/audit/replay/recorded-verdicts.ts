/** What replays found: the verdicts that events of kind `replay` keep, by the event that was recomputed. */
import { z } from 'zod';
import type { StoredEvent } from '../../../store/event.ts';
import type { Store } from '../../../store/store.ts';
import { readJsonDocument } from '../../formats/json-document.ts';
import { InputError } from '../../numerics/input-error.ts';
import { sha256Schema } from '../../tasks/schemas.ts';
import { REPLAY } from './record-replay.ts';
import { VERDICTS, type Verdict } from './replay-verdict.ts';

export interface RecordedVerdict {
  readonly verdict: Verdict;
  /** Of the replay, as its event says. */
  readonly startedAt: string;
  /** Hash of the code that recomputed. */
  readonly sourceBuild: string;
  /** In what it differs, or why it could not be compared. */
  readonly why?: string | undefined;
}

/** In the order of the log, so the newest verdict of an event is its last. */
export type RecordedVerdicts = ReadonlyMap<string, readonly RecordedVerdict[]>;

const paramsSchema = z.object({ startedAt: z.string(), sourceBuild: z.string() });
const documentSchema = z.object({
  verdicts: z.array(z.object({ event: sha256Schema, verdict: z.enum(VERDICTS), why: z.string().optional() })),
});

/** @throws InputError `bad-verdicts` where a replay's event does not hold what it should */
export function recordedVerdicts(store: Store): RecordedVerdicts {
  const verdicts = new Map<string, RecordedVerdict[]>();
  for (const replay of store.log.byKind(REPLAY)) {
    for (const { event, ...verdict } of verdictsOf(replay, store)) {
      const known = verdicts.get(event);
      if (known === undefined) verdicts.set(event, [verdict]);
      else known.push(verdict);
    }
  }
  return verdicts;
}

function verdictsOf(replay: StoredEvent, store: Store): (RecordedVerdict & { readonly event: string })[] {
  const where = `replay ${replay.eventId.slice(0, 12)} (event ${replay.seq})`;
  const output = replay.core.outputs.verdicts;
  if (output === undefined) throw badVerdicts(where, 'an output `verdicts`', 'none');
  const params = paramsSchema.safeParse(replay.core.task.params);
  if (!params.success) throw badVerdicts(where, 'params startedAt and sourceBuild', firstFault(params.error));
  const document = documentSchema.safeParse(readJsonDocument(store.blobs.get(output.hash), where));
  if (!document.success) throw badVerdicts(where, 'a list of events with a verdict each', firstFault(document.error));
  const { startedAt, sourceBuild } = params.data;
  return document.data.verdicts.map((entry) => ({ ...entry, startedAt, sourceBuild }));
}

const firstFault = ({ issues }: z.ZodError): string => `${issues[0]!.path.join('.')}: ${issues[0]!.message}`;

const badVerdicts = (where: string, expected: string, found: string): InputError =>
  new InputError('bad-verdicts', 'a recorded replay is malformed', {
    where,
    expected,
    found,
    remedy: '`varve verify` tells whether the store is damaged',
  });
