/** Progress of a campaign's run on stderr. */
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { PlannedTask } from '../../src/campaign/planner.ts';
import type { RunListener } from '../../src/campaign/run-campaign.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import { ProgressBars } from './progress-bars.ts';

export class ProgressReport implements RunListener {
  readonly #bars: ProgressBars;
  readonly #name: string;
  #openedSeq = 0;
  #planned = false;
  #ran = 0;
  #events: CampaignPlan['events'] | undefined;
  violations = 0;

  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#bars = new ProgressBars(stream, 'tasks');
    this.#name = escapeControl(name);
  }

  onOpen(campaign: StoredEvent): void {
    this.#openedSeq = campaign.seq;
  }

  onPlan(plan: CampaignPlan): void {
    const done = plan.events.size;
    this.#bars.done = done;
    this.#bars.expected = plan.expectedTasks;
    this.#events = plan.events;
    if (this.#planned) return;
    this.#planned = true;
    this.#bars.line(`${this.#name}: ${plan.expectedTasks} tasks${done > 0 ? `, ${done} of them done before` : ''}`);
  }

  onStart(task: PlannedTask): void {
    this.#bars.start(task.taskId, labelOf(task));
  }

  onProgress(task: PlannedTask, fraction: number): void {
    this.#bars.update(task.taskId, fraction);
  }

  onEvent(task: PlannedTask, event: StoredEvent, violation: StoredEvent | undefined): void {
    const took = this.#bars.end(task.taskId);
    this.#ran += 1;
    const { outcome } = event.core;
    const ended = outcome.status === 'done' ? '' : `: ${outcome.status.toUpperCase()}`;
    const place = `[${this.#bars.done}/${this.#bars.expected}]`;
    this.#bars.line(`${place} ${labelOf(task)}${ended}  ${took}`, outcome.status === 'done');
    if (outcome.status === 'stopped') this.#bars.line(`    ${escapeControl(String(outcome.reason.message ?? ''))}`);
    if (violation === undefined) return;
    this.violations += 1;
    this.#bars.line(
      `VIOLATION: ${labelOf(task)} gave another result than event ${event.eventId.slice(0, 12)} records; both are kept`,
    );
  }

  /** Clears the bars; safe to call twice. */
  finish(): void {
    const { done, expected } = this.#bars;
    const ran = this.#ran;
    // What was there before the campaign was opened, others had asked for.
    const reused = this.#events?.countBefore(this.#openedSeq) ?? 0;
    this.#bars.finish(
      (elapsed) =>
        `${this.#name}: ${done} of ${expected} tasks in the log after ${elapsed}; ` +
        `${ran} ran now, ${reused} are reused from other campaigns of the store`,
    );
  }
}

const labelOf = ({ task, purpose }: PlannedTask): string => `${task.kind}  ${escapeControl(purpose)}`;
