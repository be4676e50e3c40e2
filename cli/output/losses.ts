/** What a file holds that has no place where it goes: counted, and said once. */
import { escapeControl } from '../../store/escape-control.ts';
import { counted } from './numbers.ts';

const MOST_LISTED = 100;

export class Losses {
  readonly #counts = new Map<string, number>();

  readonly lose = (what: string): void => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  };

  list(): { what: string; configurations: number }[] {
    return [...this.#counts].map(([what, configurations]) => ({ what, configurations }));
  }

  /** Nothing where there is nothing to say. */
  report(stream: NodeJS.WritableStream, heading: string): void {
    const all = this.list();
    if (all.length === 0) return;
    const lines = all
      .slice(0, MOST_LISTED)
      .map(({ what, configurations }) => `  ${what} (${counted(configurations, 'configuration')})`);
    if (all.length > MOST_LISTED) lines.push(`  and ${all.length - MOST_LISTED} more`);
    stream.write([heading, ...lines].map((line) => `${escapeControl(line)}\n`).join(''));
  }
}
