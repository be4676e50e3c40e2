/**
 * What a run is doing, left for others to read: `cache/running.json`, replaced in one step every half second at most, and
 * removed at the end. It is no part of the log, and it is believed only while the process that it names holds
 * the writer's lock: what a killed run leaves behind misleads nobody.
 */
import { mkdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readFileStart, replaceFile } from '../../store/durable-file.ts';
import type { StoredEvent } from '../../store/event.ts';
import { cachePath } from '../../store/store-folder.ts';
import { currentWriter } from '../../store/writer-lock.ts';
import type { CampaignPlan } from './plan.ts';
import type { PlannedTask } from './planner.ts';
import type { RunListener } from './run-campaign.ts';

const noteSchema = z.object({
  pid: z.int(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  campaign: z.object({ name: z.string(), eventId: z.string() }),
  workers: z.int().min(1).max(1024),
  tasksDone: z.int(),
  tasksExpected: z.int(),
  running: z.array(
    z.object({
      taskId: z.string(),
      kind: z.string(),
      purpose: z.string(),
      startedAt: z.iso.datetime(),
      threads: z.int(),
      /** The part that is done, 0 to 1. */
      fraction: z.number().min(0).max(1),
    }),
  ),
});
export type RunningNote = z.infer<typeof noteSchema>;
export type RunningTask = RunningNote['running'][number];

const MAX_NOTE_BYTES = 1024 * 1024;
const WRITE_INTERVAL_MS = 500;

const notePath = (dir: string): string => join(cachePath(dir), 'running.json');

/** What is running on the store now; undefined where nothing is, or what is leaves no note. */
export function readRunningNote(dir: string): RunningNote | undefined {
  const writer = currentWriter(dir);
  if (writer === undefined) return undefined;
  try {
    const note = noteSchema.parse(JSON.parse(readFileStart(notePath(dir), MAX_NOTE_BYTES).toString('utf8')));
    return note.pid === writer.pid && note.startedAt >= writer.since ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the note of one run. That it cannot be written stops no run. */
export class RunningNoteWriter implements RunListener {
  readonly #dir: string;
  readonly #workers: number;
  readonly #name: string;
  readonly #startedAt = new Date().toISOString();
  readonly #running = new Map<string, RunningTask>();
  #eventId = '';
  #counts = { tasksDone: 0, tasksExpected: 0 };
  #writtenAt = 0;

  constructor(dir: string, name: string, workers: number) {
    this.#dir = dir;
    this.#name = name;
    this.#workers = workers;
  }

  onOpen({ eventId }: StoredEvent): void {
    this.#eventId = eventId;
  }

  onPlan({ events, expectedTasks }: CampaignPlan): void {
    this.#counts = { tasksDone: events.size, tasksExpected: expectedTasks };
    this.#write();
  }

  onStart({ taskId, task: { kind }, purpose }: PlannedTask, threads: number): void {
    this.#running.set(taskId, { taskId, kind, purpose, startedAt: new Date().toISOString(), threads, fraction: 0 });
    this.#write();
  }

  onProgress({ taskId }: PlannedTask, fraction: number): void {
    const task = this.#running.get(taskId);
    if (task !== undefined) this.#running.set(taskId, { ...task, fraction: Math.min(1, Math.max(0, fraction)) });
    this.#write();
  }

  onEvent({ taskId }: PlannedTask): void {
    this.#running.delete(taskId);
  }

  get running(): readonly RunningTask[] {
    return [...this.#running.values()];
  }

  /** Removes the note. */
  finish(): void {
    try {
      unlinkSync(notePath(this.#dir));
    } catch {
      // Never written, or on a disk that cannot be written any more.
    }
  }

  #write(): void {
    const now = Date.now();
    if (now - this.#writtenAt < WRITE_INTERVAL_MS) return;
    this.#writtenAt = now;
    const note: RunningNote = {
      pid: process.pid,
      startedAt: this.#startedAt,
      updatedAt: new Date(now).toISOString(),
      campaign: { name: this.#name, eventId: this.#eventId },
      workers: this.#workers,
      ...this.#counts,
      running: [...this.running],
    };
    try {
      mkdirSync(cachePath(this.#dir), { recursive: true });
      replaceFile(notePath(this.#dir), `${JSON.stringify(note)}\n`);
    } catch {
      // Nobody is told how far the run is; the run itself fares no worse.
    }
  }
}

/**
 * How far tasks are, by taskId.
 * @param at ms since 1970, when that was so
 */
export const progressOf = (
  running: readonly RunningTask[],
  at: number,
): Map<string, { readonly fraction: number; readonly coreMilliseconds: number }> =>
  new Map(
    running.map(({ taskId, fraction, threads, startedAt }) => [
      taskId,
      { fraction, coreMilliseconds: threads * Math.max(0, at - Date.parse(startedAt)) },
    ]),
  );

/** Several listeners as one. */
export const listeningTogether = (...listeners: readonly RunListener[]): RunListener => ({
  onOpen: (campaign) => {
    for (const listener of listeners) listener.onOpen?.(campaign);
  },
  onPlan: (plan) => {
    for (const listener of listeners) listener.onPlan?.(plan);
  },
  onStart: (task, threads) => {
    for (const listener of listeners) listener.onStart?.(task, threads);
  },
  onProgress: (task, fraction) => {
    for (const listener of listeners) listener.onProgress?.(task, fraction);
  },
  onEvent: (task, event, violation) => {
    for (const listener of listeners) listener.onEvent?.(task, event, violation);
  },
});
