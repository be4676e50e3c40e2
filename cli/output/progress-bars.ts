/** Bars on stderr that redraw themselves on a terminal, above them the lines that stay; elsewhere only the lines. */
import { formatDuration } from './numbers.ts';

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

export class ProgressBars {
  readonly #stream: NodeJS.WriteStream;
  readonly #unit: string;
  readonly #running = new Map<string, { label: string; fraction: number; since: number }>();
  readonly #startedAt = Date.now();
  #drawnLines = 0;
  #drawnAt = 0;
  #finished = false;
  done = 0;
  expected = 0;
  /** When all should be done, ms since 1970; null while nothing is known of it. */
  endsAt: number | null = null;

  /** @param unit what is counted, e.g. `tasks` */
  constructor(stream: NodeJS.WriteStream, unit: string) {
    this.#stream = stream;
    this.#unit = unit;
  }

  /** Whether there is a terminal to draw on. */
  get isDrawn(): boolean {
    return this.#stream.isTTY === true;
  }

  start(key: string, label: string): void {
    this.#running.set(key, { label, fraction: 0, since: Date.now() });
    this.#redraw(true);
  }

  update(key: string, fraction: number, label?: string): void {
    const entry = this.#running.get(key);
    if (entry !== undefined) {
      entry.fraction = fraction;
      entry.label = label ?? entry.label;
    }
    this.#redraw(false);
  }

  /** How long it took. */
  end(key: string): string {
    const since = this.#running.get(key)?.since ?? Date.now();
    this.#running.delete(key);
    this.done += 1;
    return formatDuration(Date.now() - since);
  }

  /** A line that stays. On a terminal the bars show what is ordinary, so there a `passing` line is left out. */
  line(text: string, passing = false): void {
    if (!passing || !this.#stream.isTTY) {
      this.#clear();
      this.#stream.write(`${text}\n`);
    }
    this.#redraw(true);
  }

  /** Clears the bars and says so much; safe to call twice. */
  finish(say: (elapsed: string) => string): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#clear();
    this.#stream.write(`${say(formatDuration(Date.now() - this.#startedAt))}\n`);
  }

  #redraw(now: boolean): void {
    if (!this.#stream.isTTY || this.#finished || (!now && Date.now() - this.#drawnAt < REDRAW_MS)) return;
    this.#drawnAt = Date.now();
    const width = this.#stream.columns ?? 80;
    const elapsed = formatDuration(Date.now() - this.#startedAt);
    const overall = `${bar(this.done / Math.max(1, this.expected))} ${this.done}/${this.expected} ${this.#unit}  ${elapsed}${this.#left()}`;
    const lines = [overall, ...[...this.#running.values()].map(({ label, fraction }) => `${bar(fraction)} ${label}`)];
    this.#clear();
    this.#stream.write(lines.map((line) => `${[...line].slice(0, width - 1).join('')}\n`).join(''));
    this.#drawnLines = lines.length;
  }

  #left(): string {
    const left = this.endsAt === null ? 0 : this.endsAt - Date.now();
    return left > 0 ? `, ≈ ${formatDuration(left)} left` : '';
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
