/**
 * The one error that the store raises for what lies outside its own code: a damaged file, a refused event, a lock.
 * `code` is stable and can be matched by programs. All texts are escaped, so that a hostile store cannot reach the
 * terminal through an error. Our own mistakes are not StoreErrors.
 */
import { escapeControl } from './escape-control.ts';

export interface StoreErrorDetails {
  /** A path, a JSON path, or an event with its column: as near to the fault as is known. */
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

export class StoreError extends Error {
  readonly code: string;
  readonly what: string;
  readonly details: StoreErrorDetails;

  constructor(code: string, what: string, details: StoreErrorDetails = {}) {
    const { where, expected, found, remedy, cause } = details;
    const parts = [
      where === undefined ? what : `${where}: ${what}`,
      ...(expected === undefined ? [] : [`expected ${expected}`]),
      ...(found === undefined ? [] : [`found ${found}`]),
      ...(remedy === undefined ? [] : [remedy]),
    ];
    super(escapeControl(parts.join('; ')), cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
    this.what = escapeControl(what);
    this.details = {
      ...(where === undefined ? {} : { where: escapeControl(where) }),
      ...(expected === undefined ? {} : { expected: escapeControl(expected) }),
      ...(found === undefined ? {} : { found: escapeControl(found) }),
      ...(remedy === undefined ? {} : { remedy: escapeControl(remedy) }),
    };
  }
}

/** The code of a failed system call (`ENOENT`, `EACCES`, …), or undefined if the error is something else. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'syscall' in error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
