/** What `verify` returns: what was counted, the two hashes, and every problem by name. */
import { escapeControl } from './escape-control.ts';
import { StoreError } from './store-error.ts';

export interface Problem {
  /** Stable, for programs. */
  code: string;
  what: string;
  /** A path, or an event by seq and the first 16 digits of its eventId, with the column. */
  where: string;
  expected?: string;
  found?: string;
}

export interface VerifyReport {
  ok: boolean;
  events: number;
  /** Distinct blobs that the events name. */
  blobs: number;
  /** Blobs that no event names: not a problem, a crash between a blob and its event leaves them. */
  orphanBlobs: number;
  /** Blobs that events name and whose bytes were dropped on purpose; `rematerialise` brings them back. */
  purgedBlobs: number;
  /** Temporary files that a crash left in `blobs/`. */
  temporaryFiles: number;
  /** Events whose obs was left out by an export. */
  eventsWithoutObs: number;
  /** Recoveries in the log: events were lost, and the user said to go on without them. */
  acceptedLosses: number;
  resultHash: string;
  historyHash: string;
  problems: Problem[];
}

const maximumProblems = 10_000;

export class ProblemList {
  readonly problems: Problem[] = [];
  #left = 0;

  add(problem: Problem): void {
    if (this.problems.length >= maximumProblems) {
      this.#left += 1;
      return;
    }
    this.problems.push(escaped(problem));
  }

  addError(error: unknown, where: string): void {
    this.add(problemOf(error, where));
  }

  close(): Problem[] {
    if (this.#left > 0) {
      this.problems.push({ code: 'too-many-problems', what: `${this.#left} more problems are not listed`, where: '' });
    }
    return this.problems;
  }
}

/** Only what a StoreError says is a problem of the store; anything else is ours and is thrown on. */
export function problemOf(error: unknown, where: string): Problem {
  if (!(error instanceof StoreError)) throw error;
  const { expected, found } = error.details;
  return {
    code: error.code,
    what: error.what,
    where: error.details.where ?? where,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
  };
}

function escaped(problem: Problem): Problem {
  const entries = Object.entries(problem).map(([name, text]) => [name, escapeControl(String(text))]);
  return Object.fromEntries(entries) as unknown as Problem;
}
