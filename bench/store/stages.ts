/** What the bench of the store measures, each stage in a process of its own, so that its peak memory is its own. */
import { rmSync } from 'node:fs';
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

export interface Time {
  readonly ms: number;
  /** Of all threads of the process: what the work costs, also where other processes want the same cores. */
  readonly cpuMs: number;
}

/** In all, or of the median call. */
export interface Measured extends Time {
  readonly events?: number;
  /** Of the batches of an append or of raw inserts. */
  readonly medianBatchMs?: number;
}

const batchEvents = 1000;
const queryRounds = 11;

export const stages: { readonly [name: string]: (dir: string, argument: string) => Measured | Promise<Measured> } = {
  campaign: async (dir, spec) => {
    const store = openStore({ dir, mode: 'write', create: true });
    const time = await timed(() =>
      runCampaign({ store, loaded: loadSpec(spec), executor: inlineExecutor(store.blobs) }),
    );
    store.close();
    return time;
  },

  append: async (dir, upTo) => {
    const store = openStore({ dir, mode: 'write' });
    const { size } = store.log;
    const copies = campaignCopies(recordedCampaign(store), size);
    const times: Time[] = [];
    let appended = size;
    while (appended < Number(upTo)) {
      const batch = Array.from({ length: Math.min(batchEvents, Number(upTo) - appended) }, () => copies.next().value!);
      appended += batch.length;
      times.push(await timed(() => store.log.append(batch)));
    }
    store.close();
    return { ...sum(times), events: appended - size, medianBatchMs: median(times).ms };
  },

  'raw inserts, no index': (dir) => insertRaw(dir, (db) => db.exec(rawTable)),
  'raw inserts, same schema': (dir) => insertRaw(dir, (db) => applyMigrations(db, installedMigrations(), 0)),

  'raw read of all rows': async (dir) => {
    const db = new Sqlite(join(dir, 'log.sqlite'), { readonly: true });
    let events = 0;
    const time = await timed(() => {
      for (const _row of db.prepare('SELECT * FROM event').raw().iterate()) events += 1;
    });
    db.close();
    return { ...time, events };
  },

  verify: async (dir, workers) => {
    let events = 0;
    const time = await timed(async () => {
      const report = await verifyStoreInThreads(dir, Number(workers));
      if (!report.ok) throw new Error(`verify: ${JSON.stringify(report.problems[0])}`);
      events = report.events;
    });
    return { ...time, events };
  },

  rebuild: (dir) =>
    reading(dir, async (store) => {
      const runner = new ProjectionRunner(tally, store.log);
      const time = await timed(() => runner.catchUp());
      return { ...time, events: runner.seq };
    }),

  open: (dir) => medianOf(() => reading(dir, () => undefined)),

  status: (dir) =>
    medianOf(() =>
      reading(dir, (store) => {
        const views = listCampaigns(store).map((campaign) => viewCampaign(store, campaign));
        return [store.log.size, store.log.historyHash(), ...views.map(({ plan }) => campaignResultHash(plan))];
      }),
    ),

  why: async (dir) => {
    const name = await reading(dir, (store) => {
      const tables = campaignTables(viewCampaign(store, listCampaigns(store)[0]!));
      return tables.flatMap((table) => table.rows.flatMap((row) => row.cells)).find(({ value }) => value !== null)!
        .name;
    });
    return medianOf(() => reading(dir, (store) => traceEvents(store, findCell(store, name).cell.events)));
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
async function insertRaw(dir: string, createTable: (db: Database) => unknown): Promise<Measured> {
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
  const times: Time[] = [];
  let events = 0;
  for (;;) {
    const rows = page.all(events, batchEvents) as unknown[][];
    if (rows.length === 0) break;
    events += rows.length;
    times.push(await timed(() => insertAll.immediate(rows)));
  }
  raw.close();
  log.close();
  removeAll();
  return { ...sum(times), events, medianBatchMs: median(times).ms };
}

async function reading<T>(dir: string, use: (store: Store) => T | Promise<T>): Promise<T> {
  const store = openStore({ dir, mode: 'read' });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

async function timed(call: () => unknown): Promise<Time> {
  const startedAt = performance.now();
  const cpuAtStart = process.cpuUsage();
  await call();
  const cpu = process.cpuUsage(cpuAtStart);
  return { ms: performance.now() - startedAt, cpuMs: (cpu.user + cpu.system) / 1000 };
}

async function medianOf(call: () => unknown): Promise<Time> {
  const times: Time[] = [];
  for (let round = 0; round < queryRounds; round += 1) times.push(await timed(call));
  return median(times);
}

function median(times: readonly Time[]): Time {
  return [...times].sort((a, b) => a.ms - b.ms)[times.length >> 1]!;
}

function sum(times: readonly Time[]): Time {
  return times.reduce((total, { ms, cpuMs }) => ({ ms: total.ms + ms, cpuMs: total.cpuMs + cpuMs }));
}
