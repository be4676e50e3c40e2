/**
 * A recovery is the event with which a user accepts that the log lost its tail, or that HEAD was lost: it says what HEAD
 * had promised and what was found. Until HEAD is written again it also speaks for the old one, so that a crash between
 * the two leaves a store that opens.
 */
import type { Database } from 'better-sqlite3';
import type { EventCore } from './event.ts';
import { type EventRow, eventColumns, storedEventOfRow } from './event-row.ts';
import { type Head, readHead, tailLost } from './head.ts';
import { databaseError, logPath, openLogForReading } from './log-database.ts';

export const recoveryKind = 'recovery';

export interface Recovery {
  /** What HEAD said; null where HEAD itself was missing or changed. */
  readonly expected: Head | null;
  /** What the log held, right before the recovery. */
  readonly found: Head;
}

export function recoveryCore({ expected, found }: Recovery): EventCore {
  return {
    task: {
      kind: recoveryKind,
      v: 1,
      params: {
        expectedEvents: expected?.size ?? null,
        expectedHistoryHash: expected?.historyHash ?? null,
        events: found.size,
        historyHash: found.historyHash,
      },
      inputs: {},
    },
    class: 'observed',
    outcome: { status: 'done' },
    outputs: {},
    results: {},
  };
}

/** Whether this, the last event of a log, accepts that HEAD does not fit. */
export function acceptsHead({ task }: EventCore, head: Head): boolean {
  const { expectedEvents, expectedHistoryHash } = task.params;
  return task.kind === recoveryKind && expectedEvents === head.size && expectedHistoryHash === head.historyHash;
}

/** The same of a log's database. */
export function logAcceptsHead(db: Database, head: Head): boolean {
  const row = db.prepare(`SELECT ${eventColumns} FROM event ORDER BY seq DESC LIMIT 1`).raw().get();
  return row !== undefined && acceptsHead(storedEventOfRow(row as EventRow).core, head);
}

/**
 * Refuses a log that is shorter than HEAD says, through a connection that only reads: the one that writes would, when
 * it is closed, do away with a damaged WAL, in which more may be legible than SQLite takes.
 */
export function demandTail(dir: string): void {
  const head = readHead(dir);
  if (head === null || head.size === 0) return;
  const db = openLogForReading(dir);
  try {
    const size = Number(db.prepare('SELECT max(seq) FROM event').pluck().get());
    if (size < head.size && !logAcceptsHead(db, head)) throw tailLost(dir, head, size);
  } catch (error) {
    throw databaseError(error, logPath(dir));
  } finally {
    db.close();
  }
}
