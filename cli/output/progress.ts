/** Progress of a run on stderr: bars that redraw themselves on a terminal, a line an event elsewhere. */

import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { PlannedTask } from '../../src/campaign/planner.ts';
import type { RunListener } from '../../src/campaign/run-campaign.ts';
import type { StoredEvent } from '../../store/event.ts';
import { formatDuration } from './numbers.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

export class ProgressReport implements RunListener {
  readonly #stream: NodeJS.WriteStream;
  readonly #name: string;
  readonly #running = new Map<string, { task: PlannedTask; fraction: number; since: number }>();
  readonly #startedAt = Date.now();
  #done = 0;
  #expected = 0;
  #openedSeq = 0;
  #isPlanned = false;
  #ran = 0;
  #reused = 0;
  #drawnLines = 0;
  #drawnAt = 0;
  #finished = false;
  violations = 0;

  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#stream = stream;
    this.#name = name;
  }

  onOpen(campaign: StoredEvent): void {
    this.#openedSeq = campaign.seq;
  }

  onPlan(plan: CampaignPlan): void {
    this.#done = plan.events.size;
    this.#expected = plan.expectedTasks;
    // What was there before the campaign was opened, others had asked for.
    this.#reused = [...plan.events.values()].filter(({ seq }) => seq < this.#openedSeq).length;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#line(`${this.#name}: ${this.#expected} tasks${this.#done > 0 ? `, ${this.#done} of them done before` : ''}`);
  }

  onStart(task: PlannedTask): void {
    this.#running.set(task.taskId, { task, fraction: 0, since: Date.now() });
    this.#redraw(true);
  }

  onProgress(task: PlannedTask, fraction: number): void {
    const entry = this.#running.get(task.taskId);
    if (entry !== undefined) entry.fraction = fraction;
    this.#redraw(false);
  }

  onEvent(task: PlannedTask, event: StoredEvent, violation: StoredEvent | undefined): void {
    const since = this.#running.get(task.taskId)?.since ?? Date.now();
    this.#running.delete(task.taskId);
    this.#done += 1;
    this.#ran += 1;
    const { outcome } = event.core;
    const ended = outcome.status === 'done' ? '' : `: ${outcome.status.toUpperCase()}`;
    this.#line(
      `[${this.#done}/${this.#expected}] ${task.task.kind}  ${task.purpose}${ended}  ${formatDuration(Date.now() - since)}`,
    );
    if (outcome.status === 'stopped') this.#line(`    ${String(outcome.reason.message ?? '')}`);
    if (violation === undefined) return;
    this.violations += 1;
    this.#line(
      `VIOLATION: ${task.purpose} gave another result than event ${event.eventId.slice(0, 12)} records; both are kept`,
    );
  }

  /** Clears the bars; safe to call twice. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#clear();
    this.#stream.write(
      `${this.#name}: ${this.#done} of ${this.#expected} tasks in the log after ${formatDuration(Date.now() - this.#startedAt)}; ` +
        `${this.#ran} ran now, ${this.#reused} are reused from other campaigns of the store\n`,
    );
  }

  /** A line that stays. On a terminal only what is out of the ordinary stays; the bars show the rest. */
  #line(text: string): void {
    const passing = this.#stream.isTTY && text.startsWith('[') && !/STOPPED|FAILED/.test(text);
    if (!passing) {
      this.#clear();
      this.#stream.write(`${text}\n`);
    }
    this.#redraw(true);
  }

  #redraw(now: boolean): void {
    if (!this.#stream.isTTY || this.#finished || (!now && Date.now() - this.#drawnAt < REDRAW_MS)) return;
    this.#drawnAt = Date.now();
    const width = this.#stream.columns ?? 80;
    const overall = `${bar(this.#done / Math.max(1, this.#expected))} ${this.#done}/${this.#expected} tasks  ${formatDuration(Date.now() - this.#startedAt)}`;
    const lines = [
      overall,
      ...[...this.#running.values()].map(({ task, fraction }) => `${bar(fraction)} ${task.task.kind}  ${task.purpose}`),
    ];
    this.#clear();
    this.#stream.write(lines.map((line) => `${[...line].slice(0, width - 1).join('')}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #clear(): void {
    if (this.#drawnLines === 0) return;
    this.#stream.write(`\x1b[${this.#drawnLines}A\x1b[0J`);
    this.#drawnLines = 0;
  }
}

function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}
