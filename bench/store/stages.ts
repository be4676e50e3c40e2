/** What the bench of the store measures, each stage in a process of its own, so that its peak memory is its own. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import {
  campaignResultHash,
  campaignTables,
  findCell,
  traceEvents,
  viewCampaign,
} from '../../src/campaign/campaign-view.ts';
import { listCampaigns } from '../../src/campaign/open-campaign.ts';
import { runCampaign } from '../../src/campaign/run-campaign.ts';
import { loadSpec } from '../../src/campaign/spec-file.ts';
import { inlineExecutor } from '../../src/execution/inline-executor.ts';
import type { StoredEvent } from '../../store/event.ts';
import { applyMigrations, installedMigrations } from '../../store/migrations.ts';
import { type Projection, ProjectionRunner } from '../../store/projection.ts';
import { openStore, type Store } from '../../store/store.ts';
import { verifyStoreInThreads } from '../../store/verify.ts';
import { campaignCopies } from './campaign-copies.ts';

export interface Measured {
  /** Milliseconds in all, or the median of one call. */
  readonly ms: number;
  readonly events?: number;
  /** Of the batches of an append or of raw inserts. */
  readonly medianBatchMs?: number;
}

const batchEvents = 1000;
const queryRounds = 11;

export const stages: { readonly [name: string]: (dir: string, argument: string) => Measured | Promise<Measured> } = {
  campaign: async (dir, spec) => {
    const store = openStore({ dir, mode: 'write', create: true });
    const startedAt = performance.now();
    await runCampaign({ store, loaded: loadSpec(spec), executor: inlineExecutor(store.blobs) });
    store.close();
    return { ms: performance.now() - startedAt };
  },

  append: (dir, upTo) => {
    const store = openStore({ dir, mode: 'write' });
    const { size } = store.log;
    const copies = campaignCopies(recordedCampaign(store), size);
    const times: number[] = [];
    let appended = size;
    while (appended < Number(upTo)) {
      const batch = Array.from({ length: Math.min(batchEvents, Number(upTo) - appended) }, () => copies.next().value!);
      appended += batch.length;
      times.push(timed(() => store.log.append(batch)));
    }
    store.close();
    return { ms: sum(times), events: appended - size, medianBatchMs: median(times) };
  },

  'raw inserts, no index': (dir) => insertRaw(dir, (db) => db.exec(rawTable)),
  'raw inserts, same schema': (dir) => insertRaw(dir, (db) => applyMigrations(db, installedMigrations(), 0)),

  'raw read of all rows': (dir) => {
    const db = new Sqlite(join(dir, 'log.sqlite'), { readonly: true });
    let events = 0;
    const ms = timed(() => {
      for (const _row of db.prepare('SELECT * FROM event').raw().iterate()) events += 1;
    });
    db.close();
    return { ms, events };
  },

  verify: async (dir, workers) => {
    const startedAt = performance.now();
    const report = await verifyStoreInThreads(dir, Number(workers));
    const ms = performance.now() - startedAt;
    if (!report.ok) throw new Error(`verify: ${JSON.stringify(report.problems[0])}`);
    return { ms, events: report.events };
  },

  rebuild: (dir) =>
    reading(dir, (store) => {
      const runner = new ProjectionRunner(tally, store.log);
      const ms = timed(() => runner.catchUp());
      return { ms, events: runner.seq };
    }),

  open: (dir) => ({ ms: medianOf(() => reading(dir, () => undefined)) }),

  status: (dir) => ({
    ms: medianOf(() =>
      reading(dir, (store) => {
        const views = listCampaigns(store).map((campaign) => viewCampaign(store, campaign));
        return [store.log.size, store.log.historyHash(), ...views.map(({ plan }) => campaignResultHash(plan))];
      }),
    ),
  }),

  why: (dir) => {
    const name = reading(dir, (store) => {
      const tables = campaignTables(viewCampaign(store, listCampaigns(store)[0]!));
      return tables.flatMap((table) => table.rows.flatMap((row) => row.cells)).find(({ value }) => value !== null)!
        .name;
    });
    return {
      ms: medianOf(() => reading(dir, (store) => traceEvents(store, findCell(store, name).cell.events))),
    };
  },
};

/** The events of the campaign that was run, without its opening and without copies. */
function recordedCampaign(store: Store): StoredEvent[] {
  const events: StoredEvent[] = [];
  for (const event of store.log.events()) {
    const { kind, params } = event.core.task;
    if (params.copy !== undefined) break;
    if (kind !== 'campaign.open') events.push(event);
  }
  return events;
}

const tally: Projection<{ [kind: string]: { done: number; stopped: number; failed: number } }> = {
  name: 'tally',
  initial: {},
  apply(kinds, { core }) {
    kinds[core.task.kind] ??= { done: 0, stopped: 0, failed: 0 };
    kinds[core.task.kind]![core.outcome.status] += 1;
  },
};

const rawTable = `CREATE TABLE event (seq INTEGER PRIMARY KEY, event_id BLOB, task_id BLOB, kind TEXT, core TEXT,
  attestation TEXT, attestation_hash BLOB, obs TEXT, obs_hash BLOB, leaf BLOB) STRICT`;

/** The same rows in batches as large, as durable, by better-sqlite3 alone. */
function insertRaw(dir: string, createTable: (db: Database) => unknown): Measured {
  const path = join(dir, 'raw.sqlite');
  const removeAll = () => {
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
  };
  removeAll();
  const log = new Sqlite(join(dir, 'log.sqlite'), { readonly: true });
  const raw = new Sqlite(path);
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  createTable(raw);
  const page = log.prepare('SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?').raw();
  const insertion = raw.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insertAll = raw.transaction((rows: unknown[][]) => {
    for (const row of rows) insertion.run(...row);
  });
  const times: number[] = [];
  let events = 0;
  for (;;) {
    const rows = page.all(events, batchEvents) as unknown[][];
    if (rows.length === 0) break;
    events += rows.length;
    times.push(timed(() => insertAll.immediate(rows)));
  }
  raw.close();
  log.close();
  removeAll();
  return { ms: sum(times), events, medianBatchMs: median(times) };
}

function reading<T>(dir: string, use: (store: Store) => T): T {
  const store = openStore({ dir, mode: 'read' });
  try {
    return use(store);
  } finally {
    store.close();
  }
}

function timed(call: () => unknown): number {
  const startedAt = performance.now();
  call();
  return performance.now() - startedAt;
}

const medianOf = (call: () => unknown): number => median(Array.from({ length: queryRounds }, () => timed(call)));

export const megabytesOf = (path: string): number => statSync(path).size / 1e6;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
