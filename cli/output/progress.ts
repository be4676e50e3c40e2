/** Progress of a campaign's run on stderr. */
import { dynamicsSpeed } from '../../src/campaign/dynamics-speed.ts';
import type { CampaignPlan } from '../../src/campaign/plan.ts';
import type { PlannedTask } from '../../src/campaign/planner.ts';
import type { RunListener } from '../../src/campaign/run-campaign.ts';
import { escapeControl } from '../../store/escape-control.ts';
import type { StoredEvent } from '../../store/event.ts';
import { formatSpeed } from './numbers.ts';
import { ProgressBars } from './progress-bars.ts';

export class ProgressReport implements RunListener {
  readonly #bars: ProgressBars;
  readonly #name: string;
  readonly #secondsLeft: (plan: CampaignPlan) => number | null;
  /** When the time that is left is reckoned again, ms since 1970. */
  #nextEstimateAt = 0;
  #openedSeq = 0;
  #planned = false;
  #ran = 0;
  #events: CampaignPlan['events'] | undefined;
  violations = 0;

  /** @param secondsLeft of a plan, null where it is not known; asked now and then, where bars are drawn */
  constructor(
    stream: NodeJS.WriteStream,
    name: string,
    secondsLeft: (plan: CampaignPlan) => number | null = () => null,
  ) {
    this.#secondsLeft = secondsLeft;
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
    this.#estimate(plan);
    if (this.#planned) return;
    this.#planned = true;
    this.#bars.line(`${this.#name}: ${plan.expectedTasks} tasks${done > 0 ? `, ${done} of them done before` : ''}`);
  }

  /** At most a fiftieth of the time goes into it. */
  #estimate(plan: CampaignPlan): void {
    const now = Date.now();
    if (!this.#bars.isDrawn || now < this.#nextEstimateAt) return;
    const seconds = this.#secondsLeft(plan);
    this.#bars.endsAt = seconds === null ? null : now + 1000 * seconds;
    this.#nextEstimateAt = now + Math.max(5000, 50 * (Date.now() - now));
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
    const speed = dynamicsSpeed(event);
    const fast = speed === null ? '' : `, ${formatSpeed(speed)}`;
    this.#bars.line(`${place} ${labelOf(task)}${ended}  ${took}${fast}`, outcome.status === 'done');
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
